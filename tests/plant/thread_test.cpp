#include "engine/thread.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/anonymous.h"
#include "tests/plant/evidence_fixture.h"
#include "tests/support/plant.h"
#include "tests/support/postgres.h"

namespace anlan::test {
namespace {

namespace fs = std::filesystem;

// A pack whose only flow waits to hear that something is not fixed.
constexpr std::string_view kForm = R"({
  "format": "anlan.form/1", "id": "grievance", "version": 1, "serial": "GR", "flow": "grievance",
  "title": {"zh": "诉求", "en": "Grievance"}, "org_field": "area",
  "data": {"type": "object", "required": ["area"], "properties": {
    "area": {"x-kind": "ref", "x-ref": "area", "title": {"zh": "区域", "en": "Area"}},
    "description": {"x-kind": "longtext", "maxLength": 1000, "title": {"zh": "描述", "en": "Text"}},
    "position": {"x-kind": "position", "title": {"zh": "定位", "en": "Position"}},
    "photos": {"x-kind": "photos", "maxItems": 6, "title": {"zh": "照片", "en": "Photos"}},
    "after_photos": {"x-kind": "photos", "maxItems": 6, "title": {"zh": "照片", "en": "After"}},
    "reporter": {"x-kind": "person", "title": {"zh": "上报人", "en": "Reporter"}},
    "owner": {"x-kind": "person", "title": {"zh": "责任人", "en": "Owner"}},
    "first_reply_at": {"x-kind": "instant", "title": {"zh": "首次答复", "en": "First reply"}}}},
  "states": {"open": {"zh": "处理中", "en": "Open"}, "again": {"zh": "重新处理", "en": "Again"}},
  "logic": [], "checks": []})";
constexpr std::string_view kFlow = R"(<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:anlan="http://anlan.invalid/bpmn">
  <message id="m" name="not_fixed"/>
  <process id="grievance" isExecutable="true">
    <startEvent id="s"/>
    <intermediateCatchEvent id="wait">
      <messageEventDefinition messageRef="m"/>
    </intermediateCatchEvent>
    <serviceTask id="reopen">
      <extensionElements>
        <anlan:act topic="set"/><anlan:set field="state" value="again"/>
      </extensionElements>
    </serviceTask>
    <userTask id="mend">
      <extensionElements><anlan:assign kind="role" role="team_leader"/></extensionElements>
    </userTask>
    <endEvent id="e"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="wait"/>
    <sequenceFlow id="f2" sourceRef="wait" targetRef="reopen"/>
    <sequenceFlow id="f3" sourceRef="reopen" targetRef="mend"/>
    <sequenceFlow id="f4" sourceRef="mend" targetRef="e"/>
  </process>
</definitions>)";
constexpr std::string_view kRoles = R"({"format": "anlan.roles/1", "roles": [
  {"id": "worker", "rights": [
    {"form": "grievance", "actions": ["create"], "fields": {"*": "write"}},
    {"form": "grievance", "actions": ["list", "read"],
     "scope": ["eq", "created_by", {"var": "me"}], "fields": {"*": "read"}}]},
  {"id": "team_leader", "rights": [
    {"form": "grievance", "actions": ["list", "read", "press"],
     "scope": ["under", "org_path", {"var": "my_orgs"}],
     "fields": {"*": "read"}, "buttons": ["comment"]}]},
  {"id": "anonymous", "name": {"zh": "匿名上报人", "en": "Anonymous reporter"}, "rights": [
    {"form": "grievance", "actions": ["create"],
     "fields": {"area": "write", "description": "write", "photos": "write",
                "position": "write"}}]}]})";

void write(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

class ThreadTest : public testing::Test {
 protected:
  void SetUp() override { open({}); }
  void TearDown() override {
    std::error_code ignored;
    if (!packs_.empty()) fs::remove_all(packs_, ignored);
  }

  void open(const PlantOptions& options) {
    auto plant = Plant::create(options);
    ASSERT_TRUE(plant) << plant.error().detail << plant.error().field;
    plant_ = std::move(*plant);
    packs_ = plant_->folder() / "packs_of_test";
    fs::copy("packs", packs_, fs::copy_options::recursive);
    write(packs_ / "zz/pack.json",
          R"({"format":"anlan.pack/1","id":"zz","version":"1.0.0","needs":["hazards"],)"
          R"("title":{"zh":"测试","en":"Test"}})");
    write(packs_ / "zz/forms/grievance.json", kForm);
    write(packs_ / "zz/flows/grievance.bpmn", kFlow);
    write(packs_ / "zz/roles/roles.json", kRoles);
    write(
        packs_ / "zz/texts/texts.json",
        R"({"texts":{"grievance.notice.answer":{"zh":"{number} 有回复","en":"{number}: answer"}}})");
    auto opened = plant_->reopen(packs_.string());
    ASSERT_TRUE(opened) << opened.error().detail << opened.error().field;
    worker_ = plant_->as("worker111").value();
    leader_ = plant_->as("leader11").value();
  }

  Json fields() {
    return Json::object({{"area", plant_->id_of("area", "A1").value()}, {"description", "leak"}});
  }
  RecordId report() {
    auto made = plant_->run(worker_, engine::CreateRecord{.form = "grievance", .fields = fields()});
    EXPECT_TRUE(made) << made.error().detail << made.error().field;
    return RecordId::parse((*made)["record"].text_or("id", "")).value();
  }
  Result<Json> say(const access::Subject& by, RecordId id, std::string text,
                   bool is_not_fixed = false) {
    return plant_->run(
        by,
        engine::WriteMessage{
            .form = "grievance", .id = id, .text = std::move(text), .is_not_fixed = is_not_fixed});
  }
  Json thread(const access::Subject& by, RecordId id) {
    auto seen = engine::thread_of(plant_->engine(), by, "grievance", id);
    EXPECT_TRUE(seen) << seen.error().detail;
    return seen.value_or(Json());
  }
  std::size_t notices(const access::Subject& by) {
    std::size_t count = 0;
    Json seen = plant_->engine().notices(by).value();
    for (const Json& row : seen["rows"].as_array()) {
      count += row["kind"] == Json("grievance.notice.answer") ? 1 : 0;
    }
    return count;
  }

  // ---- without a name ----
  Result<Json> whisper(const Json& fields, const std::string& request = "r1") {
    code_ = engine::new_report_code(plant_->random());
    return plant_->engine().run(
        {.by = access::anonymous(),
         .fingerprint = request,
         .what = engine::AnonymousReport{.form = "grievance", .fields = fields, .code = code_}});
  }
  Result<Json> answer(std::string text, bool is_not_fixed = false) {
    return plant_->run(access::anonymous(),
                       engine::AnonymousMessage{
                           .code = code_, .text = std::move(text), .is_not_fixed = is_not_fixed});
  }
  RecordId reported() {
    auto rows = plant_->engine().list_records(leader_, "grievance", {}).value();
    return RecordId::parse(rows["rows"].as_array().at(0).text_or("id", "")).value();
  }
  Result<Json> put(const std::string& bytes) {
    std::string sha = to_hex(sha256(bytes));
    return engine::put_anonymous_blob(
        plant_->engine(), code_,
        {.sha256 = sha, .total = static_cast<int64_t>(bytes.size()), .bytes = bytes});
  }

  fs::path packs_;
  std::unique_ptr<Plant> plant_;
  access::Subject worker_, leader_;
  std::string code_;
};

TEST_F(ThreadTest, BothSidesWriteAndHearOfIt) {
  RecordId id = report();
  ASSERT_TRUE(say(leader_, id, "We are on our way"));
  EXPECT_EQ(notices(worker_), 1U);
  auto answered = say(worker_, id, "Thank you");
  ASSERT_TRUE(answered) << answered.error().detail;
  EXPECT_EQ((*answered)["message"]["side"], Json("reporter"));
  EXPECT_EQ(notices(leader_), 1U);
  Json seen = thread(worker_, id);
  ASSERT_EQ(seen["rows"].as_array().size(), 2U);
  EXPECT_EQ(seen["rows"].as_array()[0]["side"], Json("staff"));
  EXPECT_EQ(seen["rows"].as_array()[0]["name"], Json(leader_.name));
  EXPECT_EQ(seen["is_reporter"], Json(true));
  EXPECT_EQ(thread(leader_, id)["is_reporter"], Json(false));
}

TEST_F(ThreadTest, TheFirstAnswerOfStaffIsTheFirstReply) {
  RecordId id = report();
  ASSERT_TRUE(say(worker_, id, "Anybody?"));
  plant_->wait(Duration::minutes(10));
  ASSERT_TRUE(say(leader_, id, "Yes"));
  Json record = plant_->engine().record(leader_, "grievance", id).value()["record"];
  EXPECT_EQ(record["first_reply_at"], Json(format_instant(plant_->clock().now())));
}

TEST_F(ThreadTest, WhoHasNoPartInItNeitherReadsNorWrites) {
  RecordId id = report();
  auto other = plant_->as("worker211").value();
  EXPECT_EQ(say(other, id, "x").error().code, ErrorCode::NotFound);
  EXPECT_EQ(engine::thread_of(plant_->engine(), other, "grievance", id).error().code,
            ErrorCode::NotFound);
  EXPECT_EQ(say(worker_, id, " ").error().code, ErrorCode::BadField);
  EXPECT_EQ(say(worker_, id, std::string(2001, 'x')).error().code, ErrorCode::BadField);
}

TEST_F(ThreadTest, OnlyTheReporterSaysNotFixedAndTheCaseGoesOn) {
  RecordId id = report();
  EXPECT_EQ(say(leader_, id, "no", true).error().code, ErrorCode::Forbidden);
  auto said = say(worker_, id, "It still drips", true);
  ASSERT_TRUE(said) << said.error().detail;
  Json record = plant_->engine().record(leader_, "grievance", id).value()["record"];
  EXPECT_EQ(record["state"], Json("again"));
  EXPECT_EQ(say(worker_, id, "Again", true).error().code, ErrorCode::WrongState);
  EXPECT_EQ(thread(worker_, id)["rows"].as_array().size(), 1U) << "all or nothing";
}

TEST_F(ThreadTest, AReportWithoutANameHasNoReporterAndAnswersByItsCode) {
  auto made = whisper(fields());
  ASSERT_TRUE(made) << made.error().detail << made.error().field;
  RecordId id = reported();
  Json record = plant_->engine().record(leader_, "grievance", id).value()["record"];
  EXPECT_EQ(record["created_by"], Json("anonymous"));
  EXPECT_TRUE(record["reporter"].is_null());
  EXPECT_TRUE(thread(leader_, id)["is_anonymous"].as_bool());
  ASSERT_TRUE(say(leader_, id, "Which pump?"));
  ASSERT_TRUE(answer("The left one"));
  EXPECT_EQ(notices(leader_), 1U) << "who has written hears the answer";
  Json seen = engine::anonymous_thread(plant_->engine(), code_).value();
  EXPECT_EQ(seen["number"], (*made)["number"]);
  EXPECT_EQ(seen["state"]["en"], Json("Open"));
  ASSERT_EQ(seen["messages"].as_array().size(), 2U);
  EXPECT_EQ(seen["messages"].as_array()[1]["name"], Json(""));
  EXPECT_FALSE(seen["steps"].as_array().empty());
}

TEST_F(ThreadTest, ACodeIsReadAsPeopleTypeItAndAnotherOpensNothing) {
  ASSERT_TRUE(whisper(fields()));
  EXPECT_EQ(code_.size(), 16U);
  std::string typed =
      lower_ascii(code_.substr(0, 4)) + "-" + code_.substr(4, 8) + " " + code_.substr(12);
  EXPECT_TRUE(engine::anonymous_thread(plant_->engine(), typed));
  EXPECT_EQ(engine::plain_code("oO iIlL 0000 0000 00"), "0011110000000000");
  std::string other = code_;
  other[0] = other[0] == 'A' ? 'B' : 'A';
  EXPECT_EQ(engine::anonymous_thread(plant_->engine(), other).error().code, ErrorCode::NotFound);
  EXPECT_EQ(engine::anonymous_thread(plant_->engine(), "").error().code, ErrorCode::NotFound);
}

TEST_F(ThreadTest, ARepeatedReportIsOneReportAndItsFreshCodeWorksToo) {
  auto first = whisper(fields());
  std::string first_code = code_;
  auto again = whisper(fields());
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ((*first)["number"], (*again)["number"]);
  EXPECT_TRUE(engine::anonymous_thread(plant_->engine(), first_code));
  EXPECT_TRUE(engine::anonymous_thread(plant_->engine(), code_));
  auto rows = plant_->engine().list_records(leader_, "grievance", {}).value();
  EXPECT_EQ(rows["rows"].as_array().size(), 1U);
}

TEST_F(ThreadTest, WhatCouldTellWhoItWasIsNotKept) {
  Json all = fields();
  Json item = Json::object({{"sha256", to_hex(sha256(photo("a")))},
                            {"name", "wang.jpg"},
                            {"taken_at", "2026-03-02T00:00:00Z"},
                            {"original_sha256", std::string(64, 'a')},
                            {"position", Json::object({{"lat", 31.1}, {"lon", 121.1}})}});
  all.set("photos", Json::array({item}));
  all.set("position", Json::object({{"lat", 31.1}, {"lon", 121.1}}));
  auto made = whisper(all);
  ASSERT_TRUE(made) << made.error().detail << made.error().field;
  Json record = plant_->engine().record(leader_, "grievance", reported()).value()["record"];
  EXPECT_TRUE(record["position"].is_null());
  Json kept = record["photos"].as_array().at(0);
  EXPECT_EQ(kept.as_object().size(), 2U);
  EXPECT_EQ(kept["name"], Json("photo 1"));
}

std::string with_exif() {
  // APP1 with an empty TIFF directory, behind the start of a good photo.
  using namespace std::string_view_literals;
  std::string plain = photo("");
  std::string body("Exif\0\0MM\0\x2a\0\0\0\x08\0\0\0\0\0\0"sv);
  std::string segment = {'\xff', '\xe1', '\0', static_cast<char>(body.size() + 2)};
  return plain.substr(0, 2) + segment + body + plain.substr(2);
}

TEST_F(ThreadTest, PhotosOfAReportComeWithItsCodeAndWithoutExif) {
  std::string telling = with_exif();
  auto stripped = ehs::strip_exif(telling);
  ASSERT_TRUE(stripped);
  ASSERT_NE(*stripped, telling);
  std::string foreign = photo("other");
  Json all = fields();
  all.set("photos",
          Json::array({Json::object({{"sha256", to_hex(sha256(telling))}, {"name", "a"}}),
                       Json::object({{"sha256", to_hex(sha256(*stripped))}, {"name", "b"}})}));
  ASSERT_TRUE(whisper(all));
  EXPECT_EQ(put(foreign).error().code, ErrorCode::NotFound) << "not in the report";
  auto refused = put(telling);
  EXPECT_EQ(refused.error().field, "exif");
  fs::path kept =
      plant_->folder() / "blobs" / to_hex(sha256(telling)).substr(0, 2) / to_hex(sha256(telling));
  EXPECT_FALSE(fs::exists(kept));
  std::string half = stripped->substr(0, 20);
  std::string name = to_hex(sha256(*stripped));
  auto total = static_cast<int64_t>(stripped->size());
  auto part = [&](int64_t offset, std::string_view bytes) {
    return engine::put_anonymous_blob(
        plant_->engine(), code_,
        {.sha256 = name, .offset = offset, .total = total, .bytes = bytes});
  };
  ASSERT_TRUE(part(0, half));
  EXPECT_EQ(part(0, "").value()["received"], Json(20)) << "goes on where it was cut";
  auto done = part(20, std::string_view(*stripped).substr(20));
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ((*done)["whole"], Json(true));
  Json seen = engine::anonymous_thread(plant_->engine(), code_).value();
  EXPECT_EQ(seen["before"].as_array().size(), 1U);
  EXPECT_EQ(engine::anonymous_file(plant_->engine(), code_, to_hex(sha256(*stripped))).value(),
            *stripped);
  EXPECT_FALSE(engine::anonymous_file(plant_->engine(), code_, to_hex(sha256(telling))));
  EXPECT_EQ(plant_->engine().file(leader_, "grievance", reported(), to_hex(sha256(*stripped))),
            *stripped);
}

TEST_F(ThreadTest, ANamelessReporterSaysNotFixed) {
  ASSERT_TRUE(whisper(fields()));
  EXPECT_EQ(engine::anonymous_thread(plant_->engine(), code_).value()["may_say_not_fixed"],
            Json(true));
  auto said = answer("Still leaking", true);
  ASSERT_TRUE(said) << said.error().detail;
  Json seen = engine::anonymous_thread(plant_->engine(), code_).value();
  EXPECT_EQ(seen["state"]["id"], Json("again"));
  EXPECT_EQ(seen["may_say_not_fixed"], Json(false));
  EXPECT_EQ(answer("Once more", true).error().code, ErrorCode::WrongState);
}

TEST_F(ThreadTest, WithoutTheRoleNobodyReportsWithoutAName) {
  auto refused = plant_->engine().run(
      {.by = access::anonymous(),
       .fingerprint = "x",
       .what = engine::AnonymousReport{.form = "area", .fields = fields(), .code = "c"}});
  EXPECT_EQ(refused.error().code, ErrorCode::Forbidden);
  auto named = plant_->engine().run(
      {.by = worker_,
       .fingerprint = "x",
       .what = engine::AnonymousReport{.form = "grievance", .fields = fields(), .code = "c"}});
  EXPECT_EQ(named.error().code, ErrorCode::Forbidden) << "who has a name reports with it";
}

TEST_F(ThreadTest, TheSameHoldsOnPostgres) {
  PostgresServer* server = postgres_server();
  if (server == nullptr) GTEST_SKIP() << "no PostgreSQL server here";
  open({.database = "postgres:" + server->fresh_database()});
  RecordId id = report();
  ASSERT_TRUE(say(leader_, id, "On our way"));
  ASSERT_TRUE(say(worker_, id, "It still drips", true));
  EXPECT_EQ(thread(worker_, id)["rows"].as_array().size(), 2U);
  ASSERT_TRUE(whisper(fields()));
  ASSERT_TRUE(answer("hello"));
  EXPECT_TRUE(engine::anonymous_thread(plant_->engine(), code_));
}

}  // namespace
}  // namespace anlan::test

#include <gtest/gtest.h>

#include "engine/import.h"
#include "tests/support/plant.h"

namespace anlan::test {
namespace {

class ImportTest : public testing::Test {
 protected:
  void SetUp() override {
    auto plant = Plant::create({});
    ASSERT_TRUE(plant) << plant.error().detail << plant.error().field;
    plant_ = std::move(*plant);
    admin_ = plant_->as("admin").value();
  }

  Json import(const Json& rows, bool is_dry_run) {
    auto done = plant_->run(
        admin_, engine::ImportRecords{.form = "hazard", .rows = rows, .is_dry_run = is_dry_run});
    EXPECT_TRUE(done) << done.error().detail << done.error().field;
    return done ? *done : Json();
  }
  // As a browser reads it from Excel: everything is text.
  static Json open_row(const std::string& number) {
    return Json::object({{"old_number", number},
                         {"area", "原料罐区"},
                         {"device", "甲苯输送泵"},
                         {"category", "泄漏"},
                         {"consequence", "light"},
                         {"exposure", "daily"},
                         {"description", "法兰渗漏"}});
  }
  static Json closed_row(const std::string& number) {
    return Json::object({{"as_history", true},
                         {"old_number", number},
                         {"reported_at", "2025/3/5 14:00"},
                         {"verified_at", "2025-03-07 09:30"},
                         {"area", "A1"},
                         {"category", "leak"},
                         {"owner", "leader11"}});
  }
  std::vector<Json> hazards() {
    auto view = plant_->engine().database().snapshot().value();
    const records::Form* form = plant_->engine().packs().forms.find("hazard");
    return records::all_whole(*view, *form, {}, 100).value();
  }

  std::unique_ptr<Plant> plant_;
  access::Subject admin_;
};

TEST_F(ImportTest, ADryRunShowsWhatEachRowWouldBecomeAndWritesNothing) {
  Json dry = import(Json::array({open_row("2024-17"), closed_row("2024-3")}), true);
  EXPECT_EQ(dry["accepted"], Json(2)) << write_json(dry);
  ASSERT_EQ(dry["rows"].as_array().size(), 2U);
  Json open = dry["rows"].as_array()[0];
  EXPECT_EQ(open["old_number"], Json("2024-17"));
  EXPECT_FALSE(open["state"].is_null());
  EXPECT_FALSE(open["tasks"].as_array().empty()) << "somebody would get a task";
  EXPECT_EQ(open["is_history"], Json(false));
  Json old = dry["rows"].as_array()[1];
  EXPECT_EQ(old["state"], Json("closed"));
  EXPECT_EQ(old["created_at"], Json("2025-03-05T06:00:00.000Z"));
  EXPECT_TRUE(old["tasks"].as_array().empty());
  EXPECT_TRUE(hazards().empty());
  auto view = plant_->engine().database().snapshot().value();
  EXPECT_TRUE(view->query({"SELECT seq FROM change_log WHERE act LIKE '%import%'"})->empty());
}

TEST_F(ImportTest, AnOldCaseKeepsItsDatesAndStartsNothing) {
  import(Json::array({closed_row("2024-3"), closed_row("2024-4")}), false);
  auto all = hazards();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0]["state"], Json("closed"));
  EXPECT_TRUE(all[0]["case_id"].is_null());
  EXPECT_EQ(all[0]["imported"], Json(true));
  EXPECT_EQ(all[0]["created_at"], Json("2025-03-05T06:00:00.000Z"));
  EXPECT_EQ(all[0]["verified_at"], Json("2025-03-07T01:30:00.000Z"));
  EXPECT_EQ(all[0]["updated_at"], Json(format_instant(plant_->clock().now())));
  EXPECT_EQ(all[1]["number"], Json("YH-20250305-0002"));
  EXPECT_TRUE(all[0]["_titles"].is_null());
  auto view = plant_->engine().database().snapshot().value();
  EXPECT_TRUE(view->query({"SELECT id FROM flow_case WHERE form = 'hazard'"})->empty());
  EXPECT_TRUE(view->query({"SELECT id FROM notice WHERE form = 'hazard'"})->empty());
  // The ledger says when it was written down here, not when the case was.
  auto leaves = view->query({"SELECT at, act FROM change_log WHERE subject_kind = 'hazard'"});
  ASSERT_EQ(leaves->size(), 2U);
  EXPECT_EQ((*leaves)[0].int64("at"), plant_->clock().now().ns);
  auto acts = store::acts_on(*view, "import", "hazard", "hazard.import_all").value();
  ASSERT_EQ(acts.size(), 1U) << "one act for the whole import";
  EXPECT_EQ(acts[0].detail["rows"], Json(2));
  EXPECT_EQ(acts[0].detail["history"], Json(2));
}

TEST_F(ImportTest, AnOpenCaseOfTheLedgerStartsItsFlowWithoutPhotos) {
  Json done = import(Json::array({open_row("2024-17")}), false);
  EXPECT_EQ(done["accepted"], Json(1)) << write_json(done);
  auto all = hazards();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]["category"], Json("leak"));
  EXPECT_EQ(all[0]["device"], Json(plant_->id_of("device", "P-212").value()));
  EXPECT_FALSE(all[0]["case_id"].is_null());
  EXPECT_EQ(all[0]["imported"], Json(true));
}

TEST_F(ImportTest, NumbersThatAreHereAlreadyAreNamed) {
  import(Json::array({closed_row("2024-3")}), false);
  std::string number = hazards()[0].text_or("number", "");
  Json dry = import(Json::array({closed_row("2024-3"), closed_row("2024-9"), closed_row("2024-9"),
                                 closed_row(number)}),
                    true);
  ASSERT_EQ(dry["refused"].as_array().size(), 3U) << write_json(dry);
  const Json& again = dry["refused"].as_array()[0];
  EXPECT_EQ(again["row"], Json(1));
  EXPECT_EQ(again["code"], Json("duplicate"));
  EXPECT_NE(again.text_or("detail", "").find(number), std::string::npos);
  EXPECT_EQ(dry["refused"].as_array()[1]["row"], Json(3)) << "twice in one file";
  EXPECT_EQ(dry["refused"].as_array()[2]["row"], Json(4)) << "it is a number of ours";
  EXPECT_EQ(dry["accepted"], Json(0));
}

TEST_F(ImportTest, AnUnknownNameComesWithWhatMayBeMeant) {
  Json row = open_row("2024-17");
  row.set("area", "原料罐区域");
  Json person = closed_row("2024-3");
  person.set("owner", "李芬");
  Json dry = import(Json::array({row, person}), true);
  ASSERT_EQ(dry["refused"].as_array().size(), 2U) << write_json(dry);
  const Json& area = dry["refused"].as_array()[0];
  EXPECT_EQ(area["field"], Json("area"));
  EXPECT_EQ(area["value"], Json("原料罐区域"));
  EXPECT_EQ(area["suggestions"].as_array()[0]["code"], Json("A1"));
  EXPECT_EQ(dry["refused"].as_array()[1]["field"], Json("owner"));
}

TEST_F(ImportTest, AnOldCaseHasEndedAndNotBeforeItBegan) {
  Json never = closed_row("1");
  never.remove("verified_at");
  Json before = closed_row("2");
  before.set("verified_at", "2025-03-01");
  Json open = closed_row("3");
  open.set("state", "repairing");
  Json later = closed_row("4");
  later.set("reported_at", "2099-01-01");
  Json void_one = closed_row("5");
  void_one.set("state", "invalid");
  void_one.remove("verified_at");
  Json dry = import(Json::array({never, before, open, later, void_one}), true);
  std::vector<std::string> fields;
  for (const Json& row : dry["refused"].as_array()) fields.push_back(row.text_or("field", ""));
  EXPECT_EQ(fields,
            (std::vector<std::string>{"verified_at", "verified_at", "state", "reported_at"}));
  EXPECT_EQ(dry["rows"].as_array().size(), 1U);
}

TEST_F(ImportTest, OnlyWhoAdministersMayBringOldCases) {
  auto worker = plant_->as("worker111").value();
  auto done = plant_->run(
      worker, engine::ImportRecords{
                  .form = "hazard", .rows = Json::array({closed_row("1")}), .is_dry_run = false});
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ((*done)["refused"].as_array()[0]["code"], Json("forbidden"));
  // Nor may they bring hazards without a photo.
  Json row = Json::object(
      {{"area", "A1"}, {"category", "leak"}, {"consequence", "light"}, {"exposure", "daily"}});
  done = plant_->run(
      worker,
      engine::ImportRecords{.form = "hazard", .rows = Json::array({row}), .is_dry_run = false});
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ((*done)["refused"].as_array()[0]["code"], Json("evidence_missing"));
  EXPECT_TRUE(hazards().empty());
}

TEST(ImportCells, TimesAreReadAsPeopleWriteThem) {
  auto at = [](std::string_view text) {
    auto instant = engine::instant_of_cell(text, "+08:00");
    return instant ? format_instant(*instant) : std::string("none");
  };
  EXPECT_EQ(at("2024-03-05"), "2024-03-04T16:00:00.000Z");
  EXPECT_EQ(at("2024/3/5 14:05"), "2024-03-05T06:05:00.000Z");
  EXPECT_EQ(at("2024.3.5 14:05:09"), "2024-03-05T06:05:09.000Z");
  EXPECT_EQ(at("2024-03-05T14:05:00Z"), "2024-03-05T14:05:00.000Z");
  for (std::string_view text : {"", "soon", "2024", "2024-03", "2024-13-05", "2024-03-05x",
                                "2024-02-30", "-1-1-1", "99999999999-1-1"}) {
    EXPECT_EQ(at(text), "none") << text;
  }
}

}  // namespace
}  // namespace anlan::test

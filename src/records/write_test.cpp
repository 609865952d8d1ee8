#include "records/write.h"

#include <map>

#include "core/hash.h"
#include "records/records_fixture.h"

namespace anlan::records {
namespace {

class Writes : public RecordsTest {
 protected:
  void expect_refused(const Result<Written>& written, ErrorCode code, std::string_view field) {
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, code) << written.error().detail;
    EXPECT_EQ(written.error().field, field) << written.error().detail;
    EXPECT_EQ(rows_in("f_sample"), 0);
    EXPECT_EQ(rows_in("record_serial"), 0);
    EXPECT_EQ(rows_in("record_history WHERE form = 'sample'"), 0);
  }
};

TEST_P(Writes, KeepEveryKindOfFieldExactly) {
  actor_ = {.kind = Actor::Kind::Person, .person = zhang_};
  Json input = sample(R"({"code":"AB-1","note":"第一\n第二","count":3,"money":1234567.80,
    "done":false,"at":"2026-11-21T08:00:00+08:00","day":"2026-11-22","takes":"PT90M","color":"red",
    "colors":["green","blue"],"unit":"WS1","spot":{"lat":31.23,"lon":121.47,"accuracy_m":5},
    "box":{"x":1,"deep":{"y":[1,2,0.10]}},"phone":"13812345678"})");
  input.set("boss", li_.text());
  input.set("photos", photos({upload("1"), upload("2")}));
  auto written = try_create("sample", input);
  ASSERT_TRUE(written) << written.error().detail << written.error().field;

  auto read = read_whole(*snapshot(), form("sample"), written->id);
  ASSERT_TRUE(read);
  EXPECT_EQ(write_json(*read), write_json(written->record));
  Json wanted = input;
  wanted.set("money", Json(Json::Number{"1234567.80"}));
  wanted.set("at", "2026-11-21T00:00:00.000Z");
  wanted.set("takes", "PT1H30M");
  wanted.set("unit", "/AL/WS1/");
  wanted.set("total", Json(Json::Number{"3.02"}));  // 3.015, half to even
  wanted.set("state", "open");
  wanted.set("number", "YB-20261121-0001");
  wanted.set("org_path", "/AL/WS1/");
  wanted.set("version", 1);
  wanted.set("form_version", 1);
  wanted.set("created_by", zhang_.text());
  wanted.set("updated_by", zhang_.text());
  for (const auto& [name, value] : wanted.as_object()) {
    EXPECT_EQ(write_json((*read)[name]), write_json(value)) << name;
  }
}

TEST_P(Writes, RefuseEveryWrongTypeByItsFieldAndWriteNothing) {
  std::string long_text(61, 'x');
  std::string wide(20'000, 'x');
  const std::map<std::string, std::vector<std::string>> wrong{
      {"name_zh",
       {"true", "1", "[]", "{}", "\"" + long_text + "\"", R"("a\u0000b")", R"("\u001b")"}},
      {"code", {"7", "[\"AB\"]", "\"a b\"", "\"A\"", "\"AB;--\"", "\"" + long_text + "\""}},
      {"note", {"false", "0", "[\"x\"]", "{\"zh\":\"x\"}", R"("\u0000")"}},
      {"count", {"true", "\"1\"", "1.5", "11", "-1", "[]", "{}", "1e40"}},
      {"money", {"true", "\"1\"", "1.005", "-0.01", "[1]", "{}", "99999999999999999999", "1e-3"}},
      {"done", {"1", "0", "\"true\"", "[]", "{}"}},
      {"at", {"1", "true", "\"2026-11-21\"", "\"2026-11-21T10:00:00\"", "{}", "[]", "\"now\""}},
      {"day",
       {"20261121", "\"2026-02-30\"", "\"2026-11-21T00:00:00Z\"", "true", "\"26-1-1\"", "[]", "{}",
        "\"+002026-1\""}},
      {"takes", {"1", "\"1h\"", "\"P1Y\"", "true", "[]", "{}"}},
      {"color", {"1", "\"pink\"", "[\"red\"]", "true", "\"RED\"", "{}", "\"\""}},
      {"colors",
       {"\"red\"", "[\"pink\"]", "[\"red\",\"red\"]", "[1]", "{}", "true",
        "[\"red\",\"green\",\"blue\"]"}},
      {"boss", {"1", "\"zhang\"", "\"01900000-0000-7000-8000-000000000001\"", "{}", "[]", "true"}},
      {"unit", {"1", "\"nowhere\"", "\"/\"", "{}", "[]", "true"}},
      {"area", {"1", "\"A1\"", "\"01900000-0000-7000-8000-000000000001\"", "[]", "true", "{}"}},
      {"photos",
       {"\"x\"", "{}", "[1]", "[{}]", "true", R"([{"sha256":"abc","name":"x"}])",
        R"([{"sha256":")" + std::string(64, 'a') + R"("}])",
        R"([{"sha256":")" + std::string(64, 'a') + R"(","name":"x","exif":1}])",
        R"([{"sha256":")" + std::string(64, 'a') + R"(","name":"x"},{"sha256":")" +
            std::string(64, 'a') + R"(","name":"x"}])"}},
      {"spot",
       {"1", "[1,2]", R"({"lat":91,"lon":0})", R"({"lat":1})", R"({"lat":"1","lon":0})",
        R"({"lat":1,"lon":0,"alt":5})", R"({"lat":1,"lon":0,"accuracy_m":-1})", "true"}},
      {"box", {"1", "\"x\"", "[]", "true", "{\"x\":\"" + wide + "\"}", R"({"x":["\u0000"]})"}},
      {"phone", {"13812345678", "true", "[]", "{}"}},
      {"secret", {"1", "true", "[]", "{}"}},
      {"total", {"1"}},  // computed
  };
  for (const Field& field : form("sample").fields) {
    ASSERT_TRUE(wrong.contains(field.key)) << field.key;
  }
  for (const auto& [key, values] : wrong) {
    for (const std::string& value : values) {
      SCOPED_TRACE(key + " = " + value.substr(0, 80));
      Json input = sample();
      input.set(key, json(value));
      expect_refused(try_create("sample", input), ErrorCode::BadField, key);
    }
  }
}

TEST_P(Writes, RefuseWhatIsUnknownMissingOrNotTheCallersToWrite) {
  expect_refused(try_create("sample", sample(R"({"colour":"red"})")), ErrorCode::UnknownField,
                 "colour");
  for (const char* system : {"id", "state", "version", "created_by", "org_path", "deleted_at"}) {
    Json input = sample();
    input.set(system, "x");
    expect_refused(try_create("sample", input), ErrorCode::UnknownField, system);
  }
  for (const char* empty : {"null", "\"\"", "\" \""}) {
    Json input = sample();
    input.set("name_zh", json(empty));
    expect_refused(try_create("sample", input), ErrorCode::MissingField, "name_zh");
  }
  expect_refused(try_create("sample", json("[]")), ErrorCode::BadRequest, "");
  using enum access::FieldMode;
  for (access::FieldMode mode : {Hidden, Masked, Read}) {
    access::FieldModes modes{.fallback = Write, .named = {{"money", mode}}};
    expect_refused(try_create("sample", sample(R"({"money":1})"), modes), ErrorCode::Forbidden,
                   "money");
  }
}

TEST_P(Writes, RefuseByAFormsOwnCheckInItsWords) {
  auto written = try_create("sample", sample(R"({"done":true,"count":0})"));
  expect_refused(written, ErrorCode::CheckFailed, "done");
  EXPECT_EQ(written.error().message_zh, "没有数量不能完成");
  EXPECT_EQ(written.error().message_en, "Nothing to be done");
  expect_refused(try_create("sample", sample(R"({"at":"2028-01-01T00:00:00Z"})")),
                 ErrorCode::CheckFailed, "at");
  EXPECT_TRUE(try_create("sample", sample(R"({"done":true})")));  // unknown is not refused
}

TEST_P(Writes, AskForPhotosThatTheSamePersonBrought) {
  actor_ = {.kind = Actor::Kind::Person, .person = li_};
  std::string foreign = upload("of li");
  actor_ = {.kind = Actor::Kind::Person, .person = zhang_};
  std::string own = upload("of zhang");
  std::string second = upload("second");
  auto with = [&](const std::vector<std::string>& hashes) {
    Json input = sample();
    input.set("photos", photos(hashes));
    return try_create("sample", input);
  };
  expect_refused(with({own}), ErrorCode::EvidenceMissing, "photos");  // two are asked for
  expect_refused(with({own, second, foreign, std::string(64, '1')}), ErrorCode::BadField, "photos");
  auto written = with({own, second});
  ASSERT_TRUE(written) << written.error().detail;
  EXPECT_EQ(written->change.files, (std::vector{own, second}));
  // Words first, pictures later: a new record may name what is on its way.
  EXPECT_TRUE(with({own, foreign}));
  EXPECT_TRUE(with({own, std::string(64, '0')}));

  // What is in the record may stay when somebody else changes it; what is new must be their own.
  actor_ = {.kind = Actor::Kind::Person, .person = li_};
  Json patch = Json::object({{"photos", photos({own, foreign})}});
  auto updated = try_update(written->id, 1, patch);
  ASSERT_TRUE(updated) << updated.error().detail;
  EXPECT_EQ(updated->change.files, std::vector{foreign});
  patch.set("photos", photos({own, second}));
  EXPECT_EQ(try_update(written->id, 2, patch).error().code, ErrorCode::EvidenceMissing);
  EXPECT_TRUE(try_flow(written->id, write_json(patch)));

  auto view = snapshot();
  const Form& sample_form = form("sample");
  access::FieldModes hidden{.fallback = access::FieldMode::Read,
                            .named = {{"photos", access::FieldMode::Masked}}};
  EXPECT_TRUE(*record_names_file(*view, sample_form, written->id, own, kReadAll));
  EXPECT_FALSE(*record_names_file(*view, sample_form, written->id, own, hidden));
  EXPECT_FALSE(*record_names_file(*view, sample_form, written->id, foreign, kReadAll));
  EXPECT_TRUE((*find_file(*view, foreign, actor_)).has_value());
  EXPECT_FALSE((*find_file(*view, own, actor_)).has_value());
}

TEST_P(Writes, NumberWithoutGapsByThePlantsDay) {
  auto number = [&] { return made_sample(); };
  auto text = [&](RecordId id) {
    return (*read_whole(*snapshot(), form("sample"), id))["number"].as_text();
  };
  EXPECT_EQ(text(number()), "YB-20261121-0001");
  EXPECT_FALSE(try_create("sample", sample(R"({"count":99})")));
  EXPECT_EQ(text(number()), "YB-20261121-0002");
  clock_.set(parse_instant("2026-11-21T15:59:59Z").value());
  EXPECT_EQ(text(number()), "YB-20261121-0003");
  clock_.set(parse_instant("2026-11-21T16:00:00Z").value());  // midnight at +08:00
  EXPECT_EQ(text(number()), "YB-20261122-0001");
}

TEST_P(Writes, OfTwoThatTookTheSameNumberOnlyOneIsKept) {
  made_sample();
  auto before = snapshot();
  auto decide = [&] {
    return create({*before, {}, clock_.now(), ids_, forms_}, form("sample"), sample(), kWriteAll);
  };
  auto first = decide();
  auto second = decide();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->record["number"], second->record["number"]);
  EXPECT_TRUE(commit(first->change));
  EXPECT_FALSE(commit(second->change));
  EXPECT_EQ(rows_in("f_sample"), 2);
}

TEST_P(Writes, TakeAPhonesOwnIdOnce) {
  RecordId id = ids_.next_id<RecordKind>();
  auto with_id = [&](RecordId own) {
    return act(
        [&](const Writing& w) { return create(w, form("sample"), sample(), kWriteAll, own); });
  };
  ASSERT_TRUE(with_id(id));
  auto again = with_id(id);
  EXPECT_EQ(again.error().code, ErrorCode::Duplicate);
  EXPECT_EQ(again.error().field, "id");
  auto random_id = RecordId::parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301").value();
  EXPECT_EQ(with_id(random_id).error().code, ErrorCode::BadField);
  EXPECT_EQ(rows_in("f_sample"), 1);
}

TEST_P(Writes, KeepAUniqueFieldUnique) {
  RecordId first = made_sample(R"({"code":"AB"})");
  auto second = try_create("sample", sample(R"({"code":"AB"})"));
  EXPECT_EQ(second.error().code, ErrorCode::Duplicate);
  EXPECT_EQ(second.error().field, "code");
  EXPECT_TRUE(try_update(first, 1, json(R"({"code":"AB","count":1})")));
  EXPECT_TRUE(made_sample() != made_sample()) << "many may have none";
}

TEST_P(Writes, ChangeOnlyTheVersionThatTheCallerSaw) {
  RecordId id = made_sample(R"({"count":1})");
  actor_ = {.kind = Actor::Kind::Person, .person = li_};
  auto updated = try_update(id, 1, json(R"({"count":2,"note":null})"));
  ASSERT_TRUE(updated) << updated.error().detail;
  EXPECT_EQ(updated->record["version"], Json(2));
  EXPECT_EQ(updated->record["updated_by"], Json(li_.text()));
  EXPECT_EQ(updated->record["created_by"], Json("system"));
  EXPECT_EQ(updated->record["total"], Json(Json::Number{"2.01"}));
  EXPECT_EQ(*read_whole(*snapshot(), form("sample"), id), updated->record);
  EXPECT_EQ(try_update(id, 1, json(R"({"count":3})")).error().code, ErrorCode::Conflict);
  EXPECT_EQ(try_update(ids_.next_id<RecordKind>(), 1, json("{}")).error().code,
            ErrorCode::NotFound);
  EXPECT_EQ(try_update(id, 2, json(R"({"name_zh":null})")).error().code, ErrorCode::MissingField);
  EXPECT_EQ(try_update(id, 2, json(R"({"total":1})")).error().code, ErrorCode::BadField);
  EXPECT_EQ(try_update(id, 2, json(R"({"state":"closed"})")).error().code, ErrorCode::UnknownField);
}

TEST_P(Writes, LetAFlowSetTheStateButNothingUnchecked) {
  RecordId id = made_sample();
  CaseId case_id = ids_.next_id<CaseKind>();
  actor_ = {.kind = Actor::Kind::SystemTimeout};
  auto patched =
      try_flow(id, R"({"state":"closed","color":"blue","case_id":")" + case_id.text() + "\"}");
  ASSERT_TRUE(patched) << patched.error().detail;
  EXPECT_EQ(patched->record["state"], Json("closed"));
  EXPECT_EQ(patched->record["case_id"], Json(case_id.text()));
  EXPECT_EQ(patched->record["updated_by"], Json("system-timeout"));
  EXPECT_EQ(try_flow(id, R"({"state":"clsoed"})").error().field, "state");
  EXPECT_EQ(try_flow(id, R"({"version":9})").error().code, ErrorCode::UnknownField);
  EXPECT_EQ(try_flow(id, R"({"color":"pink"})").error().code, ErrorCode::BadField);
  EXPECT_EQ(try_flow(id, R"({"done":true,"count":0})").error().code, ErrorCode::CheckFailed);
}

TEST_P(Writes, TellWhatHappenedOnceForEachChange) {
  auto written = try_create("sample", sample());
  ASSERT_TRUE(written);
  const store::Change& change = written->change;
  EXPECT_EQ(change.act, "sample.create");
  EXPECT_EQ(change.subject_kind, "sample");
  EXPECT_EQ(change.subject_id, written->id.text());
  ASSERT_EQ(change.events.size(), 1u);
  EXPECT_EQ(change.events[0].topic, "sample");
  EXPECT_EQ(write_json(change.events[0].payload),
            R"({"form":"sample","id":")" + written->id.text() +
                R"(","state":"open","version":1,"org_path":"/AL/WS1/"})");
  auto updated = try_update(written->id, 1, json(R"({"count":1})"));
  ASSERT_TRUE(updated);
  EXPECT_EQ(updated->change.act, "sample.update");
  EXPECT_EQ(updated->change.events[0].payload["version"], Json(2));
}

TEST_P(Writes, FollowTheReferenceToTheOrganisation) {
  RecordId id = made_sample();
  Json patch = Json::object({{"area", area2_.text()}});
  auto moved = try_update(id, 1, patch);
  ASSERT_TRUE(moved) << moved.error().detail;
  EXPECT_EQ(moved->record["org_path"], Json("/AL/WS2/"));
}

TEST_P(Writes, AreReplayedFromTheLogToTheSameTables) {
  RecordId id = made_sample(R"({"count":1,"note":"注","money":2.50})");
  ASSERT_TRUE(try_update(id, 1, json(R"({"count":null,"money":3})")));
  ASSERT_TRUE(try_flow(id, R"({"state":"closed"})"));
  auto copy = open();
  ASSERT_TRUE(copy->migrate(access::migrations()));
  ASSERT_TRUE(copy->migrate(migrations()));
  for (const Form* each : forms_.all()) {
    std::vector<store::Migration> one{{"form." + each->id, statements_of(*each, {})}};
    ASSERT_TRUE(copy->migrate(one));
  }
  auto from = snapshot();
  auto replayed = store::replay(*from, *copy);
  ASSERT_TRUE(replayed) << replayed.error().detail;
  auto into = copy->snapshot();
  for (const char* table : {"f_sample", "f_area", "record_history", "record_serial", "form_def"}) {
    EXPECT_EQ(*store::table_digest(*from, table), *store::table_digest(**into, table)) << table;
  }
}

ON_BOTH_DATABASES(Writes);

}  // namespace
}  // namespace anlan::records

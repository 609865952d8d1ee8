#pragma once
// What the tests of this room share: a small plant with two workshops, two people, the real forms
// of packs/plant, and a form with a field of every kind. Every test runs on both databases.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>

#include "access/access.h"
#include "core/hash.h"
#include "records/records.h"
#include "store/store.h"
#include "tests/support/postgres.h"
#include "tests/support/temp_folder.h"

namespace anlan::records {

inline Json json(std::string_view text) {
  auto parsed = parse_json(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(Json());
}

inline Json json_file(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return json(text.str());
}

// A field of every kind, and what hangs on them.
inline constexpr std::string_view kSampleForm = R"form({
  "format": "anlan.form/1", "id": "sample", "version": 1, "title": {"zh": "z", "en": "Sample"},
  "serial": "YB", "org_field": "area",
  "data": {"type": "object", "required": ["name_zh", "area"], "properties": {
    "name_zh": {"x-kind": "text", "maxLength": 60, "x-list": true, "title": {"zh": "z", "en": "N"}},
    "code": {"x-kind": "text", "minLength": 2, "maxLength": 20, "pattern": "^[A-Z0-9-]+$",
      "x-unique": true, "title": {"zh": "z", "en": "Code"}},
    "note": {"x-kind": "longtext", "x-search": true, "title": {"zh": "z", "en": "Note"}},
    "count": {"x-kind": "integer", "minimum": 0, "maximum": 10, "title": {"zh": "z", "en": "C"}},
    "money": {"x-kind": "decimal", "x-scale": 2, "minimum": 0, "x-list": true,
      "title": {"zh": "z", "en": "Money"}},
    "done": {"x-kind": "boolean", "title": {"zh": "z", "en": "Done"}},
    "at": {"x-kind": "instant", "x-list": true, "x-index": true, "title": {"zh": "z", "en": "At"}},
    "day": {"x-kind": "date", "x-list": true, "title": {"zh": "z", "en": "Day"}},
    "takes": {"x-kind": "duration", "title": {"zh": "z", "en": "Takes"}},
    "color": {"x-kind": "choice", "x-list": true, "x-index": true, "enum": ["red", "green", "blue"],
      "x-texts": {"red": {"zh": "z", "en": "Red"}, "green": {"zh": "z", "en": "Green"},
                  "blue": {"zh": "z", "en": "Blue"}}, "title": {"zh": "z", "en": "Colour"}},
    "colors": {"x-kind": "choices", "maxItems": 2, "enum": ["red", "green", "blue"],
      "x-texts": {"red": {"zh": "z", "en": "Red"}, "green": {"zh": "z", "en": "Green"},
                  "blue": {"zh": "z", "en": "Blue"}}, "title": {"zh": "z", "en": "Colours"}},
    "boss": {"x-kind": "person", "x-list": true, "title": {"zh": "z", "en": "Boss"}},
    "unit": {"x-kind": "org", "title": {"zh": "z", "en": "Unit"}},
    "area": {"x-kind": "ref", "x-ref": "area", "x-list": true, "title": {"zh": "z", "en": "Area"}},
    "photos": {"x-kind": "photos", "minItems": 2, "maxItems": 3, "title": {"zh": "z", "en": "P"}},
    "spot": {"x-kind": "position", "title": {"zh": "z", "en": "Spot"}},
    "box": {"x-kind": "object", "title": {"zh": "z", "en": "Box"}},
    "phone": {"x-kind": "text", "x-pii": "phone", "x-list": true, "title": {"zh": "z", "en": "T"}},
    "secret": {"x-kind": "text", "x-index": true, "title": {"zh": "z", "en": "Secret"}},
    "total": {"x-kind": "decimal", "x-scale": 2, "title": {"zh": "z", "en": "Total"}}}},
  "states": {"open": {"zh": "z", "en": "Open"}, "closed": {"zh": "z", "en": "Closed"}},
  "logic": [{"set": "total", "value": "=count * 1.005"}],
  "checks": [{"when": "=done = true and count = 0", "field": "done",
    "message": {"zh": "\u6ca1\u6709\u6570\u91cf\u4e0d\u80fd\u5b8c\u6210",
                "en": "Nothing to be done"}},
    {"when": "=at != null and at > now() + duration(\"P365D\")", "field": "at",
      "message": {"zh": "z", "en": "Too far away"}}]
})form";

inline access::FieldModes all(access::FieldMode mode) { return {.fallback = mode}; }
inline const access::FieldModes kWriteAll{.fallback = access::FieldMode::Write};
inline const access::FieldModes kReadAll{.fallback = access::FieldMode::Read};

inline Filter filter(std::string_view text) {
  auto parsed = parse_filter(json(text));
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(Filter{.kind = Filter::Kind::None});
}

struct TempFolder : test::TempFolder {
  TempFolder() : test::TempFolder("records") {}
};
class RecordsTest : public testing::TestWithParam<store::Dialect> {
 protected:
  using Act = std::function<Result<Written>(const Writing&)>;

  void SetUp() override {
    if (GetParam() == store::Dialect::Postgres && !test::postgres_server()) {
      GTEST_SKIP() << "no PostgreSQL 17 server binary here";
    }
    database_ = open();
    ASSERT_TRUE(database_->migrate(access::migrations()));
    ASSERT_TRUE(database_->migrate(migrations()));
    deploy(json_file("packs/plant/forms/area.json"));
    deploy(json_file("packs/plant/forms/device.json"));
    deploy(json(kSampleForm));
    add_unit({.code = "AL", .kind = "plant", .name = {"\u5382", "Plant"}});
    for (const char* code : {"WS1", "WS2"}) {
      add_unit({.code = code, .kind = "workshop", .name = {code, code}, .parent_code = "AL"});
    }
    zhang_ = add_person("zhang", "\u5f20\u4e09");
    li_ = add_person("li", "\u674e\u56db");
    area1_ =
        made("area", R"({"code":"A1","name_zh":"\u7f50\u533a","name_en":"Tanks","org":"WS1"})");
    area2_ = made("area", R"({"code":"A2","name_zh":"\u9505\u7089","org":"WS2"})");
  }

  std::unique_ptr<store::Database> open() {
    std::string where = GetParam() == store::Dialect::Postgres
                            ? "postgres:" + test::postgres_server()->fresh_database()
                            : "sqlite:" + folder_.path() + "/" + std::to_string(++files_) + ".db";
    auto opened = store::Database::open({.database = where,
                                         .folder = folder_.path(),
                                         .plant = "\u8bd5\u9a8c\u5382",
                                         .clock = clock_,
                                         .random = random_,
                                         .sync = false});
    EXPECT_TRUE(opened) << opened.error().detail;
    return std::move(opened).value();
  }

  void deploy(const Json& source) {
    auto form = parse_form(source);
    ASSERT_TRUE(form) << form.error().detail;
    const Form* before = forms_.find(form->id);
    auto steps = steps_of(*form, before, false);
    ASSERT_TRUE(steps) << steps.error().detail;
    for (store::SchemaStep& step : *steps) {
      auto done = take(step);
      ASSERT_TRUE(done) << done.error().detail;
    }
  }

  // As the engine takes the steps of a small table.
  Result<void> take(store::SchemaStep& step) {
    TRY(store::plan_schema(*database_, {&step, 1}));
    const Form* form = forms_.find(step.form);
    if (step.kind == kRunStep) {
      TRY(store::run_schema(*database_, step));
    } else if (step.kind == kIndexStep) {
      TRY(store::build_index(*database_, step));
    } else if (step.kind == kDeployStep) {
      auto deployment = TRY(deployment_from(step));
      TRY(commit(deployment_of(deployment, form, clock_.now())));
    } else {
      auto target = TRY(target_from(step));
      if (step.kind == kCopyStep) TRY(copy_all(*form, target));
      else TRY(commit(switch_of(*form, target, clock_.now())));
    }
    step.state = "done";
    TRY(store::note_schema(*database_, step));
    return reload();
  }

  Result<void> reload() {
    auto view = TRY(database_->snapshot());
    forms_ = TRY(load_forms(*view));
    return {};
  }

  Result<void> copy_all(const Form& form, const Target& target) {
    std::string position;
    while (true) {  // ends with the table
      auto view = TRY(database_->snapshot());
      Chunk chunk = TRY(copy_chunk(*view, form, target, position, clock_.now()));
      view.reset();
      if (chunk.rows == 0) return {};
      position = chunk.position;
      if (!chunk.change.rows.empty()) TRY(commit(chunk.change));
    }
  }

  Result<void> commit_work(const store::Work& work) {
    std::vector<store::Work> works{work};
    auto answers = TRY(database_->commit_group(works));
    return answers.front();
  }

  Result<void> commit(const store::Change& change) {
    return commit_work([&](store::Transaction& transaction) { return transaction.apply(change); });
  }

  // Decides and commits as engine does; a millisecond passes.
  Result<Written> act(const Act& decide) {
    clock_.advance(Duration::milliseconds(1));
    std::optional<Written> out;
    TRY(commit_work([&](store::Transaction& transaction) -> Result<void> {
      Writing writing{transaction, actor_, clock_.now(), ids_, forms_};
      out = TRY(decide(writing));
      return transaction.apply(out->change);
    }));
    return std::move(*out);
  }

  const Form& form(std::string_view id) { return *forms_.find(id); }

  Result<Written> try_create(std::string_view form_id, const Json& input,
                             const access::FieldModes& modes = kWriteAll) {
    return act([&](const Writing& w) { return create(w, form(form_id), input, modes); });
  }

  RecordId made(std::string_view form_id, std::string_view input) {
    auto written = try_create(form_id, json(input));
    EXPECT_TRUE(written) << written.error().detail << " " << written.error().field;
    return written ? written->id : RecordId{};
  }

  // The least that a sample needs, and what is given.
  Json sample(std::string_view more = "{}") {
    Json input = Json::object({{"name_zh", "\u6837\u54c1"}, {"area", area1_.text()}});
    Json given = json(more);
    for (const auto& [name, value] : given.as_object()) input.set(name, value);
    return input;
  }
  RecordId made_sample(std::string_view more = "{}") {
    return made("sample", write_json(sample(more)));
  }

  Result<Written> try_update(RecordId id, int64_t version, const Json& patch,
                             const access::FieldModes& modes = kWriteAll) {
    return act(
        [&](const Writing& w) { return update(w, form("sample"), id, version, patch, modes); });
  }

  Result<Written> try_flow(RecordId id, std::string_view patch) {
    return act([&](const Writing& w) { return patch_by_flow(w, form("sample"), id, json(patch)); });
  }

  std::string upload(std::string_view bytes) {
    std::string hash = to_hex(sha256(bytes));
    auto change =
        register_file({.sha256 = hash, .kind = "image/jpeg", .bytes = 3}, actor_, clock_.now());
    EXPECT_TRUE(commit(change));
    return hash;
  }
  static Json photos(const std::vector<std::string>& hashes) {
    Json list = Json::array();
    for (const std::string& hash : hashes) {
      list.push(Json::object({{"sha256", hash}, {"name", "p.jpg"}}));
    }
    return list;
  }

  void add_unit(access::OrgUnit unit) {
    auto view = snapshot();
    auto change = access::create_org({*view, {}, clock_.now(), ids_}, unit);
    ASSERT_TRUE(change) << change.error().detail;
    ASSERT_TRUE(commit(*change));
  }

  PersonId add_person(std::string login, std::string name) {
    auto view = snapshot();
    PersonId id = ids_.next_id<PersonKind>();
    access::Person person{.id = id,
                          .login = std::move(login),
                          .name = std::move(name),
                          .org_path = "/AL/WS1/",
                          .state = "active",
                          .language = "zh"};
    auto change = access::create_person({*view, {}, clock_.now(), ids_}, {.person = person});
    EXPECT_TRUE(change) << change.error().detail;
    EXPECT_TRUE(commit(*change));
    auto found = access::find_login(*snapshot(), person.login);
    return found && *found ? (*found)->id : PersonId{};
  }

  std::unique_ptr<store::View> snapshot() {
    auto view = database_->snapshot();
    EXPECT_TRUE(view) << view.error().detail;
    return std::move(view).value();
  }

  int64_t rows_in(const std::string& table) {
    auto rows = snapshot()->query({"SELECT COUNT(*) AS n FROM " + table});
    EXPECT_TRUE(rows) << rows.error().detail;
    return (*rows)[0].int64("n");
  }

  std::vector<std::string> ids_of(const Query& query) {
    auto page = list(*snapshot(), form("sample"), query);
    EXPECT_TRUE(page) << page.error().detail << " " << page.error().field;
    std::vector<std::string> ids;
    if (!page) return ids;
    for (const Json& row : page->rows) ids.push_back(row["id"].as_text());
    return ids;
  }

  TempFolder folder_;
  int files_ = 0;
  ManualClock clock_{parse_instant("2026-11-21T06:00:00Z").value()};
  SeededRandom random_{5};
  IdMaker ids_{clock_, random_};
  std::unique_ptr<store::Database> database_;
  Forms forms_;
  Actor actor_{};
  PersonId zhang_{}, li_{};
  RecordId area1_{}, area2_{};
};

inline std::string dialect_name(const testing::TestParamInfo<store::Dialect>& info) {
  return info.param == store::Dialect::Sqlite ? "Sqlite" : "Postgres";
}

}  // namespace anlan::records

#define ON_BOTH_DATABASES(Fixture)                                                            \
  INSTANTIATE_TEST_SUITE_P(Both, Fixture,                                                     \
                           testing::Values(store::Dialect::Sqlite, store::Dialect::Postgres), \
                           dialect_name)

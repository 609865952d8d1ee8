// Forms that change while the plant works: placement, copies, switches, and crashes at every step.

#include "tests/plant/schema_fixture.h"

namespace anlan::test {
namespace {

Json field(std::string_view more) {
  Json out = parsed(R"({"title":{"zh":"z","en":"F"}})");
  Json given = parsed(more);
  for (const auto& [name, value] : given.as_object()) out.set(name, value);
  return out;
}

Json form_of(int version, std::vector<std::pair<std::string, std::string>> fields) {
  Json properties = Json::object();
  for (const auto& [key, more] : fields) properties.set(key, field(more));
  Json out = parsed(R"({"format":"anlan.form/1","id":"lab","version":1,
    "title":{"zh":"z","en":"Lab"},"serial":"SY","data":{"type":"object"}})");
  out.set("version", version);
  out.set("data", Json::object({{"type", "object"}, {"properties", std::move(properties)}}));
  return out;
}

class Schema : public SchemaFixture {
 protected:
  // A first version with `count` records: name, and an amount that is a text.
  void begin(int count) {
    write_form(form_of(1, {{"name", R"({"x-kind":"text","x-list":true})"},
                           {"amount", R"({"x-kind":"text"})"},
                           {"note", R"({"x-kind":"text","x-store":"ext"})"}}));
    auto opened = open();
    ASSERT_TRUE(opened) << opened.error().detail;
    for (int i = 0; i < count; ++i) {
      std::string amount = i % 5 == 4 ? "many" : std::to_string(i) + ".50";
      Json fields = Json::object({{"name", "n" + std::to_string(i)},
                                  {"amount", amount},
                                  {"note", "note " + std::to_string(i)}});
      auto made = create(write_json(fields));
      ASSERT_TRUE(made) << made.error().detail;
      made_.push_back(made->id);
    }
  }

  // The amount becomes a number, the note a column with an index, a name is added.
  void write_second() {
    write_form(form_of(2, {{"name", R"({"x-kind":"text","x-list":true})"},
                           {"amount", R"({"x-kind":"decimal","x-scale":2,"x-index":true})"},
                           {"note", R"({"x-kind":"text","x-store":"ext","x-index":true})"},
                           {"more", R"({"x-kind":"integer"})"}}));
  }

  void expect_second() {
    ASSERT_EQ(form().version, 2);
    EXPECT_EQ(form().find("amount")->column, "c_amount__2");
    EXPECT_EQ(form().find("note")->column, "c_note");
    EXPECT_FALSE(form().find("note")->in_ext);
    EXPECT_EQ(form().find("note")->next, nullptr);
    EXPECT_TRUE(form().find("note")->is_index_ready);
    for (std::size_t i = 0; i < made_.size(); ++i) {
      Json record = read(made_[i]);
      EXPECT_EQ(record["note"], Json("note " + std::to_string(i)));
      Json amount = i % 5 == 4 ? Json() : Json(Json::Number{std::to_string(i) + ".50"});
      EXPECT_EQ(record["amount"], amount) << i;
    }
    auto kept =
        rows({"SELECT COUNT(*) AS n FROM f_lab WHERE c_amount IS NOT NULL AND"
              " c_amount__2 IS NULL"});
    EXPECT_EQ(kept[0].int64("n"), static_cast<int64_t>(made_.size() / 5));
    EXPECT_TRUE(rows({"SELECT form FROM schema_step WHERE state <> 'done'"}).empty());
  }

  // The tables that replaying the change log gives are the ones that are here.
  void expect_replayed() {
    auto view = engine_->database().snapshot();
    ASSERT_TRUE(view);
    engine::Config other = config();
    renew_other(other);
    auto copy = engine::empty_copy(**view, other.store);
    ASSERT_TRUE(copy) << copy.error().detail;
    auto replayed = store::replay(**view, **copy);
    ASSERT_TRUE(replayed) << replayed.error().detail;
    auto into = (*copy)->snapshot();
    for (const char* table : {"f_lab", "form_def", "form_field", "form_retired"}) {
      EXPECT_EQ(*store::table_digest(**view, table), *store::table_digest(**into, table)) << table;
    }
  }
  void renew_other(engine::Config& other) {
    other.store.database = "sqlite:" + (folder_ / ("c" + std::to_string(++copies_))).string();
    other.store.folder += "-copy" + std::to_string(copies_);
  }

  std::vector<RecordId> made_;
  int copies_ = 0;
};

TEST_P(Schema, ATitleNeverRenamesAColumn) {
  begin(2);
  Json form = form_of(2, {{"name", R"({"x-kind":"text","x-list":true})"},
                          {"amount", R"({"x-kind":"text"})"},
                          {"note", R"({"x-kind":"text","x-store":"ext"})"}});
  Json properties = form["data"]["properties"];
  Json name = properties["name"];
  name.set("title", parsed(R"({"zh":"x","en":"Another"})"));
  properties.set("name", std::move(name));
  form.set("data", Json::object({{"type", "object"}, {"properties", std::move(properties)}}));
  write_form(form);
  ASSERT_TRUE(open());
  EXPECT_EQ(this->form().version, 2);
  EXPECT_EQ(this->form().find("name")->column, "c_name");
  EXPECT_EQ(this->form().find("name")->title.en, "Another");
  EXPECT_EQ(read(made_[0])["name"], Json("n0"));
  auto steps = rows({"SELECT kind FROM schema_step WHERE version = 2"});
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].text("kind"), "deploy");
}

TEST_P(Schema, ASmallTableIsChangedAtTheStart) {
  begin(12);
  write_second();
  auto opened = open();
  ASSERT_TRUE(opened) << opened.error().detail;
  expect_second();
  expect_replayed();
  auto view = engine_->database().snapshot();
  auto refused = records::refused_values(**view, form(), "amount", 10);
  ASSERT_TRUE(refused) << refused.error().detail;
  ASSERT_EQ(refused->size(), 2u);
  EXPECT_EQ((*refused)[0].value, "many");
}

TEST_P(Schema, ARetiredColumnIsClearedAfterItsRetentionOnly) {
  begin(12);
  write_second();
  ASSERT_TRUE(open());
  auto wish = [&] {
    auto view = engine_->database().snapshot();
    return records::clearing_of(**view, form(), "c_amount", 100, clock_.now());
  };
  EXPECT_EQ(wish().error().code, ErrorCode::WrongState);
  clock_.advance(Duration::days(181));
  auto step = wish();
  ASSERT_TRUE(step) << step.error().detail;
  ASSERT_TRUE(store::plan_schema(engine_->database(), {&*step, 1}));
  engine_->turn();
  finish();
  EXPECT_TRUE(rows({"SELECT id FROM f_lab WHERE c_amount IS NOT NULL"}).empty());
  EXPECT_EQ(read(made_[1])["amount"], parsed("1.50"));
  EXPECT_EQ(wish().error().code, ErrorCode::NotFound) << "it was cleared once";
  expect_replayed();
}

TEST_P(Schema, ALargeTableIsChangedWhileThePlantWorks) {
  large_rows_ = 10;
  begin(1'203);
  write_second();
  auto opened = open();
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_EQ(form().version, 1) << "a changed kind is served when all rows have it";
  EXPECT_FALSE(engine_->schema_progress().as_array().empty());
  engine_->turn();
  // Written while the copy is under way, before and behind the place it has reached.
  auto changed = update(made_[0], 1, R"({"amount":"77.25"})");
  ASSERT_TRUE(changed) << changed.error().detail;
  ASSERT_TRUE(update(made_.back(), 1, R"({"amount":"x"})"));
  auto added = create(R"({"name":"late","amount":"3","note":"late note"})");
  ASSERT_TRUE(added);
  expect_replayed();
  finish();
  EXPECT_EQ(read(made_[0])["amount"], parsed("77.25"));
  EXPECT_EQ(read(made_.back())["amount"], Json());
  EXPECT_EQ(read(added->id)["amount"], parsed("3.00"));
  EXPECT_EQ(read(added->id)["note"], Json("late note"));
  EXPECT_TRUE(update(added->id, 1, R"({"note":"later"})"));
  EXPECT_EQ(update(added->id, 2, R"({"more":5})").error().code, ErrorCode::UnknownField)
      << "a record takes no field of a later version";
}

TEST_P(Schema, ACrashAtAnyStepIsGoneOnFrom) {
  large_rows_ = 10;
  int points = 0;
  for (int at = 1;; ++at) {
    if (at > 1) renew();
    made_.clear();
    hook_ = {};
    begin(12);
    write_second();
    engine_.reset();
    pid_t child = fork();
    if (child == 0) {
      int left = at;
      hook_ = [&left](std::string_view) {
        if (--left == 0) _exit(7);
      };
      if (!open()) _exit(8);
      finish();
      _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_TRUE(WEXITSTATUS(status) == 7 || WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
    auto opened = open();
    ASSERT_TRUE(opened) << "after " << at << ": " << opened.error().detail;
    finish();
    expect_second();
    if (HasFailure()) FAIL() << "after a crash at point " << at;
    if (WEXITSTATUS(status) == 0) break;
    ++points;
    if (at % 8 == 0) expect_replayed();
  }
  EXPECT_GT(points, 20);
}

INSTANTIATE_TEST_SUITE_P(Databases, Schema,
                         testing::Values(store::Dialect::Sqlite, store::Dialect::Postgres),
                         [](const auto& each) {
                           return each.param == store::Dialect::Sqlite ? "Sqlite" : "Postgres";
                         });

}  // namespace
}  // namespace anlan::test

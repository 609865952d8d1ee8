#pragma once
// A plant with one pack of one form, whose versions the tests write, on both databases.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "engine/engine.h"
#include "tests/support/postgres.h"

namespace anlan::test {

inline Json parsed(std::string_view text) {
  auto json = parse_json(text);
  EXPECT_TRUE(json) << text;
  return json.value_or(Json());
}

class SchemaFixture : public testing::TestWithParam<store::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == store::Dialect::Postgres && !postgres_server()) {
      GTEST_SKIP() << "no PostgreSQL 17 server binary here";
    }
    std::string name = (std::filesystem::temp_directory_path() / "anlan-schema-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    renew();
    std::filesystem::create_directories(folder_ / "packs/lab/forms");
    write("packs/lab/pack.json",
          R"({"format":"anlan.pack/1","id":"lab","version":"1.0.0","needs":[],)"
          R"("title":{"zh":"z","en":"Lab"}})");
  }
  void TearDown() override {
    engine_.reset();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  // An empty database of its own.
  void renew() {
    engine_.reset();
    ++databases_;
    where_ = GetParam() == store::Dialect::Postgres
                 ? "postgres:" + postgres_server()->fresh_database()
                 : "sqlite:" + (folder_ / ("d" + std::to_string(databases_) + ".db")).string();
  }

  void write(const std::string& file, const std::string& text) {
    std::ofstream(folder_ / file, std::ios::binary) << text;
  }
  void write_form(const Json& form) { write("packs/lab/forms/lab.json", write_json(form)); }

  engine::Config config() {
    return {.store = {.database = where_,
                      .folder = (folder_ / ("k" + std::to_string(databases_))).string(),
                      .plant = "lab",
                      .clock = clock_,
                      .random = random_,
                      .sync = false},
            .pack_folders = {(folder_ / "packs").string()},
            .large_table_rows = large_rows_,
            .at_schema_step = hook_};
  }

  Result<void> open() {
    engine_.reset();
    engine_ = TRY(engine::Engine::open(config()));
    return {};
  }

  const records::Form& form() { return *engine_->packs().forms.find("lab"); }

  template <class Decide>
  Result<records::Written> act(Decide decide) {
    clock_.advance(Duration::milliseconds(1));
    std::optional<records::Written> out;
    store::Work work = [&](store::Transaction& transaction) -> Result<void> {
      records::Writing writing{transaction, actor_, clock_.now(), ids_, engine_->packs().forms};
      out = TRY(decide(writing));
      return transaction.apply(out->change);
    };
    auto done = TRY(engine_->database().commit_group({&work, 1}));
    TRY(done.front());
    return std::move(*out);
  }
  Result<records::Written> create(std::string_view fields) {
    return act([&](const records::Writing& writing) {
      return records::create(writing, form(), parsed(fields),
                             {.fallback = access::FieldMode::Write});
    });
  }
  Result<records::Written> update(RecordId id, int64_t version, std::string_view fields) {
    return act([&](const records::Writing& writing) {
      return records::update(writing, form(), id, version, parsed(fields),
                             {.fallback = access::FieldMode::Write});
    });
  }
  Json read(RecordId id) {
    auto view = engine_->database().snapshot();
    EXPECT_TRUE(view);
    auto record = records::read_whole(**view, form(), id);
    EXPECT_TRUE(record) << record.error().detail;
    return record.value_or(Json());
  }
  store::Rows rows(const store::Sql& sql) {
    auto view = engine_->database().snapshot();
    EXPECT_TRUE(view);
    auto found = (*view)->query(sql);
    EXPECT_TRUE(found) << found.error().detail << " in " << sql.text;
    return found ? std::move(*found) : store::Rows();
  }
  // What is under way comes to its end.
  void finish() {
    for (int i = 0; i < 10'000; ++i) {
      engine_->turn();
      if (engine_->schema_progress().as_array().empty()) return;
      clock_.advance(Duration::seconds(20));
    }
    FAIL() << write_json(engine_->schema_progress());
  }

  std::filesystem::path folder_;
  std::string where_;
  int databases_ = 0;
  int64_t large_rows_ = records::kLargeTableRows;
  std::function<void(std::string_view)> hook_;
  ManualClock clock_{parse_instant("2026-11-22T04:10:00Z").value()};
  SeededRandom random_{static_cast<uint64_t>(getpid())};
  IdMaker ids_{clock_, random_};
  Actor actor_{.kind = Actor::Kind::System};
  std::unique_ptr<engine::Engine> engine_;
};

}  // namespace anlan::test

#pragma once
// For the tests of this room: a database, a clock to move, people, and commits as engine does them.
// The bench needs none of it.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "alarms/alarms.h"
#include "store/store.h"
#include "tests/support/need.h"
#include "tests/support/postgres.h"
#include "tests/support/temp_folder.h"

namespace anlan::alarms {

using test::need;

// For the tests of the evaluator: no database, a few definitions, samples by the second.
constexpr Instant kStart{1'795'248'000'000'000'000};

inline Instant at_s(int64_t seconds) { return kStart + Duration::seconds(seconds); }

inline RecordId id_of(uint8_t number) {
  RecordId id;
  id.uuid.bytes[15] = number;
  return id;
}

inline Definition definition(Kind kind, double limit, uint8_t number = 1) {
  return {.id = id_of(number), .code = "T" + std::to_string(number), .kind = kind, .limit = limit};
}

// "+0" for a trip of the first definition, "-0" for a clear.
inline std::string text_of(const std::vector<Trip>& trips) {
  std::string all;
  for (const Trip& trip : trips) {
    all += (trip.is_active ? "+" : "-") + std::to_string(trip.definition);
  }
  return all;
}

class World {
 public:
  explicit World(store::Dialect dialect) : dialect_(dialect) {
    db = fresh_database("anlan.db");
    one = make("GAS-2107.HH");
  }
  ~World() { db.reset(); }  // before its folder
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  std::unique_ptr<store::Database> fresh_database(const std::string& file) {
    bool is_sqlite = dialect_ == store::Dialect::Sqlite;
    std::string where = is_sqlite ? "sqlite:" + folder_.path() + "/" + file
                                  : "postgres:" + test::postgres_server()->fresh_database();
    std::unique_ptr<store::Database> made = need(store::Database::open({.database = where,
                                                                        .folder = folder_.path(),
                                                                        .plant = "test",
                                                                        .clock = clock,
                                                                        .random = store_random_,
                                                                        .sync = false}));
    need(made->migrate(migrations()).transform([] { return 0; }));
    return made;
  }

  Definition make(std::string code) {
    return {.id = ids.next_id<RecordKind>(),
            .code = std::move(code),
            .tag_code = "GAS-2107",
            .limit = 50,
            .priority = 1,
            .unit = "%LEL",
            .area = "A1",
            .org_path = "/AL/WS1/"};
  }

  // Decides and commits in one transaction; the decision, or the refusal of either.
  Result<Decision> act(const Definition& definition, const Event& event,
                       const std::optional<Actor>& actor = {}) {
    Result<Decision> decision = refuse(ErrorCode::Internal);
    store::Work work = [&](store::Transaction& transaction) -> Result<void> {
      Around around{transaction, actor.value_or(wang), clock.now(), ids};
      decision = decide(around, definition, event);
      if (!decision) return std::unexpected(decision.error());
      if (decision->change.rows.empty()) return {};
      return transaction.apply(decision->change);
    };
    Result<void> answer = need(db->commit_group(std::span(&work, 1))).front();
    if (!answer) return std::unexpected(answer.error());
    return decision;
  }
  Result<Decision> act(const Event& event, const std::optional<Actor>& actor = {}) {
    return act(one, event, actor);
  }
  // Of `one`, after the event; '!' followed by the code where it is refused.
  std::string letter_after(const Event& event, const std::optional<Actor>& actor = {}) {
    Result<Decision> decision = act(one, event, actor);
    if (!decision) return "!" + std::string(error_text(decision.error().code).code);
    return {decision->state.letter()};
  }
  State state(const Definition& definition) {
    auto snapshot = view();
    return need(state_of(*snapshot, definition.id));
  }
  State state() { return state(one); }
  Acknowledge acknowledge() { return {.occurrence = state().occurrence, .comment = ""}; }
  Raised raised(double value = 60) {
    return {.value = value, .at = clock.now(), .received = clock.now()};
  }
  Cleared cleared(double value = 10) {
    return {.value = value, .at = clock.now(), .received = clock.now()};
  }
  std::unique_ptr<store::View> view() { return need(db->snapshot()); }
  Json open() { return need(open_alarms(*view())); }
  Json tally() { return need(counts(*view(), clock.now())); }
  Json last_entry() {
    return need(journal(*view(), {.definition = one.id, .count = 1})).as_array().at(0);
  }

  ManualClock clock{{1'795'248'000'000'000'000}};
  SeededRandom random{7};
  IdMaker ids{clock, random};
  std::unique_ptr<store::Database> db;
  Definition one;
  Actor wang{.kind = Actor::Kind::Person, .person = ids.next_id<PersonKind>()};
  Actor li{.kind = Actor::Kind::Person, .person = ids.next_id<PersonKind>()};

 private:
  store::Dialect dialect_;
  test::TempFolder folder_{"alarms"};
  SeededRandom store_random_{8};
};

class AlarmsTest : public testing::TestWithParam<store::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == store::Dialect::Postgres && !test::postgres_server()) {
      GTEST_SKIP() << "no PostgreSQL 17 server binary here";
    }
    world_ = std::make_unique<World>(GetParam());
  }
  std::unique_ptr<World> world_;
};

inline std::string dialect_name(const testing::TestParamInfo<store::Dialect>& info) {
  return info.param == store::Dialect::Sqlite ? "Sqlite" : "Postgres";
}

}  // namespace anlan::alarms

#define ON_BOTH_DATABASES(Fixture)                                                            \
  INSTANTIATE_TEST_SUITE_P(Both, Fixture,                                                     \
                           testing::Values(store::Dialect::Sqlite, store::Dialect::Postgres), \
                           dialect_name)

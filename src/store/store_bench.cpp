// Durable commits per second, one JSON line for each figure.

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "store/store.h"
#include "tests/support/postgres.h"

namespace anlan::store {
namespace {

constexpr Duration kSpan = Duration::seconds(4);

const std::vector<Migration> kTables = {
    {"bench.1",
     {"CREATE TABLE hazard (id {{id}} PRIMARY KEY, title {{text}}, place {{text}}, level {{int}},"
      " state {{text}}, reporter {{id}}, due {{int}}, version {{int}} NOT NULL)"}}};

// As large as a usual report: a row of eight columns and one event.
Change report(Uuid id, Instant at) {
  std::string text = format_uuid(id);
  Change change{.act = "hazard.report", .subject_kind = "hazard", .subject_id = text, .at = at};
  change.rows.push_back({.table = "hazard",
                         .key = {{"id", text}},
                         .cells = {{"title", "flange drips at pump P-101"},
                                   {"place", "/1/3/7/"},
                                   {"level", int64_t{2}},
                                   {"state", "reported"},
                                   {"reporter", text},
                                   {"due", at.ns},
                                   {"version", int64_t{1}}}});
  change.events.push_back({"hazard", Json::object({{"id", text}})});
  return change;
}

void tell(const char* metric, const std::string& variant, double value, const char* unit) {
  std::printf("%s\n", write_json(Json::object({{"bench", "store"},
                                               {"metric", metric},
                                               {"variant", variant},
                                               {"value", value},
                                               {"unit", unit},
                                               {"better", "higher"}}))
                          .c_str());
}

Result<void> measure(const std::string& where, const std::string& name) {
  std::string folder = (std::filesystem::temp_directory_path() / "anlan-bench-XXXXXX").string();
  if (!mkdtemp(folder.data())) return refuse(ErrorCode::StoreFailed, "no folder");
  std::string database = where.empty() ? "sqlite:" + folder + "/bench.db" : where;
  Clock& clock = system_clock_of_machine();
  Random& random = random_of_machine();
  auto opened = TRY(Database::open({.database = database,
                                    .folder = folder,
                                    .head_folders = {},
                                    .plant = "bench",
                                    .clock = clock,
                                    .random = random}));
  TRY(opened->migrate(kTables));
  IdMaker ids(clock, random);
  for (std::size_t group : {1, 64}) {
    std::vector<Work> works(group, [&](Transaction& transaction) {
      return transaction.apply(report(ids.next(), clock.now()));
    });
    Instant start = clock.now();
    int64_t count = 0;
    while (clock.now() - start < kSpan) {
      auto answers = TRY(opened->commit_group(works));
      for (auto& answer : answers) TRY(answer);
      count += static_cast<int64_t>(group);
    }
    double seconds = static_cast<double>((clock.now() - start).ns) / 1e9;
    tell("durable changes", name + ", groups of " + std::to_string(group),
         static_cast<double>(count) / seconds, "1/s");
  }
  opened.reset();
  std::filesystem::remove_all(folder);
  return {};
}

}  // namespace
}  // namespace anlan::store

int main() {
  using namespace anlan;
  auto sqlite = store::measure("", "sqlite");
  auto server = test::PostgresServer::start(test::PostgresServer::Durability::Real);
  Result<void> postgres;
  if (server) {
    postgres = store::measure("postgres:" + server->fresh_database(), "postgresql");
  } else {
    std::fprintf(stderr, "no PostgreSQL 17 server binary here: left out\n");
  }
  for (const auto& result : {sqlite, postgres}) {
    if (!result) std::fprintf(stderr, "%s\n", result.error().detail.c_str());
  }
  return sqlite && postgres ? 0 : 1;
}

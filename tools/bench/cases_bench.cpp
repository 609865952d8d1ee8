// The engine part of ./anlan bench flow (tools/bench/flow.mjs): tasks completed durably through the
// whole engine, a start over many waiting cases, and many clocks that are due at once. JSON lines.
//   cases_bench [--database sqlite|postgres] [--cases N] [--only complete|timers|restart]

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <string_view>

#include "core/time.h"
#include "engine/engine.h"
#include "engine/import.h"
#include "plant.h"
#include "tests/support/need.h"
#include "tests/support/postgres.h"

namespace anlan::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCompletesMax = 4000;
constexpr std::size_t kTimers = 10'000;
constexpr std::size_t kRunsMax = 5;
constexpr std::size_t kQueued = 256;

using test::need;

struct Metric {
  const char* name;
  const char* unit;
  const char* better;
  double target;
};

class Bench {
 public:
  struct Options {
    std::string_view database{};  // empty: both
    std::size_t cases = 100'000;
    std::string_view only{};  // empty: everything
    bool wants(std::string_view what) const { return only.empty() || only == what; }
  };

  Bench(bool is_postgres, const Options& options) : is_postgres_(is_postgres), options_(options) {
    std::string name = (fs::temp_directory_path() / "anlan-bench-flow-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    database_ = "sqlite:" + folder_ + "/anlan.db";
    if (!is_postgres) return;
    server_ = test::PostgresServer::start(test::PostgresServer::Durability::Real);
    if (!server_) std::exit(1);
    database_ = "postgres:" + server_->fresh_database();
  }
  ~Bench() {
    engine_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void run() {
    open();
    need(engine::seed_demo(*engine_));
    auto view = need(engine_->database().snapshot());
    auto person = need(access::find_login(*view, "worker111"));
    worker_ = need(access::subject_of(*view, person->id));
    area_ = need(engine::find_by_code(*view, *engine_->packs().forms.find("area"), "A1", "code"));
    view.reset();
    if (options_.wants("complete")) completes();
    if (options_.wants("timers")) timers();
    if (options_.wants("restart") && options_.cases > 0) restart();
  }

 private:
  void tell(const Metric& metric, double value) const {
    std::printf(
        "{\"bench\":\"flow\",\"metric\":\"%s\",\"variant\":\"%s\",\"value\":%.3f,\"unit\":\"%s\","
        "\"better\":\"%s\"",
        metric.name, is_postgres_ ? "postgres" : "sqlite", value, metric.unit, metric.better);
    if (metric.target > 0) std::printf(",\"target\":%g", metric.target);
    std::printf("}\n");
    std::fflush(stdout);
  }

  // So far, with the database's: on a shared machine it says more than time.
  double cpu_seconds() const { return cpu_of(getpid()) + database_cpu_s(database_); }

  void open() {
    engine_.reset();
    engine_ = need(engine::Engine::open({.store = {.database = database_,
                                                   .folder = folder_,
                                                   .head_folders = {},
                                                   .plant = "bench",
                                                   .clock = clock_,
                                                   .random = random_,
                                                   .sync = true},
                                         .pack_folders = {"packs", "tools/bench/flow_packs"}}));
  }

  // Commands in full groups, as a busy server has them.
  void submit_all(std::vector<engine::What> whats) {
    std::size_t answered = 0;
    for (std::size_t i = 0; i < whats.size(); ++i) {
      engine_->submit({.by = worker_, .what = std::move(whats[i])}, [&](Result<Json> answer) {
        need(std::move(answer));
        ++answered;
      });
      if ((i + 1) % kQueued == 0 || i + 1 == whats.size()) {
        while (answered <= i) engine_->turn();
      }
    }
  }

  void make_cases(std::size_t count) {
    std::vector<engine::What> whats;
    for (std::size_t i = 0; i < count; ++i) {
      Json fields = Json::object({{"area", area_.text()}, {"level", "red"}});
      whats.emplace_back(engine::CreateRecord{.form = "bench_flow", .fields = std::move(fields)});
    }
    submit_all(std::move(whats));
  }

  std::vector<TaskId> open_tasks(std::string_view node, std::size_t count) {
    auto view = need(engine_->database().snapshot());
    auto rows =
        need(view->query({"SELECT id FROM flow_task WHERE node = ? AND state <> 'done' AND "
                          "state <> 'cancelled' ORDER BY created, id LIMIT ?",
                          {std::string(node), static_cast<int64_t>(count)}}));
    std::vector<TaskId> tasks;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      tasks.push_back(need(TaskId::parse(rows[i].text("id"))));
    }
    return tasks;
  }

  double completes_per_second(std::string_view node, std::size_t count) {
    std::vector<engine::What> whats;
    for (TaskId task : open_tasks(node, count)) {
      whats.emplace_back(engine::CompleteTask{
          .task = task, .outcome = "", .comment = "", .fields = Json::object()});
    }
    double begun = seconds_now();
    double cpu = cpu_seconds();
    std::size_t done = whats.size();
    submit_all(std::move(whats));
    double rate = static_cast<double>(done) / (seconds_now() - begun);
    complete_cpu_s_ += cpu_seconds() - cpu;
    return rate;
  }

  void completes() {
    std::vector<double> runs;
    for (std::size_t i = 0; i < kRunsMax; ++i) {
      make_cases(kCompletesMax / kRunsMax);
      runs.push_back(completes_per_second("check", kCompletesMax / kRunsMax));
      runs.push_back(completes_per_second("confirm", kCompletesMax / kRunsMax));
    }
    std::ranges::sort(runs);
    double target = is_postgres_ ? 1500 : 2500;
    tell({"complete_durable_rps", "1/s", "higher", target}, runs[runs.size() / 2]);
    // Two completions of each case.
    tell({"complete_cpu_us", "us", "lower", 0}, complete_cpu_s_ * 1e6 / (2 * kCompletesMax));
  }

  // All of them are due in the same second: the clock of the bench stands while they are made.
  void timers() {
    make_cases(kTimers);
    std::size_t before = open_tasks("check", kTimers).size();
    clock_.set(clock_.now() + Duration::seconds(3600));
    double begun = seconds_now();
    double cpu = cpu_seconds();
    while (true) {
      auto next = engine_->turn();
      if (!next || *next > clock_.now()) break;
    }
    double took = seconds_now() - begun;
    if (before != kTimers || !open_tasks("check", kTimers).empty()) {
      std::fprintf(stderr, "bench: not every timer fired\n");
      std::exit(1);
    }
    tell({"timers_10k_s", "s", "lower", 5}, took);
    tell({"timers_10k_cpu_s", "s", "lower", 0}, cpu_seconds() - cpu);
  }

  // From nothing to the first answer about a waiting task.
  void restart() {
    for (std::size_t made = 0; made < options_.cases; made += 10'000) make_cases(10'000);
    std::vector<double> runs;
    for (int i = 0; i < 3; ++i) {
      engine_.reset();
      double begun = seconds_now();
      open();
      need(engine_->tasks(worker_));
      std::vector<engine::What> one;
      one.emplace_back(engine::CompleteTask{.task = open_tasks("check", 1)[0],
                                            .outcome = "",
                                            .comment = "",
                                            .fields = Json::object()});
      submit_all(std::move(one));
      runs.push_back((seconds_now() - begun) * 1000);
    }
    std::ranges::sort(runs);
    tell({"restart_ms", "ms", "lower", 3000}, runs[1]);
  }

  bool is_postgres_;
  Options options_;
  std::string folder_;
  std::string database_;
  std::unique_ptr<test::PostgresServer> server_;
  ManualClock clock_{Instant{1'772'409'600'000'000'000}};
  SeededRandom random_{1};
  std::unique_ptr<engine::Engine> engine_;
  double complete_cpu_s_ = 0;
  access::Subject worker_;
  RecordId area_{};
};

}  // namespace
}  // namespace anlan::bench

int main(int count, char** words) {
  anlan::bench::Bench::Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    std::string_view word = words[i];
    if (word == "--database") options.database = words[i + 1];
    if (word == "--only") options.only = words[i + 1];
    if (word == "--cases") options.cases = std::strtoull(words[i + 1], nullptr, 10);
  }
  for (bool is_postgres : {false, true}) {
    bool is_other = (options.database == "postgres") != is_postgres;
    if (!options.database.empty() && is_other) continue;
    anlan::bench::Bench(is_postgres, options).run();
  }
}

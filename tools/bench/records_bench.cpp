// ./anlan bench records [--database sqlite|postgres]: pages, single records and durable inserts
// over HTTP against `anlan serve`, on a full table; without --database on both databases. The load
// comes from this process, on the same cores. JSON lines; each value is the median of the runs.

#include <algorithm>
#include <cstdio>
#include <format>
#include <functional>
#include <string_view>

#include "plant.h"

namespace anlan::bench {
namespace {

constexpr int kReaders = 10;
constexpr int kWriters = 32;

struct Goal {
  const char* metric;
  const char* unit;
  const char* better;
  double sqlite;
  double postgres;
};
constexpr Goal kPageRps{"page_rps", "1/s", "higher", 3000, 2000};
constexpr Goal kPageP99{"page_p99_ms", "ms", "lower", 20, 20};
constexpr Goal kGetRps{"get_rps", "1/s", "higher", 15000, 6000};
constexpr Goal kInsertRps{"insert_rps", "1/s", "higher", 6000, 3000};
constexpr Goal kRssStart{"rss_start_mb", "MB", "lower", 60, 60};
constexpr Goal kRssLoad{"rss_load_mb", "MB", "lower", 150, 150};
constexpr Goal kStart{"start_ms", "ms", "lower", 2000, 2000};
constexpr Goal kFsync{"fsync_p50_ms", "ms", "lower", 0, 0};
constexpr Goal kPageTls{"page_rps_tls", "1/s", "higher", 0, 0};
constexpr Goal kGetTls{"get_rps_tls", "1/s", "higher", 0, 0};

// What the runs of one load gave, as medians.
struct Sum {
  double per_s = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double server_us = 0;
  double postgres_us = 0;
  double load_us = 0;
};

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options), plant_(options) {}

  void run() {
    plant_.fill();
    fsync_ms_ = plant_.fsync_p50_ms();
    tell(kFsync, fsync_ms_);
    if (options_.only.empty()) starts();
    with_plain();
    if (options_.has_tls) with_tls();
  }

 private:
  void tell(const Goal& goal, double value, const std::string& more = "") const {
    double target = options_.variant == "sqlite" ? goal.sqlite : goal.postgres;
    std::string wanted = target > 0 ? std::format(",\"target\":{}", target) : "";
    std::printf(
        "{\"bench\":\"records\",\"metric\":\"%s\",\"variant\":\"%s\",\"value\":%.3f,"
        "\"unit\":\"%s\",\"better\":\"%s\"%s%s,\"load\":%s}\n",
        goal.metric, options_.variant.c_str(), value, goal.unit, goal.better, wanted.c_str(),
        more.c_str(), load_average().c_str());
    std::fflush(stdout);
  }

  static std::string more_of(const Sum& sum, std::string_view scope) {
    return std::format(
        ",\"scope\":\"{}\",\"p50_ms\":{:.2f},\"p99_ms\":{:.2f},\"server_us\":{:.0f},"
        "\"postgres_us\":{:.0f},\"generator_us\":{:.0f}",
        scope, sum.p50_ms, sum.p99_ms, sum.server_us, sum.postgres_us, sum.load_us);
  }

  Sum measure(const Program& program, const Load& load, const WriteRequest& write) const {
    std::vector<double> per_s, p50, p99, server, postgres, generator;
    for (int i = 0; i < options_.runs; ++i) {
      double cpu = program.cpu_s();
      double other = plant_.postgres_cpu_s();
      Measured run = run_load(program.target(), load, write);
      // The warm-up is in the CPU time too.
      double requests = run.per_s * (load.seconds + load.warm_s) + 1;
      server.push_back((program.cpu_s() - cpu) * 1e6 / requests);
      postgres.push_back((plant_.postgres_cpu_s() - other) * 1e6 / requests);
      if (run.bad > 0) {
        std::fprintf(stderr, "bench: %lld bad answers, the first: %s\n",
                     static_cast<long long>(run.bad), run.first_bad.c_str());
        std::exit(1);
      }
      per_s.push_back(run.per_s);
      p50.push_back(run.p50_ms);
      p99.push_back(run.p99_ms);
      generator.push_back(run.cpu_us);
    }
    return {median(per_s),  median(p50),      median(p99),
            median(server), median(postgres), median(generator)};
  }

  Load load_of(int connections, int status, std::string contains) const {
    return {.connections = connections,
            .warm_s = 1,
            .seconds = options_.seconds,
            .status = status,
            .contains = std::move(contains)};
  }

  void starts() {
    std::vector<double> took;
    for (int i = 0; i < std::max(3, options_.runs); ++i) {
      took.push_back(Program(plant_, false).start_ms());
    }
    tell(kStart, median(took));
  }

  // Each connection is a browser of its own.
  std::vector<std::string> log_in(const Program& program, const std::string& login,
                                  int count) const {
    std::vector<std::string> cookies;
    for (int i = 0; i < count; ++i) cookies.push_back(program.log_in(login));
    return cookies;
  }

  void pages(const Program& program, const Goal& goal, const Goal* p99) {
    std::vector<std::pair<Sum, std::string>> all;
    for (const Scope& scope : kScopes) {
      std::vector<std::string> cookies = log_in(program, scope.login, kReaders);
      std::vector<std::string> texts;
      for (const std::string& cookie : cookies) {
        texts.push_back(
            "GET /api/records/bench?limit=25&total=true HTTP/1.1\r\nHost: localhost\r\n"
            "Cookie: " +
            cookie + "\r\nAccept: application/json\r\n\r\n");
      }
      WriteRequest write = [&](int connection, std::string& out) {
        out += texts[static_cast<std::size_t>(connection)];
      };
      Load load = load_of(kReaders, 200, "\"next\":\"");
      all.emplace_back(measure(program, load, write), scope.name);
    }
    for (const auto& [sum, scope] : all) note(goal, sum.per_s, sum, scope);
    auto worst = std::ranges::min_element(all, {}, [](auto& one) { return one.first.per_s; });
    tell(goal, worst->first.per_s, more_of(worst->first, worst->second));
    if (!p99) return;
    auto slow = std::ranges::max_element(all, {}, [](auto& one) { return one.first.p99_ms; });
    tell(*p99, slow->first.p99_ms, more_of(slow->first, slow->second));
  }

  void note(const Goal& goal, double value, const Sum& sum, const std::string& scope) const {
    std::fprintf(stderr, "bench: %s %s %s %.0f/s%s\n", goal.metric, options_.variant.c_str(),
                 scope.c_str(), value, more_of(sum, scope).c_str());
  }

  void gets(const Program& program, const Goal& goal) {
    std::vector<std::pair<Sum, std::string>> all;
    SeededRandom random(7);
    for (const Scope& scope : kScopes) {
      std::vector<std::string> cookies = log_in(program, scope.login, kReaders);
      const std::vector<std::string>& ids = plant_.ids(scope.name);
      WriteRequest write = [&](int connection, std::string& out) {
        out += "GET /api/records/bench/";
        out += ids[random.below(ids.size())];
        out += " HTTP/1.1\r\nHost: localhost\r\nCookie: ";
        out += cookies[static_cast<std::size_t>(connection)];
        out += "\r\nAccept: application/json\r\n\r\n";
      };
      Load load = load_of(kReaders, 200, "\"record\":");
      all.emplace_back(measure(program, load, write), scope.name);
    }
    for (const auto& [sum, scope] : all) note(goal, sum.per_s, sum, scope);
    auto worst = std::ranges::min_element(all, {}, [](auto& one) { return one.first.per_s; });
    tell(goal, worst->first.per_s, more_of(worst->first, worst->second));
  }

  void inserts(const Program& program) {
    std::vector<std::string> cookies = log_in(program, kWriter, kReaders);
    IdMaker keys(system_clock_of_machine(), random_of_machine());
    // Made before, so that the generator's own work is small.
    std::vector<std::string> bodies;
    for (int64_t n = 0; n < 1000; ++n) {
      bodies.push_back(write_json(Json::object({{"fields", plant_.fields_of(n * 13)}})));
    }
    std::size_t next = 0;
    WriteRequest write = [&](int connection, std::string& out) {
      const std::string& body = bodies[next++ % bodies.size()];
      out += "POST /api/records/bench HTTP/1.1\r\nHost: localhost\r\nX-Anlan: 1\r\nCookie: ";
      out += cookies[static_cast<std::size_t>(connection) % cookies.size()];
      out += "\r\nContent-Type: application/json\r\nIdempotency-Key: ";
      out += format_uuid(keys.next());
      out += std::format("\r\nContent-Length: {}\r\n\r\n", body.size());
      out += body;
    };
    Sum sum = measure(program, load_of(kWriters, 201, "\"record\":"), write);
    tell(kInsertRps, sum.per_s,
         more_of(sum, "100%") + std::format(",\"fsync_p50_ms\":{:.3f}", fsync_ms_));
  }

  // Gone before the next one starts: one process has the folder.
  void with_plain() {
    Program program(plant_, false);
    wait_ms(2000);  // what a start still does in the background
    tell(kRssStart, program.rss_mb());
    if (options_.wants("page")) pages(program, kPageRps, &kPageP99);
    if (options_.wants("get")) gets(program, kGetRps);
    if (options_.wants("insert")) inserts(program);
    tell(kRssLoad, program.rss_max_mb());
  }

  void with_tls() {
    Program program(plant_, true);
    if (options_.wants("page")) pages(program, kPageTls, nullptr);
    if (options_.wants("get")) gets(program, kGetTls);
  }

  Options options_;
  Plant plant_;
  double fsync_ms_ = 0;
};

}  // namespace
}  // namespace anlan::bench

int main(int count, char** words) {
  return anlan::bench::run_benches<anlan::bench::Bench>(count, words);
}

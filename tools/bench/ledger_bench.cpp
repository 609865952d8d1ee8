// ./anlan bench ledger [--database sqlite|postgres] [--leaves 1000000]: how long `anlan verify
// --leaves` takes for a whole ledger, and a proof over HTTP. JSON lines; the median of the runs.

#include <cstdio>
#include <format>

#include "plant.h"

namespace anlan::bench {
namespace {

constexpr int kReaders = 1;

class Bench {
 public:
  explicit Bench(Options options) : options_(with_few_rows(std::move(options))), plant_(options_) {}

  void run() {
    plant_.fill();
    plant_.fill_ledger(options_.leaves);
    std::vector<double> took;
    for (int i = 0; i < options_.runs; ++i) took.push_back(verify());
    tell("verify_1m_s", "s", 3, median(took), std::format(",\"leaves\":{}", options_.leaves));
    proofs();
  }

 private:
  // Records are not what is measured here.
  static Options with_few_rows(Options options) {
    options.rows = 10'000;
    return options;
  }
  void tell(const char* metric, const char* unit, double target, double value,
            const std::string& more) const {
    std::printf(
        "{\"bench\":\"ledger\",\"metric\":\"%s\",\"variant\":\"%s\",\"value\":%.3f,"
        "\"unit\":\"%s\",\"better\":\"lower\",\"target\":%g%s,\"load\":%s}\n",
        metric, options_.variant.c_str(), value, unit, target, more.c_str(),
        load_average().c_str());
    std::fflush(stdout);
  }

  double verify() const {
    std::vector<std::string> words{"verify", "--leaves"};
    for (std::string& word : plant_.words()) words.push_back(std::move(word));
    double begun = seconds_now();
    int code = run_program(words);
    if (code != 0) {
      std::fprintf(stderr, "bench: anlan verify ended with %d\n", code);
      std::exit(1);
    }
    return seconds_now() - begun;
  }

  // Of one record that was created through the interface, like any other.
  void proofs() {
    Program program(plant_, false);
    std::string cookie = program.log_in(kWriter);
    IdMaker keys(system_clock_of_machine(), random_of_machine());
    std::string body = write_json(Json::object({{"fields", plant_.fields_of(1)}}));
    Reply made = ask(program.target(),
                     std::format("POST /api/records/bench HTTP/1.1\r\nHost: localhost\r\n"
                                 "X-Anlan: 1\r\nCookie: {}\r\nContent-Type: application/json\r\n"
                                 "Idempotency-Key: {}\r\nContent-Length: {}\r\n\r\n{}",
                                 cookie, format_uuid(keys.next()), body.size(), body));
    Json answer = must(parse_json(made.body));
    std::string id = answer["record"].text_or("id", "");
    std::string request = std::format(
        "GET /api/records/bench/{}/proof HTTP/1.1\r\n"
        "Host: localhost\r\nCookie: {}\r\n\r\n",
        id, cookie);
    // A head is signed every five seconds; until then the act is only pending.
    for (int i = 0; i < 200; ++i) {
      if (ask(program.target(), request).body.contains("\"pending\":0")) break;
      wait_ms(100);
    }
    std::vector<double> took;
    for (int i = 0; i < options_.runs; ++i) {
      Load load{.connections = kReaders,
                .warm_s = 0.5,
                .seconds = options_.seconds,
                .contains = "\"pending\":0"};
      Measured run =
          run_load(program.target(), load, [&](int, std::string& out) { out += request; });
      if (run.bad > 0) {
        std::fprintf(stderr, "bench: bad proof: %s\n", run.first_bad.c_str());
        std::exit(1);
      }
      took.push_back(run.p50_ms);
    }
    tell("proof_ms", "ms", 1, median(took), "");
  }

  Options options_;
  Plant plant_;
};

}  // namespace
}  // namespace anlan::bench

int main(int count, char** words) {
  return anlan::bench::run_benches<anlan::bench::Bench>(count, words);
}

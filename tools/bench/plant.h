#pragma once
// The plant of the benches: a fresh database with a form of 30 fields and many records, and the
// real program that serves it.

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "load.h"
#include "tests/support/postgres.h"

namespace anlan::bench {

inline constexpr const char* kPassword = "Bench-2026!";

// What part of the records a person may see: the plant has 10 workshops, one of them 100 teams.
struct Scope {
  const char* name;
  const char* login;
  const char* path;
};
inline constexpr Scope kScopes[] = {
    {"100%", "all", "/AL/"}, {"10%", "tenth", "/AL/WS3/"}, {"0.1%", "thousandth", "/AL/WS9/T42/"}};
inline constexpr const char* kWriter = "writer";

struct Options {
  std::string variant{};   // "sqlite", "postgres"; empty: both
  std::string folder{};    // kept and used again; else a temporary one
  std::string database{};  // a PostgreSQL that is there, as libpq text
  int64_t rows = 500'000;
  int64_t leaves = 1'000'000;
  double seconds = 5;
  int runs = 5;
  bool has_tls = true;
  std::string only{};  // "page", "get" or "insert": nothing else is measured

  bool wants(std::string_view what) const { return only.empty() || only == what; }
};
// Ends the program with a word about its use when it does not understand.
Options read_options(int count, char** words);

class Plant {
 public:
  explicit Plant(const Options& options);
  ~Plant();
  Plant(const Plant&) = delete;
  Plant& operator=(const Plant&) = delete;

  // Organisation, people and `rows` records, once for each folder.
  void fill();
  // Acts of one small row each until the ledger has so many leaves, then a signed head.
  void fill_ledger(int64_t leaves);
  const std::vector<std::string>& ids(const std::string& scope) const { return ids_.at(scope); }
  Json fields_of(int64_t n) const;
  engine::Config config() const;
  const std::string& folder() const { return folder_; }
  std::vector<std::string> words() const;  // --data, --database, --packs
  // Of 4 KB written and synced where the data lies.
  double fsync_p50_ms() const;
  double postgres_cpu_s() const;  // so far, of all its processes

 private:
  void link_packs();
  void set_up(engine::Engine& engine);
  void add_rows(engine::Engine& engine);
  void keep_up(store::Database& database);
  void read_ids(engine::Engine& engine);

  Options options_;
  bool is_temporary_ = false;
  std::string folder_;
  std::unique_ptr<test::PostgresServer> postgres_;
  std::string database_;
  std::map<std::string, std::vector<std::string>> ids_;
  std::vector<std::string> people_;
};

// `anlan serve --bench` as a child process.
class Program {
 public:
  Program(const Plant& plant, bool is_tls);
  ~Program();  // stops it and waits
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  Target target() const { return target_; }
  double start_ms() const { return start_ms_; }  // until it answered
  double rss_mb() const;
  double rss_max_mb() const;
  double cpu_s() const;  // so far
  // Cookie of a fresh session.
  std::string log_in(const std::string& login) const;

 private:
  pid_t pid_ = -1;
  Target target_;
  double start_ms_ = 0;
};

void wait_ms(int length);
// The program beside this one, run to its end; its exit code, its output thrown away.
int run_program(const std::vector<std::string>& words);

// So far. Of a PostgreSQL all its processes, found by the folder that its connection text names.
double cpu_of(pid_t pid);
double database_cpu_s(const std::string& database);

double median(std::vector<double> values);
double seconds_now();
std::string load_average();

// One after the other on the databases that the words name.
template <class Bench>
int run_benches(int count, char** words) {
  Options options = read_options(count, words);
  std::vector<std::string> variants{options.variant};
  if (options.variant.empty()) variants = {"sqlite", "postgres"};
  for (const std::string& variant : variants) {
    options.variant = variant;
    Bench(options).run();
  }
  return 0;
}

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "bench: %s %s %s\n", error_text(result.error().code).code.data(),
                 result.error().detail.c_str(), result.error().field.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace anlan::bench

// One JSON line for each figure. Paced: 100,000 tags once a second in batches of 10,000, on a clock
// that the bench moves, so it says how much of a core that takes and how long an append waits.
//   history_bench [SECONDS]            of plant time, 90 by default
//   history_bench lines TAGS SECONDS   the same signals as InfluxDB lines, for peers

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "core/json.h"
#include "core/random.h"
#include "history/history.h"
#include "history/signal_mix.h"
#include "tests/support/postgres.h"

namespace anlan::history {
namespace {

constexpr Instant kStart{1'767'225'600'000'000'000};

class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "anlan-bench-XXXXXX").string()) {
    if (!mkdtemp(path_.data())) std::abort();
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }
  int64_t bytes() const {
    int64_t sum = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path_))
      if (entry.is_regular_file() && entry.path().extension() == ".db")
        sum += static_cast<int64_t>(entry.file_size());
    return sum;
  }

 private:
  std::string path_;
};

void tell(const char* metric, const std::string& variant, double value, const char* unit,
          double target = 0) {
  bool is_more_better = std::string_view(unit) == "1/s";
  Json line = Json::object({{"bench", "history"},
                            {"metric", metric},
                            {"variant", variant},
                            {"value", value},
                            {"unit", unit},
                            {"better", is_more_better ? "higher" : "lower"}});
  if (target > 0) line.set("target", target);
  std::printf("%s\n", write_json(line).c_str());
  std::fflush(stdout);
}

double now_ms() { return static_cast<double>(system_clock_of_machine().now().ns) / 1e6; }

double cpu_ms() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto ms = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) / 1e3;
  };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

double part_of(std::vector<double>& sorted, double part) {
  std::ranges::sort(sorted);
  return sorted[static_cast<std::size_t>(static_cast<double>(sorted.size() - 1) * part)];
}

struct Plant {
  Plant(std::size_t tag_count, const std::string& folder, const std::string& postgres = {})
      : clock(kStart) {
    history = History::open({.folder = folder, .postgres = postgres, .clock = clock}).value();
    std::vector<std::string> codes;
    for (std::size_t i = 0; i < tag_count; ++i) codes.push_back("T-" + std::to_string(i));
    tags = history->tags(codes).value();
    for (std::size_t i = 0; i < tag_count; ++i) signals.emplace_back(i, random);
  }

  std::vector<Sample> second(int64_t number) {
    std::vector<Sample> samples;
    samples.reserve(tags.size());
    Instant at = kStart + Duration::seconds(number);
    for (std::size_t i = 0; i < tags.size(); ++i) {
      samples.push_back({.tag = tags[i],
                         .at = at,
                         .received = at + Duration::milliseconds(12),
                         .value = signals[i].next()});
    }
    return samples;
  }

  ManualClock clock;
  SeededRandom random{7};
  std::unique_ptr<History> history;
  std::vector<TagIndex> tags;
  std::vector<Signal> signals;
};

// With `postgres` blocks go there.
void measure_load(int64_t seconds, const std::string& postgres = {}) {
  constexpr std::size_t kTags = 100'000;
  constexpr std::size_t kBatch = 10'000;
  Folder folder;
  Plant plant(kTags, folder.path(), postgres);
  std::vector<double> waits;
  std::vector<double> turns;
  double append_ms = 0;
  double busy_cpu_ms = 0;
  for (int64_t s = 0; s < seconds; ++s) {
    auto samples = plant.second(s);
    double cpu_before = cpu_ms();
    for (std::size_t i = 0; i < kTags; i += kBatch) {
      double before = now_ms();
      auto done = plant.history->append(std::span(samples).subspan(i, kBatch));
      if (!done) std::exit(1);
      waits.push_back(now_ms() - before);
      append_ms += waits.back();
    }
    plant.clock.advance(Duration::seconds(1));
    double before = now_ms();
    if (!plant.history->turn()) std::exit(1);
    turns.push_back(now_ms() - before);
    busy_cpu_ms += cpu_ms() - cpu_before;
  }
  auto count = static_cast<double>(kTags) * static_cast<double>(seconds);
  double turn_ms = 0;
  for (double ms : turns) turn_ms += ms;
  std::string variant = "100k tags, batches of 10k";
  if (!postgres.empty()) variant += ", blocks in PostgreSQL";
  tell("durable samples", variant, count / append_ms * 1e3, "1/s");
  tell("durable samples with blocks", variant, count / (append_ms + turn_ms) * 1e3, "1/s");
  tell("one core busy at 100k samples/s", variant, busy_cpu_ms / static_cast<double>(seconds) / 1e3,
       "1");
  tell("append p50", variant, part_of(waits, 0.5), "ms");
  tell("ack_p99_ms", variant, part_of(waits, 0.99), "ms", 20);
  tell("turn p50", variant, part_of(turns, 0.5), "ms");
  tell("turn p99", variant, part_of(turns, 0.99), "ms");
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  tell("memory", variant, static_cast<double>(usage.ru_maxrss) / 1024, "MB");
}

void measure_small_batches() {
  Folder folder;
  Plant plant(200, folder.path());
  std::vector<double> waits;
  for (int64_t s = 0; s < 2000; ++s) {
    auto samples = plant.second(s);
    double before = now_ms();
    if (!plant.history->append(samples)) std::exit(1);
    waits.push_back(now_ms() - before);
    plant.clock.advance(Duration::seconds(1));
    if (!plant.history->turn()) std::exit(1);
  }
  tell("append p50", "200 tags, one batch", part_of(waits, 0.5), "ms");
  tell("append p99", "200 tags, one batch", part_of(waits, 0.99), "ms");
}

void turns(Plant& plant, int64_t seconds) {
  for (int64_t i = 0; i < seconds; ++i) {
    plant.clock.advance(Duration::seconds(1));
    if (!plant.history->turn()) std::exit(1);
  }
}

void measure_questions(Plant& plant, const std::string& variant) {
  std::vector<double> raws;
  std::vector<double> means;
  std::vector<double> hundreds;
  std::vector<double> lasts;
  Instant end = kStart + Duration::hours(1);
  double hundred = 0;
  for (TagIndex tag : plant.tags) {
    double before = now_ms();
    if (plant.history->raw(tag, kStart, end)->size() != 3600) std::exit(1);
    double middle = now_ms();
    if (plant.history->trend(tag, kStart, end, 60)->size() != 60) std::exit(1);
    double after = now_ms();
    if (!plant.history->last(tag)) std::exit(1);
    raws.push_back(middle - before);
    means.push_back(after - middle);
    lasts.push_back(now_ms() - after);
    hundred += means.back();
    if ((tag + 1) % 100 == 0) hundreds.push_back(std::exchange(hundred, 0));
  }
  tell("raw_tag_hour_ms p50", variant, part_of(raws, 0.5), "ms");
  tell("raw_tag_hour_ms p99", variant, part_of(raws, 0.99), "ms");
  tell("tag_hour_ms", variant + ", 60 s means, p50", part_of(means, 0.5), "ms", 1);
  tell("tag_hour_ms p99", variant + ", 60 s means", part_of(means, 0.99), "ms");
  tell("tags100_hour_ms", variant + ", 60 s means, p50", part_of(hundreds, 0.5), "ms", 10);
  tell("last_p99_ms", variant, part_of(lasts, 0.99), "ms");
}

// A day, so that what is summed up by day and by hour counts as it does in a plant.
void measure_size_and_questions() {
  constexpr std::size_t kTags = 200;
  constexpr int64_t kHours = 24;
  Folder folder;
  Plant plant(kTags, folder.path());
  for (int64_t s = 0; s < kHours * 3600; ++s) {
    if (!plant.history->append(plant.second(s))) std::exit(1);
    turns(plant, 1);
    if (s != 3599) continue;
    measure_questions(plant, "200 tags, not summed up yet");
  }
  turns(plant, 3700);
  Counters counters = plant.history->counters();
  auto in_blocks = static_cast<double>(counters.in_blocks);
  tell("blocks_per_sample", "200 tags, 24 h, mix of signal_mix.h",
       static_cast<double>(counters.bytes_of_blocks) / in_blocks, "B");
  measure_questions(plant, "200 tags, summed up");
  plant.history.reset();  // brings the last pages into the file
  tell("bytes_per_sample", "the whole file, 200 tags, 24 h, mix of signal_mix.h",
       static_cast<double>(folder.bytes()) / in_blocks, "B", 0.9);
  double before = now_ms();
  plant.history = History::open({.folder = folder.path(), .clock = plant.clock}).value();
  tell("opening_ms", "200 tags", now_ms() - before, "ms");
}

// What an outage left behind, as fast as it goes: in large frames.
void measure_backfill() {
  constexpr std::size_t kTags = 4000;
  constexpr std::size_t kPart = 60'000;
  Folder folder;
  Plant plant(kTags, folder.path());
  std::vector<std::vector<Sample>> parts(1);
  for (int64_t s = 0; s < 900; ++s) {
    for (const Sample& one : plant.second(s)) {
      if (parts.back().size() == kPart) parts.emplace_back();
      parts.back().push_back(one);
    }
  }
  plant.clock.advance(Duration::seconds(900));
  double before = now_ms();
  for (const auto& part : parts)
    if (!plant.history->append(part)) std::exit(1);
  double append_ms = now_ms() - before;
  double count = 900.0 * kTags;
  tell("backfill_sps", "durable, one thread, frames of 60,000", count / append_ms * 1e3, "1/s",
       5e6);
  before = now_ms();
  while (plant.history->counters().pending > 0) turns(plant, 1);
  tell("backfill_into_blocks_s", "3.6 M samples", (now_ms() - before) / 1e3, "s");
}

void print_lines(int64_t tags, int64_t seconds) {
  SeededRandom random{7};
  std::vector<Signal> signals;
  for (int64_t i = 0; i < tags; ++i) signals.emplace_back(static_cast<std::size_t>(i), random);
  for (int64_t s = 0; s < seconds; ++s) {
    long long at_ms = kStart.ns / 1'000'000 + s * 1000;
    for (std::size_t i = 0; i < signals.size(); ++i)
      std::printf("t,id=%zu v=%.15g %lld\n", i, signals[i].next(), at_ms);
  }
}

int64_t number_of(std::string_view text, int64_t otherwise) {
  std::from_chars(text.data(), text.data() + text.size(), otherwise);
  return otherwise;
}

}  // namespace
}  // namespace anlan::history

int main(int argc, char** argv) {
  using anlan::history::number_of;
  if (argc == 4 && std::string_view(argv[1]) == "lines") {
    anlan::history::print_lines(number_of(argv[2], 100), number_of(argv[3], 60));
    return 0;
  }
  int64_t seconds = argc > 1 ? number_of(argv[1], 90) : 90;
  anlan::history::measure_small_batches();
  anlan::history::measure_size_and_questions();
  anlan::history::measure_backfill();
  anlan::history::measure_load(std::max<int64_t>(seconds, 1));
  using anlan::test::PostgresServer;
  auto server = PostgresServer::start(PostgresServer::Durability::Real);
  if (server) {
    anlan::history::measure_load(std::max<int64_t>(seconds, 1), server->fresh_database());
  } else {
    std::fprintf(stderr, "no PostgreSQL 17 server binary here: left out\n");
  }
}

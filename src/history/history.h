#pragma once
// history keeps samples: a segment log with group fsync first (an acknowledged sample survives
// kill -9), then blocks for each tag in a SQLite file of its own or in the plant's PostgreSQL. It
// knows nothing of plants, alarms or people.
//
//   auto history = TRY(History::open({.folder = "data/history", .clock = clock}));
//   TagIndex tag = TRY(history->tag("GAS-2107"));
//   TRY(history->append(samples));                       // durable when it returns
//   auto trend = TRY(history->trend(tag, from, to, 600));

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "history/sample.h"
#include "history/segment_log.h"

namespace anlan::history {

// How long what is kept of a tag. Rollups are made of samples, so the later ones last longer.
struct Retention {
  Duration samples = Duration::days(400);
  Duration minutes = Duration::days(1100);
  Duration hours = Duration::days(3660);
};

struct Config {
  std::string folder;  // of the log; of the tables too where they are in SQLite
  // Where the tables are in PostgreSQL: a libpq connection text. A plant whose folder has tables
  // in SQLite goes on with those.
  std::string postgres{};
  Clock& clock;
  Duration block_every = Duration::seconds(60);  // of one tag; staggered by the tag's hash
  Retention retention{};                         // of tags for which nothing else is set
  int64_t segment_bytes = 16 << 20;
  bool sync = true;  // false only in tests that do not crash
  // Samples that are in memory and not yet in blocks; above it append is Overloaded. 40 bytes each.
  int64_t pending_max = 12'000'000;
};

// Minimum, maximum, mean over Good and Uncertain samples of [at, at + length), and the last one of
// them. NaN is no value. `count` is how many these are: where it is 0 there was no value, only
// samples that `worst` speaks of.
struct Bucket {
  Instant at{};
  Duration length{};
  double minimum = 0, maximum = 0, mean = 0, last = 0;
  int64_t count = 0;
  Quality worst = Quality::Good;
};

struct Counters {
  // Since it was opened.
  int64_t received = 0;
  int64_t stored = 0;  // durable in the log; the others were refused
  // Now.
  int64_t pending = 0;  // not yet in blocks
  int64_t in_blocks = 0;
  int64_t bytes_of_blocks = 0;
  int64_t blocks = 0;
  int64_t bytes_of_log = 0;
};

inline constexpr std::size_t kBucketsMax = 100'000;

class History {
 public:
  static Result<std::unique_ptr<History>> open(const Config& config);
  virtual ~History() = default;

  // The numbers of tags by their codes; a new code gets the next one, for ever. Any thread. Many
  // new codes at once are one commit.
  virtual Result<std::vector<TagIndex>> tags(std::span<const std::string> codes) = 0;
  Result<TagIndex> tag(std::string_view code);
  // Any thread; concurrent callers share one fsync. Durable when it returns. NotFound (a tag that
  // has no number), DiskFull, StoreFailed, Overloaded: then nothing of the span is acknowledged,
  // and it may be given again; what is there already is told once.
  virtual Result<void> append(std::span<const Sample> samples) = 0;
  // Samples with from <= at < to, in order of time, out of blocks and log together, at most `count`
  // (LimitReached above that). Duplicates (same tag, at, value and quality) appear once, as first
  // received.
  virtual Result<std::vector<Sample>> raw(TagIndex tag, Instant from, Instant to,
                                          std::size_t count = 100'000) = 0;
  // At most `buckets` equal parts of [from, to); parts without a sample are left out. LimitReached
  // above kBucketsMax. Parts of whole minutes (hours) that begin with one are read from rollups
  // where there are any: then a mean is exact to 6e-8 of it, and samples that are no longer kept
  // count all the same. Where minutes are no longer kept, an hour counts in the part it begins in.
  virtual Result<std::vector<Bucket>> trend(TagIndex tag, Instant from, Instant to,
                                            std::size_t buckets) = 0;
  virtual Result<std::optional<Sample>> last(TagIndex tag) = 0;
  // From now on, until it is opened again. NotFound.
  virtual Result<void> set_retention(TagIndex tag, const Retention& retention) = 0;
  // Writes the blocks that are due, sums up hours that are over, drops what is too old, recycles
  // segments. Called by its owner
  // about once a second; never delays append by more than a few ms.
  virtual Result<void> turn() = 0;
  virtual Counters counters() = 0;
};

}  // namespace anlan::history

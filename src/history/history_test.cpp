#include "history/history.h"

#include <algorithm>
#include <limits>
#include <thread>

#include "core/log.h"
#include "history/block.h"
#include "history/history_fixture.h"
#include "history/tails.h"

namespace anlan::history {
namespace {

constexpr Instant kEver{std::numeric_limits<int64_t>::max()};

class HistoryTest : public OnBothTables {
 protected:
  void open(Duration keep = Duration::days(400), Duration minutes = Duration::days(1100),
            Duration hours = Duration::days(3660)) {
    history_.reset();
    auto opened = History::open({.folder = folder_.path(),
                                 .postgres = connect(),
                                 .clock = clock_,
                                 .retention = {.samples = keep, .minutes = minutes, .hours = hours},
                                 .segment_bytes = 64 << 10,
                                 .sync = is_synced_});
    ASSERT_TRUE(opened) << opened.error().detail;
    history_ = std::move(*opened);
  }

  void SetUp() override {
    OnBothTables::SetUp();
    if (IsSkipped()) return;
    open();
    tag_ = history_->tag("GAS-2107").value();
  }

  Sample sample(double seconds, double value, Quality quality = Quality::Good) const {
    Instant at{kStart.ns + static_cast<int64_t>(seconds * 1e9)};
    return {.tag = tag_,
            .at = at,
            .received = at + Duration::milliseconds(5),
            .value = value,
            .quality = quality};
  }

  void append(const std::vector<Sample>& samples) {
    auto done = history_->append(samples);
    ASSERT_TRUE(done) << done.error().detail;
  }

  void turn_for(Duration length) {
    for (Instant end = clock_.now() + length; clock_.now() < end;) {
      clock_.advance(Duration::seconds(1));
      auto done = history_->turn();
      ASSERT_TRUE(done) << done.error().detail;
    }
  }

  // Turns until everything is in blocks, of tags with few samples too.
  void make_blocks() {
    turn_for(Duration::minutes(kFewTurns + 1));
    ASSERT_EQ(history_->counters().pending, 0);
  }

  std::vector<Sample> everything(TagIndex tag) {
    auto found = history_->raw(tag, {}, kEver, 10'000'000);
    EXPECT_TRUE(found) << found.error().detail;
    return found.value_or(std::vector<Sample>{});
  }

  ManualClock clock_{kStart};
  bool is_synced_ = false;
  TagIndex tag_ = 0;
  std::unique_ptr<History> history_;
};

TEST_P(HistoryTest, GivesATagItsNumberForEver) {
  EXPECT_EQ(tag_, 0U);
  std::vector<std::string> codes = {"NH3-6031", "GAS-2107", "T-1", "T-1"};
  EXPECT_EQ(history_->tags(codes).value(), (std::vector<TagIndex>{1, 0, 2, 2}));
  open();
  EXPECT_EQ(history_->tag("T-1").value(), 2U);
  EXPECT_EQ(history_->tag("new").value(), 3U);
  EXPECT_EQ(history_->tag("").error().code, ErrorCode::BadField);
}

TEST_P(HistoryTest, RefusesSamplesOfATagThatNobodyNamed) {
  std::vector<Sample> samples = {sample(0, 1), sample(1, 2)};
  samples[1].tag = 77;
  EXPECT_EQ(history_->append(samples).error().code, ErrorCode::NotFound);
  EXPECT_TRUE(everything(tag_).empty());
  EXPECT_EQ(history_->raw(77, kStart, kEver).error().code, ErrorCode::NotFound);
}

TEST_P(HistoryTest, FindsTheSameInTheLogInBlocksAndInBoth) {
  std::vector<Sample> samples;
  SeededRandom random(1);
  for (int i = 0; i < 2000; ++i)
    samples.push_back(sample(i, unit(random), static_cast<Quality>(random.below(4))));
  std::vector<Sample> first(samples.begin(), samples.begin() + 1500);
  std::vector<Sample> second(samples.begin() + 1500, samples.end());
  append(first);
  EXPECT_EQ(everything(tag_), first);
  make_blocks();
  EXPECT_EQ(everything(tag_), first);
  append(second);
  EXPECT_EQ(everything(tag_), samples);
  open();
  EXPECT_EQ(everything(tag_), samples);
  make_blocks();
  EXPECT_EQ(everything(tag_), samples);
  Instant from = kStart + Duration::seconds(700);
  Instant to = kStart + Duration::seconds(710);
  EXPECT_EQ(history_->raw(tag_, from, to).value(),
            std::vector<Sample>(samples.begin() + 700, samples.begin() + 710));
  EXPECT_TRUE(history_->raw(tag_, to, from).value().empty());
  EXPECT_EQ(history_->raw(tag_, from, to, 9).error().code, ErrorCode::LimitReached);
}

TEST_P(HistoryTest, TellsDuplicatesOnceAsFirstReceived) {
  std::vector<Sample> samples = {sample(0, 1), sample(1, std::nan("")), sample(2, -0.0)};
  append(samples);
  make_blocks();
  std::vector<Sample> again = samples;
  for (Sample& one : again) one.received = one.received + Duration::minutes(3);
  append(again);
  EXPECT_TRUE(is_same(everything(tag_), samples));
  make_blocks();
  append(again);
  EXPECT_TRUE(is_same(everything(tag_), samples));
  // Another value or quality of the same instant is no duplicate.
  append({sample(2, 0.0), sample(2, -0.0, Quality::Bad)});
  EXPECT_EQ(everything(tag_).size(), 5U);
}

TEST_P(HistoryTest, PutsLateSamplesInOrderOfTime) {
  SeededRandom random(12);
  std::vector<Sample> samples;
  for (int i = 0; i < 6000; ++i) samples.push_back(sample(i, static_cast<double>(i % 50)));
  std::vector<Sample> shuffled = samples;
  // Most come in order, some ten minutes late, some an hour, a few before everything.
  std::ranges::stable_sort(shuffled, {}, [&](const Sample& one) {
    uint64_t late = random.below(20);
    int64_t delay = late == 0 ? 600 : late == 1 ? 3600 : 0;
    return one.at + Duration::seconds(delay);
  });
  for (std::size_t i = 0; i < shuffled.size(); i += 50) {
    append({shuffled.begin() + static_cast<std::ptrdiff_t>(i),
            shuffled.begin() + static_cast<std::ptrdiff_t>(std::min(i + 50, shuffled.size()))});
    clock_.advance(Duration::seconds(50));
    ASSERT_TRUE(history_->turn());
    if (random.below(30) == 0) open();
  }
  EXPECT_EQ(everything(tag_), samples);
  make_blocks();
  EXPECT_EQ(everything(tag_), samples);
  EXPECT_EQ(history_->counters().in_blocks, 6000);
  EXPECT_LT(history_->counters().blocks, 40);
}

TEST_P(HistoryTest, LivesWithAClockThatStandsStill) {
  std::vector<Sample> samples;
  for (int i = 0; i < 9000; ++i) samples.push_back(sample(5, i));
  for (std::size_t i = 0; i < samples.size(); i += 1000) {
    append({samples.begin() + static_cast<std::ptrdiff_t>(i),
            samples.begin() + static_cast<std::ptrdiff_t>(i + 1000)});
    make_blocks();
  }
  EXPECT_EQ(everything(tag_).size(), 9000U);
  open();
  EXPECT_EQ(everything(tag_).size(), 9000U);
}

TEST_P(HistoryTest, KeepsTimesFromTheEndsOfTheRange) {
  open(Duration::days(100'000));
  std::vector<Sample> samples = {sample(0, 1), sample(0, 2), sample(0, 3)};
  samples[0].at = {-6'000'000'000'000'000'000};
  samples[2].at = {std::numeric_limits<int64_t>::max() - 1};
  append(samples);
  make_blocks();
  EXPECT_EQ(history_->raw(tag_, {std::numeric_limits<int64_t>::min()}, kEver).value(), samples);
  Instant least{std::numeric_limits<int64_t>::min()};
  EXPECT_EQ(history_->trend(tag_, least, kEver, 3).value().size(), 3U);
  EXPECT_EQ(history_->trend(tag_, least, kEver, 1).value()[0].count, 3);
}

TEST_P(HistoryTest, KnowsTheLastSampleAfterARestartToo) {
  EXPECT_EQ(history_->last(tag_).value(), std::nullopt);
  append({sample(10, 1), sample(12, 2), sample(11, 3)});
  EXPECT_EQ(history_->last(tag_).value(), sample(12, 2));
  make_blocks();
  EXPECT_EQ(history_->last(tag_).value(), sample(12, 2));
  open();
  append({sample(5, 9)});
  EXPECT_EQ(history_->last(tag_).value(), sample(12, 2));
  append({sample(13, 4)});
  EXPECT_EQ(history_->last(tag_).value(), sample(13, 4));
}

struct Naive {
  double minimum = 0, maximum = 0, sum = 0, last = 0;
  int64_t count = 0, all = 0;
  Quality worst = Quality::Good;
};

Naive naive(const std::vector<Sample>& samples, Instant from, Instant to) {
  Naive sum;
  for (const Sample& one : samples) {
    if (one.at < from || one.at >= to) continue;
    ++sum.all;
    sum.worst = std::max(sum.worst, one.quality);
    if (one.quality > Quality::Uncertain || std::isnan(one.value)) continue;
    sum.minimum = sum.count == 0 ? one.value : std::min(sum.minimum, one.value);
    sum.maximum = sum.count == 0 ? one.value : std::max(sum.maximum, one.value);
    sum.sum += one.value;
    sum.last = one.value;
    ++sum.count;
  }
  return sum;
}

TEST_P(HistoryTest, TrendsAgreeWithAddingUpOneByOne) {
  constexpr uint64_t kSeed = 20260131;
  SCOPED_TRACE(kSeed);
  SeededRandom random(kSeed);
  std::vector<Sample> samples;
  double at = 0;
  for (int i = 0; i < 5000; ++i) {
    at += random.below(50) == 0 ? unit(random) * 900 : 0.2 + unit(random);
    samples.push_back(sample(at, random.below(30) == 0 ? std::nan("") : normal(random) * 100,
                             static_cast<Quality>(random.below(8) == 0 ? random.below(4) : 0)));
  }
  append({samples.begin(), samples.begin() + 3000});
  make_blocks();
  append({samples.begin() + 3000, samples.end()});
  for (int round = 0; round < 60; ++round) {
    Instant from{kStart.ns + static_cast<int64_t>(unit(random) * at * 1e9)};
    Duration length{1 + static_cast<int64_t>(unit(random) * 3e12)};
    std::size_t parts = 1 + random.below(700);
    auto buckets = history_->trend(tag_, from, from + length, parts).value();
    ASSERT_LE(buckets.size(), parts);
    Instant end = from;
    int64_t seen = 0;
    for (const Bucket& bucket : buckets) {
      ASSERT_GE(bucket.at, end);
      end = bucket.at + bucket.length;
      ASSERT_LE(end, from + length);
      ASSERT_LE(std::abs(bucket.length.ns - length.ns / static_cast<int64_t>(parts)), 1);
      Naive expected = naive(samples, bucket.at, end);
      seen += expected.all;
      ASSERT_GT(expected.all, 0);
      ASSERT_EQ(bucket.count, expected.count);
      ASSERT_EQ(bucket.worst, expected.worst);
      ASSERT_EQ(bucket.minimum, expected.minimum);
      ASSERT_EQ(bucket.maximum, expected.maximum);
      ASSERT_EQ(bucket.last, expected.last);
      if (bucket.count > 0) {
        ASSERT_NEAR(bucket.mean, expected.sum / static_cast<double>(expected.count), 1e-9);
      }
    }
    ASSERT_EQ(seen, naive(samples, from, from + length).all);
  }
  EXPECT_EQ(history_->trend(tag_, kStart, kEver, 100'001).error().code, ErrorCode::LimitReached);
  EXPECT_EQ(history_->trend(tag_, kStart, kEver, 0).error().code, ErrorCode::BadField);
}

TEST_P(HistoryTest, DropsBlocksThatAreTooOld) {
  open(Duration::days(1));
  std::vector<Sample> samples;
  for (int hour = 0; hour < 72; ++hour)
    for (int i = 0; i < 60; ++i) samples.push_back(sample(hour * 3600 + i * 60, i));
  append(samples);
  make_blocks();
  clock_.set(kStart + Duration::hours(72));
  // They are summed up before they go.
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(history_->turn());
  auto left = everything(tag_);
  ASSERT_FALSE(left.empty());
  // Whole blocks go, and a block is at most six hours long.
  EXPECT_LT(left.front().at, kStart + Duration::hours(48) + Duration::minutes(1));
  EXPECT_GT(left.front().at, kStart + Duration::hours(41));
  EXPECT_EQ(left.back(), samples.back());
  EXPECT_EQ(history_->counters().in_blocks, std::ssize(left));
}

TEST_P(HistoryTest, SpreadsTheTagsOverTheMinute) {
  std::vector<std::string> codes;
  for (int i = 0; i < 600; ++i) codes.push_back("T-" + std::to_string(i));
  auto tags = history_->tags(codes).value();
  int64_t most = 0;
  int64_t before = 0;
  for (int second = 0; second < 180; ++second) {
    std::vector<Sample> samples;
    for (TagIndex tag : tags) {
      samples.push_back(sample(second, 1));
      samples.back().tag = tag;
    }
    append(samples);
    clock_.advance(Duration::seconds(1));
    ASSERT_TRUE(history_->turn());
    int64_t moved = history_->counters().in_blocks - before;
    before += moved;
    if (second >= 60) most = std::max(most, moved);
    EXPECT_LE(history_->counters().pending, 600 * 61);
  }
  // Ten tags of sixty samples were even; twice that is still spread.
  EXPECT_LE(most, 2 * 600 + 120);
}

// A block is written whole, so a tag that tells something once a minute leaves turns out.
TEST_P(HistoryTest, LetsATagWithFewSamplesWait) {
  TagIndex busy = history_->tag("busy").value();
  append({sample(0, 1)});
  std::vector<Sample> many;
  for (std::size_t i = 0; i < kFewSamples; ++i) {
    many.push_back(sample(static_cast<int>(i), 1));
    many.back().tag = busy;
  }
  append(many);
  turn_for(Duration::minutes(2));
  EXPECT_EQ(history_->counters().pending, 1);
  turn_for(Duration::minutes(kFewTurns));
  EXPECT_EQ(history_->counters().pending, 0);
  EXPECT_EQ(everything(tag_), (std::vector<Sample>{sample(0, 1)}));
  EXPECT_EQ(everything(busy), many);
}

TEST_P(HistoryTest, RecyclesTheLog) {
  for (int second = 0; second < 3000; ++second) {
    std::vector<Sample> samples;
    for (int i = 0; i < 20; ++i) samples.push_back(sample(second + i / 20.0, i * 0.1234567));
    append(samples);
    clock_.advance(Duration::seconds(1));
    ASSERT_TRUE(history_->turn());
  }
  EXPECT_LE(history_->counters().bytes_of_log, 6 * (64 << 10));
  EXPECT_EQ(everything(tag_).size(), 60'000U);
  open();
  EXPECT_EQ(everything(tag_).size(), 60'000U);
}

TEST_P(HistoryTest, RefusesMoreThanItsMemoryHolds) {
  history_.reset();
  history_ = History::open({.folder = folder_.path(),
                            .postgres = connect(),
                            .clock = clock_,
                            .sync = false,
                            .pending_max = 1000})
                 .value();
  append(std::vector<Sample>(900, sample(0, 1)));
  EXPECT_EQ(history_->append(std::vector<Sample>(101, sample(0, 1))).error().code,
            ErrorCode::Overloaded);
  make_blocks();
  append(std::vector<Sample>(101, sample(0, 1)));
  Counters counters = history_->counters();
  EXPECT_EQ(counters.received, 1102);
  EXPECT_EQ(counters.stored, 1001);
}

TEST_P(HistoryTest, SaysSoWhereABlockIsDamagedAndGoesOnBehindIt) {
  append({sample(0, 1), sample(1, 2)});
  make_blocks();
  run("UPDATE block SET blob = zeroblob(length(blob))",
      "UPDATE history_block SET blob = decode(repeat('00', length(blob)), 'hex')");
  EXPECT_EQ(history_->raw(tag_, kStart, kEver).error().code, ErrorCode::StoreFailed);
  LogSink before = set_log_sink([](LogLevel, std::string_view) {});
  append({sample(2, 3)});
  make_blocks();
  set_log_sink(before);
  EXPECT_EQ(everything(tag_), (std::vector<Sample>{sample(2, 3)}));
  EXPECT_EQ(history_->counters().in_blocks, 1);
}

TEST_P(HistoryTest, KeepsTheLogWhileBlocksCannotBeWritten) {
  append({sample(0, 1), sample(1, 2)});
  run("ALTER TABLE block RENAME TO hidden", "ALTER TABLE history_block RENAME TO hidden");
  clock_.advance(Duration::minutes(kFewTurns + 1));
  EXPECT_FALSE(history_->turn());
  append({sample(2, 3)});
  std::vector<Sample> all = {sample(0, 1), sample(1, 2), sample(2, 3)};
  EXPECT_EQ(history_->counters().pending, 3);
  run("ALTER TABLE hidden RENAME TO block", "ALTER TABLE hidden RENAME TO history_block");
  EXPECT_EQ(everything(tag_), all);
  ASSERT_TRUE(history_->turn());
  EXPECT_EQ(history_->counters().pending, 0);
  EXPECT_EQ(everything(tag_), all);
}

// Whoever asks while the same samples come in and move into blocks sees each exactly once.
TEST_P(HistoryTest, ServesThreadsTogether) {
  constexpr int kThreads = 4;
  constexpr int kBatches = 150;
  std::vector<TagIndex> tags;
  for (int t = 0; t < kThreads; ++t)
    tags.push_back(history_->tag("T-" + std::to_string(t)).value());
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int batch = 0; batch < kBatches; ++batch) {
        std::vector<Sample> samples;
        for (int i = 0; i < 20; ++i) {
          samples.push_back(sample(batch * 20 + i, i));
          samples.back().tag = tags[static_cast<std::size_t>(t)];
        }
        ASSERT_TRUE(history_->append(samples));
        auto found = history_->raw(samples[0].tag, kStart, kEver).value();
        ASSERT_EQ(std::ssize(found), (batch + 1) * 20);
        ASSERT_EQ(history_->last(samples[0].tag).value(), samples.back());
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    clock_.advance(Duration::seconds(20));
    ASSERT_TRUE(history_->turn());
    ASSERT_TRUE(history_->tag("N-" + std::to_string(i)));
  }
  for (std::thread& thread : threads) thread.join();
  for (TagIndex tag : tags) EXPECT_EQ(std::ssize(everything(tag)), kBatches * 20);
}

// Samples are acknowledged by the log; whether the last commit came through is asked of the server.
TEST_P(HistoryTest, GoesOnWhereTheServerFellOver) {
  if (!is_server()) GTEST_SKIP() << "SQLite has no server";
  is_synced_ = true;
  open();
  tag_ = history_->tag("SYNCED").value();
  append({sample(0, 1), sample(1, 2)});
  make_blocks();
  append({sample(2, 3)});
  ASSERT_TRUE(test::postgres_server()->crash_and_restart());
  append({sample(3, 4)});
  LogSink before = set_log_sink([](LogLevel, std::string_view) {});
  for (int i = 0; i < 100 && history_->counters().pending > 0; ++i) {
    clock_.advance(Duration::minutes(1));
    (void)history_->turn();
  }
  set_log_sink(before);
  std::vector<Sample> all = {sample(0, 1), sample(1, 2), sample(2, 3), sample(3, 4)};
  EXPECT_EQ(history_->counters().pending, 0);
  EXPECT_EQ(everything(tag_), all);
  EXPECT_EQ(history_->counters().in_blocks, 4);
  open();
  EXPECT_EQ(everything(tag_), all);
}

// Who had tables in SQLite before keeps them: its log knows tags by the numbers there.
TEST_P(HistoryTest, GoesOnWithTheTablesItHas) {
  if (!is_server()) GTEST_SKIP() << "about a plant on PostgreSQL";
  history_.reset();
  TempFolder folder;
  auto in_file = History::open({.folder = folder.path(), .clock = clock_, .sync = false});
  ASSERT_TRUE((*in_file)->tag("A"));
  tag_ = (*in_file)->tag("B").value();
  ASSERT_TRUE((*in_file)->append(std::vector{sample(0, 1)}));
  in_file->reset();
  auto again = History::open(
      {.folder = folder.path(), .postgres = connect(), .clock = clock_, .sync = false});
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ((*again)->tag("B").value(), tag_);
  EXPECT_EQ((*again)->raw(tag_, kStart, kEver), std::vector{sample(0, 1)});
}

ON_BOTH_KINDS_OF_TABLES(HistoryTest);

}  // namespace
}  // namespace anlan::history

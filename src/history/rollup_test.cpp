#include "history/rollup.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cmath>
#include <limits>

#include "core/random.h"
#include "history/history_fixture.h"
#include "history/series.h"

namespace anlan::history {
namespace {

constexpr Instant kEver{std::numeric_limits<int64_t>::max()};

class RollupTest : public OnBothTables {
 protected:
  void open(const Retention& retention = {}) {
    history_.reset();
    auto opened = History::open({.folder = folder_.path(),
                                 .postgres = connect(),
                                 .clock = clock_,
                                 .retention = retention,
                                 .segment_bytes = 256 << 10,
                                 .sync = false});
    ASSERT_TRUE(opened) << opened.error().detail;
    history_ = std::move(*opened);
    tag_ = history_->tag("GAS-2107").value();
  }
  void SetUp() override {
    OnBothTables::SetUp();
    if (!IsSkipped()) open();
  }

  Sample sample(Instant at, double value, Quality quality = Quality::Good) const {
    return {.tag = tag_, .at = at, .received = at, .value = value, .quality = quality};
  }

  // One each `every` seconds.
  std::vector<Sample> walk(Instant from, Duration length, int64_t every) {
    std::vector<Sample> samples;
    for (Instant at = from; at < from + length; at = at + Duration::seconds(every)) {
      level_ += static_cast<double>(static_cast<int64_t>(random_.next() % 5) - 2);
      auto quality = random_.next() % 50 == 0 ? Quality::Bad : Quality::Good;
      samples.push_back(sample(at, level_ / 10, quality));
    }
    return samples;
  }

  void append(const std::vector<Sample>& samples) {
    auto done = history_->append(samples);
    ASSERT_TRUE(done) << done.error().detail;
  }

  void turn(Duration length, Duration step = Duration::seconds(30)) {
    for (Duration gone{}; gone < length; gone = gone + step) {
      clock_.advance(step);
      auto done = history_->turn();
      ASSERT_TRUE(done) << done.error().detail;
    }
  }

  // What the samples themselves say.
  static std::vector<Bucket> expected(std::vector<Sample> samples, Instant from, Instant to,
                                      std::size_t parts) {
    put_in_order(samples);
    TrendMaker trend(from, to, parts);
    for (const Sample& one : samples)
      if (one.at >= from && one.at < to) trend.add(one);
    return trend.take();
  }

  void expect_trend(const std::vector<Sample>& samples, Instant from, Instant to,
                    std::size_t parts) {
    auto found = history_->trend(tag_, from, to, parts);
    ASSERT_TRUE(found) << found.error().detail;
    auto right = expected(samples, from, to, parts);
    ASSERT_EQ(found->size(), right.size());
    for (std::size_t i = 0; i < right.size(); ++i) {
      const Bucket& a = (*found)[i];
      const Bucket& b = right[i];
      EXPECT_EQ(a.at, b.at);
      EXPECT_EQ(a.count, b.count);
      EXPECT_EQ(a.worst, b.worst);
      EXPECT_EQ(a.minimum, b.minimum);
      EXPECT_EQ(a.maximum, b.maximum);
      EXPECT_EQ(a.last, b.last);
      EXPECT_NEAR(a.mean, b.mean, 1e-6 * std::max(1.0, std::abs(b.mean)));
    }
  }

  ManualClock clock_{kStart};
  SeededRandom random_{5};
  double level_ = 200;
  std::unique_ptr<History> history_;
  TagIndex tag_ = 0;
};

TEST_P(RollupTest, AnswersAsTheSamplesDo) {
  auto samples = walk(kStart, Duration::hours(5), 2);
  append(samples);
  clock_.set(kStart + Duration::hours(5));
  turn(Duration::hours(2));
  EXPECT_EQ(number("SELECT count(*) FROM %hour"), 5);
  EXPECT_EQ(number("SELECT hour FROM %rolled"), hour_of(kStart) + 6);
  auto fresh = walk(clock_.now(), Duration::minutes(10), 1);
  append(fresh);
  samples.insert(samples.end(), fresh.begin(), fresh.end());
  expect_trend(samples, kStart, kStart + Duration::hours(8), 480);
  expect_trend(samples, kStart, kStart + Duration::hours(8), 8);
  expect_trend(samples, kStart, kStart + Duration::hours(8), 4);
  expect_trend(samples, kStart + Duration::minutes(7), kStart + Duration::minutes(157), 10);
  expect_trend(samples, kStart + Duration::seconds(1), kStart + Duration::minutes(157), 10);
}

TEST_P(RollupTest, ReadsSumsAndNotSamplesWhereThereAreSums) {
  append(walk(kStart, Duration::hours(2), 2));
  clock_.set(kStart + Duration::hours(2));
  turn(Duration::hours(2));
  run("DELETE FROM block", "DELETE FROM history_block");
  Instant end = kStart + Duration::hours(2);
  EXPECT_EQ(history_->trend(tag_, kStart, end, 120)->size(), 120);
  EXPECT_EQ(history_->trend(tag_, kStart, end, 2)->size(), 2);
  EXPECT_TRUE(history_->trend(tag_, kStart, end, 7)->empty());
}

TEST_P(RollupTest, TakesInWhatComesLate) {
  auto samples = walk(kStart, Duration::hours(3), 2);
  std::vector<Sample> late;
  for (std::size_t i = 900; i < 1300; ++i) late.push_back(samples[i]);
  std::vector<Sample> prompt(samples.begin(), samples.begin() + 900);
  prompt.insert(prompt.end(), samples.begin() + 1300, samples.end());
  append(prompt);
  clock_.set(kStart + Duration::hours(3));
  turn(Duration::hours(2));
  append(late);
  // At once, out of the log; then out of blocks; then summed up anew; then after a start.
  expect_trend(samples, kStart, kStart + Duration::hours(4), 240);
  turn(Duration::minutes(3));
  EXPECT_EQ(number("SELECT count(*) FROM %changed"), 1);
  expect_trend(samples, kStart, kStart + Duration::hours(4), 240);
  open();
  expect_trend(samples, kStart, kStart + Duration::hours(4), 240);
  turn(Duration::minutes(30));
  EXPECT_EQ(number("SELECT count(*) FROM %changed"), 0);
  expect_trend(samples, kStart, kStart + Duration::hours(4), 240);
  expect_trend(samples, kStart, kStart + Duration::hours(4), 4);
}

TEST_P(RollupTest, MakesOneBlockOfAnHour) {
  auto samples = walk(kStart, Duration::hours(2), 1);
  for (std::size_t i = 0; i < samples.size(); i += 60) {
    append({samples.begin() + static_cast<std::ptrdiff_t>(i),
            samples.begin() + static_cast<std::ptrdiff_t>(i + 60)});
    turn(Duration::minutes(1));
  }
  EXPECT_GT(history_->counters().blocks, 6);
  if (!is_server()) {
    EXPECT_GT(number("SELECT count(*) FROM %block WHERE id < 0"), 0);
  }
  turn(Duration::hours(2));
  EXPECT_EQ(number("SELECT count(*) FROM %block"), 2);
  // Where pages are full.
  if (!is_server()) {
    EXPECT_EQ(number("SELECT count(*) FROM %block WHERE id > 0"), 2);
  }
  EXPECT_EQ(history_->counters().blocks, 2);
  EXPECT_EQ(history_->counters().in_blocks, std::ssize(samples));
  EXPECT_EQ(history_->raw(tag_, kStart, kEver), samples);
}

TEST_P(RollupTest, ReadsAFileThatKeptBlocksInOrderOfTags) {
  if (is_server()) GTEST_SKIP() << "PostgreSQL never had blocks of version 2";
  auto samples = walk(kStart, Duration::hours(2), 1);
  append(samples);
  clock_.set(kStart + Duration::hours(2));
  turn(Duration::minutes(20));
  history_.reset();
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open((folder_.path() + "/blocks.db").c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db,
                         "CREATE TABLE old (tag INTEGER NOT NULL, t0 INTEGER NOT NULL,"
                         " part INTEGER NOT NULL, t1 INTEGER NOT NULL, n INTEGER NOT NULL,"
                         " blob BLOB NOT NULL, PRIMARY KEY (tag, t0, part)) STRICT, WITHOUT ROWID;"
                         "INSERT INTO old SELECT tag, t0, part, t1, n, blob FROM block;"
                         "DROP TABLE block; ALTER TABLE old RENAME TO block;"
                         "UPDATE number SET value = 2 WHERE name = 'version'",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(db);
  open();
  EXPECT_EQ(number("SELECT value FROM %number WHERE name = 'version'"), 3);
  EXPECT_EQ(number("SELECT count(*) FROM %block WHERE id < 1"), 0);
  EXPECT_EQ(history_->raw(tag_, kStart, kEver), samples);
  append(walk(kStart + Duration::hours(2), Duration::hours(1), 1));
  turn(Duration::hours(2));
  EXPECT_EQ(history_->raw(tag_, kStart, kStart + Duration::hours(2)), samples);
}

TEST_P(RollupTest, KeepsSumsLongerThanSamples) {
  open({.samples = Duration::days(1), .minutes = Duration::days(3), .hours = Duration::days(30)});
  auto samples = walk(kStart, Duration::days(2), 20);
  append(samples);
  clock_.set(kStart + Duration::hours(49));
  turn(Duration::hours(3));
  EXPECT_LT(history_->raw(tag_, kStart, kEver)->size(), samples.size());
  expect_trend(samples, kStart, kStart + Duration::days(2), 2880);
  clock_.set(kStart + Duration::days(6));
  turn(Duration::hours(2));
  EXPECT_EQ(number("SELECT count(*) FROM %minutes"), 0);
  expect_trend(samples, kStart, kStart + Duration::days(2), 48);
  clock_.set(kStart + Duration::days(40));
  turn(Duration::hours(1));
  EXPECT_TRUE(history_->trend(tag_, kStart, kStart + Duration::days(2), 48)->empty());
}

TEST_P(RollupTest, GivesEachTagItsOwnRetention) {
  TagIndex other = history_->tag("PIC-1").value();
  ASSERT_TRUE(history_->set_retention(other, {.samples = Duration::days(1)}));
  EXPECT_EQ(history_->set_retention(7, {}).error().code, ErrorCode::NotFound);
  auto samples = walk(kStart, Duration::hours(8), 60);
  append(samples);
  for (Sample& one : samples) one.tag = other;
  append(samples);
  clock_.set(kStart + Duration::days(3));
  turn(Duration::hours(1));
  EXPECT_EQ(history_->raw(tag_, kStart, kEver)->size(), samples.size());
  EXPECT_TRUE(history_->raw(other, kStart, kEver)->empty());
}

TEST_P(RollupTest, GivesEachTagItsOwnRetentionOfMinutesAndHours) {
  TagIndex other = history_->tag("PIC-1").value();
  Retention brief{
      .samples = Duration::days(1), .minutes = Duration::days(2), .hours = Duration::days(6)};
  ASSERT_TRUE(history_->set_retention(other, brief));
  auto samples = walk(kStart, Duration::hours(8), 60);
  append(samples);
  for (Sample& one : samples) one.tag = other;
  append(samples);
  clock_.set(kStart + Duration::hours(9));
  turn(Duration::hours(2));
  EXPECT_EQ(number("SELECT count(DISTINCT tag) FROM %minutes"), 2);
  clock_.set(kStart + Duration::days(4));
  turn(Duration::hours(1));
  EXPECT_EQ(number("SELECT count(DISTINCT tag) FROM %minutes"), 1);
  EXPECT_EQ(number("SELECT max(tag) FROM %minutes"), tag_);
  EXPECT_EQ(number("SELECT count(*) FROM %hour"), 16);
  clock_.set(kStart + Duration::days(8));
  turn(Duration::hours(1));
  EXPECT_EQ(number("SELECT count(*) FROM %hour"), 8);
  EXPECT_EQ(number("SELECT max(tag) FROM %hour"), tag_);
  EXPECT_EQ(history_->trend(tag_, kStart, kStart + Duration::hours(8), 480)->size(), 480);
  EXPECT_TRUE(history_->trend(other, kStart, kStart + Duration::hours(8), 8)->empty());
}

TEST_P(RollupTest, StepsOverYearsOfSilence) {
  append(walk(kStart, Duration::minutes(5), 1));
  turn(Duration::minutes(5));
  clock_.set(kStart + Duration::days(300));
  append(walk(clock_.now(), Duration::minutes(5), 1));
  turn(Duration::hours(3));
  EXPECT_EQ(number("SELECT count(*) FROM %hour"), 2);
  EXPECT_GE(number("SELECT hour FROM %rolled"), hour_of(kStart + Duration::days(300)) + 1);
}

Bucket minute(int64_t number, double value) {
  return {.at = kStart + Duration::minutes(number),
          .length = kMinute,
          .minimum = value - 0.5,
          .maximum = value + 0.5,
          .mean = value,
          .last = value,
          .count = 60};
}

TEST(MinuteCodec, GivesBackADay) {
  MinuteCodec codec;
  std::vector<Bucket> minutes;
  for (int64_t i = 0; i < 1440; i += 3) minutes.push_back(minute(i, static_cast<double>(i) / 10));
  minutes[5] = {.at = minutes[5].at, .length = kMinute, .worst = Quality::Bad};
  int64_t day = day_of_hour(hour_of(kStart));
  std::string blob = codec.encode(minutes);
  auto again = codec.decode(day, blob);
  ASSERT_TRUE(again) << again.error().detail;
  ASSERT_EQ(again->size(), minutes.size());
  for (std::size_t i = 0; i < minutes.size(); ++i) {
    EXPECT_EQ((*again)[i].at, minutes[i].at);
    EXPECT_EQ((*again)[i].minimum, minutes[i].minimum);
    EXPECT_EQ((*again)[i].maximum, minutes[i].maximum);
    EXPECT_EQ((*again)[i].last, minutes[i].last);
    EXPECT_DOUBLE_EQ((*again)[i].mean, minutes[i].mean);
    EXPECT_EQ((*again)[i].count, minutes[i].count);
    EXPECT_EQ((*again)[i].worst, minutes[i].worst);
  }
  EXPECT_LT(blob.size(), minutes.size() * 8);
}

TEST(MinuteCodec, NoticesEveryFlippedBit) {
  MinuteCodec codec;
  std::vector<Bucket> minutes = {minute(0, 1.25), minute(7, std::sqrt(2)), minute(1439, 1e300)};
  std::string blob = codec.encode(minutes);
  int64_t day = day_of_hour(hour_of(kStart));
  ASSERT_TRUE(codec.decode(day, blob));
  for (std::size_t i = 0; i < blob.size() * 8; ++i) {
    std::string bad = blob;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(codec.decode(day, bad)) << i;
  }
  for (std::size_t length = 0; length < blob.size(); ++length)
    EXPECT_FALSE(codec.decode(day, std::string_view(blob).substr(0, length))) << length;
}

TEST(Hours, AreRoundedDownOnBothSidesOf1970) {
  EXPECT_EQ(hour_of({0}), 0);
  EXPECT_EQ(hour_of({-1}), -1);
  EXPECT_EQ(hour_of({kHour.ns - 1}), 0);
  EXPECT_EQ(day_of_hour(-1), -1);
  EXPECT_EQ(day_of_hour(24), 1);
  EXPECT_EQ(start_of_hour(std::numeric_limits<int64_t>::max()), kEver);
}

ON_BOTH_KINDS_OF_TABLES(RollupTest);

}  // namespace
}  // namespace anlan::history

#include "history/minute_table.h"

#include <sqlite3.h>

#include "history/history_fixture.h"

namespace anlan::history {
namespace {

namespace fs = std::filesystem;

class MinuteTableTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = History::open({.folder = folder_.path(), .clock = clock_, .sync = false});
    ASSERT_TRUE(opened) << opened.error().detail;
    history_ = std::move(*opened);
    tags_ = history_->tags(std::vector<std::string>{"GAS-2107", "TI-101"}).value();
    // Two days from noon on, one sample in twenty seconds; the second hour has bad ones only.
    for (int64_t second = 0; second < 2 * 86'400; second += 20) {
      Instant at = kNoon + Duration::seconds(second);
      bool is_bad = second >= 3'600 && second < 7'200;
      std::vector<Sample> samples;
      for (TagIndex tag : tags_) {
        samples.push_back({.tag = tag,
                           .at = at,
                           .received = at,
                           .value = static_cast<double>(second % 700) / 10 + tag,
                           .quality = is_bad ? Quality::Bad : Quality::Good});
      }
      ASSERT_TRUE(history_->append(samples));
      clock_.advance(Duration::seconds(20));
      bool is_due = second % 600 == 0;
      ASSERT_TRUE(!is_due || history_->turn());
    }
    for (int i = 0; i < 200; ++i) {
      clock_.advance(Duration::seconds(30));
      ASSERT_TRUE(history_->turn());
    }
    ASSERT_EQ(sqlite3_open((folder_.path() + "/blocks.db").c_str(), &db_), SQLITE_OK);
  }
  void TearDown() override { sqlite3_close(db_); }

  std::vector<std::vector<std::string>> rows(const std::string& query) {
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db_, query.c_str(), -1, &statement, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db_);
    std::vector<std::vector<std::string>> found;
    while (sqlite3_step(statement) == SQLITE_ROW) {
      std::vector<std::string>& row = found.emplace_back();
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        row.emplace_back(text == nullptr ? "NULL" : text);
      }
    }
    EXPECT_EQ(sqlite3_finalize(statement), SQLITE_OK);
    return found;
  }

  static constexpr Instant kNoon = kStart + Duration::hours(12);
  TempFolder folder_;
  ManualClock clock_{kNoon};
  std::unique_ptr<History> history_;
  std::vector<TagIndex> tags_;
  sqlite3* db_ = nullptr;
};

TEST_F(MinuteTableTest, SaysWhatATrendOfMinutesSays) {
  ASSERT_EQ(add_minute_table(db_), SQLITE_OK);
  Instant from = kNoon + Duration::hours(20), to = from + Duration::hours(8);
  auto trend = history_->trend(tags_[1], from, to, 480).value();
  auto found = rows(
      "SELECT at, n, minimum, maximum, mean, last, worst FROM minute"
      " WHERE tag = 'TI-101' AND at >= '2026-01-02T08:00:00Z'"
      " AND at < '2026-01-02T16:00:00Z' ORDER BY at");
  ASSERT_EQ(found.size(), 480u);
  ASSERT_EQ(trend.size(), 480u);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(parse_instant(found[i][0]).value(), trend[i].at);
    EXPECT_EQ(std::stoll(found[i][1]), trend[i].count);
    EXPECT_EQ(std::stod(found[i][2]), trend[i].minimum);
    EXPECT_EQ(std::stod(found[i][3]), trend[i].maximum);
    EXPECT_NEAR(std::stod(found[i][4]), trend[i].mean, 1e-6);
    EXPECT_EQ(std::stod(found[i][5]), trend[i].last);
    EXPECT_EQ(found[i][6], "0");
  }
}

TEST_F(MinuteTableTest, AMinuteWithoutAValueHasNone) {
  ASSERT_EQ(add_minute_table(db_), SQLITE_OK);
  auto found = rows(
      "SELECT DISTINCT n, mean, worst FROM minute WHERE tag = 'GAS-2107'"
      " AND at BETWEEN '2026-01-01T13:00:00Z' AND '2026-01-01T13:59:00Z'");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0], (std::vector<std::string>{"0", "NULL", "2"}));
  EXPECT_EQ(rows("SELECT count(*) FROM minute WHERE tag = 'NONE'")[0][0], "0");
  EXPECT_EQ(rows("SELECT count(DISTINCT tag), max(at) > '2026-01-03' FROM minute")[0][0], "2");
}

TEST_F(MinuteTableTest, ADamagedDayEndsTheQuery) {
  ASSERT_EQ(add_minute_table(db_), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db_, "UPDATE minutes SET blob = x'0102'", nullptr, nullptr, nullptr),
            SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db_, "SELECT * FROM minute", nullptr, nullptr, nullptr), SQLITE_CORRUPT);
}

TEST_F(MinuteTableTest, AnotherProgramLoadsIt) {
  fs::path module =
      fs::read_symlink("/proc/self/exe").parent_path() / "tools/history_sql/anlan_history.so";
  if (!fs::exists(module)) GTEST_SKIP() << "the module is not built here";
  sqlite3_enable_load_extension(db_, 1);
  char* why = nullptr;
  EXPECT_EQ(sqlite3_load_extension(db_, module.c_str(), nullptr, &why), SQLITE_OK) << why;
  sqlite3_free(why);
  EXPECT_GT(std::stoll(rows("SELECT count(*) FROM minute")[0][0]), 5'000);
}

}  // namespace
}  // namespace anlan::history

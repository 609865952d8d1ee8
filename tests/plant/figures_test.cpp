#include <gtest/gtest.h>

#include <map>
#include <set>

#include "engine/figures.h"
#include "tests/support/plant.h"

namespace anlan::test {
namespace {

class FiguresTest : public testing::Test {
 protected:
  void SetUp() override {
    auto plant = Plant::create({});
    ASSERT_TRUE(plant) << plant.error().detail << plant.error().field;
    plant_ = std::move(*plant);
  }

  RecordId report(const std::string& login, const std::string& area, const std::string& category) {
    auto by = plant_->as(login).value();
    std::string sha = plant_->upload(by, photo(std::to_string(++salt_))).value();
    Json photos = Json::array({Json::object({{"sha256", sha}, {"name", "a.jpg"}})});
    Json fields = Json::object({{"photos", photos},
                                {"area", plant_->id_of("area", area).value()},
                                {"category", category},
                                {"consequence", "light"},
                                {"exposure", "daily"}});
    auto made = plant_->run(by, engine::CreateRecord{.form = "hazard", .fields = fields});
    EXPECT_TRUE(made) << made.error().detail << made.error().field;
    return RecordId::parse((*made)["record"].text_or("id", "")).value();
  }

  Instant ago(Duration length) { return plant_->clock().now() - length; }

  // A case of the old ledger that took so long.
  Json old_case(Duration found_ago, Duration took) {
    return Json::object({{"as_history", true},
                         {"reported_at", format_instant(ago(found_ago))},
                         {"area", "A1"},
                         {"category", "leak"},
                         {"level", "yellow"},
                         {"due_at", format_instant(ago(found_ago) + Duration::hours(24))},
                         {"verified_at", format_instant(ago(found_ago) + took)}});
  }
  void import(const Json& rows) {
    auto admin = plant_->as("admin").value();
    auto done = plant_->run(
        admin, engine::ImportRecords{.form = "hazard", .rows = rows, .is_dry_run = false});
    ASSERT_TRUE(done) << done.error().detail << done.error().field;
    ASSERT_TRUE((*done)["refused"].as_array().empty()) << write_json(*done);
  }

  Json figures(const std::string& login, const engine::FigureWish& wish = {}) {
    auto by = plant_->as(login).value();
    auto made = engine::figures(plant_->engine(), by, wish);
    EXPECT_TRUE(made) << login << " " << (made ? "" : made.error().detail);
    return made ? *made : Json();
  }
  static Json figure(const Json& board, std::string_view id) {
    for (const Json& row : board["rows"].as_array()) {
      if (row["id"] == Json(id)) return row;
    }
    ADD_FAILURE() << "no figure " << id;
    return {};
  }

  std::size_t listed(const std::string& login, const Json& filter) {
    engine::Wish wish{.filter = parse_filter(filter).value(), .count = 200};
    auto page = plant_->engine().list_records(plant_->as(login).value(), "hazard", wish);
    EXPECT_TRUE(page) << page.error().detail;
    return page ? (*page)["rows"].as_array().size() : 999;
  }

  std::unique_ptr<Plant> plant_;
  int salt_ = 0;
};

TEST_F(FiguresTest, EveryFigureCountsWhatItsFilterOpensForEveryRole) {
  SeededRandom random(20261122);
  const std::vector<std::string> reporters{"worker111", "worker121", "worker211", "worker311",
                                           "leader11",  "head2",     "safety1",   "repair1"};
  const std::vector<std::string> areas{"A1", "A2", "A3", "A4", "A5"};
  Json old = Json::array();
  for (int i = 0; i < 12; ++i) {
    Json row = old_case(Duration::days(1 + static_cast<int64_t>(random.below(50))),
                        Duration::hours(static_cast<int64_t>(random.below(24))));
    row.set("area", areas[random.below(areas.size())]);
    old.push(row);
  }
  import(old);
  for (int i = 0; i < 25; ++i) {
    report(reporters[random.below(reporters.size())], areas[random.below(areas.size())], "leak");
    plant_->wait(Duration::hours(static_cast<int64_t>(random.below(30))));
  }
  std::set<std::string> counted;
  for (const char* login : {"worker111", "leader11", "head1", "head2", "safety1", "director", "gm",
                            "auditor1", "repair1", "ehshead"}) {
    for (const std::string& org : {std::string(), plant_->as("head1").value().org_path}) {
      Json board = figures(login, {.org = org});
      for (const Json& row : board["rows"].as_array()) {
        SCOPED_TRACE(std::string(login) + " " + row.text_or("id", "") + " of " + org);
        if (row["filter"].is_null()) continue;
        EXPECT_EQ(row.int_or("cases", -1), static_cast<int64_t>(listed(login, row["filter"])));
        bool is_plain = row["unit"] == Json("count") && row["id"] != Json("active_reporters");
        EXPECT_TRUE(!is_plain || row["value"].as_double() == row["cases"].as_double());
        if (row.int_or("cases", 0) > 0) counted.insert(row.text_or("id", ""));
      }
      EXPECT_EQ(board["rows"].as_array().size(), 15U);
    }
  }
  EXPECT_GE(counted.size(), 9U) << "the plant must not be empty of what is counted";
}

TEST_F(FiguresTest, AWorkersBoardTellsNothingOfOtherTeams) {
  report("worker211", "A2", "leak");
  report("worker111", "A1", "leak");
  report("worker111", "A1", "leak");
  EXPECT_EQ(figure(figures("worker111"), "reports")["value"], Json(2));
  EXPECT_EQ(figure(figures("director"), "reports")["value"], Json(3));
  EXPECT_TRUE(figure(figures("worker111"), "reports_per_head")["value"].is_null())
      << "heads of the plant say nothing about the reports of a team";
  EXPECT_FALSE(figure(figures("director"), "reports_per_head")["value"].is_null());
  auto stranger = plant_->as("admin").value();
  EXPECT_EQ(engine::figures(plant_->engine(), stranger, {}).error().code, ErrorCode::Forbidden);
}

TEST_F(FiguresTest, OpenCasesAreCensoredAndNotLeftOut) {
  import(Json::array({old_case(Duration::days(9), Duration::hours(10)),
                      old_case(Duration::days(8), Duration::hours(20)),
                      old_case(Duration::days(7), Duration::hours(30))}));
  report("worker111", "A1", "leak");
  report("worker111", "A1", "leak");
  plant_->wait(Duration::days(5));
  Json board = figures("director");
  Json half = figure(board, "closure_p50_h");
  EXPECT_EQ(half["value"], Json(30)) << "the median of the closed ones alone is 20";
  EXPECT_EQ(half["base"], Json(5));
  EXPECT_TRUE(half.bool_or("small", false));
  Json most = figure(board, "closure_p90_h");
  EXPECT_TRUE(most["value"].is_null()) << "nobody knows it yet";
  EXPECT_EQ(most["low"], Json(120)) << "but it is longer than this";
  // 0-10 h all wait, to 20 h 4/5, to 30 h 3/5, to 120 h 2/5.
  EXPECT_EQ(figure(board, "closure_mean_h")["value"], Json(10 + 8 + 6 + 36));
  EXPECT_EQ(figure(board, "open")["value"], Json(2));
  // Three were due in the period, one was verified 30 h after a deadline of 24 h; the reports may
  // have deadlines of their own by now.
  EXPECT_GE(figure(board, "on_time_rate").int_or("base", 0), 3);
  EXPECT_EQ(figure(board, "reports")["value"], Json(2)) << "an imported ledger is no report";
}

TEST_F(FiguresTest, TheFirstReplyIsSomebodyElses) {
  RecordId id = report("worker111", "A1", "leak");
  auto say = [&](const std::string& login) {
    auto said = plant_->run(plant_->as(login).value(),
                            engine::CommentRecord{.form = "hazard", .id = id, .text = "..."});
    ASSERT_TRUE(said) << said.error().detail;
  };
  plant_->wait(Duration::minutes(6));
  say("worker111");
  EXPECT_TRUE(figure(figures("director"), "first_reply_p50_h")["value"].is_null());
  plant_->wait(Duration::minutes(6));
  say("leader11");
  Json reply = figure(figures("director"), "first_reply_p50_h");
  EXPECT_EQ(reply["value"], Json(0.2)) << write_json(reply);
}

TEST_F(FiguresTest, ThePeriodIsOfThePlantsDays) {
  report("worker111", "A1", "leak");
  std::string today = format_instant(plant_->clock().now() + Duration::hours(8)).substr(0, 10);
  EXPECT_EQ(figure(figures("director", {.from = today, .to = today}), "reports")["value"], Json(1));
  EXPECT_EQ(
      figure(figures("director", {.from = "2020-01-01", .to = "2020-02-01"}), "open")["value"],
      Json(0));
  auto director = plant_->as("director").value();
  for (const engine::FigureWish& wish :
       {engine::FigureWish{.from = "2026-02-01", .to = "2026-01-01"},
        engine::FigureWish{.from = "2020-01-01", .to = "2026-01-01"},
        engine::FigureWish{.from = "yesterday"}, engine::FigureWish{.org = "T11"}}) {
    EXPECT_EQ(engine::figures(plant_->engine(), director, wish).error().code, ErrorCode::BadField);
  }
}

}  // namespace
}  // namespace anlan::test

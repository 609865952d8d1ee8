// Trouble of the world: it is told, commands are refused readably, and it ends by itself.

#include "engine/health.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "core/log.h"
#include "store/sim_disk.h"
#include "tests/support/plant.h"

namespace anlan::test {
namespace {

namespace fs = std::filesystem;
using engine::Trouble;

// The demo plant with two clocks, so that one of them can step.
class HealthTest : public testing::Test {
 protected:
  void SetUp() override {
    before_ = set_log_sink([](LogLevel, std::string_view) {});
    auto made = Plant::create({});
    ASSERT_TRUE(made) << made.error().detail;
    source_ = std::move(*made);
    folder_ = fs::temp_directory_path() / ("anlan-health-" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::copy(source_->folder(), folder_, fs::copy_options::recursive);
    wall_.set(source_->clock().now());
    auto opened = engine::Engine::open(config());
    ASSERT_TRUE(opened) << opened.error().detail;
    engine_ = std::move(*opened);
    engine_->turn();
  }
  void TearDown() override {
    engine_.reset();
    fs::remove_all(folder_);
    set_log_sink(std::move(before_));
  }

  engine::Config config() {
    engine::Config config{.store = {.database = "sqlite:" + (folder_ / "anlan.db").string(),
                                    .folder = folder_.string(),
                                    .plant = "demo",
                                    .clock = wall_,
                                    .random = random_,
                                    .sync = false},
                          .pack_folders = {"packs"},
                          .steady = &steady_};
    return config;
  }

  void pass(Duration length) {
    wall_.advance(length);
    steady_.advance(length);
  }
  Trouble trouble() { return engine_->health().trouble(); }

  // Who has logged in just now, on a desk.
  std::string session(const std::string& login) {
    std::string token = access::random_token(random_);
    auto check = engine_->check_password(login, "Anlan-Demo-2026").value();
    auto done = engine_->run(
        {.by = {.actor = {.kind = Actor::Kind::Anonymous}},
         .what = engine::Login{
             .command = {.check = check, .client = "desk", .address = "::1", .token = token}}});
    EXPECT_TRUE(done) << done.error().detail;
    return token;
  }
  Result<Json> comment(const access::Subject& by) {
    return engine_->run({.by = by, .what = engine::SetLanguage{.language = "en"}});
  }

  LogSink before_;
  std::unique_ptr<Plant> source_;
  fs::path folder_;
  ManualClock wall_{{0}};
  ManualClock steady_{{1'000'000'000'000}};
  SeededRandom random_{99};
  std::unique_ptr<engine::Engine> engine_;
};

TEST_F(HealthTest, StepOfTheClockEndsNoSessionAndWritesSettleAfterIt) {
  for (Duration step : {Duration::hours(1), Duration::hours(-1)}) {
    std::string token = session("worker111");
    auto by = engine_->authenticate(token);
    ASSERT_TRUE(by);
    wall_.advance(step);
    EXPECT_TRUE(engine_->authenticate(token)) << "at once, before any turn of the writer";
    EXPECT_EQ(trouble(), Trouble::ClockStepped);
    EXPECT_EQ(comment(*by).error().code, ErrorCode::ReadOnly);
    EXPECT_TRUE(engine_->run({.by = *by, .what = engine::Logout{}})) << "the way out is open";
    token = session("worker112");
    by = engine_->authenticate(token);
    ASSERT_TRUE(by);
    pass(engine::Health::kSettling);
    engine_->turn();
    EXPECT_EQ(trouble(), Trouble::None);
    EXPECT_TRUE(comment(*by));
    // Idle time goes on where it stood: neither an hour more nor an hour less.
    pass(Duration::minutes(29));
    EXPECT_TRUE(engine_->authenticate(token));
    pass(Duration::minutes(2));
    EXPECT_EQ(engine_->authenticate(token).error().code, ErrorCode::NotLoggedIn);
  }
  EXPECT_EQ(engine_->health().counts.steps, 2);
}

TEST_F(HealthTest, LockedAccountStaysLockedForItsTimeAndNoLonger) {
  for (int i = 0; i < 5; ++i) {
    auto check = engine_->check_password("worker113", "Wrong-Password-1").value();
    (void)engine_->run(
        {.by = {.actor = {.kind = Actor::Kind::Anonymous}},
         .what = engine::Login{.command = {.check = check,
                                           .client = "desk",
                                           .address = "::1",
                                           .token = access::random_token(random_)}}});
  }
  auto try_again = [&] {
    auto check = engine_->check_password("worker113", "Anlan-Demo-2026").value();
    return engine_->run(
        {.by = {.actor = {.kind = Actor::Kind::Anonymous}},
         .what = engine::Login{.command = {.check = check,
                                           .client = "desk",
                                           .address = "::1",
                                           .token = access::random_token(random_)}}});
  };
  wall_.advance(Duration::hours(1));
  engine_->turn();
  EXPECT_EQ(try_again().error().code, ErrorCode::LockedOut) << "a step forward opens no lock";
  wall_.advance(Duration::hours(-2));
  engine_->turn();
  pass(Duration::minutes(15));
  engine_->turn();
  EXPECT_TRUE(try_again()) << "a step back locks nobody in";
}

TEST_F(HealthTest, SmallOrSlowDriftIsNoStep) {
  engine_->health().look();
  for (int i = 0; i < 100; ++i) {
    wall_.advance(Duration::milliseconds(1'010));
    steady_.advance(Duration::seconds(1));
    engine_->turn();
  }
  wall_.advance(Duration::seconds(20));
  engine_->turn();
  EXPECT_EQ(trouble(), Trouble::None);
  EXPECT_EQ(engine_->health().counts.steps, 0);
}

TEST_F(HealthTest, HeadsAreSignedOnAfterTheClockWasSetBack) {
  std::string token = session("worker111");
  engine_->turn();
  wall_.advance(Duration::hours(-1));
  engine_->turn();
  pass(engine::Health::kSettling);
  engine_->turn();
  ASSERT_TRUE(comment(*engine_->authenticate(token)));
  pass(Duration::seconds(6));
  engine_->turn();
  auto view = engine_->database().snapshot().value();
  auto size = view->query({"SELECT max(seq) AS n FROM change_log"}).value()[0].int64("n");
  EXPECT_EQ(engine_->database().ledger().newest_head(*view)->size, size);
}

// Each timer of the plant's open hazards fires once, whichever way the clock goes.
TEST_F(HealthTest, TimersFireOnceWhicheverWayTheClockSteps) {
  auto worker = engine_->authenticate(session("worker111")).value();
  auto area = source_->id_of("area", "A1").value();
  std::string sha256 = source_->upload(source_->as("worker111").value(), photo("step")).value();
  fs::copy(source_->folder() / "blobs", folder_ / "blobs",
           fs::copy_options::recursive | fs::copy_options::skip_existing);
  engine_->put_blob(worker, sha256, 0, static_cast<int64_t>(photo("step").size()), photo("step"))
      .value();
  Json fields = Json::object(
      {{"area", area},
       {"photos", Json::array({Json::object({{"sha256", sha256}, {"name", "a.jpg"}})})},
       {"category", "guarding"},
       {"consequence", "light"},
       {"exposure", "now"}});
  auto made = engine_->run(
      {.by = worker, .what = engine::CreateRecord{.form = "hazard", .fields = fields}});
  ASSERT_TRUE(made) << made.error().detail << made.error().field;
  std::string id = (*made)["record"].text_or("id", "");
  auto fired = [&] {
    auto view = engine_->database().snapshot().value();
    auto rows = view->query({"SELECT detail, node FROM flow_history WHERE act = 'timer.fire'"
                             " AND record_id = ?",
                             {id}})
                    .value();
    std::multiset<std::string> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      all.insert(rows[i].text("node") + rows[i].text("detail"));
    }
    return all;
  };
  auto waiting = [&] {
    auto view = engine_->database().snapshot().value();
    return view->query({"SELECT count(*) AS n FROM flow_timer WHERE record_id = ?", {id}})
        .value()[0]
        .int64("n");
  };
  ASSERT_GT(waiting(), 0);
  wall_.advance(Duration::days(3));  // everything would be due
  for (int i = 0; i < 20; ++i) engine_->turn();
  EXPECT_TRUE(fired().empty()) << "nothing fires while the clock settles";
  wall_.advance(Duration::days(-3));  // it was a slip
  engine_->turn();
  pass(engine::Health::kSettling);
  for (int i = 0; i < 20; ++i) engine_->turn();
  EXPECT_TRUE(fired().empty()) << "and nothing was due";
  wall_.advance(Duration::days(3));  // this time it stays
  engine_->turn();
  pass(engine::Health::kSettling);
  for (int i = 0; i < 50; ++i) engine_->turn();
  auto once = fired();
  EXPECT_FALSE(once.empty());
  EXPECT_EQ(std::set<std::string>(once.begin(), once.end()).size(), once.size());
  wall_.advance(Duration::days(-2));
  engine_->turn();
  pass(engine::Health::kSettling);
  for (int i = 0; i < 50; ++i) engine_->turn();
  EXPECT_EQ(fired(), once) << "set back, nothing fires again";
}

// The same engine on a disk that fails on demand.
class SickDisk : public testing::Test {
 protected:
  void SetUp() override {
    before_ = set_log_sink([](LogLevel, std::string_view) {});
    auto made = Plant::create({.database = "sqlite:/sim.db",
                               .sqlite_vfs = disk_.vfs_name(),
                               .sync = true,
                               .is_seeded = false});
    ASSERT_TRUE(made) << made.error().detail;
    plant_ = std::move(*made);
  }
  void TearDown() override {
    plant_.reset();
    set_log_sink(std::move(before_));
  }
  Result<Json> act() {
    return plant_->engine().run({.by = engine::system_subject(),
                                 .what = engine::SetUp{.plant_name = {"a", "b"},
                                                       .plant_code = "X",
                                                       .admin_login = "admin",
                                                       .admin_name = "A",
                                                       .admin_hash = "$argon2id$x"}});
  }

  SeededRandom fate_{3};
  store::SimDisk disk_{fate_};
  LogSink before_;
  std::unique_ptr<Plant> plant_;
};

TEST_F(SickDisk, FullDiskIsToldRefusedAndOverByItself) {
  engine::Engine& engine = plant_->engine();
  int changes = 0;
  engine.health().on_change([&] { ++changes; });
  disk_.set_full_after(0);
  EXPECT_EQ(act().error().code, ErrorCode::DiskFull);
  EXPECT_EQ(engine.health().trouble(), Trouble::DiskFull);
  EXPECT_EQ(act().error().code, ErrorCode::DiskFull) << "at once, without the disk";
  EXPECT_EQ(engine.health().counts.refused, 1);
  engine.turn();
  EXPECT_EQ(engine.health().trouble(), Trouble::DiskFull) << "its own try says so too";
  EXPECT_TRUE(engine.is_empty()) << "reading goes on";
  disk_.set_full_after(-1);
  engine.turn();
  EXPECT_EQ(engine.health().trouble(), Trouble::None);
  EXPECT_EQ(changes, 2);
  auto done = act();
  EXPECT_TRUE(done) << done.error().detail;
}

TEST_F(SickDisk, FailingDiskIsReadOnlyForPeopleAndOverByItself) {
  engine::Engine& engine = plant_->engine();
  disk_.set_error_after(0);
  EXPECT_EQ(act().error().code, ErrorCode::ReadOnly) << "503, not our fault";
  disk_.set_error_after(-1);
  EXPECT_EQ(engine.health().trouble(), Trouble::StoreLost);
  engine.turn();
  EXPECT_EQ(engine.health().trouble(), Trouble::None);
  EXPECT_TRUE(act());
}

}  // namespace
}  // namespace anlan::test

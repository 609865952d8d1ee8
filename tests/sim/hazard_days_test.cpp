// A thousand seeded days of the hazard loop: people report, assign, repair, verify, forget; the
// power fails between and within commits. Nothing acknowledged is lost, who repaired never
// verified, and replaying the change log gives the live tables.

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "core/log.h"
#include "store/sim_disk.h"
#include "tests/support/plant.h"

namespace anlan::test {
namespace {

constexpr int kSeeds = 10;
constexpr int kDaysOfASeed = 100;

constexpr std::array kPeople{"worker111", "worker121", "worker211", "worker311", "worker411",
                             "leader11",  "leader12",  "leader21",  "leader31",  "leader41",
                             "head1",     "head2",     "head3",     "head4",     "repair1",
                             "repair2",   "safety1",   "safety2",   "director",  "gm",
                             "eqhead",    "ehshead"};
constexpr std::array kAreas{"A1", "A2", "A3", "A4", "A5"};
constexpr std::array kConsequences{"many", "serious", "light", "none"};
constexpr std::array kExposures{"now", "daily", "seldom"};

class Days {
 public:
  explicit Days(uint64_t seed) : random_(seed), disk_(random_) {
    auto plant = Plant::create({.sqlite_vfs = disk_.vfs_name(), .seed = seed, .sync = true});
    EXPECT_TRUE(plant) << plant.error().detail;
    if (plant) plant_ = std::move(*plant);
  }

  bool is_ready() const { return plant_ != nullptr; }

  void play(int days) {
    for (int day = 0; day < days && !testing::Test::HasFailure(); ++day) {
      std::size_t reports = random_.below(3);
      for (std::size_t i = 0; i < reports; ++i) report();
      for (int i = 0; i < 12; ++i) {
        act();
        plant_->wait(Duration::minutes(static_cast<int64_t>(random_.below(240))));
        if (is_dead_ || random_.below(40) == 0) fail_power();
      }
    }
    fail_power();
  }

  void check_replay() {
    auto live = plant_->engine().database().snapshot();
    ASSERT_TRUE(live);
    store::Config config = plant_->config().store;
    config.database = "sqlite:" + (plant_->folder() / "replayed.db").string();
    config.folder = (plant_->folder() / "replayed").string();
    config.sqlite_vfs.clear();
    auto replayed = engine::empty_copy(**live, config);
    ASSERT_TRUE(replayed) << replayed.error().detail;
    auto done = store::replay(**live, **replayed);
    ASSERT_TRUE(done) << done.error().detail;
    auto tables = store::logged_tables(**live);
    ASSERT_TRUE(tables);
    EXPECT_GT(tables->size(), 8U);
    auto view = (*replayed)->snapshot();
    ASSERT_TRUE(view);
    for (const std::string& table : *tables) {
      EXPECT_EQ(store::table_digest(**live, table), store::table_digest(**view, table)) << table;
    }
  }

  void check_duties() {
    auto view = plant_->engine().database().snapshot();
    ASSERT_TRUE(view);
    auto rows = (*view)->query({"SELECT state, c_repaired_by, c_verified_by FROM f_hazard"});
    ASSERT_TRUE(rows);
    for (std::size_t i = 0; i < rows->size(); ++i) {
      auto row = (*rows)[i];
      if (row.is_null("c_verified_by")) continue;
      ++closed_;
      EXPECT_NE(row.text("c_repaired_by"), row.text("c_verified_by"));
    }
    EXPECT_GT(closed_, 0U);
  }

 private:
  template <std::size_t N>
  const char* pick(const std::array<const char*, N>& from) {
    return from[random_.below(N)];
  }

  std::optional<std::string> photo_of(const access::Subject& by) {
    auto sha = plant_->upload(by, photo(by.login));
    return sha ? std::optional(*sha) : std::nullopt;
  }

  void remember(const Result<Json>& answer) {
    if (!answer) {
      is_dead_ = is_dead_ || answer.error().code == ErrorCode::StoreFailed;
      return;
    }
    const Json& record = (*answer)["record"];
    if (record.has("version")) {
      acknowledged_[record.text_or("id", "")] = record.int_or("version", 0);
    }
  }

  void report() {
    auto by = plant_->as(kPeople[random_.below(5)]);
    if (!by) return;
    auto sha = photo_of(*by);
    auto area = plant_->id_of("area", pick(kAreas));
    if (!sha || !area) return;
    Json photos = Json::array({Json::object({{"sha256", *sha}, {"name", "a.jpg"}})});
    remember(plant_->run(
        *by, engine::CreateRecord{.form = "hazard",
                                  .fields = Json::object({{"photos", photos},
                                                          {"area", *area},
                                                          {"category", "leak"},
                                                          {"consequence", pick(kConsequences)},
                                                          {"exposure", pick(kExposures)},
                                                          {"job_stopped", true}})}));
  }

  void act() {
    auto by = plant_->as(pick(kPeople));
    if (!by) return;
    auto tasks = plant_->engine().tasks(*by);
    if (!tasks || (*tasks)["rows"].as_array().empty()) return;
    const Json::Array& rows = (*tasks)["rows"].as_array();
    const Json& task = rows[random_.below(rows.size())];
    engine::CompleteTask what{.task = TaskId::parse(task.text_or("id", "")).value(),
                              .outcome = "",
                              .comment = "seen",
                              .fields = fields_for(task.text_or("node", ""), *by)};
    const Json::Array& outcomes = task["outcomes"].as_array();
    if (!outcomes.empty()) {
      // Mostly the first, which goes on; sometimes another.
      std::size_t which = random_.below(4) == 0 ? random_.below(outcomes.size()) : 0;
      what.outcome = outcomes[which].text_or("id", "");
    }
    if (random_.below(60) == 0) disk_.crash_after(static_cast<int64_t>(random_.below(12)));
    remember(plant_->run(*by, what));
  }

  Json fields_for(const std::string& node, const access::Subject& by) {
    auto owner = plant_->id_of("person", pick(kPeople));
    Json fields = Json::object();
    bool names_owner = node == "assign" || node == "control" || node == "plan";
    if (names_owner && owner) fields.set("owner", *owner);
    if (node == "control") fields.set("interim_control", "fence");
    if (node == "plan") {
      fields.set("measure", "exchange").set("fund", 100).set("contingency", "evacuate");
      fields.set("plan", "stop and exchange");
      fields.set("due_at", format_instant(plant_->clock().now() + Duration::days(1)));
    }
    if (node == "repair") {
      auto sha = photo_of(by);
      if (!sha) return fields;
      fields.set("after_photos",
                 Json::array({Json::object({{"sha256", *sha}, {"name", "b.jpg"}})}));
      fields.set("cause", "ageing").set("interim_control", "fence").set("level_wish", "yellow");
      Instant later = plant_->clock().now() + Duration::days(2);
      fields.set("extension_to", format_instant(later)).set("interim_until", format_instant(later));
    }
    return fields;
  }

  void fail_power() {
    disk_.crash();
    is_dead_ = false;
    auto opened = plant_->reopen();
    ASSERT_TRUE(opened) << opened.error().detail;
    auto view = plant_->engine().database().snapshot();
    ASSERT_TRUE(view);
    const records::Form* form = plant_->engine().packs().forms.find("hazard");
    for (const auto& [id, version] : acknowledged_) {
      auto record = records::read_whole(**view, *form, RecordId::parse(id).value());
      ASSERT_TRUE(record) << "acknowledged and lost: " << id;
      ASSERT_GE(record->int_or("version", 0), version);
    }
  }

  SeededRandom random_;
  store::SimDisk disk_;
  std::unique_ptr<Plant> plant_;
  std::map<std::string, int64_t> acknowledged_;
  std::size_t closed_ = 0;
  bool is_dead_ = false;  // the power failed within a commit: nothing works until it is back
};

class HazardDays : public testing::TestWithParam<int> {};

TEST_P(HazardDays, LoseNothingAndReplayToTheLiveTables) {
  LogSink before = set_log_sink([](LogLevel, std::string_view) {});  // power failures are loud
  {
    Days days(static_cast<uint64_t>(GetParam()));
    ASSERT_TRUE(days.is_ready());
    days.play(kDaysOfASeed);
    days.check_duties();
    days.check_replay();
  }
  set_log_sink(std::move(before));
}

INSTANTIATE_TEST_SUITE_P(Seeds, HazardDays, testing::Range(1, kSeeds + 1));

}  // namespace
}  // namespace anlan::test

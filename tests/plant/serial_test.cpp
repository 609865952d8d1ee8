// Numbers of records: no gap and no double, whoever asks at once, is refused or dies between.

#include <set>
#include <thread>

#include "tests/plant/schema_fixture.h"

namespace anlan::test {
namespace {

constexpr int kClients = 32;
constexpr int kEach = 12;

class Serials : public SchemaFixture {
 protected:
  void begin() {
    write_form(parsed(R"({"format":"anlan.form/1","id":"lab","version":1,
      "title":{"zh":"z","en":"Lab"},"serial":"SY","data":{"type":"object","required":["name"],
      "properties":{"name":{"x-kind":"text","maxLength":8,"title":{"zh":"z","en":"N"}}}}})"));
    std::filesystem::create_directories(folder_ / "packs/lab/roles");
    write("packs/lab/roles/roles.json",
          R"({"format":"anlan.roles/1","roles":[{"id":"clerk","name":{"zh":"z","en":"C"},)"
          R"("rights":[{"form":"lab","actions":["create","list","read"],"scope":"all",)"
          R"("fields":{"*":"write"}}]}]})");
    auto opened = open();
    ASSERT_TRUE(opened) << opened.error().detail << opened.error().field;
  }

  // As many clients at once as there are, each with refused ones between; true means made.
  int load(int round) {
    engine_->start();
    std::atomic<int> made = 0;
    std::vector<std::thread> clients;
    for (int client = 0; client < kClients; ++client) {
      clients.emplace_back([&, client] {
        for (int i = 0; i < kEach; ++i) {
          bool is_right = (client + i + round) % 3 != 0;
          Json fields = Json::object({{"name", is_right ? "right" : "far too long a name"}});
          auto answer = engine_->run(
              {.by = by_, .what = engine::CreateRecord{.form = "lab", .fields = fields}});
          EXPECT_EQ(answer.has_value(), is_right) << answer.error().detail;
          if (answer) ++made;
        }
      });
    }
    for (std::thread& client : clients) client.join();
    engine_->stop();
    return made;
  }

  void expect_whole(int count) {
    auto found = rows({"SELECT number FROM f_lab ORDER BY number"});
    EXPECT_EQ(found.size(), static_cast<std::size_t>(count));
    std::set<std::string> numbers;
    for (std::size_t i = 0; i < found.size(); ++i) {
      std::string digits = std::to_string(i + 1);
      digits.insert(0, 4 - digits.size(), '0');
      EXPECT_EQ(found[i].text("number"), "SY-20261122-" + digits);
    }
  }

  access::Subject by_{.actor = {.kind = Actor::Kind::System}, .grants = {{"clerk", "/"}}};
};

TEST_P(Serials, HaveNoGapAndNoDoubleUnderLoad) {
  begin();
  int made = 0;
  for (int round = 0; round < 2; ++round) {
    made += load(round);
    expect_whole(made);
    ASSERT_TRUE(open());
  }
}

TEST_P(Serials, SurviveACrashBetween) {
  begin();
  engine_.reset();
  pid_t child = fork();
  if (child == 0) {
    if (!open()) _exit(8);
    engine_->start();
    std::vector<std::thread> clients;
    for (int client = 0; client < 4; ++client) {
      clients.emplace_back([&, client] {
        for (int i = 0;; ++i) {
          if (client == 0 && i == 40) _exit(7);
          Json fields = Json::object({{"name", "right"}});
          (void)engine_->run(
              {.by = by_, .what = engine::CreateRecord{.form = "lab", .fields = fields}});
        }
      });
    }
    for (std::thread& one : clients) one.join();
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(WEXITSTATUS(status), 7);
  // The child drew ids from a copy of this clock and randomness.
  clock_.advance(Duration::seconds(1));
  ASSERT_TRUE(open());
  int64_t before = rows({"SELECT COUNT(*) AS n FROM f_lab"})[0].int64("n");
  EXPECT_GE(before, 40);
  int made = load(0);
  expect_whole(static_cast<int>(before) + made);
}

INSTANTIATE_TEST_SUITE_P(Databases, Serials,
                         testing::Values(store::Dialect::Sqlite, store::Dialect::Postgres),
                         [](const auto& each) {
                           return each.param == store::Dialect::Sqlite ? "Sqlite" : "Postgres";
                         });

}  // namespace
}  // namespace anlan::test

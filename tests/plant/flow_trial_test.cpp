// anlan flow simulate: past cases on a changed flow.

#include "engine/flow_trial.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "flow/flow.h"
#include "tests/support/plant.h"
#include "tests/support/postgres.h"

namespace anlan::test {
namespace {

constexpr const char* kFlow = "tools/bench/flow_packs/bench_flow/flows/bench_flow.bpmn";

class FlowTrialTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    PlantOptions options{.more_packs = {"tools/bench/flow_packs"}};
    if (GetParam()) {
      auto* server = postgres_server();
      if (server == nullptr) GTEST_SKIP() << "no PostgreSQL here";
      options.database = "postgres:" + server->fresh_database();
    }
    auto plant = Plant::create(options);
    ASSERT_TRUE(plant) << plant.error().detail << plant.error().field;
    plant_ = std::move(*plant);
    worker_ = plant_->as("worker111").value();
    std::ifstream file(kFlow, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    xml_ = text.str();
  }

  std::string make(const std::string& level) {
    Json fields = Json::object({{"area", plant_->id_of("area", "A1").value()}, {"level", level}});
    auto made = plant_->run(worker_, engine::CreateRecord{.form = "bench_flow", .fields = fields});
    EXPECT_TRUE(made) << made.error().detail;
    return (*made)["record"].text_or("number", "");
  }

  void complete(const std::string& node) {
    auto view = plant_->engine().database().snapshot().value();
    auto rows = view->query({"SELECT id FROM flow_task WHERE node = ? AND state IN ('open', "
                             "'claimed') AND form = 'bench_flow'",
                             {node}})
                    .value();
    ASSERT_EQ(rows.size(), 1U);
    TaskId task = TaskId::parse(rows[0].text("id")).value();
    view.reset();
    auto done = plant_->run(worker_, engine::CompleteTask{.task = task, .fields = Json::object()});
    ASSERT_TRUE(done) << done.error().detail;
  }

  Json tried(const std::string& xml) {
    engine::Config config = plant_->config();
    auto answer = engine::try_flow(plant_->engine().database(),
                                   engine::load_packs(config.pack_folders).value(), config.store,
                                   {.xml = xml});
    EXPECT_TRUE(answer) << answer.error().detail;
    return answer ? *answer : Json::object();
  }

  int64_t rows_of(const std::string& table) {
    auto view = plant_->engine().database().snapshot().value();
    return view->query({"SELECT count(*) AS n FROM " + table}).value()[0].int64("n");
  }

  std::string with(const std::string& old_text, const std::string& new_text) const {
    std::string xml = xml_;
    xml.replace(xml.find(old_text), old_text.size(), new_text);
    return xml;
  }

  std::unique_ptr<Plant> plant_;
  access::Subject worker_;
  std::string xml_;
};

TEST_P(FlowTrialTest, SaysWhichPastCasesWouldHaveGoneElsewhereAndKeepsNothing) {
  std::string red = make("red");
  plant_->wait(Duration::minutes(45));
  complete("check");
  complete("confirm");
  std::string yellow = make("yellow");
  plant_->wait(Duration::minutes(5));
  complete("check");
  std::string late = make("red");
  plant_->wait(Duration::minutes(61));
  int64_t history = rows_of("flow_history");
  int64_t log = rows_of("change_log");

  Json same = tried(xml_);
  EXPECT_EQ(same.int_or("cases", 0), 3) << write_json(same);
  EXPECT_EQ(same.int_or("same", 0), 3) << write_json(same);

  Json other = tried(with("record.level = \"red\"", "record.level = \"yellow\""));
  EXPECT_EQ(other.int_or("same", 0), 1) << write_json(other);
  ASSERT_EQ(other["elsewhere"].as_array().size(), 2U);
  const Json& first = other["elsewhere"].as_array()[0];
  EXPECT_EQ(first.text_or("number", ""), yellow);
  EXPECT_EQ(write_json(first["was"]), R"(["end"])");
  EXPECT_EQ(write_json(first["would"]), R"(["open confirm"])");
  const Json& second = other["elsewhere"].as_array()[1];
  EXPECT_EQ(second.text_or("number", ""), red);
  EXPECT_EQ(second.text_or("node", ""), "check");
  EXPECT_EQ(write_json(second["was"]), R"(["open confirm"])");
  EXPECT_EQ(write_json(second["would"]), R"(["end"])");

  Json sooner = tried(with("PT1H", "PT30M"));
  ASSERT_EQ(sooner["elsewhere"].as_array().size(), 1U) << write_json(sooner);
  EXPECT_EQ(sooner["elsewhere"].as_array()[0].text_or("number", ""), red);
  EXPECT_EQ(write_json(sooner["elsewhere"].as_array()[0]["would"]), R"(["clock late"])");

  EXPECT_EQ(rows_of("flow_history"), history);
  EXPECT_EQ(rows_of("change_log"), log);
}

TEST_P(FlowTrialTest, RefusesWhatADeploymentWouldRefuseAndFlowsNobodyHas) {
  engine::Config config = plant_->config();
  auto attempt = [&](const std::string& xml) {
    auto answer = engine::try_flow(plant_->engine().database(),
                                   engine::load_packs(config.pack_folders).value(), config.store,
                                   {.xml = xml});
    return answer ? ErrorCode::Internal : answer.error().code;
  };
  EXPECT_EQ(attempt(with("<endEvent id=\"late_end\"", "<transaction id=\"late_end\"")),
            ErrorCode::BadModel);
  EXPECT_EQ(attempt(with("process id=\"bench_flow\"", "process id=\"unknown_flow\"")),
            ErrorCode::NotFound);
}

INSTANTIATE_TEST_SUITE_P(Databases, FlowTrialTest, testing::Bool(),
                         [](const auto& of) { return of.param ? "Postgres" : "Sqlite"; });

}  // namespace
}  // namespace anlan::test

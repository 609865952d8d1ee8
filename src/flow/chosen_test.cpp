// Whom the initiator chose when he began: only where the model asks him to.

#include <gtest/gtest.h>

#include "flow/test_model.h"
#include "flow/test_world.h"

namespace anlan::flow {
namespace {

class ChosenTest : public testing::Test {
 protected:
  void SetUp() override {
    std::vector<std::string> lines = {
        R"(<startEvent id="s"/>)", R"(<endEvent id="e"/>)",
        R"(<userTask id="a"><extensionElements><anlan:assign kind="choice"/>)"
        R"(</extensionElements></userTask>)",
        R"(<userTask id="b"><extensionElements><anlan:assign kind="role" role="leader"/>)"
        R"(</extensionElements></userTask>)",
        "s -> a -> b -> e"};
    world_.library.add_model("model", 1, need(Model::parse(ShortModel::to_xml("model", lines))));
  }
  Result<Step> begin(Json chosen) {
    StartCommand command{.model_id = "model",
                         .form = "hazard",
                         .record_id = world_.record_id,
                         .record = Json::object(),
                         .org_path = "/AL/WS1/",
                         .chosen = std::move(chosen)};
    return world_.act(world_.subject("wang").actor,
                      [&](const Around& around) { return start(around, command); });
  }
  std::string id_of(const std::string& login) { return world_.people.at(login).text(); }

  World world_;
};

TEST_F(ChosenTest, TheChosenGetTheTask) {
  need(begin(Json::object({{"a", Json::array({id_of("sun")})}})));
  Json tasks = need(tasks_of(*world_.view(), world_.library, world_.subject("sun"), 10));
  ASSERT_EQ(tasks.as_array().size(), 1U);
  EXPECT_EQ(tasks.as_array()[0]["node"], Json("a"));
  EXPECT_TRUE(tasks.as_array()[0].bool_or("is_mine", false));
}

TEST_F(ChosenTest, NobodyIsChosenWhereTheModelAsksForSomebodyElse) {
  for (const Json& wrong : {Json::object({{"b", Json::array({id_of("sun")})}}),
                            Json::object({{"nowhere", Json::array({id_of("sun")})}}),
                            Json::object({{"a", Json::array({"sun"})}}),
                            Json::object({{"a", id_of("sun")}}), Json("sun")}) {
    auto begun = begin(wrong);
    ASSERT_FALSE(begun) << write_json(wrong);
    EXPECT_EQ(begun.error().code, ErrorCode::BadField);
    EXPECT_EQ(begun.error().field, "chosen");
  }
}

}  // namespace
}  // namespace anlan::flow

// Many clocks that are due at once: each fires once, also when the server stops between.

#include "tests/plant/schema_fixture.h"

namespace anlan::test {
namespace {

constexpr int kCases = 600;  // more than two groups

class Clocks : public SchemaFixture {
 protected:
  void begin() {
    write_form(parsed(R"({"format":"anlan.form/1","id":"lab","version":1,"flow":"wait",
      "title":{"zh":"z","en":"Lab"},"data":{"type":"object","properties":{
      "name":{"x-kind":"text","title":{"zh":"z","en":"N"}}}},
      "states":{"open":{"zh":"z","en":"Open"},"late":{"zh":"z","en":"Late"}}})"));
    std::filesystem::create_directories(folder_ / "packs/lab/roles");
    std::filesystem::create_directories(folder_ / "packs/lab/flows");
    write("packs/lab/roles/roles.json",
          R"({"format":"anlan.roles/1","roles":[{"id":"clerk","name":{"zh":"z","en":"C"},)"
          R"("rights":[{"form":"lab","actions":["create","list","read"],"scope":"all",)"
          R"("fields":{"*":"write"}}]}]})");
    write("packs/lab/flows/wait.bpmn", R"(<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
             xmlns:anlan="http://anlan.invalid/bpmn" targetNamespace="https://anlan.invalid/t">
  <process id="wait" name="z" anlan:en="Wait" isExecutable="true">
    <startEvent id="begun" name="z" anlan:en="B"/>
    <intermediateCatchEvent id="hour" name="z" anlan:en="H">
      <timerEventDefinition id="clock"><timeDuration>PT1H</timeDuration></timerEventDefinition>
    </intermediateCatchEvent>
    <serviceTask id="late" name="z" anlan:en="L"><extensionElements>
      <anlan:act topic="set"><anlan:set field="state" value="=&quot;late&quot;"/></anlan:act>
    </extensionElements></serviceTask>
    <endEvent id="end" name="z" anlan:en="E"/>
    <sequenceFlow id="f1" sourceRef="begun" targetRef="hour"/>
    <sequenceFlow id="f2" sourceRef="hour" targetRef="late"/>
    <sequenceFlow id="f3" sourceRef="late" targetRef="end"/>
  </process>
</definitions>)");
    auto opened = open();
    ASSERT_TRUE(opened) << opened.error().detail << opened.error().field;
  }

  void make_cases() {
    std::size_t answered = 0;
    for (int i = 0; i < kCases; ++i) {
      engine_->submit(
          {.by = by_, .what = engine::CreateRecord{.form = "lab", .fields = Json::object()}},
          [&](Result<Json> answer) {
            EXPECT_TRUE(answer) << answer.error().detail;
            ++answered;
          });
    }
    while (answered < kCases) engine_->turn();
  }

  int64_t count(const std::string& sql) { return rows({sql})[0].int64("n"); }

  access::Subject by_{.actor = {.kind = Actor::Kind::System}, .grants = {{"clerk", "/"}}};
};

TEST_P(Clocks, ThatAreDueAtOnceFireOnceOverARestart) {
  begin();
  make_cases();
  ASSERT_EQ(count("SELECT COUNT(*) AS n FROM flow_timer"), kCases);
  clock_.advance(Duration::seconds(3600));
  engine_->turn();  // a part of them
  int64_t left = count("SELECT COUNT(*) AS n FROM flow_timer");
  EXPECT_GT(left, 0);
  EXPECT_LT(left, kCases);
  ASSERT_TRUE(open());
  while (count("SELECT COUNT(*) AS n FROM flow_timer") > 0) {
    int64_t before = count("SELECT COUNT(*) AS n FROM flow_timer");
    engine_->turn();
    ASSERT_LT(count("SELECT COUNT(*) AS n FROM flow_timer"), before);
  }
  engine_->turn();
  EXPECT_EQ(count("SELECT COUNT(*) AS n FROM flow_history WHERE act = 'timer.fire'"), kCases);
  EXPECT_EQ(count("SELECT COUNT(*) AS n FROM change_log WHERE act = 'timer.fire'"), kCases);
  EXPECT_EQ(count("SELECT COUNT(*) AS n FROM f_lab WHERE state = 'late'"), kCases);
  EXPECT_EQ(count("SELECT COUNT(*) AS n FROM flow_case WHERE state <> 'ended'"), 0);
}

INSTANTIATE_TEST_SUITE_P(Both, Clocks,
                         testing::Values(store::Dialect::Sqlite, store::Dialect::Postgres),
                         [](const auto& each) {
                           return each.param == store::Dialect::Sqlite ? "Sqlite" : "Postgres";
                         });

}  // namespace
}  // namespace anlan::test

// The functions of the namespace `anlan`: what is asked of the plant.

#include <gtest/gtest.h>

#include "rules/rules.h"

namespace anlan::rules {
namespace {

constexpr const char* kCalendar = R"({"format":"anlan.calendar/1","id":"plant","source":"test",
 "zone":"+08:00","week":{"mon":["08:00-17:00"],"tue":["08:00-17:00"],"wed":["08:00-17:00"],
 "thu":["08:00-17:00"],"fri":["08:00-17:00"]},
 "years":{"2026":{"source":"test","off":["2026-10-01","2026-10-02"],"on":["2026-10-10"]}},
 "shifts":{"source":"test","hours":{"day":"08:00-20:00","night":"20:00-08:00"}}})";

constexpr const char* kLimits = R"(<definitions
 xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="limits" namespace="urn:l">
<inputData id="gas" name="gas"/><decision id="limit" name="limit"><variable name="limit"/>
<informationRequirement><requiredInput href="#gas"/></informationRequirement>
<decisionTable hitPolicy="FIRST"><input><inputExpression><text>gas</text></inputExpression></input>
<output/><rule id="r1"><inputEntry><text>"H2S"</text></inputEntry>
<outputEntry><text>10</text></outputEntry></rule></decisionTable></decision>
<decision id="again" name="again"><variable name="again"/><literalExpression>
<text>anlan.decision("limits/again")</text></literalExpression></decision></definitions>)";

class TestHost final : public Host {
 public:
  TestHost() : model_(Model::parse(kLimits).value_or(Model())) {}

  Value caller(std::string_view name) const override {
    if (name == "org") return Context{{"path", "/AL/"}};
    return Context{{"id", "p1"}, {"org", "/AL/WS1/"}};
  }
  Result<Outcome> decide(std::string_view id, const Context& inputs,
                         const Environment& environment) const override {
    ++asked;
    if (!id.starts_with("limits/")) return refuse(ErrorCode::NotFound);
    return model_.decide(id.substr(7), inputs, environment);
  }
  Result<Value> look_up(std::string_view form, const Value& key) const override {
    if (form != "area" || key != Value("A1")) return refuse(ErrorCode::NotFound);
    return Value(Context{{"code", "A1"}, {"is_confined", true}});
  }
  mutable int asked = 0;

 private:
  Model model_;
};

struct Plant {
  TestHost host;
  Calendars calendars;

  Plant() {
    auto json = parse_json(kCalendar);
    auto calendar = Calendar::parse(json.value_or(Json()));
    EXPECT_TRUE(calendar.has_value());
    if (calendar) calendars.add(std::move(*calendar));
  }
  Value operator()(std::string_view text, std::vector<std::string>* warnings = nullptr) {
    auto expression = Expression::compile(text, {"user", "org"});
    EXPECT_TRUE(expression.has_value()) << text;
    if (!expression) return {};
    return expression->evaluate({}, {.warnings = warnings, .calendars = &calendars, .host = &host});
  }
};

TEST(PlantFunctions, a_decision_is_asked_with_its_inputs) {
  Plant plant;
  EXPECT_EQ(plant(R"(anlan.decision("limits/limit", {gas: "H2S"}) * 2)"), Value(20));
  EXPECT_EQ(plant(R"(anlan.decision(id: "limits/limit", inputs: {gas: "H2S"}))"), Value(10));
  EXPECT_TRUE(plant(R"(anlan.decision("limits/limit", {gas: "CO"}))").is_null());
  std::vector<std::string> warnings;
  EXPECT_TRUE(plant(R"(anlan.decision("nothing"))", &warnings).is_null());
  EXPECT_EQ(warnings, std::vector<std::string>{"decision 'nothing' is not known"});
}

TEST(PlantFunctions, decisions_that_ask_for_themselves_end) {
  Plant plant;
  EXPECT_TRUE(plant(R"(anlan.decision("limits/again"))").is_null());
  EXPECT_LT(plant.host.asked, 20);
}

TEST(PlantFunctions, a_record_is_looked_up_by_its_key) {
  Plant plant;
  EXPECT_EQ(plant(R"(anlan.lookup("area", "A1").is_confined)"), Value(true));
  EXPECT_TRUE(plant(R"(anlan.lookup("area", "A2"))").is_null());
}

TEST(PlantFunctions, a_distance_is_in_the_unit_of_the_plan) {
  Plant plant;
  EXPECT_EQ(plant("anlan.distance({x: 1, y: 2}, {x: 4, y: 6})"), Value(5));
  EXPECT_EQ(plant("anlan.distance({x: 0, y: 0, z: 0}, {x: 2, y: 3, z: 6})"), Value(7));
  EXPECT_EQ(plant("anlan.distance({x: 0, y: 0}, {x: 3, y: 4, z: 9})"), Value(5));
  EXPECT_TRUE(plant("anlan.distance({x: 0}, {x: 3, y: 4})").is_null());
}

TEST(PlantFunctions, working_days_leave_out_holidays_and_count_back) {
  Plant plant;
  EXPECT_EQ(text_of(plant("anlan.workday add(@\"2026-09-30\", 1)")), "2026-10-05");
  EXPECT_EQ(text_of(plant("anlan.workday add(@\"2026-10-09\", 1, \"plant\")")), "2026-10-10");
  EXPECT_EQ(text_of(plant("anlan.workday add(@\"2026-10-05\", -1)")), "2026-09-30");
  EXPECT_EQ(text_of(plant("anlan.workday add(@\"2026-10-03\", 0)")), "2026-10-03");
  EXPECT_EQ(text_of(plant("anlan.workday add(@\"2026-09-30T10:00:00+08:00\", 1)")),
            "2026-10-05T10:00:00+08:00");
  EXPECT_TRUE(plant("anlan.workday add(@\"2026-09-30\", 1, \"moon\")").is_null());
  EXPECT_TRUE(plant("anlan.workday add(@\"2026-09-30\", 1000000)").is_null());
}

TEST(PlantFunctions, a_night_shift_belongs_to_the_day_it_began) {
  Plant plant;
  EXPECT_EQ(text_of(plant("anlan.shift at(@\"2026-11-22T02:00:00+08:00\")")),
            "{shift: \"night\", day: 2026-11-21, from: 2026-11-21T20:00:00+08:00, "
            "until: 2026-11-22T08:00:00+08:00}");
  EXPECT_EQ(plant("anlan.shift at(@\"2026-11-22T08:00:00+08:00\").shift"), Value("day"));
  EXPECT_EQ(plant("anlan.shift at(\"2026-11-22T12:00:00Z\").shift"), Value("night"));
}

TEST(PlantFunctions, user_and_org_are_the_callers_unless_something_nearer_is_called_so) {
  Plant plant;
  EXPECT_EQ(plant("user.org"), Value("/AL/WS1/"));
  EXPECT_EQ(plant("org.path"), Value("/AL/"));
  EXPECT_EQ(plant("{user: 1, a: user}.a"), Value(1));
}

TEST(PlantFunctions, without_a_host_they_are_null_and_plain_names_are_free) {
  auto asked = Expression::compile("anlan.lookup(\"area\", \"A1\")", {});
  ASSERT_TRUE(asked.has_value());
  EXPECT_TRUE(asked->evaluate({}, {}).is_null());
  auto own =
      Expression::compile("{lookup: function(a) a + 1, distance: 3, r: lookup(distance)}.r", {});
  ASSERT_TRUE(own.has_value());
  EXPECT_EQ(own->evaluate({}, {}), Value(4));
}

TEST(Calendar, shifts_need_hours_and_a_source) {
  auto refused = [](std::string_view from, std::string_view to) {
    std::string text = kCalendar;
    text.replace(text.find(from), from.size(), to);
    auto json = parse_json(text);
    return json && !Calendar::parse(*json);
  };
  EXPECT_TRUE(refused(R"("shifts":{"source":"test")", R"("shifts":{"source":"")"));
  EXPECT_TRUE(refused("20:00-08:00", "20:00"));
  EXPECT_TRUE(refused("20:00-08:00", "24:00-08:00"));
}

}  // namespace
}  // namespace anlan::rules

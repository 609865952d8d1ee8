#include "browser/browser.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/json.h"
#include "core/limits.h"
#include "flow/findings.h"

namespace anlan::browser {
namespace {

std::string file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Json ask(const Json& request) { return parse_json(answer(write_json(request))).value_or(Json()); }

std::string code_of(const Json& told) { return told["error"].text_or("code", ""); }

TEST(Browser, RefusesWhatIsNoRequest) {
  EXPECT_EQ(code_of(*parse_json(answer("{"))), "bad_json");
  EXPECT_EQ(code_of(ask(Json::object())), "missing_field");
  EXPECT_EQ(code_of(ask(Json::object({{"ask", "everything"}}))), "bad_field");
  EXPECT_EQ(code_of(ask(Json::object({{"ask", "compile"}}))), "missing_field");
  Json names = Json::object({{"ask", "compile"}, {"expression", "a"}, {"names", 1}});
  EXPECT_EQ(code_of(ask(names)), "bad_field");
}

TEST(Browser, RefusesARequestOverItsLimit) {
  std::string large(4 * limits::kXmlBytesMax + 1, ' ');
  EXPECT_EQ(code_of(*parse_json(answer(large))), "too_large");
}

TEST(Browser, SaysWhatAnExpressionReads) {
  Json told = ask(Json::object({{"ask", "compile"},
                                {"expression", "gas value > limit"},
                                {"names", Json::array({"gas value"})}}));
  EXPECT_EQ(write_json(told), R"({"used":["gas value"],"unknown":["limit"]})");
}

TEST(Browser, EvaluatesWithValuesFormulasAndTheTimeGiven) {
  Json told = ask(Json::object({{"ask", "evaluate"},
                                {"expression", "string(date(now()) + length) + text"},
                                {"context", Json::object({{"text", "!"}})},
                                {"formulas", Json::object({{"length", "duration(\"P1D\")"}})},
                                {"now", "2026-11-22T20:00:00Z"},
                                {"utc_offset_seconds", 28'800}}));
  EXPECT_EQ(told.text_or("value", ""), "2026-11-24!") << write_json(told);
  EXPECT_EQ(told.text_or("kind", ""), "string");
}

TEST(Browser, NamesTheFormulaThatIsWrong) {
  Json told = ask(Json::object({{"ask", "evaluate"},
                                {"expression", "due"},
                                {"formulas", Json::object({{"due", "date("}})}}));
  EXPECT_EQ(code_of(told), "bad_expression");
  EXPECT_EQ(told["error"].text_or("field", ""), "due");
}

TEST(Browser, KnowsZonesOnlyWhereTheyAreGiven) {
  Json request = Json::object(
      {{"ask", "evaluate"},
       {"expression", "date and time(\"2026-07-01T12:00:00@Test/Zone\").time offset"}});
  EXPECT_TRUE(ask(request)["value"].is_null());
  request.set("zones", "Z Test/Zone 8 - CST\n");
  EXPECT_EQ(ask(request).text_or("text", ""), "PT8H") << write_json(ask(request));
}

TEST(Browser, TestsACellOfATable) {
  Json request = Json::object(
      {{"ask", "test"}, {"tests", "< 5, [10..20]"}, {"context", Json::object({{"?", 12}})}});
  EXPECT_TRUE(ask(request).bool_or("holds", false));
  request.set("context", Json::object({{"?", 7}}));
  EXPECT_FALSE(ask(request).bool_or("holds", true));
}

TEST(Browser, DecidesAndNamesTheRuleThatFitted) {
  std::string xml = file("packs/hazards/rules/hazard_grade.dmn");
  Json about = ask(Json::object({{"ask", "describe"}, {"xml", xml}}));
  EXPECT_EQ(about.text_or("name", ""), "hazard_grade");
  EXPECT_EQ(about["inputs"].as_array().size(), 2U);
  Json told = ask(
      Json::object({{"ask", "decide"},
                    {"xml", xml},
                    {"decision", "grade"},
                    {"context", Json::object({{"consequence", "many"}, {"exposure", "now"}})}}));
  EXPECT_EQ(told["value"].text_or("level", ""), "red") << write_json(told);
  ASSERT_EQ(told["matched"].as_array().size(), 1U);
  EXPECT_EQ(told["matched"].as_array()[0].text_or("rule", ""), "grade_1");
}

TEST(Browser, WarnsOnceOfWhatADecisionLacks) {
  Json told = ask(Json::object({{"ask", "decide"},
                                {"xml", file("packs/hazards/rules/hazard_grade.dmn")},
                                {"decision", "grade"}}));
  EXPECT_TRUE(told["value"].is_null());
  EXPECT_EQ(told["warnings"].as_array().size(), 1U) << write_json(told);
}

TEST(Browser, FindsInAFlowWhatADeploymentRefuses) {
  std::string fine = file("packs/hazards/flows/hazard_loop.bpmn");
  EXPECT_EQ(write_json(ask(Json::object({{"ask", "lint"}, {"xml", fine}}))), R"({"findings":[]})");
  Json told = ask(Json::object({{"ask", "lint"}, {"xml", "<a/>"}}));
  auto expected = flow::lint_told("<a/>");
  ASSERT_EQ(told["findings"].as_array().size(), expected.size());
  const Json& first = told["findings"].as_array()[0];
  EXPECT_EQ(first.text_or("code", ""), expected[0].code);
  EXPECT_EQ(first["text"].text_or("zh", ""), expected[0].text.zh);
  EXPECT_EQ(first["text"].text_or("en", ""), expected[0].text.en);
}

}  // namespace
}  // namespace anlan::browser

// The rules behind permits, and what they would make of one.

#include <algorithm>

#include "api/api_fixture.h"

namespace anlan::api {
namespace {

using PermitRulesTest = ApiTest;

Json table_of(const Json& answer, std::string_view id) {
  for (const Json& table : answer["tables"].as_array()) {
    if (table["id"] == Json(id)) return table;
  }
  return {};
}

TEST_F(PermitRulesTest, AnswersTheTablesOfARegimeWordForWord) {
  log_in("director");
  for (const char* regime : {"gb30871", "order13", "osha"}) {
    Answer answer = ask(get("/api/permits/rules", std::string("regime=") + regime));
    ASSERT_EQ(answer.status, 200) << answer.body;
    Json body = body_of(answer);
    EXPECT_EQ(body["regime"], Json(regime));
    Json base = table_of(body, "base");
    ASSERT_TRUE(base.is_object());
    const auto& outputs = base["outputs"].as_array();
    for (const char* name : {"grade", "reason_zh", "reason_en", "mark", "source"}) {
      EXPECT_TRUE(std::ranges::contains(outputs, Json(name))) << regime << " " << name;
    }
    for (const Json& rule : base["rules"].as_array()) {
      EXPECT_EQ(rule["outputs"].as_array().size(), outputs.size());
    }
  }
  EXPECT_EQ(ask(get("/api/permits/rules", "regime=none")).status, 404);
  EXPECT_EQ(ask(get("/api/permits/rules")).status, 422);
}

TEST_F(PermitRulesTest, PreviewsWhatTheRulesWouldMakeOfAPermit) {
  log_in("director");
  Json draft = Json::object({{"kind", "confined"},
                             {"area", "A2"},
                             {"valid_from", "2026-03-03T01:00:00Z"},
                             {"valid_to", "2026-03-03T05:00:00Z"}});
  Answer answer = ask(post("/api/permits/preview", draft));
  ASSERT_EQ(answer.status, 200) << answer.body;
  Json made = body_of(answer);
  EXPECT_EQ(made["regime"], Json("gb30871"));
  EXPECT_EQ(made["reason"]["zh"], Json("不分级"));
  EXPECT_EQ(made["reason"]["en"], Json("no grades"));
  EXPECT_EQ(made["limits"].int_or("retest_every_min", 0), 120);
  EXPECT_GE(made["measures"].as_array().size(), 8U);
  draft.set("regime", "order13");
  EXPECT_EQ(body_of(ask(post("/api/permits/preview", draft)))["regime"], Json("order13"));
  draft.set("valid_to", "soon");
  Answer refused = ask(post("/api/permits/preview", draft));
  EXPECT_EQ(refused.status, 422) << refused.body;
  EXPECT_EQ(body_of(ask(get("/api/records/permit",
                            "filter=" + encode_percent(R"(["eq","kind","confined"])"))))["rows"]
                .as_array()
                .size(),
            1U)
      << "nothing is stored";
}

}  // namespace
}  // namespace anlan::api

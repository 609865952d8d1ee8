// Row scopes and modes by state, on both databases.

#include <array>
#include <random>
#include <set>

#include "records/records_fixture.h"
#include "records/row.h"
#include "records/values.h"

namespace anlan::records {
namespace {

using enum access::FieldMode;

class ScopeTest : public RecordsTest {
 protected:
  access::Policy policy(std::string_view rights) {
    Json role = Json::object({{"id", "worker"}});
    role.set("name", json(R"({"zh":"z","en":"Worker"})"));
    role.set("rights", json(rights));
    access::FormFrame frame = frame_of(form("sample"));
    auto out = access::Policy::compile(std::span(&role, 1), std::span(&frame, 1));
    EXPECT_TRUE(out) << out.error().detail;
    return out ? *out : access::Policy{};
  }
  access::Subject subject() {
    return {.person = zhang_, .org_path = "/AL/WS1/", .grants = {{"worker", "/AL/WS1/"}}};
  }
  Query query(const access::Policy& rules) {
    auto verdict = rules.may(subject(), {.form = "sample", .action = access::Action::List});
    return {.scope = verdict.scope, .modes = verdict.fields, .sort = "id"};
  }
  ErrorCode refused(const Query& asked) {
    auto page = list(*snapshot(), form("sample"), asked);
    EXPECT_FALSE(page);
    return page ? ErrorCode::Internal : page.error().code;
  }
};

constexpr std::string_view kByState = R"([
  {"form":"sample","actions":["list","read"],"scope":"all",
   "fields":{"name_zh":"read","phone":"read","boss":"read"}},
  {"form":"sample","actions":["list","read"],"states":["closed"],"scope":"all",
   "fields":{"secret":"read","note":"masked","area":"read"}}])";

TEST_P(ScopeTest, EachRowOfAPageShowsWhatItsStateLets) {
  std::string fields = R"({"secret":"s3cret","note":"a note","phone":"13800001234","boss":")" +
                       zhang_.text() + R"("})";
  RecordId open = made_sample(fields);
  RecordId closed = made_sample(fields);
  ASSERT_TRUE(try_flow(closed, R"({"state":"closed"})"));
  Query asked = query(policy(kByState));
  auto page = list(*snapshot(), form("sample"), asked);
  ASSERT_TRUE(page) << page.error().detail;
  ASSERT_EQ(page->rows.size(), 2U);
  EXPECT_EQ(page->rows[0]["id"], Json(open.text()));
  EXPECT_FALSE(page->rows[0].has("secret"));
  EXPECT_FALSE(page->rows[0].has("note"));
  EXPECT_FALSE(page->rows[0]["_titles"].has("area"));
  EXPECT_EQ(page->rows[1]["secret"], Json("s3cret"));
  EXPECT_EQ(page->rows[1]["note"], Json("***"));
  EXPECT_TRUE(page->rows[1]["_titles"].has("area"));
  EXPECT_TRUE(page->rows[1]["_titles"].has("boss"));
  auto text = list_text(*snapshot(), form("sample"), asked);
  ASSERT_TRUE(text);
  Json same = json(*text);
  EXPECT_EQ(same["rows"], Json(Json::Array(page->rows)));
  for (RecordId id : {open, closed}) {
    auto one = read(*snapshot(), form("sample"), id, asked.scope, asked.modes);
    auto as_text = read_text(*snapshot(), form("sample"), id, asked.scope, asked.modes);
    ASSERT_TRUE(one && as_text);
    EXPECT_EQ(one->has("secret"), id == closed);
    EXPECT_EQ(json(as_text->json), *one);
  }
}

TEST_P(ScopeTest, WhatSomeStateHidesIsAskedForNowhere) {
  made_sample(R"({"secret":"s3cret"})");
  Query asked = query(policy(kByState));
  asked.filter = filter(R"(["eq","secret","s3cret"])");
  EXPECT_EQ(refused(asked), ErrorCode::Forbidden);
  asked.filter = filter(R"(["and",["eq","state","closed"],["not",["null","secret"]]])");
  EXPECT_EQ(refused(asked), ErrorCode::Forbidden);
  asked.filter = {};
  asked.sort = "secret";
  EXPECT_EQ(refused(asked), ErrorCode::Forbidden);
  auto counted = count_by(*snapshot(), form("sample"), "secret", query(policy(kByState)));
  ASSERT_FALSE(counted);
  EXPECT_EQ(counted.error().code, ErrorCode::Forbidden);
  // Where every row that can be reached shows it, it may be asked for.
  Query closed = query(policy(R"([{"form":"sample","actions":["list"],"states":["closed"],
    "scope":"all","fields":{"secret":"read"}}])"));
  closed.filter = filter(R"(["eq","secret","s3cret"])");
  EXPECT_TRUE(ids_of(closed).empty());  // the record is open
}

TEST_P(ScopeTest, AScopeThatDoesNotFitTheFormIsNamed) {
  auto why = [&](std::string_view feel) {
    auto scope = rules::filter_of(feel);
    EXPECT_TRUE(scope) << feel;
    auto fits = check_scope(form("sample"), scope.value_or(Filter{}));
    return fits ? std::string() : fits.error().field + ": " + fits.error().detail;
  };
  EXPECT_EQ(why("under(org_path, user.orgs) and boss = user.id"), "");
  EXPECT_EQ(why("gone = 1"), "gone: no such field");
  EXPECT_EQ(why("count = \"a\""), "count: takes a number of its scale");
  EXPECT_EQ(why("photos = \"a\""), "photos: can't be compared");
  EXPECT_EQ(why("contains(colors, \"red\")"), "colors: is no text");
  EXPECT_EQ(why("under(note, \"/AL/\")"), "note: is no organisation path");
}

// ---- the same truth in SQL and in FEEL ----

class Expressions {
 public:
  explicit Expressions(uint32_t seed) : random_(seed) {}

  std::string condition(int depth) {
    if (depth == 0) return leaf();
    switch (pick(5)) {
      case 0: return "(" + condition(depth - 1) + " and " + condition(depth - 1) + ")";
      case 1: return "(" + condition(depth - 1) + " or " + condition(depth - 1) + ")";
      case 2: return "not(" + condition(depth - 1) + ")";
      default: return leaf();
    }
  }
  std::size_t pick(std::size_t below) { return random_() % below; }

  std::string row(const std::string& boss) {
    std::string out = "{";
    auto add = [&](const char* key, const std::string& value) {
      if (pick(3) == 0) return;  // not filled in
      out += (out.size() > 1 ? ",\"" : "\"") + std::string(key) + "\":" + value;
    };
    add("count", std::to_string(pick(5)));
    add("money", std::to_string(pick(3)) + ".50");
    add("done", pick(2) ? "true" : "false");
    add("at", R"("2026-11-2)" + std::to_string(pick(3)) +
                  (pick(2) ? R"(T06:00:00Z")" : R"(T06:00:00.25Z")"));
    add("day", R"("2026-11-2)" + std::to_string(pick(3)) + R"(")");
    add("takes", R"("PT)" + std::to_string(1 + pick(3)) + R"(H")");
    add("color", "\"" + std::string(kColors[pick(3)]) + "\"");
    add("note", "\"" + std::string(kTexts[pick(5)]) + "\"");
    add("secret", "\"" + std::string(kTexts[pick(5)]) + "\"");
    add("boss", "\"" + boss + "\"");
    add("unit", pick(2) ? R"("WS1")" : R"("WS2")");
    if (out.find("\"done\":true") != std::string::npos) {  // a check of the form
      if (out.find("\"count\":0") != std::string::npos) return "{}";
    }
    return out + "}";
  }

 private:
  static constexpr std::array<const char*, 3> kColors{"red", "green", "blue"};
  static constexpr std::array<const char*, 5> kTexts{"Oil", "oil", "100% _", "\xe6\xb2\xb9",
                                                     "spill of Oil"};

  struct Operand {
    const char* field;
    std::string value;
    bool is_ordered = true;
  };
  Operand operand() {
    std::string digit = std::to_string(pick(4));
    switch (pick(8)) {
      case 0: return {"count", digit};
      case 1: return {"money", std::to_string(pick(3)) + ".5"};
      case 2: return {"at", "date and time(\"2026-11-2" + digit + "T06:00:00Z\")"};
      case 3: return {"day", "date(\"2026-11-2" + digit + "\")"};
      case 4: return {"takes", "duration(\"PT" + digit + "H\")"};
      case 5: return {"color", "\"" + std::string(kColors[pick(3)]) + "\""};
      case 6: return {"boss", "user.id", false};
      default: return {"secret", "\"" + std::string(kTexts[pick(5)]) + "\""};
    }
  }
  std::string leaf() {
    constexpr std::array<const char*, 6> kWords{"=", "!=", "<", "<=", ">", ">="};
    Operand one = operand();
    std::string field = one.field;
    std::string other = one.value;
    while (true) {  // a second value of the same field
      Operand more = operand();
      if (field != more.field) continue;
      other = more.value;
      break;
    }
    switch (pick(11)) {
      case 0: return field + (pick(2) ? " = null" : " != null");
      case 1: return "null = " + field;
      case 2: return "done";
      case 3: return "contains(note, \"" + std::string(kTexts[pick(5)]) + "\")";
      case 4: return "under(unit, " + std::string(pick(2) ? "user.org" : R"("/AL/WS2/")") + ")";
      case 5: return field + " in (" + one.value + ", " + other + ")";
      case 6:
        if (one.is_ordered) return field + " in [" + one.value + ", " + other + "]";
        return field + " = " + one.value;
      case 7:
        if (one.is_ordered) return field + " between " + one.value + " and " + other;
        return field + " != " + one.value;
      case 8:
        if (one.is_ordered) return field + " in ]" + one.value + ".." + other + "]";
        return one.value + " = " + field;
      default: {
        const char* word = kWords[pick(one.is_ordered ? 6 : 2)];
        std::string between = " " + std::string(word) + " ";
        return pick(2) ? field + between + one.value : one.value + between + field;
      }
    }
  }
  std::mt19937 random_;
};

rules::Context names_of(const Form& form, const Json& record, const access::Subject& by) {
  rules::Context names;
  for (const Shown& one : all_members(form)) {
    names.set(one.field->key, feel_of(*one.field, record[one.field->key]));
  }
  rules::Context user;
  user.set("id", by.person.text());
  user.set("org", by.org_path);
  names.set("user", user);
  return names;
}

// FEEL has no under: for what the test asks, it is where a text starts.
std::string for_evaluator(std::string text) {
  for (std::size_t at = text.find("under("); at != std::string::npos; at = text.find("under(")) {
    text.replace(at, 6, "starts with(");
  }
  return text;
}

TEST_P(ScopeTest, AScopePicksTheRowsForWhichFeelSaysTrue) {
  constexpr uint32_t kSeed = 20261121;
  Expressions random(kSeed);
  for (int i = 0; i < 120; ++i) made_sample(random.row(zhang_.text()));
  const Form& sample = form("sample");
  auto view = snapshot();
  std::vector<Json> records = all_whole(*view, sample, {}, 1'000).value();
  std::vector<std::string> names{"user"};
  for (const Shown& one : all_members(sample)) names.push_back(one.field->key);
  int hits = 0;
  for (int round = 0; round < 400; ++round) {
    std::string feel = random.condition(static_cast<int>(random.pick(4)));
    Json right = Json::object({{"form", "sample"}, {"actions", Json::array({"list"})}});
    right.set("scope", "=" + feel);
    access::Policy rules = policy(write_json(Json::array({right})));
    auto verdict = rules.may(subject(), {.form = "sample", .action = access::Action::List});
    std::set<std::string> found;
    auto picked = all_whole(*view, sample, verdict.scope, 1'000);
    ASSERT_TRUE(picked || !verdict.allowed) << feel << ": " << picked.error().detail;
    if (verdict.allowed) {
      for (const Json& row : *picked) found.insert(row["id"].as_text());
    }
    auto expression = rules::Expression::compile(for_evaluator(feel), names);
    ASSERT_TRUE(expression) << feel;
    for (const Json& record : records) {
      bool is_true = expression->evaluate(names_of(sample, record, subject()), {}).is_true();
      hits += is_true ? 1 : 0;
      EXPECT_EQ(found.contains(record["id"].as_text()), is_true)
          << "seed " << kSeed << " round " << round << ": " << feel << "\n"
          << write_json(record);
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(hits, 5'000);  // else the rows would prove nothing
}

ON_BOTH_DATABASES(ScopeTest);

}  // namespace
}  // namespace anlan::records

#include "ehs/permit_conflict.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sstream>

#include "core/random.h"

namespace anlan::ehs {
namespace {

constexpr Instant kNow{1'800'000'000'000'000'000};

Json rule(std::string_view a, std::string_view b, bool is_hard, std::string_view level) {
  return Json::object({{"a", a}, {"b", b}, {"hard", is_hard}, {"level", level}});
}

ConflictRules rules_from(const Json& rows) {
  auto rules = conflict_rules_from(rows);
  EXPECT_TRUE(rules) << rules.error().field;
  return rules.value_or(ConflictRules{});
}

PermitPlace place(uint8_t id, std::string_view kind, twin::Point at) {
  return {.id = {Uuid{{id}}},
          .kind = std::string(kind),
          .area = "A1",
          .at = at,
          .radius_m = 10,
          .from = kNow,
          .to = kNow + Duration::hours(8)};
}

const twin::Plan& no_plan() {
  static const twin::Plan plan;
  return plan;
}

std::vector<Conflict> of_two(const PermitPlace& a, const PermitPlace& b,
                             const ConflictRules& rules) {
  return conflicts(a, {&b, 1}, rules, no_plan());
}

TEST(PermitConflict, NeedsTheSameTimeTheReachAndTheKinds) {
  ConflictRules rules = rules_from(Json::array({rule("hot", "blinding", true, "block")}));
  PermitPlace hot = place(1, "hot", {0, 0});
  PermitPlace blind = place(2, "blinding", {19, 0});
  auto found = of_two(hot, blind, rules);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].is_hard);
  EXPECT_DOUBLE_EQ(found[0].gap_m, 19);
  EXPECT_EQ(found[0].from, hot.from);

  PermitPlace far = place(2, "blinding", {20, 0});
  EXPECT_TRUE(of_two(hot, far, rules).empty());
  PermitPlace after = blind;
  after.from = hot.to;
  after.to = hot.to + Duration::hours(1);
  EXPECT_TRUE(of_two(hot, after, rules).empty());
  EXPECT_TRUE(of_two(hot, place(2, "hot", {1, 0}), rules).empty());
  EXPECT_TRUE(of_two(hot, hot, rules).empty());
}

TEST(PermitConflict, TakesTheDistanceOfTheRuleBeforeTheRadii) {
  Json row = rule("hot", "blinding", true, "block");
  row.set("within_m", 30);
  ConflictRules rules = rules_from(Json::array({row}));
  EXPECT_EQ(of_two(place(1, "hot", {0, 0}), place(2, "blinding", {29.9, 0}), rules).size(), 1u);
  EXPECT_TRUE(of_two(place(1, "hot", {0, 0}), place(2, "blinding", {30, 0}), rules).empty());
}

TEST(PermitConflict, LooksAtHeightsAsTheRuleSays) {
  Json above = rule("lifting", "height", true, "block");
  above.set("vertical", "above");
  Json band = rule("hot", "height", false, "high");
  band.set("vertical", "band");
  ConflictRules rules = rules_from(Json::array({above, band}));
  PermitPlace height = place(2, "height", {0, 0});
  height.z_low_m = 20;
  height.z_high_m = 25;
  PermitPlace lifting = place(1, "lifting", {5, 0});
  lifting.z_high_m = 15;
  EXPECT_TRUE(of_two(lifting, height, rules).empty());
  lifting.z_high_m = 30;
  EXPECT_EQ(of_two(lifting, height, rules).size(), 1u);
  EXPECT_EQ(of_two(height, lifting, rules).size(), 1u);
  PermitPlace hot = place(3, "hot", {0, 0});
  EXPECT_TRUE(of_two(hot, height, rules).empty());
  hot.z_high_m = 21;
  EXPECT_EQ(of_two(hot, height, rules).size(), 1u);
}

// No work above other work on one line, but over a deck; a double one above 24 m.
TEST(PermitConflict, ADeckUnderTheHigherWorkLiftsWhatNamesIt) {
  Json above = rule("height", "height", true, "block");
  above.set("vertical", "above").set("deck_from_m", 0).set("double_over_m", 24);
  ConflictRules rules = rules_from(Json::array({above, rule("height", "height", false, "medium")}));
  PermitPlace upper = place(1, "height", {0, 0});
  upper.work_m = 24;
  PermitPlace lower = place(2, "height", {1, 0});
  lower.work_m = 5;
  auto is_hard = [&] {
    auto found = of_two(upper, lower, rules);
    auto turned = of_two(lower, upper, rules);
    EXPECT_EQ(found.size(), 1u) << "work above work stays cross work";
    EXPECT_EQ(turned.size(), 1u);
    EXPECT_EQ(found.at(0).is_hard, turned.at(0).is_hard) << "whoever asks";
    return found.at(0).is_hard;
  };
  EXPECT_TRUE(is_hard());
  lower.deck = Deck::Double;
  EXPECT_TRUE(is_hard()) << "a deck under the lower work protects nobody from the upper";
  lower.deck = Deck::None;
  upper.deck = Deck::Single;
  EXPECT_FALSE(is_hard());
  upper.work_m = 24.1;
  EXPECT_TRUE(is_hard()) << "above 24 m the deck is double";
  upper.deck = Deck::Double;
  EXPECT_FALSE(is_hard());
  lower.work_m = upper.work_m;
  EXPECT_TRUE(is_hard()) << "at one height each is under the other's fall";
  rules[0].deck_from_m.reset();
  lower.work_m = 5;
  EXPECT_TRUE(is_hard()) << "no deck lifts a rule that names none";
}

TEST(PermitConflict, AnswersTheGravestRuleOfAPair) {
  ConflictRules rules = rules_from(Json::array({rule("hot", "confined", false, "high"),
                                                rule("confined", "hot", false, "critical"),
                                                rule("hot", "confined", true, "block")}));
  rules[2].within_m = 5;
  auto near = of_two(place(1, "hot", {0, 0}), place(2, "confined", {4, 0}), rules);
  ASSERT_EQ(near.size(), 1u);
  EXPECT_EQ(near[0].rule, 2u);
  auto beside = of_two(place(1, "hot", {0, 0}), place(2, "confined", {9, 0}), rules);
  ASSERT_EQ(beside.size(), 1u);
  EXPECT_EQ(beside[0].level, ConflictLevel::Critical);
}

TEST(PermitConflict, BetweenLinkedPermitsOnlyHardRulesHold) {
  ConflictRules rules = rules_from(Json::array(
      {rule("hot", "confined", false, "critical"), rule("hot", "blinding", true, "block")}));
  PermitPlace parent = place(1, "confined", {0, 0});
  PermitPlace hot = place(2, "hot", {0, 0});
  PermitPlace blind = place(3, "blinding", {0, 0});
  parent.family = hot.family = blind.family = parent.id;
  EXPECT_TRUE(of_two(hot, parent, rules).empty());
  EXPECT_EQ(of_two(hot, blind, rules).size(), 1u);
}

TEST(PermitConflict, TwoBlindsMindTheirPipe) {
  Json row = rule("blinding", "blinding", true, "block");
  row.set("same", "pipe");
  ConflictRules rules = rules_from(Json::array({row}));
  PermitPlace a = place(1, "blinding", {0, 0});
  PermitPlace b = place(2, "blinding", {1, 0});
  EXPECT_TRUE(of_two(a, b, rules).empty());
  a.pipe = b.pipe = "P-101";
  EXPECT_EQ(of_two(a, b, rules).size(), 1u);
}

TEST(PermitConflict, WithoutAPointTheZoneCountsAndAnUnknownZoneIsNear) {
  std::ifstream file("packs/plant/plan/plant.geojson");
  std::ostringstream text;
  text << file.rdbuf();
  Json drawing = parse_json(text.str(), twin::kPlanBytesMax).value();
  twin::Plan plan = twin::Plan::parse(drawing).value();
  ConflictRules rules = rules_from(Json::array({rule("hot", "state:vent", true, "block")}));
  rules[0].within_m = 30;
  const twin::Zone& zone = plan.zones().front();
  PermitPlace hot{.id = {Uuid{{1}}},
                  .kind = "hot",
                  .area = zone.code,
                  .from = kNow,
                  .to = kNow + Duration::hours(1)};
  PermitPlace vent{.kind = "state:vent", .area = zone.code, .to = Instant{INT64_MAX}};
  EXPECT_EQ(conflicts(hot, {&vent, 1}, rules, plan).size(), 1u);
  vent.area = "nowhere";
  EXPECT_EQ(conflicts(hot, {&vent, 1}, rules, plan).size(), 1u);
  vent.at = twin::Point{zone.box.low.x - 31, zone.box.low.y};
  EXPECT_TRUE(conflicts(hot, {&vent, 1}, rules, plan).empty());
  vent.at = twin::Point{(zone.box.low.x + zone.box.high.x) / 2, zone.box.low.y};
  EXPECT_EQ(conflicts(hot, {&vent, 1}, rules, plan).size(), 1u);
}

TEST(PermitConflict, RefusesRulesThatSayNothing) {
  auto field_of = [](Json row) {
    auto rules = conflict_rules_from(Json::array({std::move(row)}));
    return rules ? std::string() : rules.error().field;
  };
  EXPECT_EQ(field_of(rule("", "hot", true, "block")), "a");
  EXPECT_EQ(field_of(rule("hot", "", true, "block")), "b");
  EXPECT_EQ(field_of(rule("hot", "hot", true, "grave")), "level");
  EXPECT_EQ(field_of(rule("hot", "hot", true, "block").set("vertical", "beside")), "vertical");
  EXPECT_EQ(field_of(rule("hot", "hot", true, "block").set("same", "name")), "same");
  EXPECT_TRUE(rules_from(Json()).empty());
}

// ---- properties over random plants ----

constexpr std::array<std::string_view, 4> kKinds{"hot", "confined", "height", "state:vent"};

class Plants {
 public:
  explicit Plants(uint64_t seed) : random_(seed) {}

  uint64_t below(uint64_t end) { return random_.below(end); }
  double metres() { return static_cast<double>(below(20'000)) / 100; }

  PermitPlace any(uint8_t id) {
    PermitPlace made = place(id, kKinds[below(kKinds.size())], {metres(), metres()});
    made.radius_m = static_cast<double>(below(40));
    made.z_low_m = static_cast<double>(below(30));
    made.z_high_m = made.z_low_m + static_cast<double>(below(10));
    made.from = kNow + Duration::hours(static_cast<int64_t>(below(24)));
    made.to = made.from + Duration::hours(static_cast<int64_t>(1 + below(12)));
    made.family = {Uuid{{static_cast<uint8_t>(200 + below(20))}}};
    return made;
  }

  ConflictRules rules() {
    Json rows = Json::array();
    for (int i = 0; i < 8; ++i) {
      bool is_hard = below(3) == 0;
      constexpr std::array kLevels{"low", "medium", "high", "critical", "block"};
      Json row = rule(kKinds[below(kKinds.size())], kKinds[below(kKinds.size())], is_hard,
                      kLevels[below(kLevels.size())]);
      if (below(2) == 0) row.set("within_m", static_cast<int64_t>(below(60)));
      constexpr std::array kWays{"any", "above", "band"};
      row.set("vertical", kWays[below(kWays.size())]);
      rows.push(std::move(row));
    }
    return rules_from(rows);
  }

 private:
  SeededRandom random_;
};

// The definition in the header, word for word, over all pairs and rules.
struct Plain {
  bool is_hit = false;
  bool is_hard = false;
  ConflictLevel level = ConflictLevel::Low;
};

bool meets(const ConflictRule& rule, const PermitPlace& a, const PermitPlace& b) {
  if (rule.a != a.kind || rule.b != b.kind) return false;
  double gap = twin::distance_m(*a.at, *b.at);
  double reach = rule.within_m ? *rule.within_m : a.radius_m + b.radius_m;
  if (gap >= reach && gap > 0) return false;
  if (rule.vertical == ConflictRule::Vertical::Above) return a.z_high_m > b.z_low_m;
  if (rule.vertical == ConflictRule::Vertical::Band) {
    return std::max(a.z_low_m, b.z_low_m) <= std::min(a.z_high_m, b.z_high_m);
  }
  return true;
}

Plain plainly(const PermitPlace& a, const PermitPlace& b, const ConflictRules& rules) {
  Plain worst;
  if (std::max(a.from, b.from) >= std::min(a.to, b.to)) return worst;
  for (const ConflictRule& rule : rules) {
    if (!rule.is_hard && a.family == b.family) continue;
    if (!meets(rule, a, b) && !meets(rule, b, a)) continue;
    bool is_worse = !worst.is_hit ||
                    std::pair(rule.is_hard, rule.level) > std::pair(worst.is_hard, worst.level);
    if (is_worse) worst = {true, rule.is_hard, rule.level};
  }
  return worst;
}

TEST(PermitConflictProperty, EqualsBruteForceAndIsSymmetric) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Plants plants(seed);
    ConflictRules rules = plants.rules();
    std::vector<PermitPlace> all;
    for (uint8_t i = 1; i <= 30; ++i) all.push_back(plants.any(i));
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto found = conflicts(all[i], all, rules, no_plan());
      std::size_t next = 0;
      for (std::size_t j = 0; j < all.size(); ++j) {
        Plain expected = i == j ? Plain{} : plainly(all[i], all[j], rules);
        bool is_found = next < found.size() && found[next].other == j;
        ASSERT_EQ(is_found, expected.is_hit) << "seed " << seed << ", " << i << " and " << j;
        if (!is_found) continue;
        EXPECT_EQ(found[next].level, expected.level) << "seed " << seed;
        EXPECT_EQ(found[next].is_hard, expected.is_hard) << "seed " << seed;
        auto back = of_two(all[j], all[i], rules);
        ASSERT_EQ(back.size(), 1u) << "seed " << seed;
        EXPECT_EQ(back[0].rule, found[next].rule) << "seed " << seed;
        EXPECT_DOUBLE_EQ(back[0].gap_m, found[next].gap_m);
        ++next;
      }
      EXPECT_EQ(next, found.size());
    }
  }
}

TEST(PermitConflictProperty, WhoConflictsStillDoesFromNearer) {
  for (uint64_t seed = 1; seed <= 2'000; ++seed) {
    Plants plants(seed);
    ConflictRules rules = plants.rules();
    PermitPlace a = plants.any(1);
    PermitPlace b = plants.any(2);
    auto grave = [&](double part) {
      PermitPlace nearer = b;
      nearer.at = twin::between(*a.at, *b.at, part);
      auto found = of_two(a, nearer, rules);
      if (found.empty()) return -1;
      return static_cast<int>(found[0].level) + (found[0].is_hard ? 10 : 0);
    };
    int last = -1;
    for (double part : {1.0, 0.7, 0.4, 0.1, 0.0}) {
      int now = grave(part);
      EXPECT_GE(now, last) << "seed " << seed << " at " << part;
      last = now;
    }
  }
}

}  // namespace
}  // namespace anlan::ehs

#include "ehs/permit_conflict.h"

#include <algorithm>
#include <array>
#include <map>

namespace anlan::ehs {
namespace {

constexpr std::array<std::string_view, 5> kLevels{"low", "medium", "high", "critical", "block"};
constexpr std::size_t kRulesMax = 1'000;  // of one regime

using Vertical = ConflictRule::Vertical;

std::unexpected<Error> bad_row(std::size_t at, std::string_view member) {
  return refuse(ErrorCode::BadModel, "conflicts, row " + std::to_string(at), std::string(member));
}

std::optional<Vertical> vertical_of(std::string_view word) {
  if (word.empty() || word == "any") return Vertical::Any;
  if (word == "above") return Vertical::Above;
  if (word == "band") return Vertical::Band;
  return std::nullopt;
}

Result<ConflictRule> rule_from(const Json& row, std::size_t at) {
  ConflictRule rule{.a = row.text_or("a", ""),
                    .b = row.text_or("b", ""),
                    .is_hard = row.bool_or("hard", false),
                    .text = {row.text_or("text_zh", ""), row.text_or("text_en", "")},
                    .mark = row.text_or("mark", ""),
                    .source = row.text_or("source", "")};
  if (rule.a.empty()) return bad_row(at, "a");
  if (rule.b.empty()) return bad_row(at, "b");
  auto level = std::ranges::find(kLevels, row.text_or("level", ""));
  if (level == kLevels.end()) return bad_row(at, "level");
  rule.level = static_cast<ConflictLevel>(level - kLevels.begin());
  if (row["within_m"].is_number()) rule.within_m = row["within_m"].as_double();
  if (row["deck_from_m"].is_number()) rule.deck_from_m = row["deck_from_m"].as_double();
  if (row["double_over_m"].is_number()) rule.double_over_m = row["double_over_m"].as_double();
  auto vertical = vertical_of(row.text_or("vertical", ""));
  if (!vertical) return bad_row(at, "vertical");
  rule.vertical = *vertical;
  std::string same = row.text_or("same", "");
  if (!same.empty() && same != "pipe") return bad_row(at, "same");
  rule.is_same_pipe = same == "pipe";
  return rule;
}

double distance_to_zone(twin::Point at, const twin::Zone& zone) {
  if (twin::is_inside(zone.outline, at)) return 0;
  double nearest = twin::distance_m(at, zone.outline.front());
  for (std::size_t i = 0; i < zone.outline.size(); ++i) {
    twin::Segment side{zone.outline[i], zone.outline[(i + 1) % zone.outline.size()]};
    nearest = std::min(nearest, twin::distance_m(side, at));
  }
  return nearest;
}

bool is_meeting_in_height(const ConflictRule& rule, const PermitPlace& a, const PermitPlace& b) {
  switch (rule.vertical) {
    case Vertical::Any: return true;
    case Vertical::Above: return a.z_high_m > b.z_low_m;
    case Vertical::Band: return a.z_high_m >= b.z_low_m && b.z_high_m >= a.z_low_m;
  }
  return true;
}

// The deck under the higher of the two; under both where they work at one height.
bool is_decked(const ConflictRule& rule, const PermitPlace& a, const PermitPlace& b) {
  if (!rule.deck_from_m) return false;
  const PermitPlace& upper = a.work_m >= b.work_m ? a : b;
  bool is_level = a.work_m == b.work_m;
  Deck deck = is_level ? std::min(a.deck, b.deck) : upper.deck;
  if (deck == Deck::None || upper.work_m < *rule.deck_from_m) return false;
  bool needs_double = rule.double_over_m && upper.work_m > *rule.double_over_m;
  return !needs_double || deck == Deck::Double;
}

// `a` and `b` in the rule's order.
bool holds(const ConflictRule& rule, const PermitPlace& a, const PermitPlace& b, double gap) {
  if (rule.a != a.kind || rule.b != b.kind) return false;
  if (rule.is_same_pipe && (a.pipe.empty() || a.pipe != b.pipe)) return false;
  double reach = rule.within_m.value_or(a.radius_m + b.radius_m);
  bool is_near = gap < reach || gap <= 0;
  return is_near && is_meeting_in_height(rule, a, b) && !is_decked(rule, a, b);
}

bool is_linked(const PermitPlace& a, const PermitPlace& b) {
  return !a.family.is_nil() && a.family == b.family;
}

// Rules that name the kind of `one`, by the kind on the other side, the gravest first.
using ByKind = std::map<std::string, std::vector<std::size_t>, std::less<>>;

ByKind rules_for(const std::string& kind, const ConflictRules& rules) {
  ByKind by_kind;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].a == kind) by_kind[rules[i].b].push_back(i);
    bool is_other = rules[i].b == kind && rules[i].a != kind;
    if (is_other) by_kind[rules[i].a].push_back(i);
  }
  for (auto& [other, places] : by_kind) {
    std::ranges::stable_sort(places, [&](std::size_t x, std::size_t y) {
      return std::pair(rules[x].is_hard, rules[x].level) >
             std::pair(rules[y].is_hard, rules[y].level);
    });
  }
  return by_kind;
}

}  // namespace

std::string_view conflict_level_text(ConflictLevel level) {
  return kLevels[static_cast<std::size_t>(level)];
}

Result<ConflictRules> conflict_rules_from(const Json& decision) {
  ConflictRules rules;
  if (decision.is_null()) return rules;
  if (!decision.is_array()) return refuse(ErrorCode::BadModel, "conflicts is no list");
  if (decision.as_array().size() > kRulesMax) return refuse(ErrorCode::LimitReached, "conflicts");
  for (std::size_t at = 0; at < decision.as_array().size(); ++at) {
    rules.push_back(TRY(rule_from(decision.as_array()[at], at)));
  }
  return rules;
}

double gap_m(const PermitPlace& a, const PermitPlace& b, const twin::Plan& plan) {
  if (a.at && b.at) return twin::distance_m(*a.at, *b.at);
  if (!a.at && !b.at && a.area == b.area) return 0;
  const twin::Zone* zone_a = plan.find_zone(a.area);
  const twin::Zone* zone_b = plan.find_zone(b.area);
  bool is_unknown = (!a.at && zone_a == nullptr) || (!b.at && zone_b == nullptr);
  if (is_unknown) return 0;
  if (a.at) return distance_to_zone(*a.at, *zone_b);
  if (b.at) return distance_to_zone(*b.at, *zone_a);
  return plan.zone_gap_m(*zone_a, *zone_b);
}

std::vector<Conflict> conflicts(const PermitPlace& one, std::span<const PermitPlace> others,
                                const ConflictRules& rules, const twin::Plan& plan) {
  std::vector<Conflict> found;
  const ByKind by_kind = rules_for(one.kind, rules);
  for (std::size_t at = 0; at < others.size(); ++at) {
    const PermitPlace& other = others[at];
    bool is_itself = !one.id.is_nil() && one.id == other.id;
    bool is_apart = one.from >= other.to || other.from >= one.to;
    if (is_itself || is_apart) continue;
    auto candidates = by_kind.find(other.kind);
    if (candidates == by_kind.end()) continue;
    double gap = gap_m(one, other, plan);
    for (std::size_t rule : candidates->second) {
      if (!rules[rule].is_hard && is_linked(one, other)) continue;
      bool is_hit = holds(rules[rule], one, other, gap) || holds(rules[rule], other, one, gap);
      if (!is_hit) continue;
      found.push_back({.other = at,
                       .rule = rule,
                       .level = rules[rule].level,
                       .is_hard = rules[rule].is_hard,
                       .gap_m = gap,
                       .from = std::max(one.from, other.from),
                       .to = std::min(one.to, other.to)});
      break;
    }
  }
  return found;
}

}  // namespace anlan::ehs

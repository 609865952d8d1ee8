#pragma once
// Work that endangers other work: permits, and states of the plant, that meet in time and space.
// Pure: which pairs may not meet is the pack's decision `conflicts`, the places are passed in.
//
// A pair of places meets a rule when
//   - their kinds are the rule's `a` and `b`, in either order;
//   - their times overlap;
//   - the gap between them on the ground is less than the rule's `within_m`, else than the sum of
//     both radii, or there is none;
//   - their height bands are as the rule says;
//   - where a protective deck lifts the rule: the higher of the two has none that is enough.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/id.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time.h"
#include "twin/twin.h"

namespace anlan::ehs {

// The protective deck under work at height that is recorded and accepted.
enum class Deck { None, Single, Double };

// Where and when something goes on. A state of the plant has the kind "state:vent", "state:drain",
// ... and no id.
struct PermitPlace {
  RecordId id{};
  std::string kind{};
  std::string area{};                // code
  std::optional<twin::Point> at{};   // nothing: somewhere in the area
  double radius_m = 0;               // reach of the work
  double z_low_m = 0, z_high_m = 3;  // over the ground
  Instant from{}, to{};
  std::string pipe{};  // of a blind
  RecordId family{};   // the same for linked permits: the outermost parent
  std::string name{};  // of a state: what causes it
  double work_m = 0;   // height of the work over the ground: how far somebody or something falls
  Deck deck = Deck::None;
};

enum class ConflictLevel { Low, Medium, High, Critical, Block };
std::string_view conflict_level_text(ConflictLevel level);

struct ConflictRule {
  enum class Vertical { Any, Above, Band };

  std::string a, b;
  bool is_hard = false;
  ConflictLevel level = ConflictLevel::Medium;
  std::optional<double> within_m{};
  // Above: `a` reaches higher than the foot of `b`. Band: their heights overlap.
  Vertical vertical = Vertical::Any;
  bool is_same_pipe = false;  // holds only where both name the same pipe
  // A deck under the higher of the two lifts the rule from this height of fall on, in metres; over
  // `double_over_m` only a double one does. Nothing: no deck lifts it. The fall counts to the
  // ground, wherever the other works.
  std::optional<double> deck_from_m{}, double_over_m{};
  LocalText text{};
  std::string mark{}, source{};
};
using ConflictRules = std::vector<ConflictRule>;

// As the decision `conflicts` answers: a list of {a, b, hard, level, within_m, vertical, same,
// text_zh, text_en, mark, source, deck_from_m?, double_over_m?}. BadModel names the row and its
// member.
Result<ConflictRules> conflict_rules_from(const Json& decision);

struct Conflict {
  std::size_t other = 0;  // index among the others
  std::size_t rule = 0;   // index among the rules: the gravest that holds
  ConflictLevel level = ConflictLevel::Low;
  bool is_hard = false;
  double gap_m = 0;
  Instant from{}, to{};  // when both go on
};

// With each of the others at most one, the gravest: hard before scored, then by level, then in the
// order of the rules. Linked permits are one job: only hard rules hold between them. What is
// scored low is answered too; whoever shows it decides.
std::vector<Conflict> conflicts(const PermitPlace& one, std::span<const PermitPlace> others,
                                const ConflictRules& rules, const twin::Plan& plan);

// On the ground, 0 where they touch. Without a point the whole zone counts; a zone that the plan
// does not know may lie next to anything.
double gap_m(const PermitPlace& a, const PermitPlace& b, const twin::Plan& plan);

}  // namespace anlan::ehs

#pragma once
// What is alarmed: one row of the master alarm database (ISA-18.2, clause 6: rationalized alarms).

#include <string>
#include <string_view>
#include <vector>

#include "core/id.h"
#include "core/result.h"
#include "core/text.h"
#include "core/time.h"
#include "history/history.h"

namespace anlan::alarms {

// The evaluator keeps about 100 bytes a tag and 60 a definition; a large plant has 100,000 tags.
inline constexpr history::TagIndex kTagsMax = 1 << 22;
inline constexpr std::size_t kDefinitionsMax = 1 << 22;
// A delay of a day is a mistake of typing; ours are seconds.
inline constexpr Duration kDelayMax = Duration::days(1);

// A rate is taken over at least a second and at most an hour.
inline constexpr Duration kWindowMin = Duration::seconds(1);
inline constexpr Duration kWindowMax = Duration::hours(1);
inline constexpr int kVotesOfMax = 32;

// Words are stored; never rename. On and Off are for digital tags (a value of 0.5 and above is on);
// Stale alarms when no good value came for on_delay. Rise and Fall: the value moves by `limit` and
// more in a minute, taken over `window`. Deviation: it is `limit` and more away from the value of
// the tag `reference`. Stuck: it did not move by more than `deadband` for on_delay. Formula: the
// FEEL condition `formula` over `inputs` is true; false is back, and anything else is neither.
enum class Kind {
  HighHigh,
  High,
  Low,
  LowLow,
  On,
  Off,
  Stale,
  Rise,
  Fall,
  Deviation,
  Stuck,
  Formula
};  // "hh","h","l","ll","on","off","stale","rise","fall","deviation","stuck","formula"

// A tag under the name that a formula calls it by.
struct FormulaInput {
  std::string name;
  history::TagIndex tag = 0;

  bool operator==(const FormulaInput&) const = default;
};
inline constexpr std::size_t kFormulaInputsMax = 8;
inline constexpr std::size_t kFormulaCharsMax = 500;

struct Definition {
  RecordId id{};     // of the record of form `alarm_limit`
  std::string code;  // "GAS-2107.HH"
  LocalText name;
  std::string tag_code;
  history::TagIndex tag = 0;
  Kind kind = Kind::High;
  double limit = 0;     // in the tag's unit; on the limit is over it
  double deadband = 0;  // clears at limit - deadband (high kinds) or limit + deadband (low kinds)
  Duration on_delay{};  // Stale: how long without a good value; Stuck: without a move
  Duration off_delay{};
  Duration window{};                   // Rise and Fall
  history::TagIndex reference = 0;     // Deviation
  std::string formula{};               // Formula
  std::vector<FormulaInput> inputs{};  // Formula; `tag` is one of them
  // Active once `votes` of the last `of` samples are over: a spike alone is no alarm. 1 of 1:
  // plain.
  int votes = 1;
  int of = 1;
  int priority = 3;          // 1 highest to 4
  bool is_latching = false;  // gas, fire, ESD: cleared alarms stay until reset
  bool is_safety = false;    // gas-safety: no on-delay, never shelved by one person alone
  int gas_level = 0;         // 1 or 2: level of GB/T 50493; 0: no gas alarm
  // While the condition of that alarm is active this one is suppressed by design: its consequence,
  // or without a meaning while equipment stands still. Nil: none. Never of a safety or gas alarm.
  RecordId cause{};
  std::string group;  // of those that name one group the first active one is the first out
  std::string unit;
  std::string area;      // code of the area
  std::string org_path;  // of the area: who sees it
};

std::string_view kind_text(Kind kind);
Result<Kind> parse_kind(std::string_view text);
// BadField names the member: a deadband below 0, an on-delay on a safety alarm (the delay of Stale
// and Stuck is what they measure, so those have one), a priority outside 1 to 4 and so on.
Result<void> check_definition(const Definition& definition);

}  // namespace anlan::alarms

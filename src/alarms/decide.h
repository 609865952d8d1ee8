#pragma once
// The decider of alarms: an event and the state as it is, to a Change (rows alarm_state and
// alarm_journal, an event on topic "alarm") or a refusal. Every change of state is journaled, also
// while nothing is annunciated.
//
// Change: act "alarm.raise", "alarm.clear", "alarm.acknowledge", "alarm.reset", "alarm.shelve",
// "alarm.unshelve", "alarm.take_out", "alarm.put_back", "alarm.suppress", "alarm.unsuppress",
// "alarm.remove", "alarm.note"; subject "alarm" with the definition's id. Event payload:
// {"alarm","code","occurrence","letter", "priority","is_new","area","org_path","gas_level"}.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "access/access.h"
#include "alarms/chatter.h"
#include "alarms/state.h"
#include "store/store.h"

namespace anlan::alarms {

std::vector<store::Migration> migrations();

struct Around {
  store::View& view;
  Actor actor;
  Instant now;
  IdMaker& ids;
};

struct Raised {  // from the evaluator
  double value = 0;
  history::Quality quality = history::Quality::Good;
  Instant at{}, received{};
};
struct Cleared {
  double value = 0;
  history::Quality quality = history::Quality::Good;
  Instant at{}, received{};
};
// That very occurrence: the newest, or a branch. WrongState for one that is there no more.
// Longer than that is no maintenance any more: it is judged anew whether the alarm is needed.
inline constexpr Duration kOutMax = Duration::days(30);
struct Acknowledge {
  std::string occurrence;
  std::string comment;
};
struct Reset {  // of a latched, acknowledged alarm (F); else WrongState
  std::string comment;
};
struct ShelveIt {                  // while neither shelved, suppressed nor out of service
  std::optional<Duration> length;  // 1 min to 12 h; nothing: one-shot
  std::string reason;              // required
  PersonId second_person{};        // is_safety: required, another person (SeparationOfDuty)
};
struct Unshelve {};
struct TakeOut {  // out of service
  std::string reason;
  PersonId second_person{};          // as for ShelveIt: else it would be the way round
  std::optional<Duration> length{};  // 1 h to kOutMax; nothing: kOutMax
  std::string link{};                // "form/id" of what it is out for
};
// By a person at any time, by the clock when its time is over.
struct PutBack {};
struct Suppress {
  std::string reason;
};
struct Unsuppress {
  std::string reason;
};
// Its definition is gone: whatever the alarm was it is normal now, as nothing could end it any
// more.
struct Removed {
  std::string reason;
};
// Changes no state: only keeps what the definition is called now.
struct Noted {};
using Event = std::variant<Raised, Cleared, Acknowledge, Reset, ShelveIt, Unshelve, TakeOut,
                           PutBack, Suppress, Unsuppress, Removed, Noted>;

// An occurrence that was raised anew before anybody acknowledged it lives on beside the new one
// until it is acknowledged itself (OPC UA part 9: a branch). At most kBranchesMax of one alarm:
// what comes above is folded into the newest, and the journal says so ("folded").
struct Branch {
  std::string occurrence;
  Instant raised_at{}, cleared_at{};
  double value = 0;
};
inline constexpr std::size_t kBranchesMax = 16;
// Oldest first.
Result<std::vector<Branch>> branches_of(store::View& view, RecordId definition);

struct Decision {
  store::Change change;              // without rows where nothing changed
  State state;                       // after it
  bool is_new_annunciation = false;  // a person must be told now
};

// Leaving the last of shelf, suppression and out of service judges anew: an active condition is
// annunciated again as a new occurrence (B), any other alarm is normal (A), a latched one too.
// Repeating what is so already changes nothing for Raised, Cleared, Suppress and Unsuppress (they
// come from machines), and is WrongState for the others.
// WrongState, MissingField, BadField, SeparationOfDuty, LimitReached; Forbidden where what only a
// person may do (acknowledge, reset, shelve, take out, put back) comes from something else.
Result<Decision> decide(const Around& around, const Definition& definition, const Event& event);

// What a definition was called when it last changed its state: the journal and the measures tell of
// it also when it is gone, and rows are scoped by its place. Of the members only id, code, name,
// tag_code, area, org_path, kind and priority are set: enough for Removed.
Result<std::map<RecordId, Definition>> known_definitions(store::View& view);
Result<std::optional<Definition>> known_definition(store::View& view, RecordId id);
// Whether two say the same of what is known.
bool is_known_as(const Definition& one, const Definition& other);
// Whether rows of that area and org_path are for the reader; empty: all are.
using IsVisible = std::function<bool(const std::string& area, const std::string& org_path)>;

// One part of what followed from the event failed: the journal says which ("alarm.follow_failed").
store::Change note_failure(const Around& around, const Definition& definition,
                           const std::string& part, const Error& error);

Result<State> state_of(store::View& view, RecordId definition);
// Everything that is not A, or has branches.
Result<std::vector<RecordId>> open_definitions(store::View& view);
// Those that ever were anything but normal.
Result<std::vector<RecordId>> told_definitions(store::View& view);
// Shelves that ran out: to be Unshelved by the engine's clock.
Result<std::vector<RecordId>> expired_shelves(store::View& view, Instant now);
// Out of service whose time is over: to be PutBack.
Result<std::vector<RecordId>> expired_service_breaks(store::View& view, Instant now);
Result<std::vector<RecordId>> active_definitions(store::View& view);
// Active and not taken out of service: the danger is there, whoever has seen or shelved it.
Result<std::vector<RecordId>> standing_definitions(store::View& view);
// Out of service or suppressed: nobody would hear of the danger.
Result<std::vector<RecordId>> bypassed_definitions(store::View& view);
// By which causes (codes) an alarm is suppressed by design, of those that are.
Result<std::map<RecordId, std::vector<std::string>>> suppressed_definitions(store::View& view);
// Whether somebody still has to acknowledge that occurrence.
Result<bool> is_waiting_for_ack(store::View& view, RecordId definition,
                                std::string_view occurrence);
// An array of state_json with "branches" ([{"occurrence","raised_at","cleared_at","value"}], oldest
// first) of everything but A without branches: unacknowledged first, then high priority (as it was
// at the last change), then the newest. At most kOpenMax.
inline constexpr std::size_t kOpenMax = 2000;  // a screen shows 30; counts() stays true above it
Result<Json> open_alarms(store::View& view, const IsVisible& is_visible = {});
struct JournalWish {
  std::optional<RecordId> definition{};
  std::string tag{}, area{}, kind{}, act{};  // empty: any
  std::optional<Instant> from{}, to{};       // from <= at < to
  std::string before{};                      // id of the last row of the page before
  std::size_t count = 100;                   // at most kJournalRowsMax
};
inline constexpr std::size_t kJournalRowsMax = 500;
// An array, newest first: {"id","at","alarm","code","name","tag","area","occurrence","act",
// "letter_before","letter","is_new","value","actor":{"kind","person"},"comment","detail"}. `detail`
// has what belongs to the act: source_at, received_at, quality, until, second_person. BadField for
// a `before` that is no row.
Result<Json> journal(store::View& view, const JournalWish& wish, const IsVisible& is_visible = {});
// How often the alarm was raised anew since then.
Result<int64_t> occurrences_since(store::View& view, RecordId definition, Instant since);
// {"active","unacked","branches","shelved","suppressed","out_of_service","priorities",
// "annunciated_10min","is_flood"}; `priorities` says how many of each one B to F are there. Flood
// begins above 10 annunciations in 10 min and ends below 5 (ISA-18.2).
Result<Json> counts(store::View& view, Instant now);

// How often one alarm came within kRepeatWindow, and with which values.
struct Repeats {
  int64_t count = 0;
  Instant first{}, last{};
  double least = 0, most = 0;
  bool is_chattering = false;  // by the rule
};
inline constexpr Duration kRepeatWindow = Duration::minutes(10);
// Of those that came at least twice.
Result<std::map<RecordId, Repeats>> repeats(store::View& view, Instant now,
                                            const ChatterRule& rule);
// Load and flood of each operator position by itself: `position_of` says whose an alarm is.
struct Load {
  int64_t annunciated_10min = 0;
  bool is_flood = false;
};
using PositionOf = std::function<std::string(RecordId definition)>;
Result<std::map<std::string, Load>> loads(store::View& view, Instant now,
                                          const PositionOf& position_of);

}  // namespace anlan::alarms

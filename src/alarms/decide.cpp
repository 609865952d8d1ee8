#include "alarms/decide.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "alarms/tables.h"
#include "core/limits.h"

namespace anlan::alarms {
namespace {

constexpr Duration kShelfMin = Duration::minutes(1);
constexpr Duration kShelfMax = Duration::hours(12);  // one shift; longer is out of service
constexpr Duration kOutMin = Duration::hours(1);
constexpr std::size_t kReasonsMax = 16;  // logics that suppress one alarm

// One event on its way through the figure: what it makes of the state, and what the journal says.
struct Act {
  const Around& around;
  const Definition& definition;
  State state;
  std::string name{};
  std::string comment{};
  Json detail = Json::object();
  bool is_new = false;
  std::vector<store::RowChange> rows{};  // of branches
  std::string occurrence{};              // that the act is about; empty: the newest
};

std::unexpected<Error> wrong_state(const Act& act, const std::string& why) {
  return refuse(ErrorCode::WrongState, act.definition.code + ": " + why);
}

Result<void> need_person(const Act& act) {
  const Actor& actor = act.around.actor;
  bool is_person = actor.kind == Actor::Kind::Person || actor.kind == Actor::Kind::Token;
  if (is_person && !actor.person.is_nil()) return {};
  return refuse(ErrorCode::Forbidden, act.name + " is for a person");
}

Result<void> check_text(const std::string& text, const std::string& field) {
  if (!is_utf8(text) || text.contains('\0')) {
    return refuse(ErrorCode::BadField, "no text", field);
  }
  if (count_chars(text) > limits::kTextCharsMax) {
    return refuse(ErrorCode::BadField, "too long", field);
  }
  return {};
}

Result<void> need_reason(const std::string& reason) {
  TRY(check_text(reason, "reason"));
  if (trim(reason).empty()) return refuse(ErrorCode::MissingField, "why?", "reason");
  return {};
}

// A person must be told: a new occurrence, which only its own acknowledgement ends.
void annunciate(Act& act) {
  act.state.occurrence = format_uuid(act.around.ids.next());
  ++act.state.count;
  act.is_new = true;
}

void forget_acknowledgement(State& state) {
  state.is_acked = false;
  state.acked_at = {};
  state.acked_by = {};
}

// ISA-18.2: whoever leaves G, H or I is judged anew.
void judge_anew(Act& act) {
  act.state.is_latched = false;
  if (!act.state.is_active) {
    act.state.is_acked = true;
    return;
  }
  forget_acknowledgement(act.state);
  annunciate(act);
}

// Nobody saw it and here comes the next: it lives on beside it.
Result<void> branch_off(Act& act) {
  const State& state = act.state;
  if (state.is_acked || state.occurrence.empty()) return {};
  auto branches = TRY(branches_of(act.around.view, act.definition.id));
  if (branches.size() >= kBranchesMax) {
    act.detail.set("folded", state.occurrence);
    return {};
  }
  act.rows.push_back(write_branch(act.definition.id, state));
  return {};
}

template <class Trip>
Result<void> take_sample(Act& act, const Trip& event) {
  if (!std::isfinite(event.value)) return refuse(ErrorCode::BadField, "no number", "value");
  act.state.value = event.value;
  act.state.quality = event.quality;
  act.detail.set("source_at", format_instant(event.at));
  act.detail.set("received_at", format_instant(event.received));
  act.detail.set("quality", quality_text(event.quality));
  return {};
}

Result<void> happen(Act& act, const Raised& event) {
  act.name = "alarm.raise";
  State& state = act.state;
  if (state.is_active) return {};
  if (state.is_annunciated()) TRY(branch_off(act));
  TRY(take_sample(act, event));
  state.is_active = true;
  state.is_latched = false;
  state.raised_at = event.at;
  state.received_at = event.received;
  state.cleared_at = {};
  forget_acknowledgement(state);
  if (state.is_annunciated()) annunciate(act);
  return {};
}

Result<void> happen(Act& act, const Cleared& event) {
  act.name = "alarm.clear";
  State& state = act.state;
  if (!state.is_active) return {};
  TRY(take_sample(act, event));
  state.is_active = false;
  state.cleared_at = event.at;
  state.is_latched = act.definition.is_latching && state.is_annunciated();
  bool is_one_shot = state.shelf && !state.shelf->until;
  if (is_one_shot) state.shelf.reset();
  return {};
}

// An earlier occurrence: nothing of the newer one changes.
Result<void> acknowledge_branch(Act& act, const Acknowledge& event) {
  auto branches = TRY(branches_of(act.around.view, act.definition.id));
  auto branch = std::ranges::find(branches, event.occurrence, &Branch::occurrence);
  if (branch == branches.end()) return wrong_state(act, "a newer one is there");
  act.rows.push_back(drop_branch(*branch));
  act.occurrence = event.occurrence;
  act.detail.set("branch", true);
  act.comment = event.comment;
  return {};
}

Result<void> happen(Act& act, const Acknowledge& event) {
  act.name = "alarm.acknowledge";
  State& state = act.state;
  TRY(need_person(act));
  if (event.occurrence.empty()) return refuse(ErrorCode::MissingField, "", "occurrence");
  TRY(check_text(event.comment, "comment"));
  if (event.occurrence != state.occurrence) return acknowledge_branch(act, event);
  if (!state.is_annunciated()) return wrong_state(act, "not annunciated");
  if (state.is_acked) return wrong_state(act, "acknowledged already");
  state.is_acked = true;
  state.acked_at = act.around.now;
  state.acked_by = act.around.actor.person;
  act.comment = event.comment;
  return {};
}

Result<void> happen(Act& act, const Reset& event) {
  act.name = "alarm.reset";
  State& state = act.state;
  TRY(need_person(act));
  TRY(check_text(event.comment, "comment"));
  if (state.letter() != 'F') return wrong_state(act, "only F can be reset");
  state.is_latched = false;
  act.comment = event.comment;
  return {};
}

Result<void> need_second_person(Act& act, PersonId second) {
  if (second.is_nil()) {
    if (!act.definition.is_safety) return {};
    return refuse(ErrorCode::MissingField, "a safety alarm needs two", "second_person");
  }
  if (second == act.around.actor.person) {
    return refuse(ErrorCode::SeparationOfDuty, "the second person is the first", "second_person");
  }
  act.detail.set("second_person", second.text());
  return {};
}

Result<void> happen(Act& act, const ShelveIt& event) {
  act.name = "alarm.shelve";
  TRY(need_person(act));
  TRY(need_reason(event.reason));
  if (event.length && (*event.length < kShelfMin || *event.length > kShelfMax)) {
    return refuse(ErrorCode::BadField, "1 min to 12 h", "length");
  }
  TRY(need_second_person(act, event.second_person));
  if (!act.state.is_annunciated()) return wrong_state(act, "not annunciated");
  Shelf shelf{.reason = event.reason, .by = act.around.actor.person, .since = act.around.now};
  if (event.length) shelf.until = act.around.now + *event.length;
  act.detail.set("until", shelf.until ? Json(format_instant(*shelf.until)) : Json());
  act.state.shelf = std::move(shelf);
  act.comment = event.reason;
  return {};
}

Result<void> happen(Act& act, const Unshelve&) {
  act.name = "alarm.unshelve";
  if (!act.state.shelf) return wrong_state(act, "not shelved");
  act.state.shelf.reset();
  return {};
}

void end_service_break(State& state) {
  state.is_out_of_service = false;
  state.out_reason.clear();
  state.out_until.reset();
  state.out_link.clear();
}

Result<void> happen(Act& act, const TakeOut& event) {
  act.name = "alarm.take_out";
  TRY(need_person(act));
  TRY(need_reason(event.reason));
  Duration length = event.length.value_or(kOutMax);
  if (length < kOutMin || length > kOutMax) {
    return refuse(ErrorCode::BadField, "1 h to 30 days", "hours");
  }
  TRY(need_second_person(act, event.second_person));
  if (act.state.is_out_of_service) return wrong_state(act, "out of service already");
  act.state.is_out_of_service = true;
  act.state.out_reason = event.reason;
  act.state.out_until = act.around.now + length;
  act.state.out_link = event.link;
  act.detail.set("until", format_instant(*act.state.out_until));
  if (!event.link.empty()) act.detail.set("link", event.link);
  act.comment = event.reason;
  return {};
}

Result<void> happen(Act& act, const PutBack&) {
  act.name = "alarm.put_back";
  bool is_over = act.state.out_until && *act.state.out_until <= act.around.now;
  if (!is_over) TRY(need_person(act));
  if (!act.state.is_out_of_service) return wrong_state(act, "in service");
  end_service_break(act.state);
  return {};
}

Result<void> happen(Act& act, const Suppress& event) {
  act.name = "alarm.suppress";
  TRY(need_reason(event.reason));
  std::vector<std::string>& reasons = act.state.suppressed_by;
  auto at = std::ranges::lower_bound(reasons, event.reason);
  if (at != reasons.end() && *at == event.reason) return {};
  if (reasons.size() >= kReasonsMax) {
    return refuse(ErrorCode::LimitReached, "too many reasons to suppress", "reason");
  }
  reasons.insert(at, event.reason);
  act.comment = event.reason;
  return {};
}

Result<void> happen(Act& act, const Unsuppress& event) {
  act.name = "alarm.unsuppress";
  TRY(need_reason(event.reason));
  if (std::erase(act.state.suppressed_by, event.reason) > 0) act.comment = event.reason;
  return {};
}

Result<void> happen(Act& act, const Removed& event) {
  act.name = "alarm.remove";
  TRY(need_reason(event.reason));
  State& state = act.state;
  auto branches = TRY(branches_of(act.around.view, act.definition.id));
  for (const Branch& branch : branches) act.rows.push_back(drop_branch(branch));
  if (state.is_active) state.cleared_at = act.around.now;
  state.is_active = false;
  state.is_acked = true;
  state.is_latched = false;
  state.shelf.reset();
  state.suppressed_by.clear();
  end_service_break(state);
  act.comment = event.reason;
  return {};
}

Result<void> happen(Act& act, const Noted&) {
  act.name = "alarm.note";
  return {};
}

const std::string& occurrence_of(const Act& act) {
  return act.occurrence.empty() ? act.state.occurrence : act.occurrence;
}

Json payload_of(const Act& act) {
  const Definition& definition = act.definition;
  return Json::object({{"alarm", definition.id.text()},
                       {"code", definition.code},
                       {"occurrence", occurrence_of(act)},
                       {"letter", std::string(1, act.state.letter())},
                       {"priority", definition.priority},
                       {"is_new", act.is_new},
                       {"area", definition.area},
                       {"org_path", definition.org_path},
                       {"gas_level", definition.gas_level}});
}

// For the ledger: no comment, as people write names into those.
Json ledger_detail(const Act& act, char letter_before) {
  Json detail = Json::object({{"code", act.definition.code},
                              {"occurrence", occurrence_of(act)},
                              {"letter_before", std::string(1, letter_before)},
                              {"letter", std::string(1, act.state.letter())}});
  for (const auto& [name, value] : act.detail.as_object()) detail.set(name, value);
  return detail;
}

Result<store::Change> change_of(const Act& act, const StateRow& before) {
  const Around& around = act.around;
  store::Change change{.actor = around.actor,
                       .act = act.name,
                       .subject_kind = "alarm",
                       .subject_id = act.definition.id.text(),
                       .at = around.now};
  bool is_note = act.name == "alarm.note";
  if (act.state == before.state && act.rows.empty() && !is_note) return change;
  auto known = TRY(know(around.view, act.definition));
  if (known) change.rows.push_back(std::move(*known));
  if (is_note) return change;
  JournalEntry entry{.id = around.ids.next(),
                     .at = around.now,
                     .definition = act.definition.id,
                     .occurrence = occurrence_of(act),
                     .act = act.name,
                     .letter_before = before.state.letter(),
                     .letter = act.state.letter(),
                     .is_new = act.is_new,
                     .value = act.state.value,
                     .actor = around.actor,
                     .comment = act.comment,
                     .detail = act.detail};
  change.rows.insert(change.rows.end(), act.rows.begin(), act.rows.end());
  if (act.state != before.state) {
    change.rows.push_back(write_state(act.definition, act.state, before.version));
  }
  change.rows.push_back(write_entry(entry));
  change.events.push_back({"alarm", payload_of(act)});
  change.detail = ledger_detail(act, before.state.letter());
  return change;
}

}  // namespace

store::Change note_failure(const Around& around, const Definition& definition,
                           const std::string& part, const Error& error) {
  store::Change change{.actor = around.actor,
                       .act = "alarm.follow_failed",
                       .subject_kind = "alarm",
                       .subject_id = definition.id.text(),
                       .at = around.now};
  change.detail = Json::object({{"code", definition.code},
                                {"part", part},
                                {"error", error_text(error.code).code},
                                {"field", error.field}});
  change.rows.push_back(write_entry({.id = around.ids.next(),
                                     .at = around.now,
                                     .definition = definition.id,
                                     .act = change.act,
                                     .actor = around.actor,
                                     .detail = change.detail}));
  return change;
}

Result<Decision> decide(const Around& around, const Definition& definition, const Event& event) {
  StateRow before = TRY(read_state(around.view, definition.id));
  Act act{.around = around, .definition = definition, .state = before.state};
  TRY(std::visit([&](const auto& kind) { return happen(act, kind); }, event));
  if (!before.state.is_annunciated() && act.state.is_annunciated()) judge_anew(act);
  store::Change change = TRY(change_of(act, before));
  return Decision{.change = std::move(change),
                  .state = std::move(act.state),
                  .is_new_annunciation = act.is_new};
}

}  // namespace anlan::alarms

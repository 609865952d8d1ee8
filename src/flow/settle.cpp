// Whether a signature is asked for, and of whom in the end: separation of duty, approving one's own
// request, delegation and absence, doubles, nobody left.

#include <algorithm>

#include "flow/assign.h"
#include "flow/delegation.h"

namespace anlan::flow {

namespace {

constexpr const char* kAdminRole = "administrator";  // of the packs: who mends what is stuck

bool is_excluded(std::span<const Candidate> candidates, PersonId person) {
  return std::ranges::contains(candidates, Candidate{"excluded", person.text()});
}

void note_found(Instance& instance, std::string rule, const Candidate& who) {
  instance.found.push(Json::array({std::move(rule), who.kind + ":" + who.who}));
}

Result<std::optional<PersonId>> manager_of(Machine& machine, std::optional<PersonId> of) {
  if (!of) return std::nullopt;
  auto chain = TRY(access::superiors(machine.around.view, *of));
  if (chain.empty()) return std::nullopt;
  return chain.front().person;
}

// Whoever a person named to stand in for tasks of this form comes before the deputy of an absence.
Result<StandIn> deputy_of(Machine& machine, const Instance& instance, PersonId person) {
  const CaseRow& row = machine.state.row;
  auto named = TRY(delegate_of(machine.around.view, person, row.form, machine.now()));
  bool is_usable = named && !is_excluded(instance.candidates, *named);
  if (is_usable) is_usable = TRY(is_active(machine.around.view, *named));
  if (!is_usable) return stand_in_of(machine, person);
  StandIn further = TRY(stand_in_of(machine, *named));
  return StandIn{.is_away = true, .deputy = further.is_away ? further.deputy : *named};
}

// A task of somebody who is away goes to the deputy, who acts in his own name and must be allowed
// to. Without one it stays, and the fallback role may take it too: no clock waits for a holiday.
Result<void> put_deputies(Machine& machine, const Node& node, Instance& instance) {
  std::vector<Candidate> made;
  bool has_role = std::ranges::contains(instance.candidates, "role", &Candidate::kind);
  for (const Candidate& candidate : instance.candidates) {
    auto person = candidate.kind == "person" ? PersonId::parse(candidate.who)
                                             : Result<PersonId>(refuse(ErrorCode::NotFound));
    auto stand_in = person ? TRY(deputy_of(machine, instance, *person)) : StandIn{};
    if (!stand_in.is_away) {
      merge(made, {candidate});
      continue;
    }
    bool is_usable =
        !stand_in.deputy.is_nil() && !is_excluded(instance.candidates, stand_in.deputy);
    if (is_usable) is_usable = TRY(is_active(machine.around.view, stand_in.deputy));
    const std::string& fallback = node.user->fallback_role;
    Json detail = Json::object({{"from", candidate.who}});
    if (is_usable) {
      merge(made, {{"person", stand_in.deputy.text()}});
      note_found(instance, "deputy", {"person", stand_in.deputy.text()});
      detail.set("to", stand_in.deputy.text());
    } else {
      merge(made, {candidate});
      if (!fallback.empty() && !has_role) merge(made, {{"role", fallback}});
      detail.set("to", Json()).set("role", fallback);
    }
    machine.note("task.deputy", node.id).detail = std::move(detail);
  }
  instance.candidates = std::move(made);
  return {};
}

// Who asked for something should not be the one who grants it.
Result<Skip> settle_self(Machine& machine, const Node& node, Instance& instance) {
  using Self = Policies::SelfApprove;
  Self rule = node.user->policies.self_approve;
  const auto& initiator = machine.state.row.initiator;
  if (!initiator || rule == Self::Any || rule == Self::Yes) return Skip{};
  Candidate excluded{"excluded", initiator->text()};
  auto people = TRY(people_of(machine, instance.candidates));
  bool is_alone = people.size() == 1 && people[0] == *initiator;
  if (is_alone && rule == Self::Skip) return Skip{"self", initiator->text()};
  if (rule == Self::No) merge(instance.candidates, {excluded});
  if (!is_alone || rule != Self::Manager) return Skip{};
  merge(instance.candidates, {excluded});
  auto manager = TRY(manager_of(machine, initiator));
  if (!manager) return Skip{};
  Candidate made{"person", manager->text()};
  merge(instance.candidates, {made});
  note_found(instance, "selfApprove:toManager", made);
  return Skip{};
}

bool is_superseded_now(const Machine& machine, const std::string& row) {
  return std::ranges::any_of(machine.more_rows, [&](const store::RowChange& change) {
    return change.table == "flow_history" && change.key[0].value == store::Value(row);
  });
}

bool is_yes(const Machine& machine, const std::string& node_id, const std::string& outcome) {
  const Node* node = machine.graph.find(node_id);
  if (!node || !node->user) return false;
  auto agreeing = agreeing_outcomes(*node->user);
  return agreeing.empty() || std::ranges::contains(agreeing, outcome);
}

// Said yes to an earlier task of this case, and it still counts.
Result<bool> has_agreed(Machine& machine, PersonId person) {
  bool is_now = std::ranges::any_of(machine.history, [&](const HistoryRow& row) {
    return row.act == "task.complete" && machine.actor.person == person &&
           is_yes(machine, row.node, row.outcome);
  });
  if (is_now) return true;
  auto rows =
      TRY(machine.around.view.query({"SELECT id, node, path, outcome FROM flow_history WHERE "
                                     "case_id = ? AND act = 'task.complete'"
                                     " AND superseded = 0 AND actor = ?",
                                     {machine.state.row.id.text(), person.text()}}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    bool counts = is_yes(machine, node_of_row(rows[i]), rows[i].text("outcome"));
    if (counts && !is_superseded_now(machine, rows[i].text("id"))) return true;
  }
  return false;
}

Result<Skip> settle_double(Machine& machine, const Token& token, const Node& node,
                           const Instance& instance) {
  using Dedupe = Policies::Dedupe;
  Dedupe rule = node.user->policies.dedupe;
  if (rule == Dedupe::No || !instance.is_direct) return Skip{};
  auto people = TRY(people_of(machine, instance.candidates));
  if (people.size() != 1) return Skip{};
  const Json& last = token.vars["task"];
  bool is_adjacent = last.text_or("by", "") == people[0].text() &&
                     is_yes(machine, last.text_or("node", ""), last.text_or("outcome", ""));
  bool is_double = is_adjacent;
  if (rule == Dedupe::All && !is_double) is_double = TRY(has_agreed(machine, people[0]));
  return is_double ? Skip{"duplicate", people[0].text()} : Skip{};
}

Result<Skip> nobody(const Node& node) {
  return refuse(ErrorCode::NotFound, "nobody can do '" + node.id + "'");
}

// Nobody can do it: the policy says who gets it instead.
Result<Skip> settle_empty(Machine& machine, const Node& node, Instance& instance) {
  using OnEmpty = Policies::OnEmpty;
  OnEmpty rule = node.user->policies.on_empty;
  if (rule == OnEmpty::Skip) return Skip{"empty", Json()};
  if (rule == OnEmpty::Stop) return nobody(node);
  Candidate made{"role", rule == OnEmpty::Admin ? kAdminRole : node.user->fallback_role};
  if (rule == OnEmpty::Manager) {
    auto manager = TRY(manager_of(machine, machine.state.row.initiator));
    if (!manager || is_excluded(instance.candidates, *manager)) return nobody(node);
    made = {"person", manager->text()};
  }
  if (!made.who.empty()) {
    merge(instance.candidates, {made});
    note_found(instance, "onEmpty", made);
  }
  bool has_role = std::ranges::contains(instance.candidates, "role", &Candidate::kind);
  if (!has_role && rule != OnEmpty::Manager) return nobody(node);
  machine.note("incident", node.id).detail =
      Json::object({{"code", error_text(ErrorCode::NotFound).code},
                    {"text", "nobody can do '" + node.id + "'"},
                    {"fallback", made.who}});
  return Skip{};
}

}  // namespace

Result<Skip> settle_instance(Machine& machine, const Token& token, const Node& node,
                             Instance& instance) {
  for (const access::Participation& past : participations(machine.state)) {
    Candidate excluded{"excluded", past.person.text()};
    bool is_meant = std::ranges::contains(node.user->excluded, past.node);
    if (is_meant) merge(instance.candidates, {excluded});
  }
  Skip self = TRY(settle_self(machine, node, instance));
  if (self) return self;
  TRY(put_deputies(machine, node, instance));
  Skip twice = TRY(settle_double(machine, token, node, instance));
  if (twice) return twice;
  std::vector<PersonId> people = TRY(people_of(machine, instance.candidates));
  instance.is_direct = instance.is_direct && people.size() == 1;
  if (!people.empty()) return Skip{};
  return settle_empty(machine, node, instance);
}

}  // namespace anlan::flow

#include "flow/check.h"

#include <algorithm>

#include "core/limits.h"
#include "core/text.h"
#include "flow/assign.h"

namespace anlan::flow {

namespace {

// A list counts as evidence (photos, files); so does a field called so while it is still empty.
bool is_evidence(std::string_view field, const Json& value) {
  bool is_called_so =
      field.ends_with("photos") || field.ends_with("photo") || field.starts_with("voucher_");
  return value.is_array() || is_called_so;
}

bool is_filled(const Json& value) {
  if (value.is_null()) return false;
  if (value.is_text()) return !trim(value.as_text()).empty();
  if (value.is_array()) return !value.as_array().empty();
  if (value.is_object()) return !value.as_object().empty();
  return true;
}

Result<void> check_fields(const std::vector<std::string>& fields, const Json& record) {
  for (const std::string& field : fields) {
    const Json& value = record[field];
    if (is_filled(value)) continue;
    auto code = is_evidence(field, value) ? ErrorCode::EvidenceMissing : ErrorCode::MissingField;
    return refuse(code, "'" + field + "' must be filled in before this task is done", field);
  }
  return {};
}

}  // namespace

Result<void> check_person(const access::Subject& by) {
  bool is_person = by.actor.kind == Actor::Kind::Person || by.actor.kind == Actor::Kind::Token;
  if (is_person && !by.person.is_nil()) return {};
  return refuse(ErrorCode::Forbidden, "only a person does tasks");
}

bool is_candidate(const CaseRow& of, const TaskRow& task, const access::Subject& by) {
  return std::ranges::any_of(task.candidates, [&](const Candidate& candidate) {
    if (candidate.kind == "person") return candidate.who == by.person.text();
    if (candidate.kind == "unit") return by.org_path.starts_with(candidate.who);
    if (candidate.kind != "role") return false;
    return std::ranges::any_of(by.grants, [&](const access::Grant& grant) {
      return grant.role == candidate.who && of.org_path.starts_with(grant.org_path);
    });
  });
}

Result<void> check_may_do(Machine& machine, const access::Subject& by, const TaskRow* task) {
  TRY(check_person(by));
  if (!task || !task->is_open()) return refuse(ErrorCode::WrongState, "the task is not open");
  bool is_free = !task->assignee || task->assignee == by.person;
  bool stands_in = false;
  if (!is_free) {
    StandIn stand_in = TRY(stand_in_of(machine, *task->assignee));
    is_free = stand_in.is_away;
    stands_in = stand_in.is_away && stand_in.deputy == by.person && !asks_a_role(*task);
  }
  if (!stands_in && !is_candidate(machine.state.row, *task, by)) {
    return refuse(ErrorCode::Forbidden, "not a candidate of this task");
  }
  if (!is_free) return refuse(ErrorCode::WrongState, "claimed by another");
  const Node* node = machine.graph.find(task->node);
  if (!node || !node->user) return refuse(ErrorCode::BadModel, "the task's node is gone");
  TRY(access::check_separation(by.person, node->user->excluded, participations(machine.state)));
  Candidate excluded{"excluded", by.person.text()};
  if (std::ranges::contains(task->candidates, excluded)) {
    return refuse(ErrorCode::SeparationOfDuty, "the same person can't sign twice");
  }
  return {};
}

Result<void> check_may_decide(Machine& machine, const access::Subject& by, const TaskRow* task) {
  TRY(check_may_do(machine, by, task));
  if (!task->signing.owner) return {};
  return refuse(ErrorCode::WrongState, "delegated: it goes back to its owner, who decides");
}

bool asks_a_role(const TaskRow& task) {
  return std::ranges::any_of(task.candidates, [](const Candidate& candidate) {
    return candidate.kind == "role" || candidate.kind == "unit";
  });
}

void note_stand_in(Machine& machine, const TaskRow& task, const access::Subject& by) {
  if (!task.assignee || task.assignee == by.person) return;
  HistoryRow& row = machine.note("task.deputy", task.node);
  row.task = task.id.text();
  row.detail = Json::object({{"from", task.assignee->text()}, {"to", by.person.text()}});
}

Result<void> check_comment(std::string_view text) {
  if (!is_utf8(text)) return refuse(ErrorCode::BadField, "not UTF-8", "comment");
  if (count_chars(text) > limits::kTextCharsMax) {
    return refuse(ErrorCode::TooLarge, "the comment is too long", "comment");
  }
  return {};
}

// Evidence that is in doubt passes only with a reason.
Result<void> check_doubt(Machine& machine, const Outcome& outcome, std::string_view comment) {
  const Answers* answers = machine.around.answers.get();
  bool is_asked = outcome.needs_comment_in_doubt && trim(comment).empty();
  if (!is_asked || answers == nullptr || !answers->is_doubtful) return {};
  if (!TRY(answers->is_doubtful(machine.state.row.form, machine.state.row.record_id))) return {};
  return refuse(ErrorCode::EvidenceDoubtful, "evidence is in doubt: say why it passes", "comment");
}

// {guard: what it says} of those that had something to say.
Result<Json> ask_guards(Machine& machine, const TaskRow& task, PersonId by,
                        const CompleteCommand& command) {
  Json said = Json::object();
  const Node* node = machine.graph.find(task.node);
  const Outcome* outcome = node && node->user ? node->user->outcome(command.outcome) : nullptr;
  if (outcome == nullptr || outcome->guards.empty()) return said;
  const Answers* answers = machine.around.answers.get();
  if (answers == nullptr || !answers->guard) {
    return refuse(ErrorCode::Internal, "nobody answers for the guards of '" + task.node + "'");
  }
  for (const std::string& guard : outcome->guards) {
    Json one = TRY(answers->guard({.name = guard,
                                   .form = machine.state.row.form,
                                   .record_id = machine.state.row.record_id,
                                   .record = command.record,
                                   .by = by,
                                   .node = task.node,
                                   .outcome = command.outcome,
                                   .comment = trim(command.comment),
                                   .position = command.proof.position}));
    if (!one.is_null()) said.set(guard, std::move(one));
  }
  return said;
}

Result<void> check_filled_in(Machine& machine, const UserTask& user,
                             const CompleteCommand& command) {
  TRY(check_comment(command.comment));
  const Outcome* outcome = user.outcome(command.outcome);
  if (user.needs_comment && trim(command.comment).empty()) {
    return refuse(ErrorCode::MissingField, "this task needs a comment", "comment");
  }
  if (!outcome && !user.outcomes.empty()) {
    auto code = command.outcome.empty() ? ErrorCode::MissingField : ErrorCode::BadField;
    return refuse(code, "'" + command.outcome + "' is no outcome of this task", "outcome");
  }
  if (!outcome && !command.outcome.empty()) {
    return refuse(ErrorCode::BadField, "this task has no outcomes", "outcome");
  }
  if (outcome && outcome->needs_comment && trim(command.comment).empty()) {
    return refuse(ErrorCode::MissingField, "this outcome needs a comment", "comment");
  }
  if (outcome) TRY(check_doubt(machine, *outcome, command.comment));
  TRY(check_fields(user.required, command.record));
  return outcome ? check_fields(outcome->fields, command.record) : Result<void>{};
}

HistoryRow& note_decision(Machine& machine, TaskRow& task, const Decision& decision) {
  task.state = state::kDone;
  task.assignee = decision.by;
  task.completed_by = decision.by;
  task.outcome = decision.outcome;
  task.comment = decision.comment;
  task.ended = machine.now();
  task.candidates.clear();
  HistoryRow& row = machine.note(decision.act, task.node);
  row.task = task.id.text();
  row.outcome = decision.outcome;
  row.comment = decision.comment;
  machine.tell_task(task);
  exclude_elsewhere(machine, task);
  return row;
}

void make_candidate(Machine& machine, TaskRow& task, const access::Subject& by) {
  if (is_candidate(machine.state.row, task, by)) return;
  task.candidates.push_back({"person", by.person.text()});
}

Result<void> check_proof(const UserTask& user, const Proof& proof) {
  if (user.needs_signature && !proof.signature) {
    return refuse(ErrorCode::MissingField, "this task must be signed", "signature");
  }
  if (!user.needs_attachment || !proof.attachments.empty()) return {};
  return refuse(ErrorCode::MissingField, "this task needs an attachment", "attachments");
}

void keep_proof(Machine& machine, TaskRow& task, const Proof& proof, HistoryRow& row) {
  if (proof.signature) {
    task.signing.signature = Json::object({{"file", proof.signature->file},
                                           {"person", task.completed_by->text()},
                                           {"at", format_instant(machine.now())},
                                           {"content_sha256", proof.signature->content_sha256}});
    row.detail.set("signature", task.signing.signature);
  }
  if (proof.attachments.empty()) return;
  Json files = Json::array();
  for (const std::string& file : proof.attachments) files.push(file);
  row.detail.set("attachments", std::move(files));
}

void exclude_person(TaskRow& task, PersonId person) {
  task.candidates.push_back({"excluded", person.text()});
  bool is_his = task.assignee == person || task.signing.owner == person;
  if (!is_his) return;
  if (task.signing.owner && task.assignee) {
    std::erase(task.candidates, Candidate{"person", task.assignee->text()});
  }
  task.signing.owner.reset();
  task.assignee.reset();
  if (task.state == state::kClaimed) task.state = state::kOpen;
}

void exclude_elsewhere(Machine& machine, const TaskRow& done) {
  Candidate excluded{"excluded", done.completed_by->text()};
  for (TaskRow& other : machine.state.tasks) {
    if (!other.is_live()) continue;
    const Node* node = machine.graph.find(other.node);
    bool is_meant = node && node->user && std::ranges::contains(node->user->excluded, done.node);
    if (is_meant && !std::ranges::contains(other.candidates, excluded)) {
      exclude_person(other, *done.completed_by);
    }
  }
}

}  // namespace anlan::flow

#include "flow/waits.h"

#include <algorithm>

#include "flow/screen.h"

namespace anlan::flow {
namespace {

constexpr std::string_view kColumns =
    "SELECT t.id, t.record_id, t.node, t.model_id, t.model_version, t.state, t.assignee,"
    " t.completed_by, t.outcome, t.created, t.ended FROM flow_task t WHERE t.form = ?";

std::optional<PersonId> person_in(const store::Row& row, std::string_view column) {
  if (row.is_null(column)) return std::nullopt;
  auto person = PersonId::parse(row.text(column));
  return person ? std::optional(*person) : std::nullopt;
}

StepTaken step_of(const Library& library, const store::Row& row) {
  const Node* node =
      node_of(library, row.text("model_id"), row.int64("model_version"), row.text("node"));
  StepTaken step{.node = row.text("node"),
                 .name = node ? node->name : LocalText{row.text("node"), row.text("node")},
                 .state = row.text("state"),
                 .outcome = row.text("outcome"),
                 .opened = {row.int64("created")},
                 .by = person_in(row, "completed_by")};
  if (!row.is_null("ended")) step.done = Instant{row.int64("ended")};
  if (auto holder = person_in(row, "assignee"); holder && !step.done) {
    step.persons.push_back(*holder);
  }
  return step;
}

// Whom open tasks wait for, where nobody has claimed them.
using Waiting = std::map<std::string, std::vector<std::pair<std::string, std::string>>>;

Result<Waiting> candidates_of_form(store::View& view, std::string_view form) {
  auto rows = TRY(view.query(
      {"SELECT c.task_id, c.kind, c.who FROM flow_candidate c JOIN flow_task t ON t.id = c.task_id"
       " WHERE t.form = ? AND t.state IN ('open', 'claimed', 'suspended')"
       " AND c.kind IN ('role', 'person') ORDER BY c.task_id, c.kind, c.who",
       {std::string(form)}}));
  Waiting waiting;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    waiting[rows[i].text("task_id")].emplace_back(rows[i].text("kind"), rows[i].text("who"));
  }
  return waiting;
}

Result<Waiting> candidates_of_record(store::View& view, std::string_view form, RecordId id) {
  auto rows = TRY(view.query(
      {"SELECT c.task_id, c.kind, c.who FROM flow_candidate c JOIN flow_task t ON t.id = c.task_id"
       " WHERE t.form = ? AND t.record_id = ? AND c.kind IN ('role', 'person')"
       " ORDER BY c.task_id, c.kind, c.who",
       {std::string(form), id.text()}}));
  Waiting waiting;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    waiting[rows[i].text("task_id")].emplace_back(rows[i].text("kind"), rows[i].text("who"));
  }
  return waiting;
}

void add_waiting(StepTaken& step, const Waiting& waiting, const std::string& task) {
  auto known = waiting.find(task);
  if (step.done || !step.persons.empty() || known == waiting.end()) return;
  for (const auto& [kind, who] : known->second) {
    auto person = PersonId::parse(who);
    if (kind == "role") step.roles.push_back(who);
    else if (person) step.persons.push_back(*person);
  }
}

}  // namespace

Result<std::vector<StepTaken>> steps_taken(store::View& view, const Library& library,
                                           std::string_view form, RecordId id) {
  auto rows =
      TRY(view.query({std::string(kColumns) + " AND t.record_id = ? ORDER BY t.created, t.id",
                      {std::string(form), id.text()}}));
  Waiting waiting = TRY(candidates_of_record(view, form, id));
  std::vector<StepTaken> steps;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    StepTaken step = step_of(library, rows[i]);
    add_waiting(step, waiting, rows[i].text("id"));
    steps.push_back(std::move(step));
  }
  return steps;
}

Result<std::map<RecordId, std::vector<StepTaken>>> steps_open(store::View& view,
                                                              const Library& library,
                                                              std::string_view form) {
  auto rows =
      TRY(view.query({std::string(kColumns) + " AND t.state IN ('open', 'claimed', 'suspended')"
                                              " ORDER BY t.created, t.id",
                      {std::string(form)}}));
  Waiting waiting = TRY(candidates_of_form(view, form));
  std::map<RecordId, std::vector<StepTaken>> open;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    StepTaken step = step_of(library, rows[i]);
    add_waiting(step, waiting, rows[i].text("id"));
    RecordId record = TRY(RecordId::parse(rows[i].text("record_id")));
    open[record].push_back(std::move(step));
  }
  return open;
}

}  // namespace anlan::flow

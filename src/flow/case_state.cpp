#include "flow/case_state.h"

#include <algorithm>

#include "core/check.h"
#include "flow/lookups.h"

namespace anlan::flow {

namespace {

using store::RowChange;

// What we stored ourselves reads back; if it doesn't, the database was altered behind our back.
Result<Json> json_at(const store::Row& row, std::string_view column) {
  return parse_json(row.text(column), limits::kXmlBytesMax);
}

Result<Uuid> uuid_at(const store::Row& row, std::string_view column) {
  return parse_uuid(row.text(column));
}

std::optional<Instant> instant_or_none(const store::Row& row, std::string_view column) {
  if (row.is_null(column)) return std::nullopt;
  return Instant{row.int64(column)};
}

store::Value instant_or_null(const std::optional<Instant>& at) {
  return at ? store::Value(at->ns) : store::Value();
}

store::Value json_or_null(const Json& json) {
  return json.is_null() ? store::Value() : store::Value(write_json(json));
}

Result<Json> json_or_none(const store::Row& row, std::string_view column) {
  if (row.is_null(column)) return Json();
  return json_at(row, column);
}

std::string phase_text(Token::Phase phase) {
  return phase == Token::Phase::Leave ? "leave" : "enter";
}

Cells cells_of(const CaseRow& row) {
  return {{"model_id", row.model_id},
          {"model_version", row.model_version},
          {"decisions", write_json(row.decisions)},
          {"form", row.form},
          {"record_id", row.record_id.text()},
          {"org_path", row.org_path},
          {"state", row.state},
          {"vars", write_json(row.vars)},
          {"taken", write_json(row.taken)},
          {"called", json_or_null(row.called)},
          {"initiator", value_or_null(row.initiator)},
          {"started", row.started.ns},
          {"ended", instant_or_null(row.ended)},
          {"seq", row.seq}};
}

Cells cells_of(const Activation& row, const CaseRow& of) {
  store::Value parent = row.parent ? store::Value(format_uuid(*row.parent)) : store::Value();
  store::Value host = row.host ? store::Value(format_uuid(*row.host)) : store::Value();
  return {{"case_id", of.id.text()},
          {"parent_id", parent},
          {"fork", row.fork},
          {"host_id", host},
          {"branches", json_or_null(row.branches)},
          {"vars", json_or_null(row.vars)},
          {"isolated", int64_t{row.is_isolated ? 1 : 0}}};
}

Cells cells_of(const Token& row, const CaseRow& of) {
  return {{"case_id", of.id.text()},
          {"activation_id", format_uuid(row.activation)},
          {"node", row.node},
          {"state", row.state},
          {"edge", row.edge},
          {"phase", phase_text(row.phase)},
          {"visit", row.visit},
          {"vars", write_json(row.vars)},
          {"pending", write_json(row.pending)}};
}

// `in` is the process that the node stands in.
Cells cells_of(const TaskRow& row, const CaseRow& of, const Part& in) {
  Json signing = signing_json(row.signing);
  NodePath at = path_of(row.node);
  return {{"case_id", of.id.text()},
          {"token_id", format_uuid(row.token)},
          {"visit", row.visit},
          {"node", at.node},
          {"path", at.path},
          {"model_id", in.model_id},
          {"model_version", in.version},
          {"form", of.form},
          {"record_id", of.record_id.text()},
          {"org_path", of.org_path},
          {"state", row.state},
          {"assignee", value_or_null(row.assignee)},
          {"completed_by", value_or_null(row.completed_by)},
          {"outcome", row.outcome},
          {"comment", row.comment},
          {"level", row.level},
          {"created", row.created.ns},
          {"due", instant_or_null(row.due)},
          {"ended", instant_or_null(row.ended)},
          {"activation_id",
           row.activation ? store::Value(format_uuid(*row.activation)) : store::Value()},
          {"signing", signing.is_null() ? store::Value() : store::Value(write_json(signing))}};
}

Cells cells_of(const TimerRow& row, const CaseRow& of) {
  return {{"case_id", of.id.text()},
          {"token_id", format_uuid(row.token)},
          {"node", row.node},
          {"form", of.form},
          {"record_id", of.record_id.text()},
          {"due", row.due.ns},
          {"firing", row.firing},
          {"remaining", row.left},
          {"every", row.every.ns},
          {"calendar", row.calendar}};
}

Cells cells_of(const ListenerRow& row, const CaseRow& of) {
  return {{"case_id", of.id.text()}, {"name", row.name}};
}

struct RowState {
  std::string table;
  std::string id;
  const std::optional<Cells>& before;
  std::optional<Cells> now;
};

void add_change(std::vector<RowChange>& rows, RowState row) {
  RowChange change{.table = row.table, .key = {{"id", row.id}}};
  if (!row.before && !row.now) return;
  if (!row.before) {
    change.kind = RowChange::Kind::Insert;
    change.cells = std::move(*row.now);
  } else if (!row.now) {
    change.kind = RowChange::Kind::Delete;
  } else {
    change.kind = RowChange::Kind::Update;
    CHECK(row.before->size() == row.now->size(), "a row keeps its columns");
    for (std::size_t i = 0; i < row.now->size(); ++i) {
      if ((*row.before)[i].value != (*row.now)[i].value) change.cells.push_back((*row.now)[i]);
    }
    if (change.cells.empty()) return;
  }
  rows.push_back(std::move(change));
}

void add_candidates(std::vector<RowChange>& rows, const TaskRow& task, const CaseRow& of) {
  auto key = [&](const Candidate& candidate) {
    return Cells{{"task_id", task.id.text()}, {"kind", candidate.kind}, {"who", candidate.who}};
  };
  for (const Candidate& gone : task.candidates_before) {
    if (std::ranges::contains(task.candidates, gone)) continue;
    rows.push_back({.kind = RowChange::Kind::Delete, .table = "flow_candidate", .key = key(gone)});
  }
  for (const Candidate& made : task.candidates) {
    if (std::ranges::contains(task.candidates_before, made)) continue;
    rows.push_back(
        {.table = "flow_candidate", .key = key(made), .cells = {{"org_path", of.org_path}}});
  }
}

Result<CaseRow> read_case(store::View& view, CaseId id) {
  store::Rows found = TRY(view.query(store::lookup(lookups::kCase, id.text())));
  if (found.empty()) return refuse(ErrorCode::NotFound, "no case " + id.text());
  store::Row row = found[0];
  Json taken = Json::array();
  if (!row.is_null("taken")) taken = TRY(json_at(row, "taken"));
  return CaseRow{.id = id,
                 .model_id = row.text("model_id"),
                 .model_version = row.int64("model_version"),
                 .decisions = TRY(json_at(row, "decisions")),
                 .form = row.text("form"),
                 .record_id = TRY(RecordId::parse(row.text("record_id"))),
                 .org_path = row.text("org_path"),
                 .state = row.text("state"),
                 .vars = TRY(json_at(row, "vars")),
                 .initiator = person_or_none(row, "initiator"),
                 .started = {row.int64("started")},
                 .ended = instant_or_none(row, "ended"),
                 .seq = row.int64("seq"),
                 .taken = std::move(taken),
                 .called = TRY(json_or_none(row, "called")),
                 .version = row.int64("version"),
                 .vars_before = row.text("vars")};
}

Result<void> read_activations(store::View& view, CaseState& into) {
  store::Rows found = TRY(view.query(store::lookup(lookups::kActivations, into.row.id.text())));
  for (std::size_t i = 0; i < found.size(); ++i) {
    store::Row row = found[i];
    Activation made{.id = TRY(uuid_at(row, "id")), .fork = row.text("fork")};
    if (!row.is_null("parent_id")) made.parent = TRY(uuid_at(row, "parent_id"));
    if (!row.is_null("host_id")) made.host = TRY(uuid_at(row, "host_id"));
    made.branches = TRY(json_or_none(row, "branches"));
    made.vars = TRY(json_or_none(row, "vars"));
    made.is_isolated = !row.is_null("isolated") && row.int64("isolated") != 0;
    made.before = cells_of(made, into.row);
    into.activations.push_back(std::move(made));
  }
  return {};
}

Result<void> read_tokens(store::View& view, CaseState& into) {
  store::Rows found = TRY(view.query(store::lookup(lookups::kTokens, into.row.id.text())));
  for (std::size_t i = 0; i < found.size(); ++i) {
    store::Row row = found[i];
    Token made{.id = TRY(uuid_at(row, "id")),
               .activation = TRY(uuid_at(row, "activation_id")),
               .node = row.text("node"),
               .state = row.text("state"),
               .edge = row.text("edge"),
               .phase = row.text("phase") == "leave" ? Token::Phase::Leave : Token::Phase::Enter,
               .visit = row.int64("visit"),
               .vars = TRY(json_at(row, "vars")),
               .pending = TRY(json_at(row, "pending"))};
    made.before = cells_of(made, into.row);
    into.tokens.push_back(std::move(made));
  }
  return {};
}

Result<void> read_candidates(store::View& view, CaseState& into) {
  store::Rows found = TRY(view.query(store::lookup(lookups::kCandidates, into.row.id.text())));
  for (std::size_t i = 0; i < found.size(); ++i) {
    TaskRow* task = into.task(TRY(TaskId::parse(found[i].text("task_id"))));
    if (!task) continue;
    task->candidates.push_back({found[i].text("kind"), found[i].text("who")});
    task->candidates_before = task->candidates;
  }
  return {};
}

Result<void> read_tasks(store::View& view, CaseState& into) {
  store::Rows found = TRY(view.query(store::lookup(lookups::kTasks, into.row.id.text())));
  for (std::size_t i = 0; i < found.size(); ++i) {
    store::Row row = found[i];
    TaskRow made{.id = TRY(TaskId::parse(row.text("id"))),
                 .model_id = row.text("model_id"),
                 .model_version = row.int64("model_version"),
                 .token = TRY(uuid_at(row, "token_id")),
                 .visit = row.int64("visit"),
                 .node = node_of_row(row),
                 .state = row.text("state"),
                 .assignee = person_or_none(row, "assignee"),
                 .completed_by = person_or_none(row, "completed_by"),
                 .outcome = row.text("outcome"),
                 .comment = row.text("comment"),
                 .level = row.text("level"),
                 .created = {row.int64("created")},
                 .due = instant_or_none(row, "due"),
                 .ended = instant_or_none(row, "ended")};
    if (!row.is_null("activation_id")) made.activation = TRY(uuid_at(row, "activation_id"));
    if (!row.is_null("signing")) {
      Json signing = TRY(json_at(row, "signing"));
      made.signing = TRY(signing_from_json(signing));
    }
    made.before =
        cells_of(made, into.row, {.model_id = made.model_id, .version = made.model_version});
    into.tasks.push_back(std::move(made));
  }
  return read_candidates(view, into);
}

Result<void> read_timers(store::View& view, CaseState& into) {
  store::Rows found = TRY(view.query(store::lookup(lookups::kTimers, into.row.id.text())));
  for (std::size_t i = 0; i < found.size(); ++i) {
    store::Row row = found[i];
    TimerRow made{.id = TRY(TimerId::parse(row.text("id"))),
                  .token = TRY(uuid_at(row, "token_id")),
                  .node = row.text("node"),
                  .due = {row.int64("due")},
                  .firing = row.int64("firing"),
                  .left = row.int64("remaining"),
                  .every = {row.int64("every")}};
    if (!row.is_null("calendar")) made.calendar = row.text("calendar");
    made.before = cells_of(made, into.row);
    into.timers.push_back(std::move(made));
  }
  return {};
}

RowChange case_change(const CaseRow& row) {
  RowChange change{.table = "flow_case", .key = {{"id", row.id.text()}}};
  if (row.is_new) {
    change.cells = cells_of(row);
    change.cells.push_back({"version", row.version});
    return change;
  }
  // Always written, and always with the version: two steps decided on the same state can't both
  // be committed.
  change.kind = RowChange::Kind::Update;
  change.version = row.version;
  change.cells = {{"state", row.state}, {"ended", instant_or_null(row.ended)}, {"seq", row.seq}};
  std::string vars = write_json(row.vars);
  if (vars != row.vars_before) change.cells.push_back({"vars", std::move(vars)});
  if (row.is_moved) {
    change.cells.push_back({"model_version", row.model_version});
    change.cells.push_back({"decisions", write_json(row.decisions)});
    change.cells.push_back({"called", json_or_null(row.called)});
  }
  if (row.is_taken_changed) change.cells.push_back({"taken", write_json(row.taken)});
  return change;
}

}  // namespace

Token* CaseState::token(const Uuid& id) {
  auto found = std::ranges::find(tokens, id, &Token::id);
  return found == tokens.end() || found->is_gone ? nullptr : &*found;
}

TaskRow* CaseState::task(TaskId id) {
  auto found = std::ranges::find(tasks, id, &TaskRow::id);
  return found == tasks.end() ? nullptr : &*found;
}

Activation* CaseState::activation(const Uuid& id) {
  auto found = std::ranges::find(activations, id, &Activation::id);
  return found == activations.end() || found->is_gone ? nullptr : &*found;
}

void CaseState::take(const std::string& edge) {
  if (std::ranges::contains(row.taken.as_array(), Json(edge))) return;
  row.taken.push(edge);
  row.is_taken_changed = true;
}

std::optional<PersonId> person_or_none(const store::Row& row, std::string_view column) {
  if (row.is_null(column)) return std::nullopt;
  auto parsed = PersonId::parse(row.text(column));
  return parsed ? std::optional(*parsed) : std::nullopt;
}

store::Value value_or_null(const std::optional<PersonId>& person) {
  return person ? store::Value(person->text()) : store::Value();
}

Result<CaseState> load_case(store::View& view, CaseId id) {
  CaseState loaded{.row = TRY(read_case(view, id))};
  TRY(read_activations(view, loaded));
  TRY(read_tokens(view, loaded));
  TRY(read_tasks(view, loaded));
  TRY(read_timers(view, loaded));
  return loaded;
}

Result<store::Rows> row_of_task(store::View& view, TaskId id) {
  store::Rows found = TRY(view.query(store::lookup(lookups::kTask, id.text())));
  if (found.empty()) return refuse(ErrorCode::NotFound, "no task " + id.text());
  return found;
}

Result<CaseId> case_of_task(store::View& view, TaskId id) {
  store::Rows found = TRY(row_of_task(view, id));
  return CaseId::parse(found[0].text("case_id"));
}

Result<CaseId> case_of_timer(store::View& view, TimerId id) {
  store::Rows found = TRY(view.query(store::lookup(lookups::kTimer, id.text())));
  if (found.empty()) return refuse(ErrorCode::WrongState, "the timer has fired or was cancelled");
  return CaseId::parse(found[0].text("case_id"));
}

Result<void> read_listeners(store::View& view, CaseState& into) {
  store::Rows found = TRY(
      view.query({"SELECT id, name FROM flow_listener WHERE case_id = ?", {into.row.id.text()}}));
  for (std::size_t i = 0; i < found.size(); ++i) {
    ListenerRow made{.id = TRY(uuid_at(found[i], "id")), .name = found[i].text("name")};
    made.before = cells_of(made, into.row);
    into.listeners.push_back(std::move(made));
  }
  return {};
}

NodePath path_of(std::string_view node) {
  std::size_t slash = node.rfind('/');
  if (slash == std::string_view::npos) return {.path = "", .node = std::string(node)};
  return {.path = std::string(node.substr(0, slash + 1)),
          .node = std::string(node.substr(slash + 1))};
}

std::string node_of_row(const store::Row& row) {
  std::string path = row.is_null("path") ? "" : row.text("path");
  return path + row.text("node");
}

std::vector<RowChange> rows_changed(const CaseState& state, const Graph& graph) {
  std::vector<RowChange> rows = {case_change(state.row)};
  const CaseRow& of = state.row;
  auto now = [&](const auto& row) -> std::optional<Cells> {
    if (row.is_gone) return std::nullopt;
    return cells_of(row, of);
  };
  for (const Activation& row : state.activations) {
    add_change(rows, {"flow_activation", format_uuid(row.id), row.before, now(row)});
  }
  for (const Token& row : state.tokens) {
    add_change(rows, {"flow_token", format_uuid(row.id), row.before, now(row)});
  }
  for (const TaskRow& row : state.tasks) {
    bool is_closed = row.before && !row.is_open();  // what was done stays where it was done
    Part in{.model_id = row.model_id, .version = row.model_version};
    if (!is_closed) {
      in = graph.part_of(row.node, {.model_id = of.model_id, .version = of.model_version});
    }
    add_change(rows, {"flow_task", row.id.text(), row.before, cells_of(row, of, in)});
    add_candidates(rows, row, of);
  }
  for (const TimerRow& row : state.timers) {
    add_change(rows, {"flow_timer", row.id.text(), row.before, now(row)});
  }
  for (const ListenerRow& row : state.listeners) {
    add_change(rows, {"flow_listener", format_uuid(row.id), row.before, now(row)});
  }
  return rows;
}

}  // namespace anlan::flow

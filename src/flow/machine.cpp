#include "flow/machine.h"

#include <algorithm>
#include <set>

#include "core/check.h"
#include "core/limits.h"

namespace anlan::flow {

namespace {

constexpr std::size_t kVarsBytesMax = 256 << 10;  // a case is read whole at every step

Json id_or_null(const std::optional<PersonId>& person) {
  return person ? Json(person->text()) : Json();
}

}  // namespace

Machine::Machine(const Around& around_, const Model& model, CaseState state_, Json record,
                 Actor actor_)
    : around(around_),
      graph(model.graph()),
      state(std::move(state_)),
      actor(actor_),
      record_(std::move(record)) {}

const Node& Machine::node_of(const Token& token) const {
  const Node* node = graph.find(token.node);
  CHECK(node, "a case keeps the model it began with, so its tokens stand on nodes of it");
  return *node;
}

rules::Context Machine::names_for(const Token& token) {
  if (!record_value_) record_value_ = rules::value_from_json(record_);
  if (!vars_value_) vars_value_ = rules::value_from_json(state.row.vars);
  rules::Context of_case;
  of_case.set("id", rules::Value(state.row.id.text()));
  of_case.set("started_at", rules::Value(state.row.started));
  of_case.set("initiator", rules::value_from_json(id_or_null(state.row.initiator)));
  rules::Context names;
  names.set("record", *record_value_);
  names.set("vars", *vars_value_);
  names.set("task", rules::value_from_json(token.vars["task"]));
  names.set("case", rules::Value(std::move(of_case)));
  names.set("firing", rules::value_from_json(token.vars["firing"]));
  names.set("message", rules::value_from_json(token.vars["message"]));
  return names;
}

Result<rules::Value> Machine::evaluate(const Formula& formula, const Token& token,
                                       const ExtraName* extra) {
  rules::Context names = names_for(token);
  if (extra && !extra->name.empty()) names.set(extra->name, extra->value);
  return formula.evaluate(names, around.now, around.library.calendars());
}

Result<rules::Value> Machine::evaluate_or_null(const Formula& formula, const Token& token) {
  if (formula.is_empty()) return rules::Value();
  return evaluate(formula, token);
}

Result<std::optional<Machine::Due>> Machine::due(const Deadline& deadline, const Token& token) {
  rules::Value within = TRY(evaluate_or_null(deadline.within, token));
  if (within.is_null()) return std::nullopt;
  When when = TRY(when_of(within));
  rules::Value from = TRY(evaluate_or_null(deadline.from, token));
  rules::Value calendar = TRY(evaluate_or_null(deadline.calendar, token));
  bool is_named = calendar.is_null() || calendar.as_string();
  if (!is_named) return refuse(ErrorCode::BadExpression, "a calendar is known by its name");
  Due due{.at = when.at, .is_fixed = when.is_absolute};
  if (calendar.as_string()) due.calendar = *calendar.as_string();
  if (!around.library.calendars().has(due.calendar)) {
    return refuse(ErrorCode::BadExpression, "there is no calendar '" + due.calendar + "'");
  }
  if (when.is_absolute) return due;
  Instant begin = now();
  if (!from.is_null()) {
    When start = TRY(when_of(from));
    if (!start.is_absolute) return refuse(ErrorCode::BadExpression, "'from' is a point in time");
    begin = start.at;
    due.is_fixed = true;
  }
  due.at = TRY(around.library.calendars().after(due.calendar, begin, when.length));
  return due;
}

Result<std::span<const Away>> Machine::away() {
  if (!away_) {
    away_.emplace();
    if (around.answers && around.answers->away) away_ = TRY(around.answers->away());
  }
  return std::span<const Away>(*away_);
}

Result<void> Machine::set_var(const std::string& name, Json value) {
  Json vars = state.row.vars;
  vars.set(name, std::move(value));
  // What is stored must be readable again: size and depth are checked on the way in.
  auto readable = parse_json(write_json(vars), kVarsBytesMax);
  if (!readable) return refuse(ErrorCode::LimitReached, "variable '" + name + "' is too large");
  state.row.vars = std::move(vars);
  vars_value_.reset();
  return {};
}

Result<void> Machine::apply_settings(const Node& node, const Token& token, bool on_complete) {
  std::vector<std::pair<const Setting*, Json>> made;
  for (const Setting& setting : node.settings) {
    if (setting.on_complete != on_complete) continue;
    made.emplace_back(&setting, rules::json_from_value(TRY(evaluate(setting.value, token))));
  }
  for (auto& [setting, value] : made) {
    if (!setting->is_field) {
      TRY(set_var(setting->name, std::move(value)));
      continue;
    }
    patch_record(setting->name, std::move(value));
  }
  return {};
}

void Machine::patch_record(const std::string& field, Json value) {
  record_.set(field, value);
  patch_.set(field, std::move(value));
  record_value_.reset();
}

Token& Machine::add_token(const Uuid& activation, const std::string& node) {
  state.tokens.push_back({.id = around.ids.next(), .activation = activation, .node = node});
  return state.tokens.back();
}

void Machine::move(Token& token, std::size_t edge) {
  token.edge = graph.edges[edge].id;
  state.take(token.edge);
  token.node = graph.nodes[graph.edges[edge].to].id;
  schedule(token, Token::Phase::Enter);
}

void Machine::schedule(Token& token, Token::Phase phase) {
  token.state = state::kMoving;
  token.phase = phase;
  queue_.push_back(token.id);
}

void Machine::consume(Token& token) { token.is_gone = true; }

void Machine::run() {
  while (!queue_.empty()) {
    Token* token = state.token(queue_.front());
    queue_.pop_front();
    if (!token || token->state != state::kMoving) continue;
    if (++steps_ > limits::kFlowStepsMax) {
      raise_incident(*token, {.code = ErrorCode::LimitReached,
                              .detail = "loop: more than " + std::to_string(limits::kFlowStepsMax) +
                                        " steps without waiting"});
      continue;
    }
    bool leaves = token->phase == Token::Phase::Leave;
    auto done = leaves ? leave_element(*this, *token) : enter_element(*this, *token);
    if (!done) raise_incident(*token, done.error());
  }
}

HistoryRow& Machine::note(std::string act, std::string_view node) {
  history.push_back({.seq = ++state.row.seq, .act = std::move(act), .node = std::string(node)});
  return history.back();
}

void Machine::tell_task(const TaskRow& task) {
  events_.push_back({"task", Json::object({{"task", task.id.text()},
                                           {"form", state.row.form},
                                           {"record", state.row.record_id.text()},
                                           {"node", task.node},
                                           {"state", task.state},
                                           {"org_path", state.row.org_path}})});
}

void Machine::tell_case() {
  events_.push_back({"case", Json::object({{"case", state.row.id.text()},
                                           {"form", state.row.form},
                                           {"record", state.row.record_id.text()},
                                           {"state", state.row.state},
                                           {"org_path", state.row.org_path}})});
}

void Machine::raise_incident(Token& token, const Error& error) {
  token.state = state::kIncident;
  note("incident", token.node).detail =
      Json::object({{"code", error_text(error.code).code}, {"text", error.detail}});
}

void Machine::drop_timers(const Token& token) {
  for (TimerRow& timer : state.timers) {
    if (timer.token == token.id) timer.is_gone = true;
  }
}

void Machine::close_token_work(Token& token, std::string_view act) {
  for (TaskRow& task : state.tasks) {
    if (task.token != token.id || !task.is_live()) continue;
    task.state = state::kCancelled;
    task.ended = now();
    task.candidates.clear();
    note(std::string(act), task.node).task = task.id.text();
    tell_task(task);
  }
  drop_timers(token);
  token.pending = Json();
}

void Machine::drop_empty_activations() {
  std::set<Uuid> in_use;
  for (const Token& token : state.tokens) {
    if (token.is_gone) continue;
    std::optional<Uuid> at = token.activation;
    while (at && in_use.insert(*at).second) at = state.activation(*at)->parent;
  }
  for (Activation& activation : state.activations) {
    if (!in_use.contains(activation.id)) activation.is_gone = true;
  }
}

// Where the case stands when nothing moves any more.
void Machine::settle() {
  bool has_token = false;
  bool has_incident = false;
  bool can_go_on = false;
  for (const Token& token : state.tokens) {
    if (token.is_gone) continue;
    has_token = true;
    has_incident |= token.state == state::kIncident;
    can_go_on |= token.state == state::kWaiting;
  }
  std::string before = state.row.is_new ? "" : state.row.state;
  bool is_stuck = has_token && !has_incident && !can_go_on;
  if (is_stuck) {
    note("incident", "").detail =
        Json::object({{"code", error_text(ErrorCode::BadModel).code},
                      {"text", "stuck: every token waits at a join for one that can't come"}});
  }
  state.row.state = has_incident || is_stuck ? state::kIncident : state::kRunning;
  if (!has_token) {
    state.row.state = state::kEnded;
    if (before != state::kEnded) {
      state.row.ended = now();
      note("case.end", "").outcome = ending;
    }
  }
  drop_empty_activations();
  if (state.row.state != before) tell_case();
}

store::RowChange Machine::history_row(const HistoryRow& row) {
  const CaseRow& of = state.row;
  const Actor by = row.is_by_system ? Actor{} : actor;
  store::Value person = by.person.is_nil() ? store::Value() : store::Value(by.person.text());
  return {.table = "flow_history",
          .key = {{"id", format_uuid(around.ids.next())}},
          .cells = {{"case_id", of.id.text()},
                    {"seq", row.seq},
                    {"form", of.form},
                    {"record_id", of.record_id.text()},
                    {"model_id", of.model_id},
                    {"model_version", of.model_version},
                    {"at", now().ns},
                    {"actor_kind", std::string(actor_kind_text(by.kind))},
                    {"actor", person},
                    {"act", row.act},
                    {"node", row.node},
                    {"outcome", row.outcome},
                    {"comment", row.comment},
                    {"task_id", row.task},
                    {"detail", write_json(row.detail)},
                    {"superseded", int64_t{0}}}};
}

Step Machine::finish(std::string act, Json detail) {
  settle();
  Step step{.record_patch = std::move(patch_),
            .notices = std::move(notices),
            .jobs = std::move(jobs),
            .records = std::move(records),
            .letters = std::move(letters),
            .is_ended = state.row.state == state::kEnded,
            .case_id = state.row.id};
  step.change = {.actor = actor,
                 .act = std::move(act),
                 .subject_kind = state.row.form,
                 .subject_id = state.row.record_id.text(),
                 .at = now(),
                 .rows = rows_changed(state),
                 .events = std::move(events_),
                 .detail = std::move(detail)};
  for (const HistoryRow& row : history) step.change.rows.push_back(history_row(row));
  for (store::RowChange& row : more_rows) step.change.rows.push_back(std::move(row));
  return step;
}

}  // namespace anlan::flow

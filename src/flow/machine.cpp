#include "flow/machine.h"

#include <algorithm>
#include <set>

#include "core/check.h"
#include "core/limits.h"
#include "flow/inside.h"
#include "flow/throws.h"

namespace anlan::flow {

namespace {

constexpr std::size_t kVarsBytesMax = 256 << 10;  // a case is read whole at every step

Json id_or_null(const std::optional<PersonId>& person) {
  return person ? Json(person->text()) : Json();
}

}  // namespace

// shared: see owned_.
Machine::Machine(const Around& around_, std::shared_ptr<const Graph> graph_, CaseState state_,
                 Json record, Actor actor_)
    : owned_(std::move(graph_)),
      around(around_),
      graph(*owned_),
      state(std::move(state_)),
      actor(actor_),
      record_(std::move(record)) {}

rules::Environment Machine::environment(const CaseHost& host) const {
  return {.now = around.now, .calendars = &around.library.calendars(), .host = &host};
}

const Node& Machine::node_of(const Token& token) const {
  const Node* node = graph.find(token.node);
  CHECK(node, "a case keeps the model it began with, so its tokens stand on nodes of it");
  return *node;
}

// What instances and calls see of their own hides what stands further out.
rules::Value Machine::vars_for(const Token& token) {
  if (!vars_value_) vars_value_ = rules::value_from_json(state.row.vars);
  std::vector<const Activation*> local;
  bool is_isolated = false;
  std::optional<Uuid> at = token.activation;
  while (at && !is_isolated) {
    const Activation* activation = state.activation(*at);
    if (!activation) break;
    if (!activation->vars.is_null()) local.push_back(activation);
    is_isolated = activation->is_isolated;
    at = activation->parent;
  }
  if (local.empty()) return *vars_value_;
  Json seen = is_isolated ? Json::object() : state.row.vars;
  for (std::size_t i = local.size(); i-- > 0;) {
    for (const auto& [name, value] : local[i]->vars.as_object()) seen.set(name, value);
  }
  return rules::value_from_json(seen);
}

rules::Context Machine::names_for(const Token& token) {
  if (!record_value_) record_value_ = rules::value_from_json(record_);
  rules::Context of_case;
  of_case.set("id", rules::Value(state.row.id.text()));
  of_case.set("started_at", rules::Value(state.row.started));
  of_case.set("initiator", rules::value_from_json(id_or_null(state.row.initiator)));
  rules::Context names;
  names.set("record", *record_value_);
  names.set("vars", vars_for(token));
  names.set("task", rules::value_from_json(token.vars["task"]));
  names.set("case", rules::Value(std::move(of_case)));
  names.set("firing", rules::value_from_json(token.vars["firing"]));
  names.set("message", rules::value_from_json(token.vars["message"]));
  names.set("error", rules::value_from_json(token.vars["error"]));
  names.set("loopCounter", rules::value_from_json(token.vars["loopCounter"]));
  return names;
}

Result<rules::Value> Machine::evaluate(const Formula& formula, const Token& token,
                                       const ExtraName* extra) {
  rules::Context names = names_for(token);
  if (extra && !extra->name.empty()) names.set(extra->name, extra->value);
  const CaseHost asked = host();
  return formula.evaluate(names, environment(asked));
}

Result<rules::Value> Machine::evaluate_with(const Formula& formula, const Token& token,
                                            std::span<const ExtraName> extras) {
  rules::Context names = names_for(token);
  for (const ExtraName& extra : extras) names.set(extra.name, extra.value);
  const CaseHost asked = host();
  return formula.evaluate(names, environment(asked));
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

Result<void> Machine::set_var(const Token& token, const std::string& name, Json value) {
  Json* into = &state.row.vars;
  std::optional<Uuid> at = token.activation;
  while (at) {
    Activation* activation = state.activation(*at);
    if (!activation) break;
    bool is_own =
        activation->is_isolated || (!activation->vars.is_null() && activation->vars.has(name));
    if (is_own) {
      into = &activation->vars;
      break;
    }
    at = activation->parent;
  }
  Json vars = into->is_null() ? Json::object() : *into;
  vars.set(name, std::move(value));
  // What is stored must be readable again: size and depth are checked on the way in.
  auto readable = parse_json(write_json(vars), kVarsBytesMax);
  if (!readable) return refuse(ErrorCode::LimitReached, "variable '" + name + "' is too large");
  *into = std::move(vars);
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
      TRY(set_var(token, setting->name, std::move(value)));
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
  token.vars.remove("loop");
  token.vars.remove("held");
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

// A fault that an error event on the border waits for is no incident.
void Machine::run_one(Token& token) {
  if (++steps_ > limits::kFlowStepsMax) {
    raise_incident(token, {.code = ErrorCode::LimitReached,
                           .detail = "loop: more than " + std::to_string(limits::kFlowStepsMax) +
                                     " steps without waiting"});
    return;
  }
  bool leaves = token.phase == Token::Phase::Leave;
  auto done = leaves ? leave_element(*this, token) : enter_element(*this, token);
  if (done || catch_fault(*this, token, done.error())) return;
  raise_incident(token, done.error());
}

void Machine::run_queue() {
  while (!queue_.empty()) {
    Token* token = state.token(queue_.front());
    queue_.pop_front();
    if (token && token->state == state::kMoving) run_one(*token);
  }
}

// A sub-process is over when nothing in it moves or waits; then what is outside goes on. Nothing
// else moves when conditions are looked at.
void Machine::run() {
  for (;;) {
    run_queue();
    if (end_inside(*this)) continue;
    if (!graph.has_conditions || !take_conditions(*this)) return;
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

void Machine::drop_timers(const Uuid& token_or_activation) {
  for (TimerRow& timer : state.timers) {
    if (timer.token == token_or_activation) timer.is_gone = true;
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
  drop_timers(token.id);
  token.pending = Json();
  cancel_hosted(*this, token, act);
}

void Machine::drop_empty_activations() {
  std::set<Uuid> in_use;
  for (const Token& token : state.tokens) {
    if (token.is_gone) continue;
    std::optional<Uuid> at = token.activation;
    while (at && in_use.insert(*at).second) at = state.activation(*at)->parent;
  }
  for (Activation& activation : state.activations) {
    if (in_use.contains(activation.id)) continue;
    activation.is_gone = true;
    drop_timers(activation.id);
  }
}

// One row for each signal that something here waits for.
void Machine::keep_listeners() {
  std::set<std::string> names;
  if (graph.has_signals) names = signals_awaited(*this);
  for (ListenerRow& row : state.listeners) {
    if (row.is_gone) continue;
    if (names.erase(row.name) == 0) row.is_gone = true;
  }
  for (const std::string& name : names) {
    state.listeners.push_back({.id = around.ids.next(), .name = name});
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
    can_go_on |= token.state == state::kWaiting && !is_hosting(state, token);
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
  keep_listeners();
  if (state.row.state != before) tell_case();
}

store::RowChange Machine::history_row(const HistoryRow& row) {
  const CaseRow& of = state.row;
  const Actor by = row.is_by_system ? Actor{} : actor;
  store::Value person = by.person.is_nil() ? store::Value() : store::Value(by.person.text());
  NodePath at = path_of(row.node);
  Part part = graph.part_of(row.node, {.model_id = of.model_id, .version = of.model_version});
  return {.table = "flow_history",
          .key = {{"id", format_uuid(around.ids.next())}},
          .cells = {{"case_id", of.id.text()},
                    {"seq", row.seq},
                    {"form", of.form},
                    {"record_id", of.record_id.text()},
                    {"model_id", part.model_id},
                    {"model_version", part.version},
                    {"at", now().ns},
                    {"actor_kind", std::string(actor_kind_text(by.kind))},
                    {"actor", person},
                    {"act", row.act},
                    {"node", at.node},
                    {"path", at.path},
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
            .signals = std::move(signals),
            .is_ended = state.row.state == state::kEnded,
            .case_id = state.row.id};
  step.change = {.actor = actor,
                 .act = std::move(act),
                 .subject_kind = state.row.form,
                 .subject_id = state.row.record_id.text(),
                 .at = now(),
                 .rows = rows_changed(state, graph),
                 .events = std::move(events_),
                 .detail = std::move(detail)};
  for (const HistoryRow& row : history) step.change.rows.push_back(history_row(row));
  for (store::RowChange& row : more_rows) step.change.rows.push_back(std::move(row));
  return step;
}

}  // namespace anlan::flow

#include "flow/timers.h"

#include <algorithm>

#include "core/check.h"

namespace anlan::flow {

namespace {

constexpr int64_t kFiringsMax = 10'000;

Result<Duration> repeat_of(Machine& machine, const Token& token, const Node& node) {
  if (node.timer->every.is_empty()) return Duration{};
  When every = TRY(when_of(TRY(machine.evaluate(node.timer->every, token))));
  bool is_sane = !every.is_absolute && every.length >= Duration::seconds(1);
  if (!is_sane) {
    return refuse(ErrorCode::BadExpression,
                  "'" + node.id + "' must repeat after a length of at least a second");
  }
  return every.length;
}

// How often it fires at all; 0 in the row means without end.
Result<int64_t> times_of(Machine& machine, const Token& token, const Node& node) {
  if (node.timer->times.is_empty()) return node.timer->every.is_empty() ? 1 : 0;
  rules::Value times = TRY(machine.evaluate(node.timer->times, token));
  auto number = times.as_number()
                    ? *times.as_number()
                    : rules::Decimal::parse(times.as_string() ? *times.as_string() : "")
                          .value_or(rules::Decimal(-1));
  auto whole = number.to_int64();
  if (!whole || *whole < 0 || *whole > kFiringsMax) {
    return refuse(ErrorCode::BadExpression, "'" + node.id + "' has no whole number of times");
  }
  return *whole == 0 ? -1 : *whole;
}

Result<std::optional<TimerRow>> plan_timer(Machine& machine, const Token& token, const Node& node) {
  rules::Value first = TRY(machine.evaluate(node.timer->first, token));
  bool does_not_run = first.is_null() && node.kind == NodeKind::Boundary;
  if (does_not_run) return std::nullopt;
  When when = TRY(when_of(first));
  Duration every = TRY(repeat_of(machine, token, node));
  int64_t times = TRY(times_of(machine, token, node));
  if (times < 0) return std::nullopt;
  return TimerRow{.id = machine.around.ids.next_id<TimerKind>(),
                  .token = token.id,
                  .node = node.id,
                  .due = when.from(machine.now()),
                  .left = times,
                  .every = every};
}

void plan_next(Machine& machine, const TimerRow& fired) {
  bool was_last = fired.every.ns == 0 || fired.left == 1;
  if (was_last) return;
  machine.state.timers.push_back({.id = machine.around.ids.next_id<TimerKind>(),
                                  .token = fired.token,
                                  .node = fired.node,
                                  .due = fired.due + fired.every,
                                  .firing = fired.firing + 1,
                                  .left = fired.left == 0 ? 0 : fired.left - 1,
                                  .every = fired.every});
}

void fire_beside(Machine& machine, const Token& host, const TimerRow& timer) {
  Token& made = machine.add_token(host.activation, timer.node);
  made.vars = host.vars;
  made.vars.set("firing", timer.firing);
  plan_next(machine, timer);
  machine.schedule(made, Token::Phase::Enter);
}

}  // namespace

Result<std::vector<TimerRow>> plan_timers(Machine& machine, const Token& token, const Node& node) {
  std::vector<TimerRow> planned;
  auto plan = [&](const Node& timed) -> Result<void> {
    auto timer = TRY(plan_timer(machine, token, timed));
    if (timer) planned.push_back(std::move(*timer));
    return {};
  };
  if (node.kind == NodeKind::Catch && node.timer) TRY(plan(node));
  for (std::size_t boundary : node.boundaries) {
    const Node& event = machine.graph.nodes[boundary];
    if (event.timer) TRY(plan(event));
  }
  return planned;
}

Result<void> fire(Machine& machine, TimerRow& timer) {
  timer.is_gone = true;
  Token* token = machine.state.token(timer.token);
  const Node* node = machine.graph.find(timer.node);
  if (!token || !node) return refuse(ErrorCode::WrongState, "the timer's token is gone");
  HistoryRow& row = machine.note("timer.fire", timer.node);
  row.detail = Json::object({{"firing", timer.firing}, {"due", format_instant(timer.due)}});
  if (node->kind == NodeKind::Boundary && !node->is_interrupting) {
    fire_beside(machine, *token, TimerRow(timer));
    return {};
  }
  token->vars.set("firing", timer.firing);
  if (node->kind == NodeKind::Catch) {
    machine.schedule(*token, Token::Phase::Leave);
    return {};
  }
  // BPMN 2.0.2, 10.5.6: an interrupting boundary event ends its activity. Nobody completed it.
  machine.close_token_work(*token, "task.timed_out");
  token->node = timer.node;
  machine.schedule(*token, Token::Phase::Enter);
  return {};
}

Result<void> enter_catch(Machine& machine, Token& token, const Node& node) {
  TRY(machine.apply_settings(node, token, false));
  for (TimerRow& timer : TRY(plan_timers(machine, token, node))) {
    machine.state.timers.push_back(std::move(timer));
  }
  token.state = state::kWaiting;
  return {};
}

}  // namespace anlan::flow

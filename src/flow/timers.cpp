#include "flow/timers.h"

#include <algorithm>

#include "core/check.h"
#include "flow/inside.h"
#include "flow/sla.h"

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

// How many firings lie behind when the clock starts, as the model says.
Result<int64_t> done_of(Machine& machine, const Token& token, const Node& node) {
  rules::Value done = TRY(machine.evaluate_or_null(node.timer->done, token));
  if (done.is_null()) return 0;
  auto whole = done.as_number() ? done.as_number()->to_int64() : std::nullopt;
  bool is_sane = whole && *whole >= 0 && *whole <= kFiringsMax;
  if (is_sane) return *whole;
  return refuse(ErrorCode::BadExpression, "'" + node.id + "' has no whole number of firings done");
}

// A calendar that is gone since counts as plain time: a clock may run too fast, never stand still.
Instant next_due(const Machine& machine, const TimerRow& timer) {
  auto next = machine.around.library.calendars().after(timer.calendar, timer.due, timer.every);
  return next ? *next : timer.due + timer.every;
}

// The ladder goes on where it was. Before its first instant, or without a fixed one, the next
// firing comes at the first. After it, what was missed is made up; when nothing was missed, it
// fires at once where it stands: to come here again is no way to be left alone.
void go_on_after(const Machine& machine, TimerRow& timer, int64_t done, bool is_fixed) {
  int64_t times = timer.left;
  auto bounded = [&](int64_t firing) { return times == 0 ? firing : std::min(firing, times); };
  int64_t planned = 1;
  bool is_behind = is_fixed && timer.due <= machine.now();
  while (is_behind && planned <= done && (times == 0 || planned < times)) {
    Instant next = next_due(machine, timer);
    if (next > machine.now()) break;
    timer.due = next;
    ++planned;
  }
  bool was_missed = is_behind && planned > done;
  bool is_again = is_behind && !was_missed;
  timer.firing = bounded(is_again ? done : done + 1);
  if (times != 0) timer.left = times - timer.firing + 1;
}

Result<std::optional<TimerRow>> plan_timer(Machine& machine, const Token& token, const Node& node) {
  auto due = TRY(machine.due(node.timer->first, token));
  if (!due) {
    bool may_rest = node.kind == NodeKind::Boundary || machine.graph.events_before(node);
    if (may_rest) return std::nullopt;
    return refuse(ErrorCode::BadExpression, "'" + node.id + "' waits for no time at all");
  }
  Duration every = TRY(repeat_of(machine, token, node));
  int64_t times = TRY(times_of(machine, token, node));
  if (times < 0) return std::nullopt;
  TimerRow timer{.id = machine.around.ids.next_id<TimerKind>(),
                 .token = token.id,
                 .node = node.id,
                 .due = due->at,
                 .left = times,
                 .every = every,
                 .calendar = due->calendar};
  int64_t done = TRY(done_of(machine, token, node));
  if (done > 0) go_on_after(machine, timer, done, due->is_fixed);
  return timer;
}

void plan_next(Machine& machine, const TimerRow& fired) {
  bool was_last = fired.every.ns == 0 || fired.left == 1;
  if (was_last) return;
  machine.state.timers.push_back({.id = machine.around.ids.next_id<TimerKind>(),
                                  .token = fired.token,
                                  .node = fired.node,
                                  .due = next_due(machine, fired),
                                  .firing = fired.firing + 1,
                                  .left = fired.left == 0 ? 0 : fired.left - 1,
                                  .every = fired.every,
                                  .calendar = fired.calendar});
}

}  // namespace

Result<std::vector<TimerRow>> plan_timers(Machine& machine, const Token& token, const Node& node) {
  std::vector<TimerRow> planned;
  auto plan = [&](const Node& timed) -> Result<void> {
    if (!timed.timer) return {};
    auto timer = TRY(plan_timer(machine, token, timed));
    if (timer) planned.push_back(std::move(*timer));
    return {};
  };
  if (node.kind == NodeKind::Catch || node.kind == NodeKind::Start) TRY(plan(node));
  for (std::size_t boundary : node.boundaries) TRY(plan(machine.graph.nodes[boundary]));
  if (node.kind != NodeKind::Events) return planned;
  for (std::size_t edge : node.out) {
    TRY(plan(machine.graph.nodes[machine.graph.edges[edge].to]));
  }
  return planned;
}

void take_event(Machine& machine, Token& token, const Node& event) {
  if (token.node != event.id) {
    machine.drop_timers(token.id);
    token.edge = machine.graph.edges[event.in[0]].id;
    machine.state.take(token.edge);
    token.node = event.id;
  }
  machine.schedule(token, Token::Phase::Leave);
}

Result<void> fire(Machine& machine, TimerRow& timer) {
  timer.is_gone = true;
  Token* token = machine.state.token(timer.token);
  const Activation* activation = machine.state.activation(timer.token);
  const Node* node = machine.graph.find(timer.node);
  if ((!token && !activation) || !node) {
    return refuse(ErrorCode::WrongState, "the timer's token is gone");
  }
  HistoryRow& row = machine.note("timer.fire", timer.node);
  row.detail = Json::object({{"firing", timer.firing}, {"due", format_instant(timer.due)}});
  if (node->kind == NodeKind::User) return fire_sla(machine, *token, *node, TimerRow(timer));
  Started started{.name = "firing", .data = Json(timer.firing)};
  TimerRow fired(timer);
  if (!node->is_interrupting) plan_next(machine, fired);
  if (activation) {
    start_event_sub(machine, activation->id, machine.graph.nodes[node->container], started);
  } else if (node->kind == NodeKind::Catch) {
    token->vars.set("firing", timer.firing);
    take_event(machine, *token, *node);
  } else {
    // An interrupted task was completed by nobody.
    happen_at_border(machine, *token, *node, started, "task.timed_out");
  }
  return {};
}

// BPMN 2.0.2, 10.6.6 and 13.4.4: the first event that happens takes the token along its way, the
// others are withdrawn.
Result<void> enter_events(Machine& machine, Token& token, const Node& node) {
  TRY(machine.apply_settings(node, token, false));
  std::vector<TimerRow> timers = TRY(plan_timers(machine, token, node));
  bool can_happen = !timers.empty();
  for (std::size_t edge : node.out) {
    can_happen |= !machine.graph.nodes[machine.graph.edges[edge].to].message.empty();
  }
  if (!can_happen) {
    return refuse(ErrorCode::BadExpression, "'" + node.id + "' waits for nothing that can happen");
  }
  for (TimerRow& timer : timers) machine.state.timers.push_back(std::move(timer));
  token.state = state::kWaiting;
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

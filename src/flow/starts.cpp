#include "flow/starts.h"

#include <algorithm>
#include <limits>
#include <map>

#include "flow/case_host.h"
#include "flow/graph.h"

namespace anlan::flow {

namespace {

using store::RowChange;

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();  // it has fired for the last time

// What a formula sees where there is no case yet.
rules::Context names_of(std::string_view name, const Json& value) {
  rules::Context names;
  for (const char* empty : {"record", "vars", "case"}) names.set(empty, rules::Context());
  for (const char* none : {"task", "firing", "message", "error", "loopCounter"}) {
    names.set(none, rules::Value());
  }
  names.set(std::string(name), rules::value_from_json(value));
  return names;
}

Result<rules::Value> evaluate(const Around& around, const Formula& formula,
                              const rules::Context& names) {
  if (formula.is_empty()) return rules::Value();
  const Json no_case;
  const CaseHost host(around, no_case);
  return formula.evaluate(
      names, {.now = around.now, .calendars = &around.library.calendars(), .host = &host});
}

struct Clock {
  int64_t version = 0;
  int64_t due = kNever;
  int64_t firing = 1;
  int64_t left = 1;  // 0: without end
  int64_t every = 0;
  std::string calendar;
};

Result<Clock> plan(const Around& around, const TimerSpec& timer) {
  rules::Context names = names_of("firing", Json());
  Clock clock;
  rules::Value within = TRY(evaluate(around, timer.first.within, names));
  if (within.is_null()) return clock;
  When first = TRY(when_of(within));
  rules::Value calendar = TRY(evaluate(around, timer.first.calendar, names));
  if (calendar.as_string()) clock.calendar = *calendar.as_string();
  Instant due = first.at;
  if (!first.is_absolute) {
    due = TRY(around.library.calendars().after(clock.calendar, around.now, first.length));
  }
  clock.due = due.ns;
  if (timer.every.is_empty()) return clock;
  When every = TRY(when_of(TRY(evaluate(around, timer.every, names))));
  if (every.is_absolute || every.length < Duration::seconds(1)) {
    return refuse(ErrorCode::BadExpression, "a clock repeats after a second or more");
  }
  clock.every = every.length.ns;
  rules::Value times = TRY(evaluate(around, timer.times, names));
  auto number = times.as_number() ? std::optional(*times.as_number()) : std::nullopt;
  if (times.as_string()) {
    auto read = rules::Decimal::parse(*times.as_string());
    if (read) number = *read;
  }
  auto whole = number ? number->to_int64() : std::nullopt;
  clock.left = whole && *whole > 0 ? *whole : 0;
  return clock;
}

std::vector<store::Cell> cells_of(const Clock& clock) {
  return {{"version", clock.version}, {"due", clock.due},     {"firing", clock.firing},
          {"remaining", clock.left},  {"every", clock.every}, {"calendar", clock.calendar}};
}

Clock clock_of(const store::Row& row) {
  return {.version = row.int64("version"),
          .due = row.int64("due"),
          .firing = row.int64("firing"),
          .left = row.int64("remaining"),
          .every = row.int64("every"),
          .calendar = row.text("calendar")};
}

// The start event of the newest version that a row stands for; null when it is gone.
struct Begin {
  const Node* node = nullptr;
  int64_t version = 0;
};
Begin begin_of(const Library& library, std::string_view id) {
  std::size_t slash = id.rfind('/');
  if (slash == std::string_view::npos) return {};
  Library::Versioned newest = library.newest(id.substr(0, slash));
  const Node* node = newest.model ? newest.model->graph().find(id.substr(slash + 1)) : nullptr;
  bool is_clock = node && node->kind == NodeKind::Start && node->timer && node->container == kNone;
  return is_clock ? Begin{.node = node, .version = newest.version} : Begin{};
}

std::vector<std::string> clocks_wanted(const Library& library) {
  std::vector<std::string> ids;
  for (const std::string& model : library.models()) {
    const Graph& graph = library.newest(model).model->graph();
    for (std::size_t start : graph.starts) {
      if (graph.nodes[start].timer) ids.push_back(model + "/" + graph.nodes[start].id);
    }
  }
  return ids;
}

Result<std::vector<NewRecord>> records_of(const Around& around, const Node& node,
                                          const rules::Context& names) {
  std::vector<NewRecord> made;
  for (const RecordSpec& spec : node.records) {
    Json fields = rules::json_from_value(TRY(evaluate(around, spec.fields, names)));
    if (!fields.is_object()) {
      return refuse(ErrorCode::BadExpression, "the fields of a new record must be a context");
    }
    Json given = Json::object();
    for (const auto& [key, value] : fields.as_object()) {
      if (!value.is_null()) given.set(key, value);
    }
    made.push_back({.form = spec.form,
                    .id = around.ids.next_id<RecordKind>(),
                    .fields = std::move(given),
                    .node = node.id,
                    .start = node.id});
  }
  return made;
}

}  // namespace

Result<store::Change> plan_starts(const Around& around) {
  store::Change change{.actor = around.actor,
                       .act = "flow.clocks",
                       .subject_kind = "flow",
                       .subject_id = "starts",
                       .at = around.now};
  store::Rows rows = TRY(around.view.query({"SELECT id, version FROM flow_start ORDER BY id"}));
  std::map<std::string, int64_t> known;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    known[rows[i].text("id")] = rows[i].int64("version");
  }
  for (const std::string& id : clocks_wanted(around.library)) {
    Begin begin = begin_of(around.library, id);
    auto found = known.find(id);
    bool is_new = found == known.end();
    bool is_same = !is_new && found->second == begin.version;
    if (!is_new) known.erase(found);
    if (is_same) continue;
    Clock clock = TRY(plan(around, *begin.node->timer));
    clock.version = begin.version;
    change.rows.push_back({.kind = is_new ? RowChange::Kind::Insert : RowChange::Kind::Update,
                           .table = "flow_start",
                           .key = {{"id", id}},
                           .cells = cells_of(clock)});
  }
  for (const auto& [id, version] : known) {
    change.rows.push_back(
        {.kind = RowChange::Kind::Delete, .table = "flow_start", .key = {{"id", id}}});
  }
  return change;
}

Result<std::vector<DueStart>> due_starts(store::View& view, Instant now, std::size_t count) {
  store::Rows rows =
      TRY(view.query({"SELECT id, due FROM flow_start WHERE due <= ? ORDER BY due, id LIMIT ?",
                      {now.ns, static_cast<int64_t>(count)}}));
  std::vector<DueStart> due;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    due.push_back({.id = rows[i].text("id"), .due = {rows[i].int64("due")}});
  }
  return due;
}

Result<std::optional<Instant>> next_start(store::View& view) {
  store::Rows rows = TRY(view.query({"SELECT min(due) AS due FROM flow_start"}));
  if (rows.empty() || rows[0].is_null("due") || rows[0].int64("due") == kNever) {
    return std::nullopt;
  }
  return Instant{rows[0].int64("due")};
}

// What a standstill missed is not made up: nobody wants a month of inspections at once.
Result<Step> fire_start(const Around& around, const std::string& id) {
  store::Rows rows = TRY(around.view.query({"SELECT * FROM flow_start WHERE id = ?", {id}}));
  Begin begin = begin_of(around.library, id);
  bool is_due = !rows.empty() && rows[0].int64("due") <= around.now.ns && begin.node;
  if (!is_due) return refuse(ErrorCode::WrongState, "the clock has fired or is gone");
  Clock clock = clock_of(rows[0]);
  Step step;
  step.records = TRY(records_of(around, *begin.node, names_of("firing", Json(clock.firing))));
  bool is_last = clock.left == 1 || clock.every == 0;
  ++clock.firing;
  if (clock.left > 0) --clock.left;
  while (!is_last && clock.due <= around.now.ns) {
    auto next =
        around.library.calendars().after(clock.calendar, Instant{clock.due}, Duration{clock.every});
    clock.due = next ? next->ns : clock.due + clock.every;
  }
  if (is_last) clock.due = kNever;
  step.change = {.actor = around.actor,
                 .act = "flow.begin",
                 .subject_kind = "flow",
                 .subject_id = id,
                 .at = around.now,
                 .detail = Json::object({{"firing", clock.firing - 1}})};
  step.change.rows.push_back({.kind = RowChange::Kind::Update,
                              .table = "flow_start",
                              .key = {{"id", id}},
                              .cells = cells_of(clock)});
  return step;
}

Result<std::vector<NewRecord>> started_by(const Around& around, std::string_view message,
                                          const Json& data) {
  std::vector<NewRecord> all;
  for (const std::string& model : around.library.models()) {
    const Graph& graph = around.library.newest(model).model->graph();
    for (std::size_t start : graph.starts) {
      const Node& node = graph.nodes[start];
      if (node.message.empty() || node.message != message) continue;
      std::vector<NewRecord> made = TRY(records_of(around, node, names_of("message", data)));
      for (NewRecord& record : made) {
        record.message = data;
        all.push_back(std::move(record));
      }
    }
  }
  return all;
}

}  // namespace anlan::flow

#include "engine/figures_cases.h"

#include <algorithm>

namespace anlan::engine {
namespace {

using Kind = Filter::Kind;

constexpr std::size_t kIdsAtOnce = 256;  // of one statement

Filter negated(Filter filter) { return {.kind = Kind::Not, .parts = {std::move(filter)}}; }
Filter is_empty(std::string field) { return {.kind = Kind::Null, .field = std::move(field)}; }
Filter either(Filter a, Filter b) {
  return {.kind = Kind::Or, .parts = {std::move(a), std::move(b)}};
}
// States in which a report turned out to be no hazard of its own.
Filter is_void() {
  return {.kind = Kind::In, .field = "state", .values = {Json("invalid"), Json("merged")}};
}

struct Touch {
  std::string record;
  std::string person;
  Instant at{};
};

// (?, ?, ...) filled up to a power of two, so that a few statements serve every size.
void add_ids(store::Sql& sql, std::span<const std::string> ids) {
  std::size_t size = 1;
  while (size < ids.size()) size *= 2;
  for (std::size_t i = 0; i < size; ++i) {
    sql.text += i == 0 ? "(?" : ", ?";
    sql.params.emplace_back(ids[std::min(i, ids.size() - 1)]);
  }
  sql.text += ")";
}

Result<void> add_touches(store::View& view, store::Sql sql, std::span<const std::string> ids,
                         std::vector<Touch>& touches) {
  add_ids(sql, ids);
  sql.text += " GROUP BY record_id, who";
  auto rows = TRY(view.query(sql));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string who = rows[i].is_null("who") ? std::string() : rows[i].text("who");
    touches.push_back({rows[i].text("record_id"), std::move(who), {rows[i].int64("first")}});
  }
  return {};
}

// Acts of people in the flow, changes of the record, messages of the staff to the reporter.
Result<void> add_acts(store::View& view, const std::string& form, std::span<const std::string> ids,
                      std::vector<Touch>& touches) {
  TRY(add_touches(view,
                  {"SELECT record_id, actor AS who, MIN(at) AS first FROM flow_history "
                   "WHERE actor_kind IN ('person', 'token') AND form = ? AND record_id IN ",
                   {form}},
                  ids, touches));
  TRY(add_touches(view,
                  {"SELECT record_id, actor_id AS who, MIN(at) AS first FROM record_history "
                   "WHERE actor_kind IN ('person', 'token') AND form = ? AND record_id IN ",
                   {form}},
                  ids, touches));
  return add_touches(view,
                     {"SELECT record_id, person AS who, MIN(at) AS first FROM thread_message "
                      "WHERE side = 'staff' AND form = ? AND record_id IN ",
                      {form}},
                     ids, touches);
}

}  // namespace

Filter FigureFilters::compare(Kind kind, std::string_view field, Json value) const {
  return {.kind = kind, .field = std::string(field), .values = {std::move(value)}};
}

Filter FigureFilters::in_window(std::string_view field) const {
  return both(compare(Kind::Ge, field, format_instant(window_.begin)),
              compare(Kind::Lt, field, format_instant(window_.end)));
}

Filter FigureFilters::inside(Filter filter) const {
  if (org_.empty()) return filter;
  return both(compare(Kind::Under, "org_path", org_), std::move(filter));
}

Filter FigureFilters::is_hazard() const { return negated(is_void()); }

Filter FigureFilters::is_own() const {
  if (form_.find("imported") == nullptr) return {};
  return negated(compare(Kind::Eq, "imported", true));
}

Filter FigureFilters::found() const { return inside(both(in_window("created_at"), is_hazard())); }

Filter FigureFilters::reported() const { return inside(both(in_window("created_at"), is_own())); }

Filter FigureFilters::open() const {
  std::string end = format_instant(window_.end);
  Filter is_unverified = either(is_empty("verified_at"), compare(Kind::Ge, "verified_at", end));
  Filter was_hazard = is_hazard();
  if (form_.find("closed_at") != nullptr) {
    was_hazard = either(std::move(was_hazard), compare(Kind::Ge, "closed_at", end));
  }
  return inside(both(compare(Kind::Lt, "created_at", end),
                     both(std::move(is_unverified), std::move(was_hazard))));
}

Filter FigureFilters::overdue() const {
  return both(open(), compare(Kind::Lt, "due_at", format_instant(window_.seen_until())));
}

Filter FigureFilters::major_open() const { return both(open(), compare(Kind::Eq, "level", "red")); }

Filter FigureFilters::closed() const { return inside(both(in_window("verified_at"), is_hazard())); }

Filter FigureFilters::due() const {
  Filter is_due = both(compare(Kind::Ge, "due_at", format_instant(window_.begin)),
                       compare(Kind::Lt, "due_at", format_instant(window_.seen_until())));
  return inside(both(std::move(is_due), is_hazard()));
}

Filter FigureFilters::repeated() const {
  return both(found(), compare(Kind::Ge, "repeat_count", 1));
}

Filter FigureFilters::not_fixed() const {
  return both(found(), negated(is_empty("not_fixed_text")));
}

Filter FigureFilters::anonymous() const {
  return both(reported(), compare(Kind::Eq, "created_by", actor_kind_text(Actor::Kind::Anonymous)));
}

Filter FigureFilters::named() const {
  return both(reported(), compare(Kind::Ne, "created_by", actor_kind_text(Actor::Kind::Anonymous)));
}

Result<std::map<std::string, Instant, std::less<>>> first_replies(store::View& view,
                                                                  const records::Form& form,
                                                                  const Reporters& reporters) {
  std::vector<std::string> ids;
  for (const auto& [id, reporter] : reporters) ids.push_back(id);
  std::vector<Touch> touches;
  for (std::size_t i = 0; i < ids.size(); i += kIdsAtOnce) {
    std::span<const std::string> part(ids.data() + i, std::min(kIdsAtOnce, ids.size() - i));
    TRY(add_acts(view, form.id, part, touches));
  }
  std::map<std::string, Instant, std::less<>> first;
  for (const Touch& touch : touches) {
    auto reporter = reporters.find(touch.record);
    if (reporter == reporters.end() || reporter->second == touch.person) continue;
    auto [entry, is_new] = first.try_emplace(touch.record, touch.at);
    if (!is_new) entry->second = std::min(entry->second, touch.at);
  }
  return first;
}

Result<int64_t> head_count(store::View& view, std::string_view org_path) {
  std::string path(org_path.empty() ? "/" : org_path);
  auto rows =
      TRY(view.query({"SELECT COUNT(*) AS n FROM person WHERE state = 'active' "
                      "AND substr(org_path, 1, length(CAST(? AS text))) = CAST(? AS text)",
                      {path, path}}));
  return rows[0].int64("n");
}

}  // namespace anlan::engine

// Figures of permits: how long from application to signature, how many were stopped, and what was
// caught. Each opens its permits.

#include <algorithm>
#include <map>
#include <ranges>
#include <set>

#include "engine/permit_board.h"
#include "engine/permit_caught.h"
#include "engine/permits.h"
#include "engine/read.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kPermitsMax = 20'000;      // of one window
constexpr std::size_t kApplicationsMax = 1'000;  // told of one rule
constexpr Duration kWindow = Duration::days(30);
constexpr Duration kWindowMax = Duration::days(731);

struct Ids {
  Json list = Json::array();
  void add(const Json& permit) { list.push(permit["id"]); }
  int64_t count() const { return static_cast<int64_t>(list.as_array().size()); }
};

Json optional_json(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

// Signed is started; what ended unsigned was never signed and waits no more.
Json signature_json(const std::vector<Json>& permits, Instant now) {
  std::vector<ehs::Wait> waits;
  Ids counted;
  for (const Json& permit : permits) {
    auto applied = instant_in(permit, "created_at");
    auto started = instant_in(permit, "started_at");
    bool is_ended = permit["state"] == Json("refused") || permit["state"] == Json("expired") ||
                    permit["state"] == Json("closed");
    if (!applied || (!started && is_ended)) continue;
    double hours = static_cast<double>((started.value_or(now) - *applied).ns) / 3.6e12;
    waits.push_back({.hours = std::max(0.0, hours), .is_over = started.has_value()});
    counted.add(permit);
  }
  auto curve = ehs::WaitCurve::of(waits);
  return Json::object({{"median_h", optional_json(curve.within(0.5))},
                       {"p90_h", optional_json(curve.within(0.9))},
                       {"longest_h", curve.last()},
                       {"base", counted.count()},
                       {"is_small", ehs::is_small(counted.count())},
                       {"permits", std::move(counted.list)}});
}

// Reasons by which a permit was ever stopped: its history keeps each change of the field.
Result<std::set<std::string>> reasons_of(store::View& view, const records::Form& form,
                                         const Json& permit, const access::FieldModes& modes) {
  std::set<std::string> reasons;
  if (permit["suspend_count"].is_null() && permit["suspend_reason"].is_null()) return reasons;
  RecordId id = TRY(RecordId::parse(permit.text_or("id", "")));
  Json history = TRY(records::history(view, form, id, modes));
  for (const Json& row : history.as_array()) {
    bool is_reason = row["field"] == Json("suspend_reason") && row["after"].is_text();
    if (is_reason) reasons.insert(row["after"].as_text());
  }
  return reasons;
}

// People whom a gate did not let in: it opens the permits of that area at that time, if there were
// any.
Result<Json> gates_json(store::View& view, const PlantModel& plant,
                        const std::vector<Json>& permits, const std::pair<Instant, Instant>& span) {
  auto rows =
      TRY(view.query({"SELECT zone, at FROM gate_refusal WHERE at >= ? AND at < ?"
                      " ORDER BY at DESC LIMIT ?",
                      {span.first.ns, span.second.ns, static_cast<int64_t>(kPermitsMax)}}));
  std::set<std::size_t> near;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const AreaInfo* area = plant.area(rows[i].text("zone"));
    Instant at{rows[i].int64("at")};
    for (std::size_t one = 0; one < permits.size() && area != nullptr; ++one) {
      auto from = instant_in(permits[one], "valid_from");
      auto to = instant_in(permits[one], "valid_to");
      bool is_there =
          permits[one]["area"] == Json(area->id.text()) && from && to && *from <= at && at < *to;
      if (is_there) near.insert(one);
    }
  }
  Ids ids;
  for (std::size_t one : near) ids.add(permits[one]);
  return Json::object({{"reason", "gate"},
                       {"count", static_cast<int64_t>(rows.size())},
                       {"permits", std::move(ids.list)}});
}

bool may_read(const access::FieldModes& modes, const char* field) {
  return modes.of(field) >= access::FieldMode::Read;
}

// What a refused application would have been as a row: the place says whose it is.
Json would_be(const Caught& one, const PlantModel& plant) {
  Json row = one.application["fields"];
  const AreaInfo* area = plant.area(row.text_or("area", ""));
  row.set("org_path", area == nullptr ? "/" : area->org_path).set("created_by", one.person);
  return row;
}

// What an application does not say is there for no one: a scope that asks what something is not,
// of a field that is missing, is not met by it.
bool is_in_scope(const Json& row, const Filter& scope) {
  using Kind = Filter::Kind;
  auto part = [&](const Filter& one) { return is_in_scope(row, one); };
  auto is_said = [&](const std::string& field) { return row.has(field); };
  switch (scope.kind) {
    case Kind::And: return std::ranges::all_of(scope.parts, part);
    case Kind::Or: return std::ranges::any_of(scope.parts, part);
    case Kind::Not:
    case Kind::Ne:
    case Kind::Null: return std::ranges::all_of(fields_of(scope), is_said) && matches(scope, row);
    default: return matches(scope, row);
  }
}

struct Refused {
  int64_t count = 0;
  std::set<RecordId> permits;
  Json applications = Json::array();  // the newest of them
};

Result<Json> application_json(Reader& reader, const Caught& one, const access::FieldModes& modes) {
  Json fields = Json::object();
  for (const auto& [name, value] : one.application["fields"].as_object()) {
    if (may_read(modes, name.c_str())) fields.set(name, value);
  }
  std::string name = TRY(reader.person_name(one.person));
  return Json::object({{"at", format_instant(one.at)},
                       {"person", Json::object({{"id", one.person}, {"name", name}})},
                       {"code", one.code},
                       {"field", one.application["field"]},
                       {"zh", one.application["zh"]},
                       {"en", one.application["en"]},
                       {"fields", std::move(fields)}});
}

// Acts and applications that a rule refused, of permits and places that the caller sees, by rule.
Result<void> add_refused(Reader& reader, store::View& view, const records::Form& form,
                         const Reach& reach, const PlantModel& plant,
                         const std::pair<Instant, Instant>& span, Json& by_reason) {
  std::map<RecordId, bool> seen;
  std::map<std::string, Refused> by_guard;
  auto refused = TRY(caught_within(view, span.first, span.second));
  for (const Caught& one : refused | std::views::reverse) {
    if (!one.application.is_null()) {
      if (!is_in_scope(would_be(one, plant), reach.scope)) continue;
      Refused& found = by_guard[one.guard];
      ++found.count;
      if (found.applications.as_array().size() == kApplicationsMax) continue;
      Json told = TRY(application_json(reader, one, reach.modes));
      found.applications.push(std::move(told));
      continue;
    }
    auto known = seen.find(one.permit);
    if (known == seen.end()) {
      bool is_seen = TRY(records::is_visible(view, form, one.permit, reach.scope));
      known = seen.emplace(one.permit, is_seen).first;
    }
    if (!known->second) continue;
    ++by_guard[one.guard].count;
    by_guard[one.guard].permits.insert(one.permit);
  }
  for (auto& [guard, found] : by_guard) {
    Json ids = Json::array();
    for (RecordId id : found.permits) ids.push(id.text());
    Json row =
        Json::object({{"reason", guard}, {"count", found.count}, {"permits", std::move(ids)}});
    bool has_applications = !found.applications.as_array().empty();
    if (has_applications) row.set("applications", std::move(found.applications));
    by_reason.push(std::move(row));
  }
  return {};
}

}  // namespace

Result<Json> permit_figures(Engine& engine, const access::Subject& by, const PermitWindow& window) {
  const records::Form* form = engine.packs().forms.find("permit");
  if (form == nullptr) return refuse(ErrorCode::NotFound, "no permits here");
  Instant now = engine.clock().now();
  Instant to = window.to.value_or(now);
  Instant from = window.from.value_or(to - kWindow);
  bool is_window = from < to && to - from <= kWindowMax;
  if (!is_window) return refuse(ErrorCode::BadField, "no window, or a too long one", "from");
  auto view = TRY(engine.database().snapshot());
  Reader reader(*view, engine.packs(), now);
  auto reach = TRY(reader.reach(by, *form, access::Action::Aggregate));
  Filter since{.kind = Filter::Kind::Ge, .field = "created_at", .values = {format_instant(from)}};
  Filter until{.kind = Filter::Kind::Lt, .field = "created_at", .values = {format_instant(to)}};
  auto permits =
      TRY(records::all_whole(*view, *form, both(both(since, until), reach.scope), kPermitsMax));
  auto shared_plant = engine.sensing().plant();
  const PlantModel& plant = *shared_plant;
  Ids all;
  Ids stopped;
  std::map<std::string, Ids> caught;
  bool sees_reason = may_read(reach.modes, "suspend_reason");
  for (const Json& permit : permits) {
    all.add(permit);
    if (!sees_reason) continue;
    auto reasons = TRY(reasons_of(*view, *form, permit, reach.modes));
    if (!reasons.empty()) stopped.add(permit);
    for (const std::string& reason : reasons) caught[reason].add(permit);
  }
  Json by_reason = Json::array();
  Json gates = TRY(gates_json(*view, plant, permits, {from, to}));
  if (gates.int_or("count", 0) > 0) by_reason.push(std::move(gates));
  TRY(add_refused(reader, *view, *form, reach, plant, {from, to}, by_reason));
  for (auto& [reason, ids] : caught) {
    int64_t count = ids.count();
    by_reason.push(
        Json::object({{"reason", reason}, {"count", count}, {"permits", std::move(ids.list)}}));
  }
  int64_t base = all.count();
  Json share;
  if (sees_reason && base > 0) {
    share = static_cast<double>(stopped.count()) / static_cast<double>(base);
  }
  Json suspended = Json::object({{"share", std::move(share)},
                                 {"count", stopped.count()},
                                 {"base", base},
                                 {"is_small", ehs::is_small(base)},
                                 {"permits", std::move(stopped.list)}});
  Json signature = may_read(reach.modes, "started_at") ? signature_json(permits, now) : Json();
  return Json::object({{"from", format_instant(from)},
                       {"to", format_instant(to)},
                       {"made_at", format_instant(now)},
                       {"applied", Json::object({{"count", base}, {"permits", all.list}})},
                       {"signature", std::move(signature)},
                       {"suspended", std::move(suspended)},
                       {"caught", std::move(by_reason)}});
}

}  // namespace anlan::engine

#include "engine/permits.h"

#include <algorithm>
#include <array>

namespace anlan::engine {
namespace {

constexpr std::size_t kPermitsMax = 10'000;        // open at once in the largest plants
constexpr std::size_t kCertificatesMax = 200'000;  // of some 20,000 people
constexpr std::size_t kShiftsMax = 5'000;
constexpr int kPermitDaysMax = 62;  // twice the longest validity that any regime gives
constexpr int kParentsMax = 8;      // linked permits lie that deep at most

// Kept under a name that no other type has, as long as the record says the same. Its version would
// not do: a transaction may be taken back.
template <class T, class Make>
Result<std::shared_ptr<const T>> kept_for(const PermitDesk& desk, std::string name,
                                          const Json& permit, Make make) {
  store::Memory& memory = store::reading_of(desk.view).memory();
  uint64_t stamp = std::hash<std::string>{}(write_json(permit));
  bool is_stored = permit["id"].is_text();
  if (is_stored) {
    name += permit.text_or("id", "");
    if (auto known = memory.find(name, stamp)) return std::static_pointer_cast<const T>(known);
  }
  Result<T> made = make();
  if (!made) return std::unexpected(made.error());
  auto value = std::make_shared<const T>(std::move(*made));
  if (is_stored) memory.keep(name, stamp, value);
  return value;
}

Filter in_states(std::initializer_list<const char*> states) {
  Filter filter{.kind = Filter::Kind::In, .field = "state"};
  for (const char* state : states) filter.values.emplace_back(state);
  return filter;
}

// Certificates give days or instants; the last day is valid to its end.
std::optional<Instant> limit_of(const PermitDesk& desk, const std::string& text, bool is_end) {
  constexpr std::size_t kDayChars = 10;
  bool is_day = text.size() == kDayChars;
  auto at = parse_instant(is_day ? text + "T00:00:00" + desk.time_zone_offset : text);
  if (!at) return std::nullopt;
  return is_day && is_end ? *at + Duration::days(1) : *at;
}

// The plant's day.
std::string day_of(const PermitDesk& desk, Instant at) {
  auto shifted = parse_instant("1970-01-02T00:00:00" + desk.time_zone_offset);
  Duration offset = shifted ? Duration::days(1) - Duration{shifted->ns} : Duration{};
  return format_instant(at + offset).substr(0, 10);
}

Result<Certificates> read_certificates(const PermitDesk& desk, const records::Form& form) {
  Certificates all;
  // What lapsed before any permit that is alive could begin says nothing of it.
  Filter lately{.kind = Filter::Kind::Ge,
                .field = "valid_to",
                .values = {Json(day_of(desk, desk.now - Duration::days(kPermitDaysMax)))}};
  auto rows = TRY(records::all_whole(desk.view, form, lately, kCertificatesMax));
  for (const Json& row : rows) {
    auto person = PersonId::parse(row.text_or("person", ""));
    bool is_in_force = row.bool_or("is_verified", false) && row["state"] != Json("revoked");
    if (!person || !is_in_force) continue;
    auto from = limit_of(desk, row.text_or("valid_from", ""), false);
    auto to = limit_of(desk, row.text_or("valid_to", ""), true);
    all[*person].push_back({.kind = row.text_or("kind", ""),
                            .from = from.value_or(Instant{}),
                            .to = to.value_or(Instant{INT64_MAX})});
  }
  return all;
}

// Until when the person is on duty without a gap, of the shift in which the work began for
// them; nothing for who was not rostered then.
std::optional<Instant> on_duty_until(const std::vector<Json>& shifts, PersonId person,
                                     Instant began) {
  std::optional<Instant> until;
  for (const Json& shift : shifts) {  // by their beginning
    if (shift["person"] != Json(person.text())) continue;
    auto from = instant_in(shift, "from");
    auto end = instant_in(shift, "until");
    if (!from || !end || *from > until.value_or(began) || *end <= began) continue;
    until = std::max(until.value_or(*end), *end);
  }
  return until;
}

bool needs_shift(const PermitPart& part) {
  return part.role == "leader" || part.role == "guardian";
}

// When the present crew came to the work: began it, took it over or took it up again.
std::optional<Instant> crew_since(const Json& permit) {
  auto since = instant_in(permit, "crew_since");
  return since ? since : instant_in(permit, "started_at");
}

// Of the leader and the guardian, whoever's shift ends first.
std::optional<Instant> shift_end_of(const std::vector<Json>& shifts, const Json& permit) {
  std::optional<Instant> end;
  auto began = crew_since(permit);
  if (!began) return end;
  for (const PermitPart& part : parts_of(permit)) {
    if (!needs_shift(part)) continue;
    auto own = on_duty_until(shifts, part.person, *began);
    if (own) end = std::min(end.value_or(*own), *own);
  }
  return end;
}

// Shifts that ended lately, go on, or follow, by their beginning.
Result<std::vector<Json>> shifts_near(const PermitDesk& desk) {
  const records::Form* form = desk.packs.forms.find("duty");
  if (form == nullptr) return std::vector<Json>{};
  Filter lately{.kind = Filter::Kind::Gt,
                .field = "until",
                .values = {Json(format_instant(desk.now - Duration::days(4)))}};
  auto shifts = TRY(records::all_whole(desk.view, *form, lately, kShiftsMax));
  std::ranges::stable_sort(shifts, {}, [](const Json& row) { return row.text_or("from", ""); });
  return shifts;
}

std::vector<ehs::Lapse> lapses_of(const Certificates& all, const Json& permit, const Json& limits) {
  std::vector<ehs::Lapse> lapses;
  auto begin = instant_in(permit, "valid_from").value_or(Instant{});
  for (const PermitPart& part : parts_of(permit)) {
    for (std::string& kind : kinds_asked(limits, part.role)) {
      Instant until = certified_until(all, part.person, kind, begin);
      lapses.push_back({part.person, part.role, std::move(kind), until});
    }
  }
  std::ranges::stable_sort(lapses, {}, &ehs::Lapse::at);
  return lapses;
}

Result<std::vector<ehs::LivePermit>> read_live(const PermitDesk& desk) {
  std::vector<ehs::LivePermit> live;
  auto shifts = TRY(shifts_near(desk));
  for (const Json& row : TRY(permits_in(desk, {"active"}))) {
    ehs::LivePermit permit = TRY(live_permit(desk, row));
    permit.shift_end = shift_end_of(shifts, row);
    live.push_back(std::move(permit));
  }
  return live;
}

}  // namespace

std::optional<Instant> instant_in(const Json& record, std::string_view field) {
  auto at = parse_instant(record.text_or(field, ""));
  if (!at) return std::nullopt;
  return *at;
}

std::optional<double> number_in(const Json& record, std::string_view field) {
  return record[field].is_number() ? record[field].as_double() : std::nullopt;
}

Result<Json> permit_decision(const PermitDesk& desk, const Json& permit,
                             std::string_view decision) {
  std::string regime = permit.text_or("regime", "");
  std::string file = "permit_" + (regime.empty() ? "limits" : regime);
  const rules::Model* model = desk.packs.library.decision(file, 0);
  if (model == nullptr && regime.empty()) return Json();
  if (model == nullptr) {
    return refuse(ErrorCode::BadModel, "decision file '" + file + "' is not deployed", "regime");
  }
  rules::Context inputs = rules::context_from_json(permit);
  if (auto from = instant_in(permit, "valid_from")) inputs.set("on", day_of(desk, *from));
  auto known = model->decisions();
  bool is_known = std::ranges::contains(known, decision, &rules::Model::Element::name);
  if (!is_known && regime.empty()) return Json();
  rules::Outcome outcome = TRY(model->decide(decision, inputs, {.now = desk.now}));
  if (outcome.value.is_null() && !regime.empty()) {
    std::string why = outcome.warnings.empty() ? "no row fits" : outcome.warnings.front();
    return refuse(ErrorCode::BadModel, file + ", " + std::string(decision) + ": " + why, "regime");
  }
  return rules::json_from_value(outcome.value);
}

Result<std::shared_ptr<const Json>> permit_limits_of(const PermitDesk& desk, const Json& permit) {
  return kept_for<Json>(desk, "engine.permit.limits.", permit,
                        [&] { return permit_decision(desk, permit, "limits"); });
}

Result<std::shared_ptr<const ehs::ConflictRules>> conflict_rules_of(const PermitDesk& desk,
                                                                    const Json& permit) {
  // Pairs of kinds follow from the regime and the day alone, so thousands of permits share a few.
  auto from = instant_in(permit, "valid_from");
  Json asked = Json::object({{"regime", permit["regime"]}, {"valid_from", permit["valid_from"]}});
  std::string name = "engine.permit.conflicts." + permit.text_or("regime", "") +
                     (from ? day_of(desk, *from) : std::string());
  store::Memory& memory = store::reading_of(desk.view).memory();
  if (auto known = memory.find(name, 1)) {
    return std::static_pointer_cast<const ehs::ConflictRules>(known);
  }
  Json rows = TRY(permit_decision(desk, asked, "conflicts"));
  auto rules = std::make_shared<const ehs::ConflictRules>(TRY(ehs::conflict_rules_from(rows)));
  memory.keep(name, 1, rules);
  return rules;
}

Result<std::vector<Json>> permits_in(const PermitDesk& desk,
                                     std::initializer_list<const char*> in) {
  const records::Form* form = desk.packs.forms.find("permit");
  if (form == nullptr) return std::vector<Json>{};
  return records::all_whole(desk.view, *form, in_states(in), kPermitsMax);
}

Result<std::vector<Json>> permit_places_in(const PermitDesk& desk,
                                           std::initializer_list<const char*> in) {
  static constexpr std::array<std::string_view, 16> kMembers{
      "id",      "number",   "state",      "kind",     "area", "x",      "y",        "radius_m",
      "z_low_m", "z_high_m", "valid_from", "valid_to", "pipe", "parent", "height_m", "deck"};
  const records::Form* form = desk.packs.forms.find("permit");
  if (form == nullptr) return std::vector<Json>{};
  return records::all_partly(desk.view, *form, in_states(in), kPermitsMax, kMembers);
}

Result<std::shared_ptr<const std::vector<Json>>> permits_standing(const PermitDesk& desk) {
  return store::remembered<std::vector<Json>>(
      desk.view, "engine.permits.standing", {"f_permit"}, [&] {
        return permits_in(desk, {"ready", "active", "suspended", "withdrawing", "watching"});
      });
}

namespace {
ehs::Deck deck_of(const Json& permit) {
  std::string deck = permit.text_or("deck", "");
  if (deck == "double") return ehs::Deck::Double;
  return deck == "single" ? ehs::Deck::Single : ehs::Deck::None;
}
}  // namespace

ehs::PermitPlace place_of(const PermitDesk& desk, const Json& permit) {
  const AreaInfo* area = desk.plant.area_by_id(permit.text_or("area", ""));
  ehs::PermitPlace place{.kind = permit.text_or("kind", ""),
                         .area = area == nullptr ? std::string() : area->code,
                         .radius_m = number_in(permit, "radius_m").value_or(0),
                         .z_low_m = number_in(permit, "z_low_m").value_or(0),
                         .z_high_m = number_in(permit, "z_high_m").value_or(3),
                         .from = instant_in(permit, "valid_from").value_or(Instant{}),
                         .to = instant_in(permit, "valid_to").value_or(Instant{}),
                         .pipe = permit.text_or("pipe", ""),
                         .work_m = number_in(permit, "height_m").value_or(0),
                         .deck = deck_of(permit)};
  if (auto id = RecordId::parse(permit.text_or("id", ""))) place.id = *id;
  auto x = number_in(permit, "x");
  auto y = number_in(permit, "y");
  if (x && y) place.at = twin::Point{*x, *y};
  auto parent = RecordId::parse(permit.text_or("parent", ""));
  place.family = parent ? *parent : place.id;
  return place;
}

std::vector<ehs::PermitPlace> places_of(const PermitDesk& desk, const std::vector<Json>& permits) {
  std::vector<ehs::PermitPlace> places;
  std::map<RecordId, RecordId> parents;
  for (const Json& permit : permits) {
    places.push_back(place_of(desk, permit));
    if (places.back().family != places.back().id) {
      parents[places.back().id] = places.back().family;
    }
  }
  for (ehs::PermitPlace& place : places) {
    for (int depth = 0; depth < kParentsMax; ++depth) {
      auto parent = parents.find(place.family);
      if (parent == parents.end()) break;
      place.family = parent->second;
    }
  }
  return places;
}

ehs::PermitPlace place_among(const PermitDesk& desk, const Json& permit,
                             std::span<ehs::PermitPlace> others) {
  ehs::PermitPlace own = place_of(desk, permit);
  auto parent = std::ranges::find(others, own.family, &ehs::PermitPlace::id);
  if (parent != others.end()) own.family = parent->family;
  for (ehs::PermitPlace& other : others) {
    if (other.family == own.id) other.family = own.family;
  }
  return own;
}

Result<std::shared_ptr<const std::vector<ehs::LivePermit>>> live_permits(const PermitDesk& desk) {
  // The model of the plant is read anew some time after its areas changed.
  std::string areas;
  for (const AreaInfo& area : desk.plant.areas()) areas += area.id.text() + "=" + area.code + ";";
  std::string name = "engine.permits.live." + std::to_string(std::hash<std::string>{}(areas));
  return store::remembered<std::vector<ehs::LivePermit>>(
      desk.view, name, {"f_permit", "f_certificate", "f_duty"}, [&] { return read_live(desk); });
}

Result<ehs::LivePermit> live_permit(const PermitDesk& desk, const Json& permit) {
  ehs::PermitPlace place = place_of(desk, permit);
  auto limits = permit_limits_of(desk, permit);
  if (!limits && limits.error().code != ErrorCode::BadModel) {
    return std::unexpected(limits.error());
  }
  ehs::LivePermit live{.id = place.id,
                       .kind = place.kind,
                       .grade = permit.text_or("grade", ""),
                       .area = place.area,
                       .at = place.at,
                       .gas_at = instant_in(permit, "gas_at"),
                       .is_outdoor = permit.bool_or("is_outdoor", true),
                       .limits = ehs::permit_limits_from(limits ? **limits : Json()),
                       .number = permit.text_or("number", ""),
                       .toxic_substance = permit.text_or("toxic_substance", ""),
                       .toxic_max = number_in(permit, "limit_toxic"),
                       .fault = limits ? "" : limits.error().detail};
  if (auto guardian = PersonId::parse(permit.text_or("guardian", ""))) live.guardian = *guardian;
  if (auto parent = RecordId::parse(permit.text_or("parent", ""))) {
    live.parent = *parent;
    const records::Form* form = desk.packs.forms.find("permit");
    live.parent_state = TRY(records::state_of(desk.view, *form, *parent));
  }
  auto all = TRY(certificates(desk));
  if (limits) live.lapses = lapses_of(*all, permit, **limits);
  return live;
}

std::function<std::optional<ehs::Neighbour>(const ehs::LivePermit&)> neighbours_by(
    const PermitDesk& desk, std::span<const ehs::PermitPlace> states) {
  return [&desk, states](const ehs::LivePermit& live) -> std::optional<ehs::Neighbour> {
    const records::Form* form = desk.packs.forms.find("permit");
    auto permit = records::read_whole(desk.view, *form, live.id);
    auto rules = permit ? conflict_rules_of(desk, *permit) : std::unexpected(permit.error());
    if (!rules) return std::nullopt;  // `fault` of the permit says so
    ehs::PermitPlace own = place_of(desk, *permit);
    own.to = std::max(own.to, desk.now + Duration::seconds(1));
    for (const ehs::Conflict& one : ehs::conflicts(own, states, **rules, desk.plant.plan())) {
      if (!one.is_hard) continue;
      const ehs::ConflictRule& rule = (**rules)[one.rule];
      return ehs::Neighbour{Json::object({{"state", states[one.other].kind},
                                          {"tag", states[one.other].name},
                                          {"gap_m", one.gap_m},
                                          {"zh", rule.text.zh},
                                          {"en", rule.text.en}})};
    }
    return std::nullopt;
  };
}

std::vector<PermitPart> parts_of(const Json& permit) {
  std::vector<PermitPart> parts;
  for (const char* field : {"leader", "guardian", "rigger", "signaller", "crane_driver"}) {
    if (auto person = PersonId::parse(permit.text_or(field, ""))) {
      parts.push_back({field, field, *person});
    }
  }
  const Json& workers = permit["workers"]["persons"];
  if (!workers.is_array()) return parts;
  for (const Json& worker : workers.as_array()) {
    auto person = PersonId::parse(worker.is_text() ? worker.as_text() : "");
    if (person) parts.push_back({"worker", "workers", *person});
  }
  return parts;
}

std::vector<PersonId> people_on(const Json& permit) {
  std::vector<PersonId> people;
  for (const PermitPart& part : parts_of(permit)) {
    if (!std::ranges::contains(people, part.person)) people.push_back(part.person);
  }
  return people;
}

Result<std::optional<OffDuty>> off_duty(const PermitDesk& desk, const Json& permit) {
  auto began = crew_since(permit);
  if (!began) return std::nullopt;
  auto shifts = TRY(shifts_near(desk));
  for (const PermitPart& part : parts_of(permit)) {
    if (!needs_shift(part)) continue;
    auto end = on_duty_until(shifts, part.person, *began);
    bool is_over = end && *end <= desk.now && !on_duty_until(shifts, part.person, desk.now);
    if (is_over) return OffDuty{part, *end};
  }
  return std::nullopt;
}

Result<std::shared_ptr<const Certificates>> certificates(const PermitDesk& desk) {
  const records::Form* form = desk.packs.forms.find("certificate");
  if (form == nullptr) return std::make_shared<const Certificates>();
  return store::remembered<Certificates>(desk.view, "engine.certificates", {"f_certificate"},
                                         [&] { return read_certificates(desk, *form); });
}

Instant certified_until(const Certificates& all, PersonId person, std::string_view kind,
                        Instant at) {
  auto own = all.find(person);
  if (own == all.end()) return {};
  std::vector<Certificate> of_kind;
  std::ranges::copy_if(own->second, std::back_inserter(of_kind),
                       [&](const Certificate& one) { return one.kind == kind; });
  std::ranges::sort(of_kind, {}, &Certificate::from);
  Instant until{};
  for (const Certificate& one : of_kind) {
    Instant reached = until == Instant{} ? at : until;
    bool follows = one.from <= reached && one.to > reached;
    if (follows) until = one.to;
  }
  return until;
}

std::vector<std::string> kinds_asked(const Json& limits, std::string_view role) {
  std::vector<std::string> kinds;
  const Json& asked = limits["certificate_kinds"][role];
  if (asked.is_text()) kinds.push_back(asked.as_text());
  if (!asked.is_array()) return kinds;
  for (const Json& kind : asked.as_array()) {
    if (kind.is_text()) kinds.push_back(kind.as_text());
  }
  return kinds;
}

}  // namespace anlan::engine

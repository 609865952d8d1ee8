#include "engine/permits.h"

#include <algorithm>

namespace anlan::engine {
namespace {

constexpr std::size_t kLivePermitsMax = 10'000;

std::optional<Instant> instant_of(const Json& record, std::string_view name) {
  auto at = parse_instant(record.text_or(name, ""));
  if (!at) return std::nullopt;
  return *at;
}

Result<ehs::PermitLimits> limits_of(const Packs& packs, const Json& record, Instant now) {
  const rules::Model* model = packs.library.decision("permit_limits", 0);
  if (model == nullptr) return ehs::PermitLimits{};
  rules::Outcome outcome =
      TRY(model->decide("limits", rules::context_from_json(record), {.now = now}));
  return ehs::permit_limits_from(rules::json_from_value(outcome.value));
}

}  // namespace

Result<std::vector<ehs::LivePermit>> live_permits(store::View& view, const Packs& packs,
                                                  const PlantModel& plant, Instant now) {
  std::vector<ehs::LivePermit> live;
  const records::Form* form = packs.forms.find("permit");
  if (form == nullptr) return live;
  Filter active{.kind = Filter::Kind::Eq, .field = "state", .values = {Json("active")}};
  auto rows = TRY(records::all_whole(view, *form, active, kLivePermitsMax));
  for (const Json& row : rows) {
    ehs::LivePermit permit = TRY(live_permit(row, packs, plant, now));
    live.push_back(std::move(permit));
  }
  return live;
}

Result<ehs::LivePermit> live_permit(const Json& record, const Packs& packs, const PlantModel& plant,
                                    Instant now) {
  const AreaInfo* area = plant.area_by_id(record.text_or("area", ""));
  ehs::LivePermit permit{.id = TRY(RecordId::parse(record.text_or("id", ""))),
                         .kind = record.text_or("kind", ""),
                         .grade = record.text_or("grade", ""),
                         .area = area == nullptr ? std::string() : area->code,
                         .gas_at = instant_of(record, "gas_at"),
                         .is_outdoor = record.bool_or("is_outdoor", false),
                         .limits = TRY(limits_of(packs, record, now))};
  if (record["x"].is_number() && record["y"].is_number()) {
    permit.at = twin::Point{*record["x"].as_double(), *record["y"].as_double()};
  }
  if (auto guardian = PersonId::parse(record.text_or("guardian", ""))) permit.guardian = *guardian;
  return permit;
}

std::vector<PersonId> people_on(const Json& permit) {
  std::vector<PersonId> people;
  auto add = [&](const Json& id) {
    if (!id.is_text()) return;
    auto person = PersonId::parse(id.as_text());
    if (person && !std::ranges::contains(people, *person)) people.push_back(*person);
  };
  add(permit["leader"]);
  add(permit["guardian"]);
  const Json& workers = permit["workers"]["persons"];
  if (workers.is_array()) {
    for (const Json& worker : workers.as_array()) add(worker);
  }
  return people;
}

}  // namespace anlan::engine

#include "engine/gates.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "engine/execute.h"

namespace anlan::engine {
namespace {

Result<AllowedBadges> read_allowed(const PermitDesk& desk) {
  AllowedBadges allowed;
  std::map<std::string, std::vector<std::string>> gates;  // by area id
  for (const twin::Gate& gate : desk.plant.plan().gates()) {
    const AreaInfo* area = desk.plant.area(gate.zone);
    if (area == nullptr || !area->needs_permit) continue;
    allowed[gate.code];
    gates[area->id.text()].push_back(gate.code);
  }
  if (gates.empty()) return allowed;
  for (const Json& permit : TRY(permits_in(desk, {"active"}))) {
    auto into = gates.find(permit.text_or("area", ""));
    if (into == gates.end()) continue;
    for (PersonId person : people_on(permit)) {
      const BadgeInfo* badge = desk.plant.badge_of(person);
      if (badge == nullptr) continue;
      for (const std::string& gate : into->second) allowed[gate].push_back(badge->code);
    }
  }
  for (auto& [gate, badges] : allowed) {
    std::ranges::sort(badges);
    auto doubles = std::ranges::unique(badges);
    badges.erase(doubles.begin(), doubles.end());
  }
  return allowed;
}

// What of the plant it follows from: the model is read anew some time after its records changed.
std::string plant_mark(const PlantModel& plant) {
  std::string facts;
  for (const AreaInfo& area : plant.areas()) {
    if (area.needs_permit) facts += area.code + ";";
  }
  for (const BadgeInfo& badge : plant.badges()) {
    if (!badge.person.is_nil()) facts += badge.code + "=" + badge.person.text() + ";";
  }
  return std::to_string(std::hash<std::string>{}(facts));
}

}  // namespace

// shared: with the memory of the database
Result<std::shared_ptr<const AllowedBadges>> allowed_badges(const PermitDesk& desk) {
  return store::remembered<AllowedBadges>(desk.view,
                                          "engine.gates.allowed." + plant_mark(desk.plant),
                                          {"f_permit"}, [&] { return read_allowed(desk); });
}

Result<Json> refused_passes(store::View& view, Instant since, std::size_t count) {
  auto rows =
      TRY(view.query({"SELECT gate, zone, badge, at FROM gate_refusal WHERE at >= ?"
                      " ORDER BY at DESC, gate, badge LIMIT ?",
                      {since.ns, static_cast<int64_t>(count)}}));
  Json list = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    list.push(Json::object({{"gate", rows[i].text("gate")},
                            {"zone", rows[i].text("zone")},
                            {"badge", rows[i].text("badge")},
                            {"at", format_instant({rows[i].int64("at")})}}));
  }
  return list;
}

// The same refusal told twice is one: a gate may repeat itself.
Result<Json> Execution::execute(const NoteRefusals& what) {
  store::Change change{.actor = command_->by.actor, .act = "gate.refused", .at = around_.now};
  std::set<std::tuple<std::string, std::string, int64_t>> seen;
  for (const twin::GatePass& pass : what.passes) {
    auto known = TRY(
        transaction_.query({"SELECT at FROM gate_refusal WHERE gate = ? AND badge = ? AND at = ?",
                            {pass.gate, pass.badge, pass.seen.ns}}));
    bool is_new = known.empty() && seen.insert({pass.gate, pass.badge, pass.seen.ns}).second;
    if (!is_new) continue;
    change.rows.push_back(
        {.kind = store::RowChange::Kind::Insert,
         .table = "gate_refusal",
         .key = {{"gate", pass.gate}, {"badge", pass.badge}, {"at", pass.seen.ns}},
         .cells = {{"zone", pass.zone}}});
  }
  if (!change.rows.empty()) TRY(transaction_.apply(change));
  return Json::object();
}

}  // namespace anlan::engine

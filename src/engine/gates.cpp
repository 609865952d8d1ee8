#include "engine/gates.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "access/access.h"
#include "engine/execute.h"
#include "flow/flow.h"

namespace anlan::engine {
namespace {

using OpenSteps = std::map<RecordId, std::vector<flow::StepTaken>>;

// Whoever has the certificate that an analysis of this work asks for: any of them may take it.
Result<void> add_analysts(const PermitDesk& desk, const Json& permit,
                          std::vector<PersonId>& people) {
  auto limits = permit_limits_of(desk, permit);
  if (!limits) return {};  // its figures can't be told: nobody is named
  auto all = TRY(certificates(desk));
  for (const std::string& kind : kinds_asked(**limits, "analyst")) {
    for (const auto& [person, own] : *all) {
      if (certified_until(*all, person, kind, desk.now) > desk.now) people.push_back(person);
    }
  }
  return {};
}

// Whom a step on the spot waits for.
Result<void> add_signers(const PermitDesk& desk, const Json& permit, const OpenSteps& open,
                         std::vector<PersonId>& people) {
  auto steps = open.find(TRY(RecordId::parse(permit.text_or("id", ""))));
  if (steps == open.end()) return {};
  for (const flow::StepTaken& step : steps->second) {
    people.insert(people.end(), step.persons.begin(), step.persons.end());
    for (const std::string& role : step.roles) {
      auto holders = TRY(access::holders(desk.view, role, permit.text_or("org_path", "/")));
      people.insert(people.end(), holders.begin(), holders.end());
    }
  }
  return {};
}

// Before the start who prepares it: leader, guardian, analyst, whoever signs on the spot. While it
// stands still only who takes the sample that it waits for. While people leave, leader and
// guardian, who count them out; after the work the guardian who watches.
Result<std::vector<PersonId>> let_in(const PermitDesk& desk, const Json& permit,
                                     const OpenSteps& open) {
  std::string state = permit.text_or("state", "");
  if (state == "active") return people_on(permit);
  std::vector<PersonId> people;
  for (const PermitPart& part : parts_of(permit)) {
    bool is_led = state == "ready" || state == "withdrawing";
    bool is_meant = (part.role == "guardian" && (is_led || state == "watching")) ||
                    (part.role == "leader" && is_led);
    if (is_meant) people.push_back(part.person);
  }
  if (state == "ready" || state == "suspended") TRY(add_analysts(desk, permit, people));
  if (state == "ready") TRY(add_signers(desk, permit, open, people));
  return people;
}

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
  auto open = TRY(flow::steps_open(desk.view, desk.packs.library, "permit"));
  std::vector<Json> standing =
      TRY(permits_in(desk, {"ready", "active", "suspended", "withdrawing", "watching"}));
  for (const Json& permit : standing) {
    auto into = gates.find(permit.text_or("area", ""));
    if (into == gates.end()) continue;
    for (PersonId person : TRY(let_in(desk, permit, open))) {
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

// The answer as long as no certificate begins or ends: no commit tells of that.
struct RememberedBadges {
  std::shared_ptr<const AllowedBadges> badges;
  std::optional<Instant> until;
};

Result<std::optional<Instant>> next_change(const PermitDesk& desk) {
  std::optional<Instant> next;
  auto all = TRY(certificates(desk));
  for (const auto& [person, own] : *all) {
    for (const Certificate& one : own) {
      for (Instant at : {one.from, one.to}) {
        if (at > desk.now && (!next || at < *next)) next = at;
      }
    }
  }
  return next;
}

Result<RememberedBadges> badges_until(const PermitDesk& desk) {
  auto badges = std::make_shared<const AllowedBadges>(TRY(read_allowed(desk)));
  return RememberedBadges{.badges = std::move(badges), .until = TRY(next_change(desk))};
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
  auto known = TRY(store::remembered<RememberedBadges>(
      desk.view, "engine.gates.allowed." + plant_mark(desk.plant),
      {"f_permit", "f_certificate", "flow_task", "role_grant", "person"},
      [&] { return badges_until(desk); }));
  bool is_over = known->until && *known->until <= desk.now;
  return is_over ? TRY(badges_until(desk)).badges : known->badges;
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

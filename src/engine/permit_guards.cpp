// Guards that are about the permit and those beside it: who works there, where, next to what, under
// which parent and which rules.

#include <algorithm>
#include <set>

#include "core/text.h"
#include "engine/guards.h"
#include "engine/permit_separation.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kAcceptancesMax = 1'000;
constexpr int kParentsMax = 8;  // linked permits lie that deep at most

struct Span {
  Instant from{}, to{};
};

Span span_of(const Json& permit) {
  return {instant_in(permit, "valid_from").value_or(Instant{}),
          instant_in(permit, "valid_to").value_or(Instant{})};
}

bool overlap(const Span& a, const Span& b) { return a.from < b.to && b.from < a.to; }

Json about(const Json& permit) {
  return Json::object({{"permit", permit["id"]}, {"number", permit["number"]}});
}

// Leader, guardian and workers are different people: who guards does nothing else.
Result<void> check_distinct(const std::vector<PermitPart>& parts) {
  std::set<PersonId> seen;
  for (const PermitPart& part : parts) {
    bool is_counted = part.role == "leader" || part.role == "guardian" || part.role == "worker";
    if (!is_counted || seen.insert(part.person).second) continue;
    return refuse_with(ErrorCode::SeparationOfDuty, part.field,
                       Json::object({{"person", part.person.text()}}));
  }
  return {};
}

Result<void> check_certificates(const GuardCall& call, const std::vector<PermitPart>& parts) {
  const PermitDesk& desk = call.desk.permits;
  auto limits = TRY(permit_limits_of(desk, call.permit));
  auto all = TRY(certificates(desk));
  Span span = span_of(call.permit);
  Instant from = std::max(span.from, desk.now);
  for (const PermitPart& part : parts) {
    for (const std::string& kind : kinds_asked(*limits, part.role)) {
      Instant until = certified_until(*all, part.person, kind, from);
      if (until >= span.to && until > from) continue;
      Json params =
          Json::object({{"person", part.person.text()}, {"role", part.role}, {"kind", kind}});
      if (until > from) params.set("until", format_instant(until));
      return refuse_with(ErrorCode::CertificateMissing, part.field, params);
    }
  }
  return {};
}

// Linked permits are one job, whatever lies between them: it is called after the outermost parent.
Result<std::string> job_of(const PermitDesk& desk, const std::vector<Json>& standing,
                           const Json& permit) {
  const records::Form* form = desk.packs.forms.find("permit");
  std::string job = permit.text_or("id", "");
  std::string parent = permit.text_or("parent", "");
  for (int depth = 0; depth < kParentsMax && !parent.empty(); ++depth) {
    job = parent;
    auto known =
        std::ranges::find_if(standing, [&](const Json& one) { return one["id"] == Json(parent); });
    if (known != standing.end()) {
      parent = known->text_or("parent", "");
      continue;
    }
    RecordId id = TRY(RecordId::parse(parent));
    Json over = TRY(records::read_whole(desk.view, *form, id));
    parent = over.text_or("parent", "");
  }
  return job;
}

// Who guards does nothing else meanwhile, on whatever permit.
std::optional<std::string> works_and_guards(const Json& a, const Json& b) {
  for (const PermitPart& part : parts_of(a)) {
    bool is_work = part.role == "leader" || part.role == "worker";
    if (is_work && b["guardian"] == Json(part.person.text())) return part.field;
  }
  return std::nullopt;
}

// One job of several kinds has a permit of each: nobody starts while one of them is not approved.
Result<void> check_job(const GuardCall& call, const ehs::ConflictRules& rules,
                       const std::vector<Json>& standing) {
  constexpr std::string_view kJob = "job";
  auto rule = std::ranges::find_if(rules, [&](const ehs::ConflictRule& one) {
    return one.is_hard && one.a == kJob && one.b == kJob;
  });
  if (rule == rules.end() || call.ask.outcome != "start") return {};
  const PermitDesk& desk = call.desk.permits;
  std::string job = TRY(job_of(desk, standing, call.permit));
  for (const Json& other : TRY(permits_in(desk, {"applied", "approving"}))) {
    if (other["parent"].is_null() || other["id"] == call.permit["id"]) continue;
    std::string other_job = TRY(job_of(desk, standing, other));
    if (other_job != job) continue;
    return std::unexpected(Error{
        .code = ErrorCode::PermitConflict,
        .field = "parent",
        .message_zh = rule->text.zh,
        .message_en = rule->text.en,
        .params = write_json(about(other).set("state", other["state"]).set("mark", rule->mark))});
  }
  return {};
}

// When the newest rules of this regime were deployed: who accepted drafts before has not seen them.
Result<Instant> rules_since(const PermitDesk& desk, const Json& permit) {
  constexpr int64_t kMillisecond = 1'000'000;  // records keep no finer time
  auto rows = TRY(
      desk.view.query({"SELECT deployed_at FROM deployed_model WHERE kind = 'decisions' AND id = ?"
                       " ORDER BY version DESC LIMIT 1",
                       {"permit_" + permit.text_or("regime", "")}}));
  if (rows.empty()) return Instant{};
  return Instant{rows[0].int64("deployed_at") / kMillisecond * kMillisecond};
}

}  // namespace

Result<Json> guard_people(const GuardCall& asked) {
  Json permit = with_successors(asked.permit);
  GuardCall call{.desk = asked.desk, .ask = asked.ask, .permit = permit};
  std::vector<PermitPart> parts = parts_of(call.permit);
  TRY(check_distinct(parts));
  TRY(check_approvers(call, parts));
  TRY(check_certificates(call, parts));
  Span span = span_of(call.permit);
  Json warnings = Json::array();
  const PermitDesk& desk = call.desk.permits;
  auto standing = TRY(permits_standing(desk));
  std::string job = TRY(job_of(desk, *standing, call.permit));
  for (const Json& other : *standing) {
    if (other["id"] == call.permit["id"] || !overlap(span, span_of(other))) continue;
    if (works_and_guards(other, call.permit)) {
      return refuse_with(ErrorCode::GuardianBusy, "guardian", about(other));
    }
    if (auto field = works_and_guards(call.permit, other)) {
      return refuse_with(ErrorCode::GuardianBusy, *field, about(other));
    }
    std::string other_job = TRY(job_of(desk, *standing, other));
    if (other_job == job) continue;
    bool is_guardian =
        !call.permit["guardian"].is_null() && other["guardian"] == call.permit["guardian"];
    if (is_guardian) return refuse_with(ErrorCode::GuardianBusy, "guardian", about(other));
    std::vector<PersonId> there = people_on(other);
    for (PersonId person : people_on(call.permit)) {
      if (!std::ranges::contains(there, person)) continue;
      warnings.push(about(other).set("person", person.text()));
    }
  }
  if (warnings.as_array().empty()) return Json();
  return Json::object({{"also_on", std::move(warnings)}});
}

Result<Json> guard_place(const GuardCall& call) {
  const twin::Plan& plan = call.desk.permits.plant.plan();
  ehs::PermitPlace place = place_of(call.desk.permits, call.permit);
  if (!place.at) {
    if (plan.find_zone(place.area) != nullptr) return Json();
    return refuse(ErrorCode::MissingField, "neither a point nor a zone of the plan", "x");
  }
  bool is_inside = place.at->x >= plan.low().x && place.at->x <= plan.high().x &&
                   place.at->y >= plan.low().y && place.at->y <= plan.high().y;
  if (is_inside) return Json();
  return refuse(ErrorCode::BadField, "the point lies outside of the plan", "x");
}

// What is hard blocks; what is scored high or critical needs somebody who co-ordinates both jobs.
Result<Json> guard_conflict(const GuardCall& call) {
  const PermitDesk& desk = call.desk.permits;
  auto rules = TRY(conflict_rules_of(desk, call.permit));
  if (rules->empty()) return Json();
  auto standing = TRY(permits_standing(desk));
  TRY(check_job(call, *rules, *standing));
  std::vector<ehs::PermitPlace> places = places_of(desk, *standing);
  ehs::PermitPlace own = place_among(desk, call.permit, places);
  for (const ehs::PermitPlace& state : call.desk.states) places.push_back(state);
  Json said = Json::array();
  bool needs_coordinator = false;
  for (const ehs::Conflict& one : ehs::conflicts(own, places, *rules, desk.plant.plan())) {
    const ehs::ConflictRule& rule = (*rules)[one.rule];
    bool is_permit = one.other < standing->size();
    Json params = is_permit ? about((*standing)[one.other])
                            : Json::object({{"state", places[one.other].name}});
    params.set("level", ehs::conflict_level_text(one.level)).set("gap_m", one.gap_m);
    if (one.is_hard) {
      return std::unexpected(Error{.code = ErrorCode::PermitConflict,
                                   .message_zh = rule.text.zh,
                                   .message_en = rule.text.en,
                                   .params = write_json(params)});
    }
    needs_coordinator |= one.level >= ehs::ConflictLevel::High;
    if (needs_coordinator && call.permit["coordinator"].is_null()) {
      return std::unexpected(Error{.code = ErrorCode::PermitConflict,
                                   .field = "coordinator",
                                   .message_zh = rule.text.zh,
                                   .message_en = rule.text.en,
                                   .params = write_json(params)});
    }
    said.push(std::move(params));
  }
  if (said.as_array().empty()) return Json();
  return Json::object({{"conflicts", std::move(said)}});
}

// A child lies inside its parent's time, and starts and goes on only while the parent is active.
Result<Json> guard_parent(const GuardCall& call) {
  if (call.permit["parent"].is_null()) return Json();
  const records::Form* form = call.desk.permits.packs.forms.find("permit");
  RecordId id = TRY(RecordId::parse(call.permit.text_or("parent", "")));
  Json parent = TRY(records::read_whole(call.desk.permits.view, *form, id));
  Json params = about(parent).set("state", parent["state"]);
  std::string state = parent.text_or("state", "");
  bool is_over = state == "closed" || state == "expired" || state == "refused";
  std::string own = call.permit.text_or("state", "");
  bool is_planned = own == "applied" || own == "approving";
  if (is_over || (!is_planned && state != "active")) {
    return refuse_with(ErrorCode::ParentNotActive, "parent", params);
  }
  Span span = span_of(call.permit);
  Span around = span_of(parent);
  if (span.from < around.from) {
    return refuse_with(ErrorCode::ParentNotActive, "valid_from", params);
  }
  if (span.to > around.to) return refuse_with(ErrorCode::ParentNotActive, "valid_to", params);
  return Json();
}

Result<Json> guard_jsa(const GuardCall& call) {
  const Json& rows = call.permit["jsa"];
  bool is_empty = !rows.is_array() || rows.as_array().empty();
  if (is_empty) return refuse(ErrorCode::MissingField, "no job safety analysis", "jsa");
  for (std::size_t at = 0; at < rows.as_array().size(); ++at) {
    for (const char* member : {"hazard", "control", "who"}) {
      const Json& value = rows.as_array()[at][member];
      if (value.is_text() && !trim(value.as_text()).empty()) continue;
      std::string place = "jsa." + std::to_string(at) + "." + member;
      return refuse(ErrorCode::MissingField, "a row of the analysis is not whole", place);
    }
  }
  return Json();
}

// Nobody works by drafts before a named person has accepted them, as they are now, for this regime.
Result<Json> guard_rules(const GuardCall& call) {
  if (call.permit["rule_mark"] != Json("draft")) return Json();
  const PermitDesk& desk = call.desk.permits;
  const records::Form* form = desk.packs.forms.find("rule_acceptance");
  std::vector<Json> rows;
  if (form != nullptr) {
    Filter regime{.kind = Filter::Kind::Eq, .field = "regime", .values = {call.permit["regime"]}};
    rows = TRY(records::all_whole(desk.view, *form, regime, kAcceptancesMax));
  }
  Instant since = TRY(rules_since(desk, call.permit));
  bool is_accepted = std::ranges::any_of(rows, [&](const Json& row) {
    auto from = instant_in(row, "valid_from");
    auto to = instant_in(row, "valid_to");
    auto accepted = instant_in(row, row["accepted_at"].is_null() ? "created_at" : "accepted_at");
    if (!accepted || *accepted < since) return false;
    std::string state = row.text_or("state", "");
    bool is_in_force = state.empty() || state == "in_force";
    return is_in_force && !row["accepted_by"].is_null() && (!from || *from <= desk.now) &&
           (!to || desk.now < *to);
  });
  if (is_accepted) return Json();
  return refuse_with(ErrorCode::RulesDraft, "rule_mark",
                     Json::object({{"regime", call.permit["regime"]}}));
}

}  // namespace anlan::engine

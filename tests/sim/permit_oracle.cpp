#include "tests/sim/permit_oracle.h"

#include <algorithm>
#include <cmath>
#include <format>
#include <utility>

#include "tests/sim/permit_figures.h"

namespace anlan::test {
namespace {

constexpr int kTellMost = 5;  // lines of one rule

bool is_at_level_one(const Detector& detector) {
  if (detector.gas == Gas::Silent || detector.level_one == 0) return false;
  return detector.substance == "O2" ? detector.value <= detector.level_one
                                    : detector.value >= detector.level_one;
}

// A reading that this kind of work must not go on at.
bool is_over_limit(const Job& job, const Detector& detector) {
  if (detector.gas == Gas::Silent) return false;
  bool breathes = job.kind == "confined";
  if (detector.substance == "combustible") return detector.value > job.rules().lel_most;
  return breathes && is_at_level_one(detector);
}

// A permit and those under it are one job.
bool is_one_job(const Job& a, const Job& b) {
  return a.parent.value_or(a.id) == b.parent.value_or(b.id);
}

std::string last_acts(const Job& job) {
  std::string said = job.suspended_for;
  std::size_t first = job.acts.size() > 4 ? job.acts.size() - 4 : 0;
  for (std::size_t i = first; i < job.acts.size(); ++i) {
    const Act& act = job.acts[i];
    said += std::format(" {}:{} {}", act.node, act.outcome, format_instant(act.at));
  }
  return said;
}

const Job* find_job(const Jobs& live, RecordId id) {
  auto found = std::ranges::find_if(live, [&](const auto& one) { return one->id == id; });
  return found == live.end() ? nullptr : found->get();
}

}  // namespace

void Oracle::expect(bool is_right, const std::string& rule, const Job& job,
                    const std::string& what) {
  ++looks_[rule];
  if (is_right || !told_.emplace(rule, job.id).second) return;
  int count = ++wrong_counts_[rule];
  if (count > kTellMost) return;
  wrongs_.push_back(std::format("{}: {} {} {} {} at {}: {}", rule, job.number, job.kind, job.grade,
                                job.area, format_instant(world_.now()), what));
}

void Oracle::see() {
  Seen seen{.at = world_.now(),
            .detectors = world_.detectors(),
            .states = world_.states(),
            .wind_m_s = world_.wind_m_s(),
            .rain_mm_h = world_.rain_mm_h()};
  for (const Member& member : world_.members()) {
    if (member.away_since) seen.away.insert(member.login);
    if (member.unseen_since) seen.unseen.insert(member.login);
    if (member.guards) seen.guardians.emplace(member.login, member.at);
  }
  before_.push_back(std::move(seen));
  while (world_.now() - before_.front().at > kCauseAge) before_.pop_front();
}

void Oracle::look(const Jobs& live) {
  for (const auto& job : live) {
    if (job->is_active()) {
      if (!job->looked_since) job->looked_since = world_.now();
      judge_active(*job, live);
    } else {
      job->looked_since.reset();
    }
  }
}

void Oracle::judge_active(Job& job, const Jobs& live) {
  judge_time(job);
  judge_gas(job);
  judge_readings(job);
  judge_guardian(job, live);
  judge_weather(job);
  judge_states(job);
  judge_people(job);
  judge_neighbours(job, live);
  judge_ties(job, live);
}

void Oracle::judge_time(const Job& job) {
  Instant now = world_.now();
  expect(now >= job.valid_from, "early", job, "from " + format_instant(job.valid_from));
  expect(now <= job.valid_to, "expired", job, "to " + format_instant(job.valid_to));
  const figures::OfKind* kind = job.rules().find(job.kind, job.approved_grade());
  expect(kind != nullptr, "kind", job, "no such kind and grade");
  expect(job.record["regime"] == Json(job.regime), "regime", job, job.record.text_or("regime", ""));
  int has = figures::rank(job.kind, job.record.text_or("grade", ""));
  // Only with a name behind it is a grade lower than the one that the rules give.
  bool is_lowered = std::ranges::any_of(job.acts, [&](const Act& act) {
    Member* by = world_.find(act.by);
    return act.outcome == "approve" && act.at >= job.changed_at && by != nullptr &&
           (by->has("safety_director") || by->has("general_manager"));
  });
  expect(is_lowered || has >= figures::rank(job.kind, job.grade), "grade", job,
         "approved as " + job.record.text_or("grade", ""));
  if (kind == nullptr) return;
  bool is_on_shift = !job.shift_end || now <= *job.shift_end;
  expect(is_on_shift, "shift", job, job.shift_end ? format_instant(*job.shift_end) : "");
  bool fits = job.valid_to - job.valid_from <= Duration::hours(kind->valid_h);
  expect(fits, "validity", job, "longer than " + std::to_string(kind->valid_h) + " h");
}

void Oracle::judge_gas(const Job& job) {
  if (!job.has_gas_limits()) return;
  const figures::OfKind* kind = job.rules().find(job.kind, job.approved_grade());
  auto points = job.points();
  auto has_level = [&](std::string_view level) {
    return std::ranges::any_of(points, [&](const auto& one) { return one.second.level == level; });
  };
  bool has_levels =
      job.kind != "confined" || (has_level("upper") && has_level("middle") && has_level("lower"));
  expect(!points.empty() && has_levels, "no_analysis", job, std::to_string(points.size()));
  for (const auto& [level, test] : points) {
    std::string fault(job.rules().fault_of(job.toxic_substance, test.lel, test.o2, test.toxic));
    expect(fault.empty(), "analysis", job, level + ": " + fault);
    Duration age = world_.now() - test.at;
    expect(kind == nullptr || age <= Duration::minutes(kind->sample_age_min), "analysis_age", job,
           level + ": " + format_duration(age) + " old");
  }
}

void Oracle::judge_readings(const Job& job) {
  for (const Detector& detector : world_.detectors()) {
    bool is_near = twin::distance_m(detector.at, job.at) <= job.rules().hot_apart_m;
    if (job.has_gas_limits() && is_near) {
      expect(!is_over_limit(job, detector), "reading", job,
             std::format("{} reads {:.1f}", detector.code, detector.value));
    }
    if (detector.area != job.area) continue;
    expect(!is_at_level_one(detector), "alarm", job,
           std::format("{} reads {:.1f}", detector.code, detector.value));
  }
}

void Oracle::judge_guardian(const Job& job, const Jobs& live) {
  Member* guardian = world_.find(job.guardian);
  expect(guardian != nullptr, "guardian", job, "nobody");
  if (guardian == nullptr) return;
  auto lasts = [&](const std::optional<Instant>& since) {
    if (!since || !job.looked_since || guardian->badge.empty()) return Duration{};
    return world_.now() - std::max(*since, *job.looked_since);
  };
  expect(lasts(guardian->away_since) <= figures::kGuardianGrace, "guardian_away", job,
         guardian->login + " away for " + format_duration(lasts(guardian->away_since)));
  expect(lasts(guardian->unseen_since) <= figures::kGuardianGrace, "guardian_unseen", job,
         guardian->login + " unseen for " + format_duration(lasts(guardian->unseen_since)));
  for (const auto& other : live) {
    if (other.get() == &job || !other->is_active() || is_one_job(*other, job)) continue;
    expect(other->guardian != job.guardian, "guardian_busy", job, "also guards " + other->number);
  }
}

void Oracle::judge_states(const Job& job) {
  if (job.kind != "hot") return;
  for (const PlantState& one : world_.states()) {
    double within_m = job.rules().state_within_m(one.purpose);
    bool is_beside = twin::distance_m(one.at, job.at) < within_m;
    expect(!one.is_on || !is_beside, "state", job, one.code);
  }
}

// Who is at work; before it and while it stands still who takes samples, before it who signs on the
// spot too, as a worker the disclosure; whoever counts people out and watches.
bool Oracle::may_enter(const Job& job, const Member& member) const {
  PersonId person = member.subject.person;
  bool is_before = job.state == "ready";
  if (job.is_active()) return job.is_about(person);
  if (is_before && std::ranges::any_of(member.roles, [](const std::string& role) {
        return role != "worker" && role != "contractor";
      })) {
    return true;
  }
  bool has_signed = std::ranges::any_of(job.acts, [&](const Act& act) {
    return act.node == "receive" && act.by == person && act.at >= job.changed_at;
  });
  if (is_before && std::ranges::contains(job.workers, person) && !has_signed) return true;
  bool is_sampling = is_before || job.state == "suspended";
  if (is_sampling && member.is_certified("analyst", world_.now())) return true;
  bool is_guarding = is_before || job.state == "withdrawing" || job.state == "watching";
  if (is_guarding && person == job.guardian) return true;
  return (is_before || job.state == "withdrawing") && person == job.leader;
}

std::string Oracle::why_gate(const std::string& area, const GateLook& look,
                             const Jobs& live) const {
  std::string why;
  for (const auto& job : live) {
    if (job->area == area) why += std::format(" {} {} {}", job->number, job->kind, job->state);
  }
  int named = 0;
  for (const std::string& badge : look.told) {
    if (look.allowed.contains(badge) || ++named > kTellMost) continue;
    auto whose = std::ranges::find(world_.members(), badge, &Member::badge);
    why += ", not " + (whose == world_.members().end() ? badge : whose->login);
    for (const auto& job : live) {
      if (job->area == area && !job->is_active()) why += "; " + job->number + last_acts(*job);
    }
  }
  for (const std::string& badge : look.needed) {
    if (!look.told.contains(badge)) why += ", lacks " + badge;
  }
  return why;
}

void Oracle::judge_gate(const std::string& area, const std::vector<std::string>& badges,
                        const Jobs& live) {
  std::set<std::string> needed, allowed;
  for (const auto& job : live) {
    if (job->area != area) continue;
    for (const Member& member : world_.members()) {
      if (job->is_active() && job->is_about(member.subject.person)) needed.insert(member.badge);
      if (may_enter(*job, member)) allowed.insert(member.badge);
    }
  }
  needed.erase("");
  ++looks_["gate"];
  // What begins or ends between two looks is told to the gate by the second one: what is wrong is a
  // difference that nothing changed since the look before.
  GateLook now{.told = {badges.begin(), badges.end()}, .needed = needed, .allowed = allowed};
  GateLook before = std::exchange(gate_looks_[area], now);
  bool is_right =
      std::ranges::includes(now.told, now.needed) && std::ranges::includes(now.allowed, now.told);
  if (is_right || now != before) return;
  if (++wrong_counts_["gate"] > kTellMost) return;
  wrongs_.push_back(std::format("gate: {} at {}: {} badges told, {} people at work;{}", area,
                                format_instant(world_.now()), now.told.size(), now.needed.size(),
                                why_gate(area, now, live)));
}

void Oracle::judge_weather(const Job& job) {
  bool is_storm = job.is_outdoor && world_.rain_mm_h() > 0;
  expect(!is_storm || !figures::minds_storm(job.kind), "storm", job, "outdoors");
  const figures::OfKind* kind = job.rules().find(job.kind, job.approved_grade());
  if (kind == nullptr || kind->wind_force_stop == 0 || !job.is_outdoor) return;
  int force = figures::beaufort(world_.wind_m_s());
  expect(force < kind->wind_force_stop, "wind", job, "force " + std::to_string(force));
}

void Oracle::judge_people(const Job& job) {
  expect(job.guardian != job.leader, "guardian_is_leader", job, "");
  expect(!std::ranges::contains(job.workers, job.guardian), "guardian_works", job, "");
  Instant now = world_.now();
  auto holds = [&](PersonId person, std::string_view kind, std::string_view part) {
    if (kind.empty()) return;
    Member* member = world_.find(person);
    bool is_held = member != nullptr && member->is_certified(std::string(kind), now);
    expect(is_held, "certificate", job,
           std::format("{} {} has no {} since {}; {}", part, member ? member->login : "?", kind,
                       member ? format_instant(member->certificates[std::string(kind)].to) : "",
                       last_acts(job)));
  };
  holds(job.guardian, figures::kGuardianCertificate, "guardian");
  for (const Act& act : job.acts) {
    bool is_yes = act.outcome == "approve" && act.node != "extend" && act.at >= job.changed_at;
    expect(!is_yes || !job.is_about(act.by), "approver_works", job, act.node);
  }
  std::span<const figures::OfPeople> people = job.rules().people;
  auto of = std::ranges::find(people, job.kind, &figures::OfPeople::kind);
  if (of == people.end()) return;
  holds(job.leader, of->leader, "leader");
  for (PersonId worker : job.workers) holds(worker, of->worker, "worker");
  if (job.rigger) holds(*job.rigger, job.kind, "rigger");
  if (job.signaller) holds(*job.signaller, job.kind, "signaller");
}

void Oracle::judge_neighbours(const Job& job, const Jobs& live) {
  for (const auto& one : live) {
    const Job& other = *one;
    if (&other == &job || !other.is_active()) continue;
    double gap = twin::distance_m(job.at, other.at);
    bool is_hot_blind = job.kind == "hot" && other.kind == "blinding";
    expect(!is_hot_blind || gap >= figures::kHotToBlinding_m, "hot_and_blinding", job,
           std::format("{} at {:.1f} m", other.number, gap));
    bool is_two_blinds = job.kind == "blinding" && other.kind == "blinding";
    expect(!is_two_blinds || job.pipe.empty() || job.pipe != other.pipe, "two_blinds", job,
           other.number + " on " + job.pipe);
    bool is_on_line = gap <= figures::kSameLine_m && job.kind == "height";
    bool is_stacked = is_on_line && other.kind == "height" &&
                      std::abs(job.height_m - other.height_m) > figures::kOwnHeight_m;
    expect(!is_stacked, "height_over_height", job,
           std::format("{} at {:.1f} m", other.number, gap));
    expect(!is_on_line || other.kind != "lifting", "under_load", job,
           std::format("{} at {:.1f} m", other.number, gap));
  }
}

void Oracle::judge_ties(const Job& job, const Jobs& live) {
  if (job.parent) {
    const Job* parent = find_job(live, *job.parent);
    expect(parent != nullptr && parent->is_active(), "parent", job,
           parent == nullptr ? "is over" : parent->state);
  }
  for (const Isolation& one : job.isolations) {
    expect(one.state == "verified", "isolation", job, one.state);
  }
  judge_isolated(job, live);
  int64_t counted = job.record.int_or("inside_count", 0);
  expect(counted == static_cast<int64_t>(job.inside.size()), "inside_count", job,
         std::format("{} counted, {} inside", counted, job.inside.size()));
  judge_measures(job);
}

// What the rules ask is isolated, for the work or for what it is part of.
void Oracle::judge_isolated(const Job& job, const Jobs& live) {
  const Job* parent = job.parent ? find_job(live, *job.parent) : nullptr;
  for (const figures::OfIsolation& asked : figures::kIsolations) {
    if (!figures::is_asked(asked, job.kind, job.hot_place)) continue;
    auto answers = [&](const Isolation& one) {
      return one.state == "verified" && std::ranges::contains(asked.types, one.type);
    };
    bool is_there = std::ranges::any_of(job.isolations, answers) ||
                    (parent != nullptr && std::ranges::any_of(parent->isolations, answers));
    expect(is_there, "not_isolated", job, std::string(asked.types.front()));
  }
}

// Every measure is there, done by somebody of the job and shown where it must be.
void Oracle::judge_measures(const Job& job) {
  const Json& rows = job.record["measures"];
  std::size_t count = rows.is_array() ? rows.as_array().size() : 0;
  expect(count >= figures::measures_least(job.kind), "measures_missing", job,
         std::to_string(count));
  if (count == 0) return;
  for (const Json& row : rows.as_array()) {
    std::string key = row.text_or("key", "?");
    if (!row.bool_or("is_involved", true)) continue;
    expect(row.bool_or("is_done", false), "measure_open", job, key);
    auto by = PersonId::parse(row.text_or("done_by", ""));
    expect(by && (job.is_about(*by) || job.record.int_or("hand_count", 0) > 0), "measure_by", job,
           key);
    bool needs_evidence = row.bool_or("needs_evidence", false);
    expect(!needs_evidence || std::ranges::contains(job.shown, key), "measure_unseen", job, key);
  }
}

}  // namespace anlan::test

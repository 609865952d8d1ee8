// What the oracle says about acts: who signed in which order, why something stopped, how it ended.

#include <algorithm>
#include <format>

#include "tests/sim/permit_figures.h"
#include "tests/sim/permit_oracle.h"

namespace anlan::test {
namespace {

constexpr double kOnTheSpot_m = 60;  // far over each fence of a pack, far under the next area

struct Way {
  std::string_view from, to;  // several states separated by spaces
};
// Every way that a permit may go; what is not here must never be seen.
constexpr std::array kWays{
    Way{"", "applied approving refused"},
    Way{"applied", "approving refused expired"},
    Way{"approving", "ready refused expired withdrawing"},
    Way{"ready", "active approving refused expired withdrawing"},
    Way{"active", "suspended watching accepting withdrawing approving"},
    Way{"suspended", "active watching accepting withdrawing approving"},
    Way{"withdrawing", "watching accepting"},
    Way{"watching", "accepting"},
    Way{"accepting", "closed expired withdrawing"},
};

bool is_bad(const Detector& detector) {
  return detector.gas == Gas::LevelOne || detector.gas == Gas::LevelTwo ||
         detector.gas == Gas::Leak;
}

bool has_word(std::string_view words, std::string_view word) {
  if (word.empty()) return false;
  std::size_t at = 0;
  while ((at = words.find(word, at)) != std::string_view::npos) {
    std::size_t end = at + word.size();
    bool is_whole = (at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' ');
    if (is_whole) return true;
    at = end;
  }
  return false;
}

bool is_final(std::string_view state) { return has_word("closed expired refused", state); }

}  // namespace

const Member& Oracle::who(PersonId person) const {
  static const Member nobody{.login = "nobody"};
  Member* found = world_.find(person);
  return found == nullptr ? nobody : *found;
}

void Oracle::judge_step(const Job& job, const std::string& from) {
  auto way = std::ranges::find(kWays, from, &Way::from);
  bool is_way = way != kWays.end() && has_word(way->to, job.state);
  expect(is_way, "way", job, from + " to " + job.state);
  expect(!is_final(from), "final", job, from + " to " + job.state);
  if (job.state != "active") return;
  judge_start(job);
  if (from == "suspended") judge_resumption(job);
  else judge_order(job);
}

// What must hold whenever work begins, the first time or again.
void Oracle::judge_start(const Job& job) {
  const figures::OfKind* kind = job.rules().find(job.kind, job.approved_grade());
  if (kind == nullptr) return expect(false, "kind", job, "no such kind and grade");
  if (!job.has_gas_limits() || job.tests.empty()) return;
  bool is_first = job.suspended_at.ns == 0;
  for (const auto& [point, test] : job.points()) {
    bool is_analyst = who(test.analyst).is_certified("analyst", test.at);
    expect(is_analyst, "analyst", job, point + " by " + who(test.analyst).login);
    Duration age = world_.now() - test.at;
    expect(!is_first || age <= Duration::minutes(kind->sample_to_start_min), "sample_to_start", job,
           point + " " + format_duration(age));
  }
}

// Every signature there must be, in the order they must come, after the last change.
void Oracle::judge_order(const Job& job) {
  judge_approvers(job);
  std::vector<std::pair<std::string, const Act*>> steps;
  for (const Act& act : job.acts) {
    if (act.at < job.changed_at) continue;
    bool is_no = act.outcome == "refuse" || act.outcome == "again";
    if (!is_no) steps.emplace_back(act.node, &act);
  }
  auto place = [&](std::string_view node, auto is_by) {
    for (std::size_t i = steps.size(); i > 0; --i) {
      const auto& [name, act] = steps[i - 1];
      if (name == node && is_by(act->by)) return static_cast<int>(i);
    }
    return 0;
  };
  auto any = [](PersonId) { return true; };
  int approved = place("approve", any), disclosed = place("disclose", any);
  int confirmed = place("confirm", any),
      signed_at = place("sign", [&](PersonId by) { return by == job.guardian; });
  expect(approved > 0, "unapproved", job, "");
  expect(disclosed > approved, "undisclosed", job, "");
  for (PersonId worker : job.workers) {
    int received = place("receive", [&](PersonId by) { return by == worker; });
    expect(received > disclosed && received < confirmed, "unreceived", job, who(worker).login);
  }
  expect(confirmed > disclosed, "unconfirmed", job, "");
  if (confirmed > 0) judge_spot(job, *steps[static_cast<std::size_t>(confirmed - 1)].second);
  expect(signed_at > confirmed, "unsigned", job, "not by the guardian, or too early");
  if (signed_at > 0) judge_spot(job, *steps[static_cast<std::size_t>(signed_at - 1)].second);
  if (!figures::is_signed_on_site(job.kind, job.approved_grade())) return;
  int on_site = place("sign_site", any);
  expect(on_site > signed_at, "no_approver_on_site", job, "");
  if (on_site > 0) judge_spot(job, *steps[static_cast<std::size_t>(on_site - 1)].second);
}

void Oracle::judge_approvers(const Job& job) {
  const figures::OfKind* kind = job.rules().find(job.kind, job.approved_grade());
  bool has_rank = kind == nullptr || kind->approver.empty();
  for (const Act& act : job.acts) {
    bool is_yes = act.outcome == "approve" || (act.node == "sign_site" && act.outcome == "start");
    if (!is_yes || act.at < job.changed_at) continue;
    const Member& approver = who(act.by);
    expect(!job.is_about(act.by) && act.by != job.applicant, "self_approved", job, approver.login);
    for (const std::string& role : approver.roles) {
      has_rank = has_rank || has_word(kind->approver, role);
    }
  }
  expect(has_rank, "rank", job, "nobody of " + std::string(kind == nullptr ? "" : kind->approver));
}

void Oracle::judge_spot(const Job& job, const Act& act) {
  bool is_there =
      act.had_comment || (act.was_seen && twin::distance_m(act.stood, job.at) <= kOnTheSpot_m);
  expect(is_there, "signed_from_afar", job,
         std::format("{} by {}: {:.0f} m{}", act.node, who(act.by).login,
                     twin::distance_m(act.stood, job.at), act.was_seen ? "" : ", unseen"));
}

// Only with what the reason of the stop asks for.
void Oracle::judge_resumption(const Job& job) {
  const Act* resumed = job.last_act("revalidate");
  bool is_resumed =
      resumed != nullptr && resumed->outcome == "resume" && resumed->at >= job.suspended_at;
  expect(is_resumed, "resumed_by_nobody", job, job.suspended_for);
  auto needs = std::ranges::find(figures::kReasons, job.suspended_for, &figures::OfReason::reason);
  if (needs == figures::kReasons.end()) return expect(false, "reason", job, job.suspended_for);
  if (needs->needs_test && job.has_gas_limits()) {
    bool is_new = std::ranges::any_of(
        job.tests, [&](const GasTest& test) { return test.at > job.suspended_at; });
    expect(is_new, "no_test_after_stop", job, job.suspended_for);
  }
  if (needs->needs_other && is_resumed) {
    expect(!job.is_about(resumed->by), "resumed_by_own", job, who(resumed->by).login);
  }
  if (!needs->needs_guardian) return;
  const Act* back = job.last_act("guardian_back");
  bool is_back = back != nullptr && back->outcome == "here" && back->by == job.guardian &&
                 back->at >= job.suspended_at;
  expect(is_back, "guardian_not_back", job, "");
  if (back != nullptr) judge_spot(job, *back);
}

// In the area or in one next to it.
bool Oracle::has_alarm_beside(const Job& job) const {
  auto plant = world_.plant().engine().sensing().plant();
  const twin::Plan& plan = plant->plan();
  const twin::Zone* own = plan.find_zone(job.area);
  auto is_beside = [&](const Detector& one) {
    const twin::Zone* zone = plan.find_zone(one.area);
    bool is_known = own != nullptr && zone != nullptr;
    return one.area == job.area || (is_known && plan.zone_gap_m(*own, *zone) <= figures::kBeside_m);
  };
  return std::ranges::any_of(before_, [&](const Seen& seen) {
    return std::ranges::any_of(seen.detectors,
                               [&](const Detector& one) { return is_bad(one) && is_beside(one); });
  });
}

// Of a cause that stood in the world at this look or the one before; nothing of any other.
std::optional<bool> Oracle::is_seen_cause(const Job& job, const std::string& reason) const {
  const Member& guardian = who(job.guardian);
  auto any = [&](auto is_so) { return std::ranges::any_of(before_, is_so); };
  auto has_gas = [&](double within_m) {
    return any([&](const Seen& seen) {
      return std::ranges::any_of(seen.detectors, [&](const Detector& one) {
        return is_bad(one) &&
               (one.area == job.area || twin::distance_m(one.at, job.at) <= within_m);
      });
    });
  };
  if (reason == "alarm") return has_alarm_beside(job);
  const Json& detail = job.record["suspend_detail"];
  if (reason == "gas_reading" && detail.bool_or("is_silent", false)) {
    return any([&](const Seen& seen) {
      return std::ranges::any_of(seen.detectors, [&](const Detector& one) {
        return one.gas == Gas::Silent && Json(one.code) == detail["tag"];
      });
    });
  }
  if (reason == "gas_reading") return has_gas(60);
  if (reason == "guardian_left") {
    return any([&](const Seen& seen) {
      auto stood = seen.guardians.find(guardian.login);
      bool is_off = stood != seen.guardians.end() &&
                    twin::distance_m(stood->second, job.at) > figures::kGuardianNear_m;
      return is_off || seen.away.contains(guardian.login);
    });
  }
  if (reason == "guardian_unseen") {
    return any([&](const Seen& seen) { return seen.unseen.contains(guardian.login); });
  }
  if (reason == "wind") {
    return any([&](const Seen& seen) { return figures::beaufort(seen.wind_m_s) >= 5; });
  }
  // Gas at the job next door: that stop has a cause of its own, which is judged there.
  if (reason == "neighbour" && detail.has("gas")) return detail["permit"].is_text();
  if (reason == "neighbour") {
    return job.kind == "hot" && any([&](const Seen& seen) {
             return std::ranges::any_of(seen.states, [&](const PlantState& one) {
               double within_m = job.rules().state_within_m(one.purpose);
               return one.is_on && twin::distance_m(one.at, job.at) < within_m;
             });
           });
  }
  if (reason == "weather") return any([](const Seen& seen) { return seen.rain_mm_h > 0; });
  return std::nullopt;
}

bool Oracle::is_cause_true(const Job& job, const std::string& reason, const Jobs& live) const {
  if (auto seen = is_seen_cause(job, reason)) return *seen;
  auto points = job.points();
  auto any_point = [&](auto is_so) {
    return std::ranges::any_of(points, [&](const auto& one) { return is_so(one.second); });
  };
  if (reason == "gas") {
    // A better one of the same point may have followed at once.
    return std::ranges::any_of(job.tests, [&](const GasTest& test) {
      // The plant may stand still for minutes before the stop is judged.
      bool is_recent = job.suspended_at - test.told <= kCauseAge;
      return is_recent &&
             !job.rules().fault_of(job.toxic_substance, test.lel, test.o2, test.toxic).empty();
    });
  }
  if (reason == "gas_age" || reason == "retest") {
    const figures::OfKind* kind = job.rules().find(job.kind, job.approved_grade());
    if (points.empty() || kind == nullptr) return true;
    Duration least = Duration::minutes(kind->sample_to_start_min);
    return any_point([&](const GasTest& test) { return world_.now() - test.at >= least; });
  }
  if (reason == "shift_end") {
    auto is_over = [&](PersonId person) {
      const Member* member = world_.find(person);
      return member != nullptr && member->shift_until > Instant{} &&
             member->shift_until <= world_.now();
    };
    return is_over(job.leader) || is_over(job.guardian);
  }
  if (reason == "parent") {
    auto parent =
        std::ranges::find_if(live, [&](const auto& one) { return job.parent == one->id; });
    return job.parent && (parent == live.end() || !(*parent)->is_active());
  }
  if (reason == "certificate") {
    return std::ranges::any_of(world_.members(), [&](const Member& member) {
      return job.is_about(member.subject.person) &&
             std::ranges::any_of(member.certificates,
                                 [&](const auto& one) { return one.second.to < world_.now(); });
    });
  }
  bool is_by_person = std::ranges::any_of(job.acts, [&](const Act& act) {
    return act.outcome == "suspend" && act.at + Duration::seconds(1) >= job.suspended_at;
  });
  return (reason == "person" || reason == "break" || reason == "other") && is_by_person;
}

void Oracle::judge_suspension(const Job& job, const Jobs& live) {
  std::string reason = job.record.text_or("suspend_reason", "");
  expect(!reason.empty(), "reason", job, "none");
  if (has_false_stops_) return;
  expect(is_cause_true(job, reason, live), "cause", job,
         reason + " " + write_json(job.record["suspend_detail"]));
}

void Oracle::judge_isolation(const Job& job, PersonId applied_by, PersonId verified_by) {
  expect(applied_by != verified_by, "isolation_own", job, who(verified_by).login);
}

void Oracle::judge_end(const Job& job) {
  expect(is_final(job.state), "not_over", job, job.state);
  int64_t counted = job.record.int_or("inside_count", 0);
  bool is_empty = job.state != "closed" || (counted == 0 && job.inside.empty());
  expect(is_empty, "left_inside", job,
         std::format("{} counted, {} inside", counted, job.inside.size()));
}

}  // namespace anlan::test

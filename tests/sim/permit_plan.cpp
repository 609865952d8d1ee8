// What jobs the simulated plant has: kind, place, people, times.

#include <algorithm>
#include <cmath>

#include "tests/sim/permit_crew.h"
#include "tests/sim/permit_figures.h"

namespace anlan::test {
namespace {

struct Spot {
  std::string_view area;
  double x, y;
  bool is_outdoor;
};
// Where people work: beside tanks, pumps, reactors, on roofs.
constexpr std::array kSpots{
    Spot{"A1", 60, 372, true},   Spot{"A1", 118, 372, true},  Spot{"A1", 165, 310, true},
    Spot{"A1", 215, 370, true},  Spot{"A1", 100, 318, true},  Spot{"A1", 150, 280, true},
    Spot{"A1", 232, 252, true},  Spot{"A2", 330, 300, false}, Spot{"A2", 362, 352, false},
    Spot{"A2", 428, 348, false}, Spot{"A2", 402, 302, false}, Spot{"A2", 470, 305, false},
    Spot{"A2", 498, 378, true},  Spot{"A3", 640, 375, false}, Spot{"A3", 735, 302, true},
    Spot{"A3", 690, 260, false}, Spot{"A4", 868, 376, false}, Spot{"A4", 905, 262, false},
    Spot{"A4", 985, 305, true},  Spot{"A5", 700, 112, false}, Spot{"A5", 722, 122, true},
    Spot{"A5", 900, 66, true},   Spot{"A5", 612, 142, false}, Spot{"A5", 842, 160, true},
    Spot{"A5", 952, 148, true},  Spot{"A5", 917, 113, true},
};

struct KindOdds {
  std::string_view kind;
  uint64_t weight;
};
constexpr std::array kKinds{KindOdds{"hot", 34},       KindOdds{"confined", 16},
                            KindOdds{"height", 14},    KindOdds{"power", 10},
                            KindOdds{"lifting", 9},    KindOdds{"blinding", 9},
                            KindOdds{"excavation", 5}, KindOdds{"road", 3}};

bool has_kind(const records::Form& form, std::string_view kind) {
  const records::Field* field = form.find("kind");
  return field != nullptr && std::ranges::any_of(field->choices, [&](const auto& choice) {
           return choice.first == kind;
         });
}

}  // namespace

std::unique_ptr<Job> Crew::plan() {
  auto job = std::make_unique<Job>();
  const records::Form* form = world_.plant().engine().packs().forms.find("permit");
  do {
    uint64_t dice = world_.random().below(100);
    for (const KindOdds& one : kKinds) {
      job->kind = one.kind;
      if (dice < one.weight) break;
      dice -= one.weight;
    }
  } while (!has_kind(*form, job->kind));
  place(*job);
  date(*job);
  detail(*job);
  staff(*job);
  if (chance(8)) make_child(*job);
  return job;
}

void Crew::place(Job& job) {
  const Spot& spot = kSpots[world_.random().below(kSpots.size())];
  job.area = spot.area;
  job.regime = world_.regime_of(job.area);
  job.at = {spot.x, spot.y};
  // Jobs on the same spot stand some metres apart, or just there.
  if (!chance(3)) job.at.x += world_.between_m(-6, 6);
  if (!chance(3)) job.at.y += world_.between_m(-6, 6);
  job.at = {std::round(job.at.x * 10) / 10, std::round(job.at.y * 10) / 10};
  job.is_outdoor = spot.is_outdoor;
  if (job.area == "A2" && chance(2)) job.toxic_substance = "no2";
  if (job.area == "A3") job.toxic_substance = "co";
  if (job.area == "A5") job.toxic_substance = spot.x < 800 ? "nh3" : "h2s";
}

void Crew::date(Job& job) {
  job.valid_from = soon(10, 70);
  int64_t minutes = world_.between(60, 300).to_seconds();
  if (chance(12)) minutes = 460;
  job.done_at = job.valid_from + Duration::minutes(minutes * 2 / 3);
  job.valid_to = job.valid_from + Duration::minutes(minutes);
  // Some mean to stay longer than they may.
  if (chance(15)) job.done_at = job.valid_to + Duration::minutes(40);
}

void Crew::detail(Job& job) {
  job.grade = "none";
  if (job.kind == "hot") {
    constexpr std::array kPlaces{"running", "tank_farm", "explosive", "rack", "explosive"};
    job.hot_place =
        job.area == "A4" || job.area == "A3" ? "elsewhere" : kPlaces[world_.random().below(5)];
    job.grade = job.rules().hot_grade(job.hot_place, world_.is_odd_time(job.valid_from));
  }
  if (job.kind == "height") {
    job.height_m = world_.between_m(2.5, 12) * (chance(4) ? 3 : 1);
    job.height_m = std::round(job.height_m * 10) / 10;
    job.grade = figures::height_grade(job.height_m, false);
  }
  if (job.kind == "lifting") {
    job.load_t = chance(4) ? 55 : chance(8) ? 130 : 12;
    job.grade = figures::lifting_grade(job.load_t);
  }
  if (job.kind == "blinding") {
    job.pipe = job.area + "-L" + std::to_string(world_.random().below(4));
  }
}

// Work inside or beside another permit's: it may neither begin before nor go on after it.
void Crew::make_child(Job& job) {
  for (const auto& parent : live_) {
    bool is_fit =
        parent->kind == "confined" && job.kind != "confined" && parent->state != "applied";
    if (!is_fit || parent->valid_to - now() < Duration::hours(2)) continue;
    job.parent = parent->id;
    job.area = parent->area;
    job.regime = parent->regime;
    job.at = parent->at;
    job.valid_from = std::max(parent->valid_from, now() + Duration::minutes(20));
    job.valid_to = parent->valid_to;
    job.done_at = job.valid_to - Duration::minutes(30);
    if (job.kind == "hot") {
      job.hot_place = "explosive";
      job.grade = job.rules().hot_grade(job.hot_place, world_.is_odd_time(job.valid_from));
    }
    count("children");
    return;
  }
}

Member* Crew::free_member(std::string_view certificate, const Job& job, bool must_be_worker) {
  std::vector<Member>& members = world_.members();
  std::size_t start = world_.random().below(members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    Member& one = members[(start + i) % members.size()];
    if (one.jobs > 0 || one.badge.empty() || job.is_about(one.subject.person)) continue;
    bool is_worker = one.has("worker") || one.has("maintainer");
    bool is_leader = one.has("team_leader");
    if (must_be_worker ? !is_worker : !is_leader) continue;
    bool is_fit = certificate.empty() || one.is_certified(std::string(certificate), job.valid_to);
    // Now and then nobody looks at the certificate.
    if (is_fit || chance(8)) return &one;
  }
  return nullptr;
}

void Crew::staff(Job& job) {
  std::string_view trade = job.kind == "hot" || job.kind == "height" || job.kind == "lifting"
                               ? std::string_view(job.kind)
                               : std::string_view(job.kind == "power" ? "electric" : "");
  if (Member* leader = free_member("", job, false)) job.leader = leader->subject.person;
  if (Member* guardian = free_member("guardian", job, true))
    job.guardian = guardian->subject.person;
  // Some try with a guardian who watches another job already.
  if (chance(25)) {
    for (const Member& member : world_.members()) {
      if (member.guards && !job.is_about(member.subject.person))
        job.guardian = member.subject.person;
    }
  }
  std::size_t hands = 1 + world_.random().below(2);
  for (std::size_t i = 0; i < hands; ++i) {
    if (Member* worker = free_member(trade, job, true))
      job.workers.push_back(worker->subject.person);
  }
  if (job.kind == "lifting") {
    if (Member* one = free_member("lifting", job, true)) job.rigger = one->subject.person;
    if (Member* one = free_member("lifting", job, true)) job.signaller = one->subject.person;
  }
  if (chance(40) && !job.workers.empty()) job.guardian = job.workers.front();
  for (PersonId worker : job.workers) {
    Member* member = world_.find(worker);
    job.is_contractor = job.is_contractor || member->is_contractor;
  }
  job.applicant = job.leader;
  if (!chance(10)) return;
  Member* other = free_member("", job, false);
  if (other != nullptr) job.applicant = other->subject.person;
}

Json Crew::fields_of(const Job& job) {
  std::string& area = area_ids_[job.area];
  if (area.empty()) area = world_.plant().id_of("area", job.area).value_or("");
  Json workers = Json::array();
  for (PersonId worker : job.workers) workers.push(worker.text());
  Json fields = Json::object({{"kind", job.kind},
                              {"area", area},
                              {"x", job.at.x},
                              {"y", job.at.y},
                              {"content", "检修"},
                              {"work_unit", "维修班"},
                              {"is_contractor", job.is_contractor},
                              {"workers", Json::object({{"persons", workers}})},
                              {"leader", job.leader.text()},
                              {"guardian", job.guardian.text()},
                              {"is_outdoor", job.is_outdoor},
                              {"toxic_substance", job.toxic_substance},
                              {"valid_from", format_instant(job.valid_from)},
                              {"valid_to", format_instant(job.valid_to)}});
  Json hazard = Json::object({{"hazard", "机械伤害"}, {"control", "停机挂牌"}, {"who", "班长"}});
  fields.set("jsa", Json::array({hazard}));
  if (job.parent) fields.set("parent", job.parent->text());
  add_details(job, fields);
  return fields;
}

void Crew::add_details(const Job& job, Json& fields) {
  if (job.kind == "hot") {
    constexpr std::array kMethods{"arc", "gas", "grind"};
    fields.set("hot_place", job.hot_place).set("hot_method", kMethods[world_.random().below(3)]);
  }
  if (job.kind == "confined") fields.set("space", "釜内").set("space_medium", "混酸");
  if (job.kind == "blinding") fields.set("blind_action", "insert").set("pipe", job.pipe);
  if (job.kind == "height") fields.set("height_m", job.height_m);
  if (job.kind == "lifting") {
    fields.set("load_t", job.load_t).set("plan_no", "DZ-1").set("lift_radius_m", 8);
    if (job.rigger) fields.set("rigger", job.rigger->text());
    if (job.signaller) fields.set("signaller", job.signaller->text());
  }
  if (job.kind == "power") fields.set("power_source", "MCC-605").set("power_v", 380);
  if (job.kind == "excavation") fields.set("dig_depth_m", 1.2).set("dig_method", "人工");
  if (job.kind == "road") fields.set("road_name", "厂中路").set("traffic_plan", "绕行厂北路");
}

bool Crew::apply(std::unique_ptr<Job> job) {
  Member* applicant = world_.find(job->applicant);
  if (applicant == nullptr || job->workers.empty() || job->guardian.uuid.is_nil()) {
    count("nobody_free");
    return false;
  }
  auto made = create(*applicant, "permit", fields_of(*job));
  ++applied_;
  if (!made) {
    ++over_;
    return false;
  }
  job->id = RecordId::parse((*made)["record"].text_or("id", "")).value();
  job->number = (*made)["record"].text_or("number", "");
  job->next_act = soon(1, 8);
  for (Member& member : world_.members()) {
    if (!job->is_about(member.subject.person)) continue;
    ++member.jobs;
    if (member.subject.person == job->guardian) member.guards = true;
    if (member.jobs == 1) member.at = job->at;
  }
  count("applied:" + job->kind);
  refresh(*job);
  plan_isolations(*job);
  if (chance(12)) plan_shift(*job);
  live_.push_back(std::move(job));
  return true;
}

void Crew::apply_due(std::size_t most) {
  if (applied_ >= most || now() < next_application_) return;
  next_application_ = world_.is_day(now()) ? soon(4, 20) : soon(25, 80);
  apply(plan());
}

}  // namespace anlan::test

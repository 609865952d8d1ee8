// What goes with a permit: gas tests, isolations, people who go in and out, pictures of measures.

#include <algorithm>
#include <cmath>

#include "tests/sim/permit_crew.h"
#include "tests/sim/permit_figures.h"

namespace anlan::test {
namespace {

double rounded(double value, double by) { return std::round(value * by) / by; }

}  // namespace

Result<Json> Crew::create(const Member& by, const std::string& form, Json fields) {
  auto made = world_.plant().run(by.subject,
                                 engine::CreateRecord{.form = form, .fields = std::move(fields)});
  if (!made) {
    count("refused:" + form + ":" + std::string(error_text(made.error().code).code) + " " +
          made.error().field);
  }
  return made;
}

void Crew::test_gas(Job& job, Quality quality) {
  std::vector<std::string> levels{"outside"};
  if (job.kind == "confined") levels = {"upper", "middle", "lower"};
  // A second point is found sometimes, and is then tested too.
  bool has_second = std::ranges::contains(job.tests, "P2", &GasTest::point) || chance(8);
  for (const std::string& level : levels) {
    if (chance(30)) continue;  // forgotten
    test_point(job, {.point = "P1", .level = level}, quality);
    // One bad point is enough.
    if (quality == Quality::Bad) break;
    if (has_second) test_point(job, {.point = "P2", .level = level}, quality);
  }
  refresh(job);
}

// What an analyst writes down, some time after the sample was taken. Detectors near by that read
// too much are no illusion: the test then fails too.
bool Crew::test_point(Job& job, const GasPoint& spot, Quality quality) {
  double most = job.rules().toxic_most(job.toxic_substance);
  bool is_good = quality != Quality::Bad;
  Duration age = quality == Quality::Old ? world_.between(2'000, 5'000) : world_.between(10, 600);
  GasTest test{.at = now() - age,
               .point = spot.point,
               .level = spot.level,
               .lel = rounded(is_good ? world_.between_m(0, 4) : world_.between_m(14, 30), 100),
               .o2 = is_good || chance(2) ? 20.5 : 18.4,
               .toxic = rounded(is_good ? most * 0.2 : most * 2, 100),
               .told = now()};
  bool is_after_stop = job.suspended_at.ns == 0 || test.at > job.suspended_at;
  if (quality == Quality::Good && !is_after_stop) test.at = now() - Duration::seconds(2);
  Member* analyst = world_.find(job.leader);
  test.analyst = analyst->subject.person;
  // Some send what another is said to have measured.
  if (chance(20)) test.analyst = job.guardian;
  auto made = create(*analyst, "permit_gas",
                     Json::object({{"permit", job.id.text()},
                                   {"point", test.point},
                                   {"level", spot.level},
                                   {"substance", "methanol"},
                                   {"lel", test.lel},
                                   {"o2", test.o2},
                                   {"toxic", test.toxic},
                                   {"toxic_substance", job.toxic_substance},
                                   {"instrument", kYearMeter},
                                   {"calibrated_until", kYearMeterUntil},
                                   {"sampled_at", format_instant(test.at)},
                                   {"analyst", test.analyst.text()}}));
  if (!made) return false;
  if (test.analyst != analyst->subject.person) count("accepted_mischief:analyst");
  job.tests.push_back(test);
  count(is_good ? "gas_tests" : "gas_tests_failed");
  return true;
}

// What the rules ask and nobody planned yet; now and then one is forgotten.
void Crew::plan_isolations(Job& job) {
  Member* leader = world_.find(job.leader);
  for (const figures::OfIsolation& one : figures::kIsolations) {
    std::string type(one.types.back());
    bool is_planned = std::ranges::contains(job.isolations, type, &Isolation::type);
    if (!figures::is_asked(one, job.kind, job.hot_place) || is_planned || chance(10)) continue;
    auto made = create(*leader, "permit_isolation",
                       Json::object({{"permit", job.id.text()},
                                     {"type", type},
                                     {"tag_no", "L-" + std::to_string(++tags_)},
                                     {"place", "MCC-605"}}));
    if (!made) continue;
    auto id = RecordId::parse((*made)["record"].text_or("id", ""));
    job.isolations.push_back({.id = *id, .type = type, .state = "planned"});
  }
}

// The leader's shift ends before the job does.
void Crew::plan_shift(Job& job) {
  Member* leader = world_.find(job.leader);
  if (!leader->is_contractor || leader->shift_until > now()) return;
  auto director = world_.plant().as("director");
  auto known = director ? world_.plant().engine().list_records(*director, "duty", {.count = 1})
                        : Result<Json>(std::unexpected(director.error()));
  if (!known || (*known)["rows"].as_array().empty()) return;
  Instant until = job.valid_from + (job.done_at - job.valid_from) - Duration::minutes(25);
  if (until <= now() + Duration::minutes(5)) return;
  auto made = create(*world_.find(director->person), "duty",
                     Json::object({{"unit", (*known)["rows"].as_array()[0]["unit"]},
                                   {"role", "team_leader"},
                                   {"person", job.leader.text()},
                                   {"shift", "day"},
                                   {"from", format_instant(now() - Duration::hours(1))},
                                   {"until", format_instant(until)}}));
  if (!made) return;
  count("shifts");
  leader->shift_until = until;
}

bool Crew::press_isolation(Job& job, Isolation& one, const std::string& node, const char* outcome) {
  auto view = world_.plant().engine().database().snapshot();
  CHECK(view.has_value(), "the database can be read");
  auto rows =
      (*view)->query({"SELECT id FROM flow_task WHERE form = 'permit_isolation' AND"
                      " record_id = ? AND node = ? AND state IN ('open', 'claimed')",
                      {one.id.text(), node}});
  view->reset();
  if (!rows || rows->empty()) return false;
  // Of the crew whoever is of that unit; the safety department is of all.
  std::vector<PersonId> people{job.workers.front(), job.guardian, job.leader};
  for (const Member& member : world_.members()) {
    if (member.has("safety_officer")) people.push_back(member.subject.person);
  }
  for (PersonId person : people) {
    Member* by = world_.find(person);
    auto done = world_.plant().run(
        by->subject, engine::CompleteTask{.task = TaskId::parse((*rows)[0].text("id")).value(),
                                          .outcome = outcome,
                                          .comment = "",
                                          .fields = Json::object()});
    if (!done) {
      count("refused:isolation:" + std::string(error_text(done.error().code).code));
      continue;
    }
    if (node == "apply") one.applied_by = person;
    if (node == "verify") oracle_.judge_isolation(job, one.applied_by, person);
    return true;
  }
  return false;
}

void Crew::apply_isolations(Job& job) {
  for (Isolation& one : job.isolations) {
    if (one.state == "planned" && !chance(8) && press_isolation(job, one, "apply", "applied")) {
      one.state = "applied";
    }
    if (one.state == "applied" && !chance(8) && press_isolation(job, one, "verify", "verified")) {
      one.state = "verified";
    }
  }
}

// Somebody may try too early: whether it is open then, the oracle sees at the next look.
void Crew::remove_isolations(Job& job) {
  for (Isolation& one : job.isolations) {
    if (one.state == "removed" || one.state == "planned") continue;
    if (press_isolation(job, one, "remove", "removed")) one.state = "removed";
  }
}

void Crew::show_measures(Job& job) {
  const Json& rows = job.record["measures"];
  if (!rows.is_array()) return;
  Member* leader = world_.find(job.leader);
  for (const Json& row : rows.as_array()) {
    std::string key = row.text_or("key", "");
    bool is_shown = std::ranges::contains(job.shown, key);
    if (!row.bool_or("needs_evidence", false) || is_shown || chance(25)) continue;
    auto sha = world_.plant().upload(leader->subject, photo(leader->login));
    if (!sha) continue;
    Json photos = Json::array({Json::object({{"sha256", *sha}, {"name", "m.jpg"}})});
    auto made =
        create(*leader, "permit_evidence",
               Json::object({{"permit", job.id.text()}, {"measure", key}, {"photos", photos}}));
    if (made) job.shown.push_back(key);
  }
  refresh(job);
}

void Crew::go_in(Job& job) {
  if (job.kind != "confined") return;
  for (PersonId worker : job.workers) {
    auto made = create(*world_.find(job.guardian), "permit_entry",
                       Json::object({{"permit", job.id.text()},
                                     {"person", worker.text()},
                                     {"in_at", format_instant(now())},
                                     {"tools_in", "扳手"}}));
    if (!made) continue;
    auto id = RecordId::parse((*made)["record"].text_or("id", ""));
    job.inside.push_back({.id = *id, .version = (*made)["record"].int_or("version", 1)});
  }
  refresh(job);
}

void Crew::go_out(Job& job) {
  auto view = world_.plant().engine().database().snapshot();
  CHECK(view.has_value(), "the database can be read");
  for (Entry& one : job.inside) {
    auto rows =
        (*view)->query({"SELECT version FROM f_permit_entry WHERE id = ?", {one.id.text()}});
    if (rows && !rows->empty()) one.version = (*rows)[0].int64("version");
  }
  view->reset();
  std::erase_if(job.inside, [&](const Entry& one) {
    auto done = world_.plant().run(
        world_.find(job.guardian)->subject,
        engine::UpdateRecord{.form = "permit_entry",
                             .id = one.id,
                             .version = one.version,
                             .fields = Json::object({{"out_at", format_instant(now())}})});
    if (!done) count("refused:permit_entry:out:" + std::string(error_text(done.error().code).code));
    return done.has_value();
  });
  refresh(job);
}

}  // namespace anlan::test

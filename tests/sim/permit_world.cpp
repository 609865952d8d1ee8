#include "tests/sim/permit_world.h"

#include <algorithm>
#include <cmath>

#include "tests/sim/permit_figures.h"

namespace anlan::test {
namespace {

constexpr int kContractors = 60;
constexpr std::array kContractorTeams{"T11", "T12", "T21", "T22", "T31", "T41", "T42", "T51"};
constexpr std::array kCertificates{"hot", "electric", "height", "lifting", "guardian", "analyst"};
constexpr Duration kTendEvery = Duration::minutes(3);

// Certificates are dated by days of the plant's calendar and hold to the end of the last one.
Instant end_of_day(Instant at) {
  constexpr int64_t kDay = 86'400'000'000'000, kZone = 8 * 3'600'000'000'000;
  return Instant{((at.ns + kZone) / kDay + 1) * kDay - kZone - 1};
}
std::string day_of(Instant at) { return format_instant(at + Duration::hours(8)).substr(0, 10); }

}  // namespace

bool Member::has(std::string_view role) const { return std::ranges::contains(roles, role); }

bool Member::is_certified(const std::string& kind, Instant when) const {
  auto found = certificates.find(kind);
  return found != certificates.end() && found->second.from <= when && when <= found->second.to;
}

World::World(Plant& plant, uint64_t seed) : plant_(plant), random_(seed) {}

Duration World::between(int64_t from_s, int64_t to_s) {
  auto span = static_cast<uint64_t>(to_s - from_s + 1);
  return Duration::seconds(from_s + static_cast<int64_t>(random_.below(span)));
}

double World::between_m(double from, double to) {
  return from + (to - from) * static_cast<double>(random_.below(1'000)) / 1'000;
}

bool World::is_day(Instant at) const {
  constexpr int64_t kHour = 3'600'000'000'000;
  int64_t local_hour = (at.ns / kHour + 8) % 24;
  return local_hour >= 8 && local_hour < 18;
}

bool World::is_odd_time(Instant at) const {
  constexpr int64_t kHour = 3'600'000'000'000;
  int64_t local_hours = at.ns / kHour + 8;
  int64_t hour = local_hours % 24;
  return hour >= 23 || hour < 6;
}

Member* World::find(PersonId id) {
  auto found =
      std::ranges::find_if(members_, [&](const Member& m) { return m.subject.person == id; });
  return found == members_.end() ? nullptr : &*found;
}

Result<void> World::settle() {
  TRY(add_people());
  TRY(add_badges());
  TRY(add_certificates());
  TRY(add_instrument());
  TRY(add_regimes());
  TRY(add_states());
  TRY(plant_.engine().sensing().reload());
  find_detectors();
  moved_ = now();
  next_gas_ = now() + Duration::minutes(20);
  return {};
}

Result<void> World::add_people() {
  auto admin = TRY(plant_.as("admin"));
  Json people = Json::array();
  for (int i = 0; i < kContractors; ++i) {
    std::string team = kContractorTeams[static_cast<std::size_t>(i) % kContractorTeams.size()];
    people.push(Json::object({{"login", "hand" + std::to_string(100 + i)},
                              {"name", "承包工" + std::to_string(100 + i)},
                              {"org_code", team},
                              {"roles", (i % 5 == 0 ? "team_leader@" : "worker@") + team},
                              {"must_change_password", false}}));
  }
  TRY(plant_.run(admin, engine::ImportPeople{.people = std::move(people),
                                             .hashes = std::vector<std::string>(kContractors, "-"),
                                             .is_dry_run = false}));
  auto view = TRY(plant_.engine().database().snapshot());
  auto rows = TRY(view->query({"SELECT login FROM person WHERE state = 'active' ORDER BY login"}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Member member{.login = rows[i].text("login")};
    auto person = TRY(access::find_login(*view, member.login));
    member.subject = TRY(access::subject_of(*view, person->id));
    for (const access::Grant& grant : member.subject.grants) member.roles.push_back(grant.role);
    member.is_contractor = member.login.starts_with("hand");
    if (member.roles.empty() || member.has("administrator") || member.has("auditor")) continue;
    members_.push_back(std::move(member));
  }
  return {};
}

// Badges that nobody wears yet are given to the contractors.
Result<void> World::add_badges() {
  auto admin = TRY(plant_.as("admin"));
  auto model = plant_.engine().sensing().plant();
  std::vector<const engine::BadgeInfo*> spare;
  for (const engine::BadgeInfo& badge : model->badges()) {
    if (Member* holder = find(badge.person)) holder->badge = badge.code;
    else if (badge.kind != "visitor" && badge.person.uuid.is_nil()) spare.push_back(&badge);
  }
  for (Member& member : members_) {
    if (!member.badge.empty() || spare.empty()) continue;
    member.badge = spare.back()->code;
    Json record = TRY(plant_.engine().record(admin, "badge", spare.back()->id));
    int64_t version = record["record"].int_or("version", record.int_or("version", 1));
    Json fields = Json::object({{"person", member.subject.person.text()}});
    TRY(plant_.run(admin, engine::UpdateRecord{.form = "badge",
                                               .id = spare.back()->id,
                                               .version = version,
                                               .fields = std::move(fields)}));
    spare.pop_back();
  }
  return {};
}

Result<Json> World::certify(Member& member, const std::string& kind, Validity validity) {
  // Nobody verifies a paper of his own.
  auto officer = TRY(plant_.as(member.login == "safety1" ? "safety2" : "safety1"));
  // A paper holds from the first moment of its first day to the last of its last.
  validity.from = end_of_day(validity.from - Duration::days(1)) + Duration{1};
  validity.to = end_of_day(validity.to);
  std::string number = kind + "-" + member.login + "-" + day_of(validity.from);
  Json fields = Json::object({{"person", member.subject.person.text()},
                              {"kind", kind},
                              {"certificate_no", number},
                              {"valid_from", day_of(validity.from)},
                              {"valid_to", day_of(validity.to)},
                              {"is_verified", true},
                              {"verified_by", officer.person.text()}});
  Json made =
      TRY(plant_.run(officer, engine::CreateRecord{.form = "certificate", .fields = fields}));
  validity.record = TRY(RecordId::parse(made["record"].text_or("id", "")));
  member.certificates[kind] = validity;
  return made;
}

// Certificates of the demo plant, that this world would not know of.
Result<void> World::annul_seeded() {
  auto officer = TRY(plant_.as("safety1"));
  auto view = TRY(plant_.engine().database().snapshot());
  auto rows = TRY(view->query({"SELECT id, version FROM f_certificate"}));
  view.reset();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    TRY(plant_.run(officer,
                   engine::UpdateRecord{.form = "certificate",
                                        .id = TRY(RecordId::parse(rows[i].text("id"))),
                                        .version = rows[i].int64("version"),
                                        .fields = Json::object({{"is_verified", false}})}));
  }
  return {};
}

// The one meter of the year, of which the plans write down that it is calibrated until 2029.
Result<void> World::add_instrument() {
  if (plant_.engine().packs().forms.find("gas_instrument") == nullptr) return {};
  Json gases = Json::array();
  for (const char* gas :
       {"lel", "o2", "nh3", "h2s", "co", "no2", "benzene", "methanol", "toluene"}) {
    gases.push(gas);
  }
  Json fields = Json::object({{"code", kYearMeter},
                              {"model", "PID"},
                              {"gases", std::move(gases)},
                              {"calibrated_on", day_of(now() - Duration::days(30))},
                              {"calibrated_until", kYearMeterUntil}});
  auto officer = TRY(plant_.as("safety1"));
  TRY(plant_.run(officer, engine::CreateRecord{.form = "gas_instrument", .fields = fields}));
  return {};
}

// Everybody may do everything, so that people are never short; one certificate in ten lapses within
// the first days, one in five within the year.
Result<void> World::add_certificates() {
  if (plant_.engine().packs().forms.find("certificate") == nullptr) return {};
  TRY(annul_seeded());
  for (Member& member : members_) {
    for (const char* kind : kCertificates) {
      Duration length = Duration::days(800);
      if (chance(5)) length = between(86'400, 300 * 86'400);
      if (chance(10)) length = between(5 * 3'600, 5 * 86'400);
      TRY(certify(member, kind, {.from = now() - Duration::days(30), .to = now() + length}));
    }
  }
  return {};
}

// Somebody at work turns out to hold a paper that is worth nothing.
void World::revoke_certificate() {
  if (now() < next_revocation_) return;
  next_revocation_ = now() + between(2 * 3'600, 12 * 3'600);
  Member& member = members_[random_.below(members_.size())];
  auto officer = plant_.as("safety1");
  if (member.jobs == 0 || member.certificates.empty() || !officer) return;
  auto one = std::next(member.certificates.begin(),
                       static_cast<int64_t>(random_.below(member.certificates.size())));
  auto view = plant_.engine().database().snapshot();
  if (!view) return;
  auto rows = (*view)->query(
      {"SELECT version FROM f_certificate WHERE id = ?", {one->second.record.text()}});
  view->reset();
  if (!rows || rows->empty()) return;
  auto done =
      plant_.run(*officer, engine::UpdateRecord{.form = "certificate",
                                                .id = one->second.record,
                                                .version = (*rows)[0].int64("version"),
                                                .fields = Json::object({{"is_verified", false}})});
  if (done) one->second.to = now() - Duration::milliseconds(1);
}

// A lapsed certificate is renewed some days later.
void World::renew_certificates(Instant at) {
  revoke_certificate();
  if (at < next_renewal_) return;
  next_renewal_ = at + Duration::hours(7);
  for (Member& member : members_) {
    for (auto& [kind, validity] : member.certificates) {
      if (at - validity.to < Duration::hours(20)) continue;
      if (!certify(member, kind, {.from = at, .to = at + between(86'400, 500 * 86'400)})) return;
    }
  }
}

std::string World::regime_of(std::string_view area) {
  return area == "A3" ? "order13" : area == "A5" ? "osha" : "gb30871";
}

Result<void> World::add_regimes() {
  auto admin = TRY(plant_.as("admin"));
  for (const char* code : {"A3", "A5"}) {
    RecordId id = TRY(RecordId::parse(TRY(plant_.id_of("area", code))));
    Json record = TRY(plant_.engine().record(admin, "area", id));
    Json fields = Json::object({{"regime", regime_of(code)}});
    TRY(plant_.run(admin, engine::UpdateRecord{.form = "area",
                                               .id = id,
                                               .version = record["record"].int_or("version", 1),
                                               .fields = std::move(fields)}));
  }
  return {};
}

// Tags that tell what goes on beside the places where people work, and of a storm.
Result<void> World::add_states() {
  states_ = {{.code = "VENT-1", .purpose = "state_vent", .area = "A1", .at = {165, 318}},
             {.code = "DRAIN-1", .purpose = "state_drain", .area = "A2", .at = {365, 350}},
             {.code = "SOLVENT-1", .purpose = "state_solvent", .area = "A5", .at = {722, 118}},
             {.code = "DUST-1", .purpose = "state_dust", .area = "A3", .at = {735, 306}}};
  auto admin = TRY(plant_.as("admin"));
  Json source = TRY(plant_.id_of("source", "S-PLC1"));
  auto add = [&](const std::string& code, const std::string& purpose,
                 const std::string& area) -> Result<Json> {
    Json fields = Json::object({{"code", code},
                                {"name_zh", code},
                                {"area", TRY(plant_.id_of("area", area))},
                                {"purpose", purpose},
                                {"source", source}});
    auto one = std::ranges::find(states_, code, &PlantState::code);
    if (one != states_.end()) fields.set("x", one->at.x).set("y", one->at.y);
    return plant_.run(admin, engine::CreateRecord{.form = "tag", .fields = std::move(fields)});
  };
  for (PlantState& one : states_) {
    TRY(add(one.code, one.purpose, one.area));
  }
  TRY(add("STORM-1", "storm", "A6"));
  return {};
}

void World::find_detectors() {
  auto model = plant_.engine().sensing().plant();
  for (const engine::TagInfo& tag : model->tags()) {
    if (tag.purpose == "wind_speed") wind_speeds_.push_back(tag.index);
    if (tag.purpose == "wind_from") wind_froms_.push_back(tag.index);
    if (tag.purpose == "storm") storms_.push_back(tag.index);
    auto state = std::ranges::find(states_, tag.code, &PlantState::code);
    if (state != states_.end()) state->tag = tag.index;
    if (tag.purpose != "gas" || !tag.at) continue;
    Detector one{.code = tag.code,
                 .area = tag.area,
                 .substance = tag.substance,
                 .tag = tag.index,
                 .at = *tag.at};
    for (const alarms::Definition& alarm : model->alarms()) {
      if (alarm.tag != tag.index) continue;
      bool is_other_side = tag.substance == "O2" && alarm.kind != alarms::Kind::Low;
      if (alarm.gas_level == 1 && !is_other_side) one.level_one = alarm.limit;
      if (alarm.gas_level == 2) one.level_two = alarm.limit;
    }
    detectors_.push_back(std::move(one));
  }
}

void World::tend_alarms() {
  if (now() < next_tending_) return;
  next_tending_ = now() + kTendEvery;
  auto operator_of = plant_.as("control1");
  if (!operator_of) return;
  auto shown = plant_.engine().alarms(*operator_of);
  if (!shown) return;
  for (const Json& alarm : (*shown)["rows"].as_array()) {
    auto id = RecordId::parse(alarm.text_or("id", ""));
    if (!id) continue;
    std::string occurrence = alarm.text_or("occurrence", "");
    if (!alarm.bool_or("acked", true)) {
      plant_.run(*operator_of,
                 engine::ActOnAlarm{.alarm = *id,
                                    .button = "ack",
                                    .event = alarms::Acknowledge{.occurrence = occurrence}});
    }
    if (alarm.bool_or("latched", false) && !alarm.bool_or("active", true)) {
      plant_.run(*operator_of,
                 engine::ActOnAlarm{
                     .alarm = *id, .button = "reset", .event = alarms::Reset{.comment = "normal"}});
    }
  }
}

}  // namespace anlan::test

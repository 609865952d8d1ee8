#pragma once
// Permits as the deciders of ehs want them: the figures of their regime, their places, those that
// are alive. Records of the form `permit` (docs/formats/permit.md).

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ehs/ehs.h"
#include "engine/packs.h"
#include "engine/plant_model.h"

namespace anlan::engine {

// What looking at permits needs; good for as long as what it refers to.
struct PermitDesk {
  store::View& view;
  const Packs& packs;
  const PlantModel& plant;
  Instant now;
  std::string time_zone_offset = "+08:00";  // of the plant: a certificate ends with its last day
};

// A decision of the regime of this permit (file `permit_<regime>`), with the fields of the record
// and `on`, the day of its beginning. A permit that names a regime whose file is not deployed is
// refused (BadModel): its figures are never silently absent. A permit of before there were regimes
// asks `permit_limits`, and what that does not decide is null.
Result<Json> permit_decision(const PermitDesk& desk, const Json& permit, std::string_view decision);
// Remembered for as long as the record is the same. shared: with the memory of the database, as all
// of these.
Result<std::shared_ptr<const Json>> permit_limits_of(const PermitDesk& desk, const Json& permit);
// The decision `conflicts` sees `regime`, `valid_from` and `on` only.
Result<std::shared_ptr<const ehs::ConflictRules>> conflict_rules_of(const PermitDesk& desk,
                                                                    const Json& permit);

// Records of form `permit` in one of these states, whole.
Result<std::vector<Json>> permits_in(const PermitDesk& desk, std::initializer_list<const char*> in);
// The same with the members only that say what it is and where: id and what place_of reads.
Result<std::vector<Json>> permit_places_in(const PermitDesk& desk,
                                           std::initializer_list<const char*> in);
// Approved, and not over: what other work has to reckon with.
Result<std::shared_ptr<const std::vector<Json>>> permits_standing(const PermitDesk& desk);
// Places of these records. `families` follow the parents among them.
std::vector<ehs::PermitPlace> places_of(const PermitDesk& desk, const std::vector<Json>& permits);
ehs::PermitPlace place_of(const PermitDesk& desk, const Json& permit);
// Of one beside others: it is of the family of its parent, and what hangs on it is too.
ehs::PermitPlace place_among(const PermitDesk& desk, const Json& permit,
                             std::span<ehs::PermitPlace> others);

// Those whose work goes on now, with the figures of their regime; remembered until a record that
// they follow from changes.
Result<std::shared_ptr<const std::vector<ehs::LivePermit>>> live_permits(const PermitDesk& desk);
// Where its figures can't be told, `fault` says why, and everything else still holds.
Result<ehs::LivePermit> live_permit(const PermitDesk& desk, const Json& permit);
// For the watch: the first of these states of the plant that a hard rule forbids beside a permit.
std::function<std::optional<ehs::Neighbour>(const ehs::LivePermit&)> neighbours_by(
    const PermitDesk& desk, std::span<const ehs::PermitPlace> states);
// Everybody whom a permit names: leader, guardian, rigger, signaller, crane driver,
// workers.
std::vector<PersonId> people_on(const Json& permit);

// One part that somebody has on a permit: "leader", "guardian", "rigger", "signaller",
// "crane_driver", "worker".
struct PermitPart {
  std::string role;
  std::string field;
  PersonId person{};
};
std::vector<PermitPart> parts_of(const Json& permit);
// Leader or guardian whose rostered shift ended at `at` and who is in no other now; whoever was not
// rostered when the crew came to the work has none that could end.
struct OffDuty {
  PermitPart part;
  Instant at{};
};
Result<std::optional<OffDuty>> off_duty(const PermitDesk& desk, const Json& permit);

// Certificates of people, as records of the form `certificate`.
struct Certificate {
  std::string kind;
  Instant from{}, to{};  // valid in [from, to)
};
using Certificates = std::map<PersonId, std::vector<Certificate>>;
Result<std::shared_ptr<const Certificates>> certificates(const PermitDesk& desk);
// Until when the person has one of this kind without a gap, from `at` on; zero for not at all.
Instant certified_until(const Certificates& all, PersonId person, std::string_view kind,
                        Instant at);
// Kinds that the figures ask of a part: certificate_kinds of the decision `limits`.
std::vector<std::string> kinds_asked(const Json& limits, std::string_view role);

std::optional<Instant> instant_in(const Json& record, std::string_view field);
std::optional<double> number_in(const Json& record, std::string_view field);

}  // namespace anlan::engine

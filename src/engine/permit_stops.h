#pragma once
// What stands against work in a place, whoever wants to begin it: alarms that guard people, alarms
// of that kind that nobody would hear, and areas that somebody holds.

#include <optional>
#include <vector>

#include "engine/permits.h"

namespace anlan::engine {

struct StoppingAlarm {
  const alarms::Definition* definition = nullptr;
  bool is_bypassed = false;  // out of service or suppressed: what it should tell is not known
};
// Of gas, of fire and of whatever else is a safety alarm.
bool stops_work(const alarms::Definition& definition, const PlantModel& plant);
// Those that stand or are bypassed now. Good for as long as the desk's plant.
Result<std::vector<StoppingAlarm>> stopping_alarms(const PermitDesk& desk);
// The first that touches the permit, as detail of a suspension: {"alarm","is_bypassed"}.
const StoppingAlarm* alarm_beside(const std::vector<StoppingAlarm>& alarms,
                                  const ehs::LivePermit& permit, const PlantModel& plant);
Json alarm_detail(const StoppingAlarm& alarm);

// An area in which nothing begins or goes on until a named person lets it.
struct AreaHold {
  RecordId id{};
  std::string area;  // code
  std::string reason;
  PersonId by{};
  Instant at{};
  int64_t version = 0;
};
// The newest first.
Result<std::vector<AreaHold>> holds_of(store::View& view);

}  // namespace anlan::engine

#pragma once
// Where the gas of a response is and goes: a plume where the wind carries it, growing circles where
// the air is calm, and every detector that tells of gas.

#include <string>

#include "engine/sensing.h"
#include "twin/twin.h"

namespace anlan::engine {

struct Danger {
  twin::Hazard hazard;
  std::string signature;  // changes when routes must be thought over again
  Json shown;             // "hazard" of GET /api/responses/{id}
};

// `record` is the response's, whole; its field `hazard` holds what emergency_trigger said:
// release_g_s, limit_g_m3, core_m (radius that always counts as gas), growth_m_s (calm air).
Danger danger_of(const Json& record, const PlantModel& plant, Sensing& sensing, Instant now);

}  // namespace anlan::engine

#pragma once
// Permits that are alive, as the watch of ehs wants them.

#include <vector>

#include "ehs/ehs.h"
#include "engine/packs.h"
#include "engine/plant_model.h"

namespace anlan::engine {

// Records of form `permit` whose work goes on now, with the figures of decision `permit_limits`.
Result<std::vector<ehs::LivePermit>> live_permits(store::View& view, const Packs& packs,
                                                  const PlantModel& plant, Instant now);
Result<ehs::LivePermit> live_permit(const Json& record, const Packs& packs, const PlantModel& plant,
                                    Instant now);
// Everybody whom a permit names: leader, guardian, workers.
std::vector<PersonId> people_on(const Json& permit);

}  // namespace anlan::engine

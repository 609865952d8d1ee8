#pragma once
// Gates into areas that ask for a permit: whom they let in, and whom they refused.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/permits.h"

namespace anlan::engine {

// Badges of the people of active permits, of who prepares, samples and signs one on the spot, and
// of the guardian who watches afterwards, by the code of the gate into their area; only of gates
// into areas with `needs_permit`. Remembered until a permit, badge or area changes; shared with
// the memory of the database.
using AllowedBadges = std::map<std::string, std::vector<std::string>, std::less<>>;
Result<std::shared_ptr<const AllowedBadges>> allowed_badges(const PermitDesk& desk);

// The newest refusals, newest first: [{"gate","zone","badge","at"}].
Result<Json> refused_passes(store::View& view, Instant since, std::size_t count);

}  // namespace anlan::engine

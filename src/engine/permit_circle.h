#pragma once
// Who is concerned by a permit beside those who work on it, and which permits lie next door.

#include <vector>

#include "engine/permits.h"

namespace anlan::engine {

// The permits in these states whose own rule (`neighbour_m`) counts this one as next door; without
// itself. Suspended ones too where `has_suspended`.
enum class Next { Active, ActiveAndSuspended };
Result<std::vector<Json>> permits_next_to(const PermitDesk& desk, const Json& permit, Next next);

// Everybody who must hear that its work stops: who works there or is named on it, who applied or
// signed anything of it, who is counted inside, the control room, the leaders next door.
Result<std::vector<PersonId>> concerned_by_stop(const PermitDesk& desk, const Json& permit);

}  // namespace anlan::engine

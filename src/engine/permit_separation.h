#pragma once
// Who approved a permit neither leads, guards nor works on it, and that also holds for those who
// take over while the work goes on. Inside the room.

#include "engine/guards.h"

namespace anlan::engine {

// The permit as it is once those whom it is handed to have signed; as it is where nobody hands it
// over.
Json with_successors(const Json& permit);

// SeparationOfDuty with the field and {person, step}: one of these people has ever approved this
// permit, in whichever round.
Result<void> check_approvers(const GuardCall& call, std::span<const PermitPart> parts);

}  // namespace anlan::engine

#pragma once
// Time that never steps: for lengths, not for dates. It counts while the machine sleeps.

#include "core/time.h"

namespace anlan {

// Since the machine's start. Only main hands it out.
Clock& steady_clock_of_machine();

}  // namespace anlan

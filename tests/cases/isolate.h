#pragma once
// The isolations that the rules ask for a permit, for cases that are about something else.

#include "tests/support/plant.h"

namespace anlan::test {

// Plans, applies and verifies each, by two safety officers. The tags follow from the permit.
Result<void> isolate(Plant& plant, RecordId permit);
// Removes again what `isolate` put in place.
Result<void> unisolate(Plant& plant, RecordId permit);

}  // namespace anlan::test

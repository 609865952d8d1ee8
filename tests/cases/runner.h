#pragma once
// Text cases (docs/formats/case.md): requests, a moving clock, expected answers. The same files run
// on SQLite and PostgreSQL.

#include <map>
#include <string>

#include "tests/support/plant.h"

namespace anlan::test {

// Empty when every expectation held, else "file:line: what was wrong".
std::string run_case(const std::string& file, const PlantOptions& options);

}  // namespace anlan::test

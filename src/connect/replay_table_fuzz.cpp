// Any bytes are a table within its bounds, or refused.

#include <cmath>
#include <cstdint>

#include "connect/replay_table.h"
#include "core/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace anlan;
  using namespace anlan::connect;
  auto table = parse_replay({reinterpret_cast<const char*>(data), size}, Duration::seconds(1));
  if (!table) return 0;
  CHECK(!table->columns.empty() && table->columns.size() <= kReplayColumnsMax,
        "within the columns' bounds");
  CHECK(table->cells.size() == table->times.size() * table->columns.size(), "whole rows");
  for (std::size_t i = 1; i < table->times.size(); ++i) {
    CHECK(table->times[i - 1] <= table->times[i], "times never fall");
  }
  for (double cell : table->cells)
    CHECK(std::isfinite(cell) || std::isnan(cell), "a number or none");
  return 0;
}

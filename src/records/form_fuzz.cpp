// Form definitions as an administrator uploads them.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "records/records.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace anlan;
  auto json = parse_json({reinterpret_cast<const char*>(data), size});
  if (!json) return 0;
  auto form = records::parse_form(*json);
  if (form) (void)records::migration_of(*form, nullptr);
  return 0;
}

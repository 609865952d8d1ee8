// JSON as it comes from the wire, and the filter in it: what is read is written and read again the
// same.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/filter.h"
#include "core/json.h"
#include "core/time.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace anlan;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto json = parse_json(bytes);
  if (json) {
    auto again = parse_json(write_json(*json), bytes.size() * 6 + 16);
    if (!again || *again != *json) std::abort();
    // RFC 8785 is a fixed point: canonical text read again gives the same text.
    std::string canonical = canonical_json(*json);
    auto reread = parse_json(canonical, canonical.size() + 1);
    if (!reread || canonical_json(*reread) != canonical) std::abort();
    auto filter = parse_filter(*json);
    if (filter && !parse_filter(filter_json(*filter))) std::abort();
  }
  if (auto at = parse_instant(bytes); at && !parse_instant(format_instant(*at))) std::abort();
  if (auto length = parse_duration(bytes)) {
    if (parse_duration(format_duration(*length)) != *length) std::abort();
  }
  return 0;
}

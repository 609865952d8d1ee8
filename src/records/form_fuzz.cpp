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
  if (!form) return 0;
  (void)records::steps_of(*form, nullptr, false);
  (void)records::view_statements(*form, store::Dialect::Postgres, {});
  // The version after it: the same fields again, in a large table.
  records::Form next = *form;
  ++next.version;
  auto steps = records::steps_of(next, &*form, true);
  for (std::size_t i = 0; steps && i < steps->size(); ++i) {
    if ((*steps)[i].kind == records::kDeployStep) (void)records::deployment_from((*steps)[i]);
  }
  return 0;
}

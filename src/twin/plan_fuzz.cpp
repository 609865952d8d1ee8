// Any bytes as a plan: read or refused, never a crash; what is read can be walked.

#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "twin/twin.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  using namespace anlan;
  auto json = parse_json(std::string_view(reinterpret_cast<const char*>(bytes), size));
  if (!json) return 0;
  auto plan = twin::Plan::parse(*json);
  if (!plan) {
    CHECK(plan.error().detail.starts_with("plan: "), "a refusal says what it is about");
    return 0;
  }
  twin::Hazard hazard = twin::make_hazard(*plan, {.source = plan->low(), .radius_m = 15});
  auto routes = twin::plan_routes(*plan, hazard, {{.at = plan->low()}, {.at = plan->high()}});
  CHECK(routes.size() == 2, "one route per walker");
  for (const twin::Route& route : routes) {
    CHECK(!route.is_found || route.nodes.size() == route.at_s.size(), "a time for each node");
  }
  return 0;
}

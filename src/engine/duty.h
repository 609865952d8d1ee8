#pragma once
// The roster and absences, which are records of the forms `duty` and `absence` (packs/plant): who
// is on duty for a role over a place, who is away and who stands in. Without those forms nobody is
// rostered and nobody away.

#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "flow/flow.h"
#include "records/records.h"
#include "store/store.h"

namespace anlan::engine {

namespace duty {

struct Ask {
  store::View& view;
  const records::Forms& forms;
  Instant at;
};

// Nearest unit first. Whether they hold the role is not asked.
Result<std::vector<PersonId>> on_duty(const Ask& ask, std::string_view role,
                                      std::string_view org_path);
Result<std::vector<flow::Away>> away(const Ask& ask);
// The same for later, while what `ask` refers to lives.
flow::AwayAsk asker(const Ask& ask);

}  // namespace duty

// GET /api/duty: the shifts that are on now over the place, and those below it.
Result<Json> duty_now(Engine& engine, const access::Subject& by, std::string_view org_path);

}  // namespace anlan::engine

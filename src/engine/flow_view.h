#pragma once
// A record's flow as a picture, for whoever may read the record.

#include <string_view>

#include "engine/engine.h"

namespace anlan::engine {

// GET /api/records/{form}/{id}/flow (docs/formats/http.md). NotFound as for the record itself.
Result<Json> flow_picture(Engine& engine, const access::Subject& by, std::string_view form,
                          RecordId id);
// {"draft"}: what the caller saved for the task, or null.
Result<Json> draft_of(Engine& engine, const access::Subject& by, TaskId task);
// {"rows"}: whom the caller named, and for whom he stands in.
Result<Json> delegations(Engine& engine, const access::Subject& by);

// POST /api/flows/lint: {"findings": [{"element", "text"}]}, just those that a deployment refuses.
Json flow_findings(std::string_view xml);

}  // namespace anlan::engine

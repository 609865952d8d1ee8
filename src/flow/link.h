#pragma once
// Processes that call others: a case runs on one graph in which the called processes stand inside
// their call activities, as if they were sub-processes, with ids like "call/task". Which versions
// is settled when the case begins. Inside the room only.

#include <memory>

#include "flow/graph.h"
#include "flow/library.h"

namespace anlan::flow {

// The newest version of every process that `model` may call, directly or not, by id; null for none.
// BadModel where one is not deployed, has no plain start, or calls come back to where they began.
Result<Json> pin_calls(const Library& library, const Model& model);
// The graph of a case: the model's own where nothing is called. shared: see Machine.
Result<std::shared_ptr<const Graph>> link(const Library& library, const Model& model,
                                          const Json& called);

}  // namespace anlan::flow

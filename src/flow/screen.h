#pragma once
// What screens are told about nodes. Inside the room only.

#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "flow/graph.h"
#include "flow/library.h"
#include "flow/tasks.h"

namespace anlan::flow {

Json local_json(const LocalText& text);
Json names_json(const std::vector<std::string>& names);
Json outcomes_json(const UserTask& user);
// Null when the version is not deployed or has no such node.
const Node* node_of(const Library& library, std::string_view model_id, int64_t version,
                    std::string_view node);

}  // namespace anlan::flow

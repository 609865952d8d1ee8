#pragma once
// A record's flow as a drawing that says where the case stands.

#include <string_view>

#include "core/json.h"
#include "core/result.h"
#include "flow/library.h"
#include "store/store.h"

namespace anlan::flow {

// {"model","version","name","width","height","nodes":[{"id","kind","shape","name","state","x","y",
// "w","h"}],"edges":[{"id","from","to","name","points":[[x,y]],"is_taken"}]} of the record's newest
// case. NotFound where it has none.
Result<Json> picture(store::View& view, const Library& library, std::string_view form, RecordId id);

}  // namespace anlan::flow

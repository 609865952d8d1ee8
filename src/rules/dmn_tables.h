#pragma once
// The decision tables of a DMN file as people read them: every cell as the FEEL text that stands
// there. Nothing is evaluated, so what is shown is what was deployed, word for word.

#include <string_view>

#include "core/json.h"
#include "core/result.h"

namespace anlan::rules {

// [{"id","name","hit_policy","inputs":[text],"outputs":[name],
//   "rules":[{"inputs":[text],"outputs":[text],"annotation":text}]}] in the order of the file; what
// is decided without a table is left out. BadModel, TooLarge, TooDeep.
Result<Json> decision_tables(std::string_view xml);

}  // namespace anlan::rules

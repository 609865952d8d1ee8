#pragma once
// The rules behind permits, for screens: the tables of a regime word for word, and what they would
// make of a permit that is not there yet. In the caller's rights.

#include <string_view>

#include "engine/engine.h"

namespace anlan::engine {

// {"regime","tables":[...]} as rules::decision_tables tells them, of the file `permit_<regime>`
// that is deployed now. NotFound for another regime, Forbidden for who may list no permits.
Result<Json> permit_rule_tables(Engine& engine, const access::Subject& by, std::string_view regime);

// {"regime","grade_computed","grade","reason","mark","source","limits","approvers","measures",
// "isolations"} of a draft with fields of the form; `area` may be an id or a code and brings its
// regime. The regime's own null becomes BadModel, a draft without times BadField.
Result<Json> permit_preview(Engine& engine, const access::Subject& by, const Json& draft);

}  // namespace anlan::engine

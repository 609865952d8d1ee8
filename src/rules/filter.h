#pragma once
// A FEEL condition over the members of a record as a filter, and so as SQL: row scopes and the
// conditions of buttons. A part of the language: comparisons of a member with a constant, `and`,
// `or`, `not`, `in`, `between`, null, contains(), under() and the variables user.id, user.org and
// user.orgs. Everything else is refused by name.
//
//   Filter scope = TRY(filter_of("under(org_path, user.orgs) or owner = user.id"));

#include <string_view>

#include "core/filter.h"
#include "core/result.h"

namespace anlan::rules {

// Picks exactly the records for which the condition is true: unknown (null) is not true, and the
// `not` of it is not either. Whether the members exist and fit what they are compared with is asked
// where the form is known. BadExpression.
Result<Filter> filter_of(std::string_view feel);

}  // namespace anlan::rules

#pragma once
// The shapes of requests and answers (schemas.def), as JSON Schema 2020-12 in the subset that the
// checker below knows: type, required, properties, additionalProperties, items, enum, minLength,
// maxLength, maxItems, minimum, maximum, format (uuid, date-time, sha256) and $ref to a component.
// The same text checks requests, is checked against answers in tests, and stands in the OpenAPI.

#include <string_view>

#include "core/json.h"
#include "core/result.h"

namespace anlan::api {

// {"Me": schema, ...}, read once.
const Json& schemas();

// MissingField, UnknownField or BadField with the member's path ("fields.area") as field.
Result<void> check_schema(const Json& schema, const Json& value);
// By the name of a component.
Result<void> check_shape(std::string_view name, const Json& value);

}  // namespace anlan::api

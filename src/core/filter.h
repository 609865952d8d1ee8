#pragma once
// The filter AST: one form for list filters, row scopes and dashboards. JSON outside:
//   ["and", f, ...] ["or", f, ...] ["not", f] ["all"] ["none"]
//   ["eq"|"ne"|"lt"|"le"|"gt"|"ge", "field", value]
//   ["in", "field", [value, ...]] ["null", "field"]
//   ["contains", "field", "text"]  A and a are the same
//   ["has", "field", "text"]       A and a are not
//   ["under", "field", "/path/"]   the field's organisation path starts with this one
// A value may be {"var": "me"} or {"var": "my_orgs"} in a role's row scope; access replaces these
// before anybody else sees them. Nothing in here is SQL.

#include <string>
#include <vector>

#include "core/json.h"

namespace anlan {

struct Filter {
  enum class Kind {
    All,
    None,
    And,
    Or,
    Not,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    Null,
    Contains,
    Under,
    Has
  };

  Kind kind = Kind::All;
  std::string field{};
  std::vector<Json> values{};
  std::vector<Filter> parts{};

  bool operator==(const Filter&) const = default;
};

Result<Filter> parse_filter(const Json& value);  // BadRequest, LimitReached
Json filter_json(const Filter& filter);
Filter both(Filter a, Filter b);
// Every field named anywhere inside, for checks against hidden fields.
std::vector<std::string> fields_of(const Filter& filter);
// Whether a row that is no record (an alarm, a badge) lies inside a row scope. Comparisons by order
// are not for that: they answer false.
bool matches(const Filter& filter, const Json& row);

}  // namespace anlan

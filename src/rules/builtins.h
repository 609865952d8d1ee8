#pragma once
// The built-in functions of FEEL (DMN 1.5, 10.3.4). Inside the room only.

#include <span>
#include <string_view>
#include <vector>

#include "rules/value.h"

namespace anlan::rules {

class Evaluator;

// Parameters are written "name:type" with commas between; types are
//   a anything  s string  n number  b boolean  l list  c context  r range  f function
//   d date, date and time or string  t time  u duration  k comparable
// "?" before the colon makes a parameter optional, "0" after the type lets null in, "*" lets it
// repeat, "+" makes it null where others are named. A value that does not fit makes the call null.
struct Builtin {
  std::string_view name;
  std::string_view parameters;
  Value (*run)(Evaluator&, std::span<const Value>);
};

// Rows of one name stand together; the first that takes the arguments is used.
std::span<const Builtin> builtins();
const Builtin* find_builtin(std::string_view name);

// `names` is empty for positional arguments.
Value call_builtin(Evaluator& evaluator, const Builtin& first, std::span<const Value> arguments,
                   std::span<const std::string> names);

std::span<const Builtin> string_builtins();
std::span<const Builtin> number_builtins();
std::span<const Builtin> list_builtins();
std::span<const Builtin> context_builtins();
std::span<const Builtin> range_builtins();
std::span<const Builtin> temporal_builtins();
std::span<const Builtin> plant_builtins();

}  // namespace anlan::rules

#pragma once
// FEEL types and item definitions (DMN 1.5, 10.3.2.2 and 7.3.2). Inside the room only.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/value.h"

namespace anlan::rules {

struct Node;
struct Type;
// Shared: types name each other, and models are copied freely.
using TypePtr = std::shared_ptr<const Type>;

struct Type {
  enum class Kind {
    Any,
    Null,
    Number,
    String,
    Boolean,
    Date,
    Time,
    DateTime,
    DaysDuration,
    MonthsDuration,
    List,
    Context,
    Range,
    Function
  };

  Kind kind = Kind::Any;
  std::string name{};                                      // of the item definition
  std::vector<std::pair<std::string, TypePtr>> members{};  // of a context
  TypePtr element{};  // of a list or range; result of a function
  std::vector<TypePtr> parameters{};
  bool has_signature = false;             // of a function
  std::shared_ptr<const Node> allowed{};  // unary tests on each value
};

// "number", "days and time duration", ...; null for an unknown name.
TypePtr basic_type(std::string_view name);
TypePtr list_of(TypePtr element);

// `value instance of type`, without the unary tests. Null is an instance of Null and Any only.
bool is_instance(const Value& value, const Type& type);
// Is every value of `narrow` one of `wide` (DMN 1.5, 10.3.2.9.2)?
bool conforms(const Type& narrow, const Type& wide);

}  // namespace anlan::rules

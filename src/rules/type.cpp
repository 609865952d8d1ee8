#include "rules/type.h"

#include <algorithm>
#include <array>

#include "rules/context.h"
#include "rules/function.h"

namespace anlan::rules {

namespace {

struct Named {
  std::string_view name;
  Type::Kind kind;
};

constexpr std::array kNames = {
    Named{"Any", Type::Kind::Any},
    Named{"Null", Type::Kind::Null},
    Named{"number", Type::Kind::Number},
    Named{"string", Type::Kind::String},
    Named{"boolean", Type::Kind::Boolean},
    Named{"date", Type::Kind::Date},
    Named{"time", Type::Kind::Time},
    Named{"date and time", Type::Kind::DateTime},
    Named{"dateTime", Type::Kind::DateTime},
    Named{"days and time duration", Type::Kind::DaysDuration},
    Named{"day and time duration", Type::Kind::DaysDuration},
    Named{"dayTimeDuration", Type::Kind::DaysDuration},
    Named{"years and months duration", Type::Kind::MonthsDuration},
    Named{"year and month duration", Type::Kind::MonthsDuration},
    Named{"yearMonthDuration", Type::Kind::MonthsDuration},
    Named{"list", Type::Kind::List},
    Named{"context", Type::Kind::Context},
    Named{"range", Type::Kind::Range},
    Named{"function", Type::Kind::Function},
};

bool is_range_instance(const Range& range, const Type& type) {
  if (!type.element) return true;
  bool low = range.low.is_null() || is_instance(range.low, *type.element);
  bool high = range.high.is_null() || is_instance(range.high, *type.element);
  return low && high;
}

bool is_function_instance(const Function& function, const Type& type) {
  if (!type.has_signature) return true;
  if (function.builtin != nullptr) return true;  // these check their own arguments
  if (function.parameters.size() != type.parameters.size()) return false;
  for (std::size_t i = 0; i < type.parameters.size(); ++i) {
    const TypePtr& mine = function.parameters[i].type;
    if (mine && !conforms(*type.parameters[i], *mine)) return false;
  }
  bool any_result = !type.element || type.element->kind == Type::Kind::Any;
  return any_result || !function.result || conforms(*function.result, *type.element);
}

}  // namespace

TypePtr basic_type(std::string_view name) {
  auto found = std::ranges::find(kNames, name, &Named::name);
  if (found == kNames.end()) return nullptr;
  return std::make_shared<Type>(Type{.kind = found->kind});
}

TypePtr list_of(TypePtr element) {
  return std::make_shared<Type>(Type{.kind = Type::Kind::List, .element = std::move(element)});
}

bool is_instance(const Value& value, const Type& type) {
  using Kind = Type::Kind;
  if (type.kind == Kind::Any) return true;
  switch (value.kind()) {
    case Value::Kind::Null: return type.kind == Kind::Null;
    case Value::Kind::Boolean: return type.kind == Kind::Boolean;
    case Value::Kind::Number: return type.kind == Kind::Number;
    case Value::Kind::String: return type.kind == Kind::String;
    case Value::Kind::Date: return type.kind == Kind::Date;
    case Value::Kind::Time: return type.kind == Kind::Time;
    case Value::Kind::DateTime: return type.kind == Kind::DateTime;
    case Value::Kind::DaysDuration: return type.kind == Kind::DaysDuration;
    case Value::Kind::MonthsDuration: return type.kind == Kind::MonthsDuration;
    case Value::Kind::List:
      return type.kind == Kind::List &&
             (!type.element || std::ranges::all_of(*value.as_list(), [&](const Value& item) {
               return item.is_null() || is_instance(item, *type.element);
             }));
    case Value::Kind::Context:
      return type.kind == Kind::Context &&
             std::ranges::all_of(type.members, [&](const auto& member) {
               const Value* held = value.as_context()->find(member.first);
               return held && (held->is_null() || is_instance(*held, *member.second));
             });
    case Value::Kind::Range:
      return type.kind == Kind::Range && is_range_instance(*value.as_range(), type);
    case Value::Kind::Function:
      return type.kind == Kind::Function && is_function_instance(*value.as_function(), type);
  }
  return false;
}

bool conforms(const Type& narrow, const Type& wide) {
  using Kind = Type::Kind;
  if (wide.kind == Kind::Any || narrow.kind == Kind::Null) return true;
  if (narrow.kind != wide.kind) return false;
  if (wide.kind == Kind::List || wide.kind == Kind::Range) {
    return !wide.element || (narrow.element && conforms(*narrow.element, *wide.element));
  }
  if (wide.kind == Kind::Context) {
    return std::ranges::all_of(wide.members, [&](const auto& member) {
      auto mine =
          std::ranges::find(narrow.members, member.first, &std::pair<std::string, TypePtr>::first);
      return mine != narrow.members.end() && conforms(*mine->second, *member.second);
    });
  }
  if (wide.kind == Kind::Function && wide.has_signature) {
    if (!narrow.has_signature || narrow.parameters.size() != wide.parameters.size()) return false;
    for (std::size_t i = 0; i < wide.parameters.size(); ++i) {
      if (!conforms(*wide.parameters[i], *narrow.parameters[i])) return false;
    }
    return !wide.element || (narrow.element && conforms(*narrow.element, *wide.element));
  }
  return true;
}

}  // namespace anlan::rules

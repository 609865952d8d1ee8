#pragma once
// A FEEL value: null, boolean, number, string, date, time, date and time, the two durations, list,
// context, range or function. Values never change, so copies share what is big.
//
//   Value limit = Decimal(5);
//   Value row = value_from_json(json);   // objects become contexts, numbers decimals

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/json.h"
#include "core/time.h"
#include "rules/decimal.h"
#include "rules/temporal.h"

namespace anlan::rules {

class Context;
class Value;
struct Range;
struct Function;
struct List;

class Value {
 public:
  // In the order of the alternatives below.
  enum class Kind {
    Null,
    Boolean,
    Number,
    String,
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

  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool value) : value_(value) {}
  Value(int value) : value_(Decimal(value)) {}
  Value(int64_t value) : value_(Decimal(value)) {}
  Value(Decimal value) : value_(value) {}
  Value(std::optional<Decimal> value);  // nothing becomes null
  Value(std::string text);
  Value(std::string_view text) : Value(std::string(text)) {}
  Value(const char* text) : Value(std::string(text)) {}
  Value(rules::Date value) : value_(value) {}
  Value(rules::Time value);
  Value(rules::DateTime value);
  Value(rules::DaysDuration value) : value_(value) {}
  Value(rules::MonthsDuration value) : value_(value) {}
  Value(anlan::Instant at);         // date and time, UTC
  Value(anlan::Duration duration);  // days and time duration
  Value(rules::List items);
  Value(rules::Context entries);
  Value(rules::Range range);
  Value(rules::Function function);

  Kind kind() const { return static_cast<Kind>(value_.index()); }
  bool is(Kind kind_asked) const { return kind() == kind_asked; }
  bool is_null() const { return is(Kind::Null); }
  bool is_true() const { return as_bool() != nullptr && *as_bool(); }
  bool is_false() const { return as_bool() != nullptr && !*as_bool(); }

  // Null pointers where the value is of another kind.
  const bool* as_bool() const { return std::get_if<bool>(&value_); }
  const Decimal* as_number() const { return std::get_if<Decimal>(&value_); }
  const std::string* as_string() const { return shared<std::string>(); }
  const rules::Date* as_date() const { return std::get_if<rules::Date>(&value_); }
  const rules::Time* as_time() const { return shared<rules::Time>(); }
  const rules::DateTime* as_date_time() const { return shared<rules::DateTime>(); }
  const rules::DaysDuration* as_days() const { return std::get_if<rules::DaysDuration>(&value_); }
  const rules::MonthsDuration* as_months() const {
    return std::get_if<rules::MonthsDuration>(&value_);
  }
  const rules::List* as_list() const;
  const rules::Context* as_context() const { return shared<rules::Context>(); }
  const rules::Range* as_range() const { return shared<rules::Range>(); }
  const rules::Function* as_function() const { return shared<rules::Function>(); }

  // How deep lists and contexts are nested; the evaluator bounds it.
  int depth() const;
  // FEEL equality of the same kind and content; different kinds are unequal. For tests and users;
  // the evaluator counts steps with its own.
  bool operator==(const Value& other) const;

 private:
  // Shared, because values are copied often and are immutable once made.
  template <class T>
  using Shared = std::shared_ptr<const T>;
  struct ListHolder;
  template <class T>
  const T* shared() const {
    auto* held = std::get_if<Shared<T>>(&value_);
    return held ? held->get() : nullptr;
  }

  std::variant<std::monostate, bool, Decimal, Shared<std::string>, rules::Date, Shared<rules::Time>,
               Shared<rules::DateTime>, rules::DaysDuration, rules::MonthsDuration,
               Shared<ListHolder>, Shared<rules::Context>, Shared<rules::Range>,
               Shared<rules::Function>>
      value_;
};

struct List : std::vector<Value> {
  using std::vector<Value>::vector;
};

struct Value::ListHolder {
  List items;
  int depth = 1;
};

inline const List* Value::as_list() const {
  const ListHolder* held = shared<ListHolder>();
  return held != nullptr ? &held->items : nullptr;
}

std::string_view kind_name(Value::Kind kind);

// As string() of FEEL shows it; text inside lists and contexts stands in quotes.
std::string text_of(const Value& value);

// Text stays text, numbers become decimals, objects contexts.
Value value_from_json(const Json& json);
// Numbers as plain JSON numbers, dates and durations as ISO 8601 text; ranges and functions as
// their FEEL text.
Json json_from_value(const Value& value);

}  // namespace anlan::rules

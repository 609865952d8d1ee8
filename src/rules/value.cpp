#include "rules/value.h"

#include <algorithm>

#include "rules/function.h"

namespace anlan::rules {

namespace {

// The instants of Anlan hold 64-bit nanoseconds; FEEL splits seconds and nanoseconds.
DaysDuration split_nanoseconds(int64_t ns) {
  int64_t seconds = ns / 1'000'000'000;
  int64_t rest = ns % 1'000'000'000;
  if (rest < 0) {
    rest += 1'000'000'000;
    --seconds;
  }
  return {seconds, static_cast<int32_t>(rest)};
}

bool same_context(const Context& a, const Context& b) {
  if (a.size() != b.size()) return false;
  return std::ranges::all_of(a.entries(), [&](const Context::Entry& entry) {
    const Value* other = b.find(entry.first);
    return other != nullptr && entry.second == *other;
  });
}

bool same_range(const Range& a, const Range& b) {
  return a.low == b.low && a.high == b.high && a.is_low_closed == b.is_low_closed &&
         a.is_high_closed == b.is_high_closed;
}

bool same_time(const Time& a, const Time& b) {
  bool zoned = a.zone.kind != Zone::Kind::None;
  return zoned == (b.zone.kind != Zone::Kind::None) && since_midnight(a) == since_midnight(b);
}

bool same_date_time(const DateTime& a, const DateTime& b) {
  bool zoned = a.time.zone.kind != Zone::Kind::None;
  return zoned == (b.time.zone.kind != Zone::Kind::None) && since_epoch(a) == since_epoch(b);
}

}  // namespace

Value::Value(std::optional<Decimal> value) {
  if (value) value_ = *value;
}
Value::Value(std::string text) : value_(std::make_shared<const std::string>(std::move(text))) {}
Value::Value(rules::Time value) : value_(std::make_shared<const rules::Time>(std::move(value))) {}
Value::Value(rules::DateTime value)
    : value_(std::make_shared<const rules::DateTime>(std::move(value))) {}

Value::Value(anlan::Instant at) {
  Zone utc{.kind = Zone::Kind::Offset};
  auto value = date_time_at(split_nanoseconds(at.ns), utc, nullptr);
  if (value) *this = Value(*value);
}

Value::Value(anlan::Duration duration) : value_(split_nanoseconds(duration.ns)) {}

Value::Value(rules::List items) {
  int deepest = 0;
  for (const Value& item : items) deepest = std::max(deepest, item.depth());
  value_ = std::make_shared<const ListHolder>(std::move(items), deepest + 1);
}

Value::Value(rules::Context entries)
    : value_(std::make_shared<const rules::Context>(std::move(entries))) {}
Value::Value(rules::Range range) : value_(std::make_shared<const rules::Range>(std::move(range))) {}
Value::Value(rules::Function function)
    : value_(std::make_shared<const rules::Function>(std::move(function))) {}

int Value::depth() const {
  if (auto* list = shared<ListHolder>()) return list->depth;
  if (auto* context = as_context()) return context->depth() + 1;
  if (auto* function = as_function()) return function->captured.depth() + 1;
  return 0;
}

bool Value::operator==(const Value& other) const {
  if (kind() != other.kind()) return false;
  switch (kind()) {
    case Kind::String: return *as_string() == *other.as_string();
    case Kind::Time: return same_time(*as_time(), *other.as_time());
    case Kind::DateTime: return same_date_time(*as_date_time(), *other.as_date_time());
    case Kind::List: return as_list() == other.as_list() || *as_list() == *other.as_list();
    case Kind::Context:
      return as_context() == other.as_context() || same_context(*as_context(), *other.as_context());
    case Kind::Range: return same_range(*as_range(), *other.as_range());
    default: return value_ == other.value_;
  }
}

std::string_view kind_name(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::Null: return "null";
    case Value::Kind::Boolean: return "boolean";
    case Value::Kind::Number: return "number";
    case Value::Kind::String: return "string";
    case Value::Kind::Date: return "date";
    case Value::Kind::Time: return "time";
    case Value::Kind::DateTime: return "date and time";
    case Value::Kind::DaysDuration: return "days and time duration";
    case Value::Kind::MonthsDuration: return "years and months duration";
    case Value::Kind::List: return "list";
    case Value::Kind::Context: return "context";
    case Value::Kind::Range: return "range";
    case Value::Kind::Function: return "function";
  }
  return "null";
}

Context::Context(std::initializer_list<Entry> entries) {
  for (const Entry& entry : entries) set(entry.first, entry.second);
}

void Context::set(std::string name, Value value) {
  depth_ = std::max(depth_, value.depth());
  auto found = std::ranges::find(entries_, name, &Entry::first);
  if (found != entries_.end()) {
    found->second = std::move(value);
  } else {
    entries_.emplace_back(std::move(name), std::move(value));
  }
}

void Context::remove(std::string_view name) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.first == name; });
}

const Value* Context::find(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.first == name) return &entry.second;
  }
  return nullptr;
}

Context context_from_json(const Json& object) {
  Context out;
  if (!object.is_object()) return out;
  for (const auto& [name, value] : object.as_object()) out.set(name, value_from_json(value));
  return out;
}

Value value_from_json(const Json& json) {
  if (json.is_bool()) return json.as_bool();
  if (json.is_number()) return Decimal::parse(json.as_number().text);
  if (json.is_text()) return json.as_text();
  if (json.is_object()) return context_from_json(json);
  if (!json.is_array()) return {};
  List items;
  for (const Json& item : json.as_array()) items.push_back(value_from_json(item));
  return items;
}

}  // namespace anlan::rules

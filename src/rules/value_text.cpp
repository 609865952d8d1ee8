#include "rules/function.h"

namespace anlan::rules {

namespace {

// A value that shares its parts can be far longer as text than in memory; the text ends here.
constexpr std::size_t kBytesMax = limits::kEvaluationTextBytesMax;

void write(std::string& out, const Value& value, bool quoted);

void write_quoted(std::string& out, const std::string& text) {
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void write_list(std::string& out, const List& list) {
  out += '[';
  for (std::size_t i = 0; i < list.size() && out.size() < kBytesMax; ++i) {
    if (i > 0) out += ", ";
    write(out, list[i], true);
  }
  out += ']';
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.find_first_of("\"{}:,") == std::string_view::npos;
}

void write_context(std::string& out, const Context& context) {
  out += '{';
  bool first = true;
  for (const auto& [name, value] : context.entries()) {
    if (out.size() > kBytesMax) break;
    if (!first) out += ", ";
    first = false;
    if (is_plain_name(name)) {
      out += name;
    } else {
      write_quoted(out, name);
    }
    out += ": ";
    write(out, value, true);
  }
  out += '}';
}

void write_range(std::string& out, const Range& range) {
  if (range.low.is_null() && !range.high.is_null()) {
    out += range.is_high_closed ? "<=" : "<";
    return write(out, range.high, true);
  }
  if (range.high.is_null() && !range.low.is_null()) {
    out += range.is_low_closed ? ">=" : ">";
    return write(out, range.low, true);
  }
  out += range.is_low_closed ? '[' : '(';
  write(out, range.low, true);
  out += "..";
  write(out, range.high, true);
  out += range.is_high_closed ? ']' : ')';
}

void write(std::string& out, const Value& value, bool quoted) {
  switch (value.kind()) {
    case Value::Kind::Null: out += "null"; return;
    case Value::Kind::Boolean: out += value.is_true() ? "true" : "false"; return;
    case Value::Kind::Number: out += value.as_number()->text(); return;
    case Value::Kind::String:
      if (quoted) return write_quoted(out, *value.as_string());
      out += *value.as_string();
      return;
    case Value::Kind::Date: out += text_of(*value.as_date()); return;
    case Value::Kind::Time: out += text_of(*value.as_time()); return;
    case Value::Kind::DateTime: out += text_of(*value.as_date_time()); return;
    case Value::Kind::DaysDuration: out += text_of(*value.as_days()); return;
    case Value::Kind::MonthsDuration: out += text_of(*value.as_months()); return;
    case Value::Kind::List: return write_list(out, *value.as_list());
    case Value::Kind::Context: return write_context(out, *value.as_context());
    case Value::Kind::Range: return write_range(out, *value.as_range());
    case Value::Kind::Function: out += "function"; return;
  }
}

}  // namespace

std::string text_of(const Value& value) {
  std::string out;
  write(out, value, false);
  return out;
}

Json json_from_value(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::Null: return nullptr;
    case Value::Kind::Boolean: return value.is_true();
    case Value::Kind::Number: return Json::Number{value.as_number()->json_text()};
    case Value::Kind::List: {
      Json::Array items;
      for (const Value& item : *value.as_list()) items.push_back(json_from_value(item));
      return items;
    }
    case Value::Kind::Context: {
      Json::Object members;
      for (const auto& [name, held] : value.as_context()->entries()) {
        members.emplace_back(name, json_from_value(held));
      }
      return members;
    }
    default: return text_of(value);
  }
}

}  // namespace anlan::rules

#include "core/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/check.h"
#include "core/json_text.h"
#include "core/text.h"

namespace anlan {
namespace {

const Json kNull;

// ECMAScript Number::toString for a finite double (ECMA-262, 6.1.6.1.20), which RFC 8785 asks for.
std::string ecma_number(double value) {
  if (value == 0) return "0";
  char digits_text[40];
  auto [end, error] = std::to_chars(digits_text, digits_text + sizeof digits_text, std::fabs(value),
                                    std::chars_format::scientific);
  std::string_view text(digits_text, end);
  std::size_t e_place = text.find('e');
  int exponent = 0;
  std::string_view exponent_text = text.substr(e_place + 1);
  if (exponent_text.front() == '+') exponent_text.remove_prefix(1);
  std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  std::string digits(text.substr(0, e_place));
  std::erase(digits, '.');
  int count = static_cast<int>(digits.size());
  int point = exponent + 1;  // the decimal point stands after this many digits
  std::string out = value < 0 ? "-" : "";
  if (count <= point && point <= 21) return out + digits + std::string(point - count, '0');
  if (0 < point && point <= 21) return out + digits.substr(0, point) + "." + digits.substr(point);
  if (-6 < point && point <= 0) return out + "0." + std::string(-point, '0') + digits;
  std::string shown = std::to_string(point - 1 < 0 ? 1 - point : point - 1);
  std::string tail = (point - 1 < 0 ? "e-" : "e+") + shown;
  if (count == 1) return out + digits + tail;
  return out + digits.substr(0, 1) + "." + digits.substr(1) + tail;
}

enum class Style { Plain, Pretty, Canonical };

// How RFC 8785 wants a number. Handed in by who needs it: its tables are a third of what a browser
// would load of this file.
using CanonicalNumber = std::string (*)(double);

class Writer {
 public:
  Writer(Style style, CanonicalNumber canonical) : style_(style), canonical_(canonical) {}

  void write(const Json& value, int depth) {
    if (value.is_null()) out_ += "null";
    if (value.is_bool()) out_ += value.as_bool() ? "true" : "false";
    if (value.is_number()) write_number(value);
    if (value.is_text()) write_json_text(value.as_text(), out_);
    if (value.is_array()) write_array(value.as_array(), depth);
    if (value.is_object()) write_object(value.as_object(), depth);
  }
  std::string take() { return std::move(out_); }

 private:
  void write_number(const Json& value) {
    if (canonical_ == nullptr || value.as_int64()) {
      out_ += value.as_number().text;
      return;
    }
    out_ += canonical_(value.as_double().value_or(0));
  }
  void write_array(const Json::Array& items, int depth) {
    out_ += '[';
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i != 0) out_ += ',';
      break_line(depth + 1);
      write(items[i], depth + 1);
    }
    if (!items.empty()) break_line(depth);
    out_ += ']';
  }
  void write_object(const Json::Object& members, int depth) {
    if (style_ == Style::Plain) return write_members(members, depth);
    std::vector<const Json::Member*> order;
    for (const Json::Member& member : members) order.push_back(&member);
    if (style_ == Style::Canonical) {
      std::ranges::sort(order, [](const Json::Member* a, const Json::Member* b) {
        return utf16_less(a->first, b->first);
      });
    }
    out_ += '{';
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (i != 0) out_ += ',';
      break_line(depth + 1);
      write_json_text(order[i]->first, out_);
      out_ += style_ == Style::Pretty ? ": " : ":";
      write(order[i]->second, depth + 1);
    }
    if (!order.empty()) break_line(depth);
    out_ += '}';
  }
  void write_members(const Json::Object& members, int depth) {
    out_ += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i != 0) out_ += ',';
      write_json_text(members[i].first, out_);
      out_ += ':';
      write(members[i].second, depth + 1);
    }
    out_ += '}';
  }
  void break_line(int depth) {
    if (style_ != Style::Pretty) return;
    out_ += '\n';
    out_.append(static_cast<std::size_t>(depth) * 2, ' ');
  }

  Style style_;
  CanonicalNumber canonical_;
  std::string out_;
};

std::string written(const Json& value, Style style, CanonicalNumber canonical = nullptr) {
  Writer writer(style, canonical);
  writer.write(value, 0);
  return writer.take();
}

std::unexpected<Error> no_member(const Json* found, std::string_view name) {
  bool is_missing = found == nullptr || found->is_null();
  return refuse(is_missing ? ErrorCode::MissingField : ErrorCode::BadField, {}, std::string(name));
}

}  // namespace

Json::Json(double value) {
  if (std::isfinite(value)) value_ = Number{ecma_number(value)};
}

bool Json::as_bool() const {
  CHECK(is_bool(), "asked a value that is no boolean");
  return std::get<bool>(value_);
}
const Json::Number& Json::as_number() const {
  CHECK(is_number(), "asked a value that is no number");
  return std::get<Number>(value_);
}
const std::string& Json::as_text() const {
  CHECK(is_text(), "asked a value that is no text");
  return std::get<std::string>(value_);
}
const Json::Array& Json::as_array() const {
  CHECK(is_array(), "asked a value that is no array");
  return std::get<Array>(value_);
}
Json::Array& Json::as_array() {
  CHECK(is_array(), "asked a value that is no array");
  return std::get<Array>(value_);
}
const Json::Object& Json::as_object() const {
  CHECK(is_object(), "asked a value that is no object");
  return std::get<Object>(value_);
}
Json::Object& Json::as_object() {
  CHECK(is_object(), "asked a value that is no object");
  return std::get<Object>(value_);
}

std::optional<int64_t> Json::as_int64() const {
  if (!is_number()) return std::nullopt;
  const std::string& text = as_number().text;
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> Json::as_double() const {
  if (!is_number()) return std::nullopt;
  const std::string& text = as_number().text;
  char* end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

const Json* Json::find(std::string_view name) const {
  if (!is_object()) return nullptr;
  for (const Member& member : as_object()) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

const Json& Json::operator[](std::string_view name) const {
  const Json* found = find(name);
  return found == nullptr ? kNull : *found;
}

Json& Json::set(std::string name, Json value) {
  if (is_null()) value_ = Object{};
  for (Member& member : as_object()) {
    if (member.first == name) {
      member.second = std::move(value);
      return *this;
    }
  }
  as_object().emplace_back(std::move(name), std::move(value));
  return *this;
}

void Json::remove(std::string_view name) {
  if (is_object()) std::erase_if(as_object(), [&](const Member& m) { return m.first == name; });
}

Json& Json::push(Json item) {
  if (is_null()) value_ = Array{};
  as_array().push_back(std::move(item));
  return *this;
}

Result<std::string> Json::text_at(std::string_view name) const {
  const Json* found = find(name);
  if (found == nullptr || !found->is_text()) return no_member(found, name);
  return found->as_text();
}

Result<int64_t> Json::int_at(std::string_view name) const {
  const Json* found = find(name);
  auto value = found == nullptr ? std::nullopt : found->as_int64();
  if (!value) return no_member(found, name);
  return *value;
}

Result<bool> Json::bool_at(std::string_view name) const {
  const Json* found = find(name);
  if (found == nullptr || !found->is_bool()) return no_member(found, name);
  return found->as_bool();
}

std::string Json::text_or(std::string_view name, std::string_view otherwise) const {
  const Json* found = find(name);
  return found != nullptr && found->is_text() ? found->as_text() : std::string(otherwise);
}

int64_t Json::int_or(std::string_view name, int64_t otherwise) const {
  const Json* found = find(name);
  return found == nullptr ? otherwise : found->as_int64().value_or(otherwise);
}

bool Json::bool_or(std::string_view name, bool otherwise) const {
  const Json* found = find(name);
  return found != nullptr && found->is_bool() ? found->as_bool() : otherwise;
}

std::string write_json(const Json& value) { return written(value, Style::Plain); }
std::string write_json_pretty(const Json& value) { return written(value, Style::Pretty); }
std::string canonical_json(const Json& value) {
  return written(value, Style::Canonical, ecma_number);
}

}  // namespace anlan

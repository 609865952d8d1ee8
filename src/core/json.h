#pragma once
// JSON as a value. Numbers keep their text, so no digit is lost between reader and writer; objects
// keep their order. The reader (yyjson inside) refuses duplicate names, bad UTF-8, depth over
// limits::kJsonDepthMax and bytes over limits::kJsonBytesMax.
//
//   Json body = TRY(parse_json(bytes));
//   std::string title = TRY(body.text_at("title"));

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/limits.h"
#include "core/result.h"

namespace anlan {

class Json {
 public:
  struct Number {
    std::string text;  // as JSON writes it
    bool operator==(const Number&) const = default;
  };
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default;
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(int value) : value_(Number{std::to_string(value)}) {}
  Json(int64_t value) : value_(Number{std::to_string(value)}) {}
  Json(uint64_t value) : value_(Number{std::to_string(value)}) {}
  Json(double value);  // finite only; anything else becomes null
  Json(Number number) : value_(std::move(number)) {}
  Json(std::string text) : value_(std::move(text)) {}
  Json(std::string_view text) : value_(std::string(text)) {}
  Json(const char* text) : value_(std::string(text)) {}
  Json(Array items) : value_(std::move(items)) {}
  Json(Object members) : value_(std::move(members)) {}

  static Json array(Array items = {}) { return Json(std::move(items)); }
  static Json object(std::initializer_list<Member> members = {}) { return Json(Object(members)); }

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_number() const { return std::holds_alternative<Number>(value_); }
  bool is_text() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  // Only after the matching is_...(); CHECK otherwise.
  bool as_bool() const;
  const Number& as_number() const;
  const std::string& as_text() const;
  const Array& as_array() const;
  Array& as_array();
  const Object& as_object() const;
  Object& as_object();
  std::optional<int64_t> as_int64() const;  // whole number in range, else nothing; "2.0" is none
  std::optional<double> as_double() const;

  // Member by name, or null (a shared constant) where there is none or this is no object.
  const Json& operator[](std::string_view name) const;
  const Json* find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  // Sets or replaces; makes an object of null. Order of first setting is kept.
  Json& set(std::string name, Json value);
  void remove(std::string_view name);
  Json& push(Json item);  // makes an array of null

  // Refusals name the member: MissingField or BadField with field = name.
  Result<std::string> text_at(std::string_view name) const;
  Result<int64_t> int_at(std::string_view name) const;
  Result<bool> bool_at(std::string_view name) const;
  std::string text_or(std::string_view name, std::string_view otherwise) const;
  int64_t int_or(std::string_view name, int64_t otherwise) const;
  bool bool_or(std::string_view name, bool otherwise) const;

  bool operator==(const Json&) const = default;

 private:
  std::variant<std::monostate, bool, Number, std::string, Array, Object> value_;
};

Result<Json> parse_json(std::string_view bytes, std::size_t bytes_max = limits::kJsonBytesMax);
std::string write_json(const Json& value);
std::string write_json_pretty(const Json& value);  // two spaces, for files that people read
// RFC 8785 (JCS): names sorted by UTF-16 units, numbers as ECMAScript writes doubles. What is
// hashed or signed is always this form. Keep decimals as text there.
std::string canonical_json(const Json& value);

}  // namespace anlan

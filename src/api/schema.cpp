#include "api/schema.h"

#include <algorithm>

#include "core/check.h"
#include "core/id.h"
#include "core/text.h"
#include "core/time.h"

namespace anlan::api {
namespace {

constexpr std::string_view kComponents = "#/components/schemas/";

std::string join(std::string_view path, std::string_view name) {
  return path.empty() ? std::string(name) : std::string(path) + "." + std::string(name);
}

bool is_type(std::string_view type, const Json& value) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_text();
  if (type == "integer") return value.as_int64().has_value();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_bool();
  return type == "null" && value.is_null();
}

bool is_any_type(const Json& types, const Json& value) {
  if (types.is_text()) return is_type(types.as_text(), value);
  return std::ranges::any_of(types.as_array(),
                             [&](const Json& type) { return is_type(type.as_text(), value); });
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_format(std::string_view format, const std::string& text) {
  if (format == "uuid") return parse_uuid(text).has_value();
  if (format == "date-time") return parse_instant(text).has_value();
  if (format == "sha256") return is_sha256(text);
  return true;
}

Result<void> check(const Json& schema, const Json& value, const std::string& path);

Result<void> check_text(const Json& schema, const Json& value, const std::string& path) {
  const std::string& text = value.as_text();
  if (text.find('\0') != std::string::npos) return refuse(ErrorCode::BadField, "zero byte", path);
  auto chars = static_cast<int64_t>(count_chars(text));
  if (chars < schema.int_or("minLength", 0)) {
    return refuse(chars == 0 ? ErrorCode::MissingField : ErrorCode::BadField, "too short", path);
  }
  if (chars > schema.int_or("maxLength", chars)) {
    return refuse(ErrorCode::BadField, "too long", path);
  }
  if (!is_format(schema.text_or("format", ""), text)) {
    return refuse(ErrorCode::BadField, "wrong format", path);
  }
  return {};
}

Result<void> check_object(const Json& schema, const Json& value, const std::string& path) {
  const Json& required = schema["required"];
  if (required.is_array()) {
    for (const Json& name : required.as_array()) {
      if (!value.has(name.as_text())) {
        return refuse(ErrorCode::MissingField, "missing", join(path, name.as_text()));
      }
    }
  }
  const Json& further = schema["additionalProperties"];
  for (const auto& [name, item] : value.as_object()) {
    if (const Json* part = schema["properties"].find(name)) {
      TRY(check(*part, item, join(path, name)));
    } else if (further.is_bool() && !further.as_bool()) {
      return refuse(ErrorCode::UnknownField, "unknown member", join(path, name));
    } else if (further.is_object()) {
      TRY(check(further, item, join(path, name)));
    }
  }
  return {};
}

Result<void> check_array(const Json& schema, const Json& value, const std::string& path) {
  const Json::Array& items = value.as_array();
  auto count = static_cast<int64_t>(items.size());
  if (count > schema.int_or("maxItems", count)) {
    return refuse(ErrorCode::LimitReached, "too many items", path);
  }
  if (!schema.has("items")) return {};
  for (std::size_t i = 0; i < items.size(); ++i) {
    TRY(check(schema["items"], items[i], join(path, std::to_string(i))));
  }
  return {};
}

Result<void> check_number(const Json& schema, const Json& value, const std::string& path) {
  double number = value.as_double().value_or(0);
  bool is_low = schema.has("minimum") && number < schema["minimum"].as_double().value_or(0);
  bool is_high = schema.has("maximum") && number > schema["maximum"].as_double().value_or(0);
  if (is_low || is_high) return refuse(ErrorCode::BadField, "out of range", path);
  return {};
}

Result<void> check(const Json& schema, const Json& value, const std::string& path) {
  if (schema.has("$ref")) {
    std::string_view name = schema["$ref"].as_text();
    CHECK(name.starts_with(kComponents), "our schemas refer to components only");
    const Json* part = schemas().find(name.substr(kComponents.size()));
    CHECK(part != nullptr, "our schemas refer to components that exist");
    return check(*part, value, path);
  }
  if (schema.has("type") && !is_any_type(schema["type"], value)) {
    return refuse(ErrorCode::BadField, "wrong type", path);
  }
  if (schema.has("enum") &&
      std::ranges::find(schema["enum"].as_array(), value) == schema["enum"].as_array().end()) {
    return refuse(ErrorCode::BadField, "not one of the known values", path);
  }
  if (value.is_text()) return check_text(schema, value, path);
  if (value.is_number()) return check_number(schema, value, path);
  if (value.is_array()) return check_array(schema, value, path);
  if (value.is_object()) return check_object(schema, value, path);
  return {};
}

Json read_schemas() {
  Json all = Json::object();
#define ANLAN_SCHEMA(name, text)                           \
  {                                                        \
    Result<Json> schema = parse_json(text);                \
    CHECK(schema.has_value(), "schemas.def holds " #name); \
    all.set(#name, std::move(*schema));                    \
  }
#include "api/schemas.def"
#undef ANLAN_SCHEMA
  return all;
}

}  // namespace

const Json& schemas() {
  static const Json all = read_schemas();
  return all;
}

Result<void> check_schema(const Json& schema, const Json& value) {
  return check(schema, value, "");
}

Result<void> check_shape(std::string_view name, const Json& value) {
  const Json* schema = schemas().find(name);
  CHECK(schema != nullptr, "the route table names schemas that exist");
  return check(*schema, value, "");
}

}  // namespace anlan::api

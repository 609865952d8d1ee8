#include "records/values.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/check.h"
#include "core/id.h"
#include "core/time.h"

namespace anlan::records {
namespace {

// In the order of FieldKind.
constexpr std::array kKinds{KindRow{FieldKind::Text, "text", "{{text}}"},
                            KindRow{FieldKind::LongText, "longtext", "{{text}}"},
                            KindRow{FieldKind::Integer, "integer", "{{int}}"},
                            KindRow{FieldKind::Decimal, "decimal", "{{int}}"},
                            KindRow{FieldKind::Boolean, "boolean", "{{int}}"},
                            KindRow{FieldKind::Instant, "instant", "{{int}}"},
                            KindRow{FieldKind::Date, "date", "{{text}}"},
                            KindRow{FieldKind::Duration, "duration", "{{int}}"},
                            KindRow{FieldKind::Choice, "choice", "{{text}}"},
                            KindRow{FieldKind::Choices, "choices", "{{text}}"},
                            KindRow{FieldKind::Person, "person", "{{id}}"},
                            KindRow{FieldKind::Org, "org", "{{text}}"},
                            KindRow{FieldKind::Ref, "ref", "{{id}}"},
                            KindRow{FieldKind::Photos, "photos", "{{text}}"},
                            KindRow{FieldKind::Position, "position", "{{text}}"},
                            KindRow{FieldKind::Object, "object", "{{text}}"},
                            KindRow{FieldKind::Subform, "subform", "{{text}}"}};

constexpr std::size_t kNumberBytesMax = 34;  // as many digits as Decimal keeps exactly
constexpr std::size_t kFileNameCharsMax = 200;
constexpr std::size_t kRowsBytesMax = 128 << 10;  // of a sub-form: 200 rows with a sentence each

bool is_json_kind(FieldKind kind) {
  return kind == FieldKind::Choices || kind == FieldKind::Photos || kind == FieldKind::Position ||
         kind == FieldKind::Object || kind == FieldKind::Subform;
}

bool is_number_kind(FieldKind kind) {
  return kind == FieldKind::Integer || kind == FieldKind::Decimal;
}

std::unexpected<Error> bad(const Field& field, std::string why) {
  return refuse(ErrorCode::BadField, std::move(why), field.key);
}

Result<Json> checked_text(const Field& field, const Json& value) {
  if (!value.is_text()) return bad(field, "no text");
  const std::string& text = value.as_text();
  if (!is_utf8(text)) return bad(field, "not UTF-8");
  if (!is_clean_text(text)) return bad(field, "a control character");
  if (trim(text).empty()) return Json();
  std::size_t chars = count_chars(text);
  if (chars < field.chars_min) return bad(field, "too short");
  if (chars > field.chars_max) return bad(field, "too long");
  if (field.matches) {
    rules::Context names{{"value", text}, {"pattern", field.pattern}};
    if (!field.matches->evaluate(names, {}).is_true()) return bad(field, "not of the pattern");
  }
  return value;
}

Result<Json> checked_number(const Field& field, const Json& value) {
  if (!value.is_number()) return bad(field, "no number");
  auto scaled = field.kind == FieldKind::Integer ? value.as_int64()
                                                 : scaled_of(value.as_number().text, field.scale);
  if (!scaled) return bad(field, "too many digits");
  if (field.minimum && *scaled < *field.minimum) return bad(field, "too small");
  if (field.maximum && *scaled > *field.maximum) return bad(field, "too big");
  return Json(Json::Number{unscaled_text(*scaled, field.scale)});
}

Result<Json> checked_time(const Field& field, const Json& value) {
  if (!value.is_text()) return bad(field, "no text");
  const std::string& text = value.as_text();
  if (field.kind == FieldKind::Instant) {
    auto at = parse_instant(text);
    if (!at) return bad(field, "no instant with offset");
    return Json(format_instant(*at));
  }
  if (field.kind == FieldKind::Duration) {
    auto length = parse_duration(text);
    if (!length) return bad(field, "no duration");
    return Json(format_duration(*length));
  }
  // Ten characters only: dates are compared as text.
  if (text.size() != 10 || !rules::parse_date(text)) return bad(field, "no date");
  return value;
}

bool is_choice(const Field& field, const Json& value) {
  return value.is_text() && std::ranges::any_of(field.choices, [&](const auto& choice) {
           return choice.first == value.as_text();
         });
}

Result<Json> checked_choices(const Field& field, const Json& value) {
  if (!value.is_array()) return bad(field, "no list");
  const Json::Array& items = value.as_array();
  if (items.empty()) return Json();
  if (items.size() < field.items_min) return bad(field, "too few");
  if (items.size() > field.items_max) return bad(field, "too many");
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!is_choice(field, items[i])) return bad(field, "no such choice");
    auto end = items.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(items.begin(), end, items[i]) != end) return bad(field, "a choice twice");
  }
  return value;
}

Result<Json> checked_id(const Field& field, const Json& value) {
  if (!value.is_text()) return bad(field, "no text");
  auto id = parse_uuid(value.as_text());
  if (!id || id->is_nil()) return bad(field, "no id");
  return Json(format_uuid(*id));
}

bool is_within(const Json& number, double low, double high) {
  auto value = number.as_double();
  return value && *value >= low && *value <= high;
}

bool is_position(const Json& value) {
  if (!value.is_object()) return false;
  for (const auto& [name, part] : value.as_object()) {
    if (name != "lat" && name != "lon" && name != "accuracy_m") return false;
  }
  constexpr double kEarthM = 4.1e7;  // once around
  return is_within(value["lat"], -90, 90) && is_within(value["lon"], -180, 180) &&
         (!value.has("accuracy_m") || is_within(value["accuracy_m"], 0, kEarthM));
}

bool is_hash(const Json& value) {
  constexpr std::string_view kHex = "0123456789abcdef";
  return value.is_text() && value.as_text().size() == 64 &&
         value.as_text().find_first_not_of(kHex) == std::string::npos;
}

bool is_name(const Json& value) {
  return value.is_text() && !value.as_text().empty() && is_utf8(value.as_text()) &&
         is_clean_text(value.as_text()) && count_chars(value.as_text()) <= kFileNameCharsMax;
}

// The bytes that were signed; whether they say the truth is the engine's question.
bool is_manifest(const Json& value) {
  return value.is_text() && !value.as_text().empty() &&
         value.as_text().size() <= limits::kManifestBytesMax && is_utf8(value.as_text()) &&
         is_clean_text(value.as_text());
}

bool is_signature(const Json& value) {
  constexpr std::string_view kBase64url =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  constexpr std::size_t kChars = 86;  // of 64 bytes without padding
  return value.is_text() && value.as_text().size() == kChars &&
         value.as_text().find_first_not_of(kBase64url) == std::string::npos;
}

bool is_device(const Json& value) {
  constexpr std::string_view kHex = "0123456789abcdef";
  return value.is_text() && value.as_text().size() == 32 &&
         value.as_text().find_first_not_of(kHex) == std::string::npos;
}

// Empty when the photo is right.
std::string_view fault_of_photo(const Json& photo) {
  if (!photo.is_object()) return "a photo is an object";
  if (!is_hash(photo["sha256"])) return "a photo needs its sha256";
  if (!is_name(photo["name"])) return "a photo needs a name";
  for (const auto& [name, part] : photo.as_object()) {
    if (name == "sha256" || name == "name") continue;
    bool is_right = false;
    if (name == "taken_at") is_right = part.is_text() && parse_instant(part.as_text());
    if (name == "original_sha256") is_right = is_hash(part);
    if (name == "position") is_right = is_position(part);
    if (name == "manifest") is_right = is_manifest(part);
    if (name == "signature") is_right = is_signature(part);
    if (name == "device") is_right = is_device(part);
    if (!is_right) return "a member of a photo";
  }
  return {};
}

Result<Json> checked_photos(const Field& field, const Json& value) {
  if (!value.is_array()) return bad(field, "no list");
  const Json::Array& photos = value.as_array();
  if (photos.size() > field.items_max) return bad(field, "too many photos");
  for (const Json& photo : photos) {
    if (auto fault = fault_of_photo(photo); !fault.empty()) return bad(field, std::string(fault));
  }
  std::vector<std::string> hashes = photo_hashes(value);
  std::ranges::sort(hashes);
  if (std::ranges::adjacent_find(hashes) != hashes.end()) return bad(field, "a photo twice");
  if (photos.empty()) return Json();
  if (photos.size() < field.items_min) {
    return refuse(ErrorCode::EvidenceMissing, "too few photos", field.key);
  }
  return value;
}

bool is_clean_json(const Json& value) {
  if (value.is_text()) return is_utf8(value.as_text()) && is_clean_text(value.as_text());
  if (value.is_array()) return std::ranges::all_of(value.as_array(), is_clean_json);
  if (!value.is_object()) return true;
  return std::ranges::all_of(value.as_object(), [](const Json::Member& member) {
    return is_utf8(member.first) && is_clean_text(member.first) && is_clean_json(member.second);
  });
}

Result<Json> checked_object(const Field& field, const Json& value) {
  if (!value.is_object()) return bad(field, "no object");
  if (!is_clean_json(value)) return bad(field, "a control character");
  if (write_json(value).size() > limits::kObjectBytesMax) return bad(field, "too large");
  return value;
}

// "items.2.amount" says which cell of the rows is meant.
Result<Json> checked_row(const Field& field, std::size_t at, const Json& row) {
  std::string where = field.key + "." + std::to_string(at);
  if (!row.is_object()) return refuse(ErrorCode::BadField, "a row is an object", where);
  for (const auto& [name, value] : row.as_object()) {
    if (std::ranges::contains(field.items, name, &Field::key)) continue;
    return refuse(ErrorCode::UnknownField, "rows have no such field", where + "." + name);
  }
  Json::Object out;
  for (const Field& item : field.items) {
    auto checked = checked_value(item, row[item.key]);
    if (checked && checked->is_null() && item.is_required) {
      checked = refuse(ErrorCode::MissingField, "required");
    }
    if (!checked) {
      checked.error().field = where + "." + item.key;
      return std::unexpected(std::move(checked).error());
    }
    out.emplace_back(item.key, std::move(*checked));
  }
  return Json(std::move(out));
}

Result<Json> checked_rows(const Field& field, const Json& value) {
  if (!value.is_array()) return bad(field, "no list");
  const Json::Array& rows = value.as_array();
  if (rows.size() > field.items_max) return bad(field, "too many rows");
  if (rows.size() < field.items_min) return bad(field, "too few rows");
  if (rows.empty()) return Json();
  Json out = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) out.push(TRY(checked_row(field, i, rows[i])));
  if (write_json(out).size() > kRowsBytesMax) return bad(field, "too large");
  return out;
}

Result<Json> checked_org(const Field& field, const Json& value) {
  if (!value.is_text() || !is_utf8(value.as_text()) || !is_clean_text(value.as_text())) {
    return bad(field, "no text");
  }
  return value;
}

}  // namespace

const KindRow& kind_row(FieldKind kind) {
  const KindRow& row = kKinds[static_cast<std::size_t>(kind)];
  CHECK(row.kind == kind, "kKinds is in the order of FieldKind");
  return row;
}

const KindRow* find_kind(std::string_view word) {
  auto row = std::ranges::find(kKinds, word, &KindRow::word);
  return row == kKinds.end() ? nullptr : &*row;
}

bool is_comparable(FieldKind kind) { return !is_json_kind(kind); }

bool is_text_kind(FieldKind kind) { return kind == FieldKind::Text || kind == FieldKind::LongText; }

Result<Json> checked_value(const Field& field, const Json& value) {
  if (value.is_null()) return Json();
  switch (field.kind) {
    case FieldKind::Text:
    case FieldKind::LongText: return checked_text(field, value);
    case FieldKind::Integer:
    case FieldKind::Decimal: return checked_number(field, value);
    case FieldKind::Boolean:
      if (!value.is_bool()) return bad(field, "neither true nor false");
      return value;
    case FieldKind::Instant:
    case FieldKind::Date:
    case FieldKind::Duration: return checked_time(field, value);
    case FieldKind::Choice:
      if (!is_choice(field, value)) return bad(field, "no such choice");
      return value;
    case FieldKind::Choices: return checked_choices(field, value);
    case FieldKind::Person:
    case FieldKind::Ref: return checked_id(field, value);
    case FieldKind::Org: return checked_org(field, value);
    case FieldKind::Photos: return checked_photos(field, value);
    case FieldKind::Position:
      if (!is_position(value)) return bad(field, "no position");
      return value;
    case FieldKind::Object: return checked_object(field, value);
    case FieldKind::Subform: return checked_rows(field, value);
  }
  return bad(field, "unknown kind");
}

std::vector<std::string> photo_hashes(const Json& photos) {
  std::vector<std::string> hashes;
  if (!photos.is_array()) return hashes;
  for (const Json& photo : photos.as_array()) hashes.push_back(photo["sha256"].as_text());
  return hashes;
}

store::Value cell_of(const Field& field, const Json& checked) {
  if (checked.is_null()) return {};
  if (is_json_kind(field.kind)) return write_json(checked);
  if (is_number_kind(field.kind)) return *scaled_of(checked.as_number().text, field.scale);
  switch (field.kind) {
    case FieldKind::Boolean: return int64_t{checked.as_bool()};
    case FieldKind::Instant: return parse_instant(checked.as_text())->ns;
    case FieldKind::Duration: return parse_duration(checked.as_text())->ns;
    default: return checked.as_text();
  }
}

Json json_of_cell(const Field& field, const store::Value& cell) {
  if (std::holds_alternative<std::monostate>(cell)) return {};
  if (const auto* text = std::get_if<std::string>(&cell)) {
    if (!is_json_kind(field.kind)) return Json(*text);
    return parse_json(*text).value_or(Json());
  }
  const auto* number = std::get_if<int64_t>(&cell);
  CHECK(number, "a column of a form holds text or whole numbers");
  switch (field.kind) {
    case FieldKind::Boolean: return Json(*number != 0);
    case FieldKind::Instant: return Json(format_instant({*number}));
    case FieldKind::Duration: return Json(format_duration({*number}));
    default: return Json(Json::Number{unscaled_text(*number, field.scale)});
  }
}

// A list of contexts: sum(items.amount), count(items[state = "open"]).
rules::Value feel_of_rows(const Field& field, const Json& rows) {
  rules::List list;
  for (const Json& row : rows.as_array()) {
    rules::Context context;
    for (const Field& item : field.items) context.set(item.key, feel_of(item, row[item.key]));
    list.emplace_back(std::move(context));
  }
  return list;
}

rules::Value feel_of(const Field& field, const Json& checked) {
  if (checked.is_null()) return {};
  switch (field.kind) {
    case FieldKind::Instant: return *parse_instant(checked.as_text());
    case FieldKind::Duration: return *parse_duration(checked.as_text());
    case FieldKind::Date: return *rules::parse_date(checked.as_text());
    case FieldKind::Subform: return feel_of_rows(field, checked);
    default: return rules::value_from_json(checked);
  }
}

Json json_of_feel(const Field& field, const rules::Value& value) {
  if (field.kind == FieldKind::Decimal && value.as_number()) {
    auto rounded = value.as_number()->rounded(field.scale, rules::Decimal::Round::HalfEven);
    return rounded ? Json(Json::Number{rounded->json_text()}) : Json();
  }
  return rules::json_from_value(value);
}

Json masked(const Json& value) {
  if (value.is_null()) return {};
  std::string digits;
  bool is_phone = value.is_text();
  for (char c : is_phone ? std::string_view(value.as_text()) : std::string_view()) {
    if (c >= '0' && c <= '9') digits += c;
    else is_phone = is_phone && (c == '+' || c == '-' || c == ' ');
  }
  if (!is_phone || digits.size() < 7 || digits.size() > 15) return Json("***");
  return Json("***" + digits.substr(digits.size() - 4));
}

bool is_clean_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 ? byte != 0x7f : (c == '\t' || c == '\n' || c == '\r');
  });
}

std::optional<int64_t> scaled_of(std::string_view number, int scale) {
  if (number.size() > kNumberBytesMax) return std::nullopt;
  auto value = rules::Decimal::parse(number);
  if (!value) return std::nullopt;
  auto scaled = rules::Decimal::multiply(*value, rules::Decimal::of(1, scale));
  return scaled ? scaled->to_int64() : std::nullopt;
}

std::string unscaled_text(int64_t scaled, int scale) {
  std::string text = std::to_string(scaled);
  if (scale == 0) return text;
  auto places = static_cast<std::size_t>(scale);
  std::size_t first = scaled < 0 ? 1 : 0;
  if (text.size() - first <= places) text.insert(first, places + 1 - (text.size() - first), '0');
  text.insert(text.size() - places, ".");
  return text;
}

}  // namespace anlan::records

#include "records/places.h"

#include "core/hash.h"
#include "records/values.h"

namespace anlan::records {

std::string short_name(std::string name) {
  constexpr std::size_t kBytesMax = 63;
  if (name.size() <= kBytesMax) return name;
  return name.substr(0, 40) + "_" + to_hex(sha256(name)).substr(0, 16);
}

// In `ext` a value stands as it would in a column: whole numbers and texts.
void put_in(Field& field, std::string_view place) {
  field.in_ext = place == kInExt;
  if (!field.in_ext) {
    field.column = place;
    return;
  }
  std::string value = "json_extract(ext, '$." + field.key + "')";
  bool is_number = kind_row(field.kind).column_type == "{{int}}";
  field.column = is_number ? "CAST(" + value + " AS BIGINT)" : value;
}

std::string_view place_of(const Field& field) {
  return field.in_ext ? kInExt : std::string_view(field.column);
}

std::string column_of(const Field& field, std::string_view prefix) {
  if (!field.in_ext) return std::string(prefix) + field.column;
  std::string text = field.column;
  std::size_t at = text.find("(ext,");
  return text.insert(at + 1, prefix);
}

const std::string& carrier_of(const Field& field) {
  static const std::string ext(kInExt);
  return field.in_ext ? ext : field.column;
}

store::Value ext_cell(const Form& form, const Json& record) {
  Json::Object members;
  for (const Field& field : form.fields) {
    if (!field.in_ext) continue;
    store::Value cell = cell_of(field, record[field.key]);
    if (const auto* number = std::get_if<int64_t>(&cell)) members.emplace_back(field.key, *number);
    if (const auto* text = std::get_if<std::string>(&cell)) members.emplace_back(field.key, *text);
  }
  if (members.empty()) return {};
  return write_json(Json(std::move(members)));
}

}  // namespace anlan::records

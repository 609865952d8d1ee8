#include "records/subform.h"

#include <algorithm>

#include "records/query.h"
#include "records/values.h"

namespace anlan::records {
namespace {

using access::FieldMode;

const Json::Array& rows_of(const Json& value) {
  static const Json::Array none;
  return value.is_array() ? value.as_array() : none;
}

const Json& row_at(const Json::Array& rows, std::size_t at) {
  static const Json none;
  return at < rows.size() ? rows[at] : none;
}

}  // namespace

FieldMode item_mode(const Field& field, const Field& item, const access::FieldModes& modes) {
  FieldMode own = modes.of(field.key);
  const FieldMode* named = modes.named.find(field.key + "." + item.key);
  return named == nullptr ? own : std::min(own, *named);
}

std::vector<FieldMode> item_modes(const Field& field, const access::FieldModes& modes) {
  std::vector<FieldMode> out;
  for (const Field& item : field.items) out.push_back(item_mode(field, item, modes));
  return out;
}

std::vector<std::pair<std::string, FieldMode>> item_modes_named(const Field& field,
                                                                const access::FieldModes& modes) {
  std::vector<std::pair<std::string, FieldMode>> out;
  for (const Field& item : field.items) {
    FieldMode mode = item_mode(field, item, modes);
    if (mode != modes.of(field.key)) out.emplace_back(field.key + "." + item.key, mode);
  }
  return out;
}

Result<Json> merged_rows(const Field& field, const Json& before, const Json& given,
                         const access::FieldModes& modes) {
  std::vector<FieldMode> may = item_modes(field, modes);
  bool is_all = std::ranges::all_of(may, [](FieldMode mode) { return mode == FieldMode::Write; });
  if (is_all || !given.is_array()) return given;
  const Json::Array& old = rows_of(before);
  if (given.as_array().size() < old.size()) {
    return refuse(ErrorCode::Forbidden, "a row holds what the caller may not write", field.key);
  }
  Json out = Json::array();
  for (std::size_t at = 0; at < given.as_array().size(); ++at) {
    Json row = given.as_array()[at];
    if (!row.is_object()) return given;  // refused when it is checked
    for (std::size_t i = 0; i < field.items.size(); ++i) {
      const Field& item = field.items[i];
      if (may[i] == FieldMode::Write) continue;
      if (row.has(item.key)) {
        return refuse(ErrorCode::Forbidden, "not the caller's to write",
                      field.key + "." + std::to_string(at) + "." + item.key);
      }
      row.set(item.key, row_at(old, at)[item.key]);
    }
    out.push(std::move(row));
  }
  return out;
}

Json shown_rows(const Field& field, const Json& rows, const std::vector<FieldMode>& items) {
  if (!rows.is_array()) return rows;
  Json out = Json::array();
  for (const Json& row : rows.as_array()) {
    Json::Object shown;
    for (std::size_t i = 0; i < field.items.size(); ++i) {
      if (items[i] == FieldMode::Hidden) continue;
      const std::string& key = field.items[i].key;
      shown.emplace_back(key, items[i] == FieldMode::Masked ? masked(row[key]) : row[key]);
    }
    out.push(Json(std::move(shown)));
  }
  return out;
}

void add_item_rows(const Field& field, const Json& before, const Json& after,
                   store::Change& change) {
  const Json::Array& old = rows_of(before[field.key]);
  const Json::Array& now = rows_of(after[field.key]);
  for (std::size_t at = 0; at < std::max(old.size(), now.size()); ++at) {
    store::RowChange row{
        .table = field.item_table,
        .key = {{"parent", after["id"].as_text()}, {"ord", static_cast<int64_t>(at)}}};
    if (at >= now.size()) row.kind = store::RowChange::Kind::Delete;
    else if (at < old.size()) row.kind = store::RowChange::Kind::Update;
    for (const Field& item : field.items) {
      const Json& value = row_at(now, at)[item.key];
      if (at >= now.size() || value == row_at(old, at)[item.key]) continue;
      row.cells.push_back({item.column, cell_of(item, value)});
    }
    bool is_same = row.kind == store::RowChange::Kind::Update && row.cells.empty();
    if (!is_same) change.rows.push_back(std::move(row));
  }
}

}  // namespace anlan::records

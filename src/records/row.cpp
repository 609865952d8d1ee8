#include "records/row.h"

#include <algorithm>

#include "records/subform.h"
#include "records/values.h"

namespace anlan::records {

std::vector<Shown> shown_members(const Form& form, const access::FieldModes& modes) {
  std::vector<Shown> shown;
  auto add = [&](const Field& field) {
    access::FieldMode mode = mode_of(form, modes, field.key);
    // The id is what every further question needs; it tells nothing.
    if (field.key == "id") mode = access::FieldMode::Read;
    if (mode == access::FieldMode::Hidden) return;
    Shown& one = shown.emplace_back(&field, mode == access::FieldMode::Masked);
    std::vector<access::FieldMode> items = item_modes(field, modes);
    auto is_open = [](access::FieldMode item) { return item >= access::FieldMode::Read; };
    if (!std::ranges::all_of(items, is_open)) one.items = std::move(items);
  };
  for (const Field& field : system_members()) add(field);
  for (const Field& field : form.fields) add(field);
  return shown;
}

Json shown_value(const Shown& shown, Json value) {
  if (!shown.items.empty()) return shown_rows(*shown.field, value, shown.items);
  return shown.is_masked ? masked(value) : value;
}

std::vector<Shown> all_members(const Form& form) {
  std::vector<Shown> shown;
  for (const Field& field : system_members()) shown.push_back({&field, false});
  for (const Field& field : form.fields) shown.push_back({&field, false});
  return shown;
}

const Json& member_at(const Json& record, std::size_t place, std::string_view key) {
  if (record.is_object() && place < record.as_object().size()) {
    const Json::Member& member = record.as_object()[place];
    if (member.first == key) return member.second;
  }
  return record[key];
}

std::string select_text(const Form& form, const std::vector<Shown>& shown) {
  std::string text = "SELECT ";
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (i > 0) text += ", ";
    text += shown[i].field->column;
  }
  return text + " FROM " + form.table;
}

Json record_of(const std::vector<Shown>& shown, const std::vector<store::Value>& cells) {
  // Filled directly: Json::set looks for the name each time, and names are unique here.
  Json::Object members;
  members.reserve(shown.size() + 1);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    Json value = json_of_cell(*shown[i].field, cells[i]);
    members.emplace_back(shown[i].field->key, shown_value(shown[i], std::move(value)));
  }
  return Json(std::move(members));
}

Result<Json> read_one(store::View& view, const Form& form, RecordId id,
                      const std::vector<Shown>& shown, Condition condition) {
  Condition where{"id = ? AND deleted_at IS NULL", {id.text()}};
  where.add_and(std::move(condition));
  auto rows =
      TRY(view.query({select_text(form, shown) + " WHERE " + where.text, std::move(where.params)}));
  if (rows.empty()) return refuse(ErrorCode::NotFound, "record of " + form.id);
  return record_of(shown, rows.cells()[0]);
}

}  // namespace anlan::records

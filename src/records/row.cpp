#include "records/row.h"

#include <algorithm>

#include "core/check.h"
#include "records/subform.h"
#include "records/values.h"

namespace anlan::records {

namespace {

bool is_system(const Field& field) {
  const std::vector<Field>& all = system_members();
  return std::ranges::any_of(all, [&](const Field& one) { return &one == &field; });
}

// As mode_of, for a member that is at hand. The id is what every further question needs; it tells
// nothing.
access::FieldMode mode_in(const Field& field, bool is_own, const access::FieldModes& modes) {
  if (is_own) return modes.of(field.key);
  if (field.key == "id") return access::FieldMode::Read;
  const access::FieldMode* named = modes.named.find(field.key);
  return named == nullptr ? access::FieldMode::Read : *named;
}

access::FieldMode highest_in(const Field& field, bool is_own, const access::FieldModes& modes) {
  access::FieldMode most = mode_in(field, is_own, modes);
  if (!modes.by_state) return most;
  for (const access::StateModes& one : *modes.by_state) {
    if (most == access::FieldMode::Write) break;
    most = std::max(most, mode_in(field, is_own, one.modes));
  }
  return most;
}

Shown shown_as(const Field& field, access::FieldMode mode, const access::FieldModes& modes) {
  Shown one{&field, mode == access::FieldMode::Masked};
  std::vector<access::FieldMode> items = item_modes(field, modes);
  auto is_open = [](access::FieldMode item) { return item >= access::FieldMode::Read; };
  if (!std::ranges::all_of(items, is_open)) one.items = std::move(items);
  return one;
}

}  // namespace

std::vector<Shown> shown_members(const Form& form, const access::FieldModes& modes) {
  std::vector<Shown> shown;
  bool has_states = modes.by_state != nullptr;
  auto add = [&](const Field& field, bool is_own) {
    access::FieldMode mode = highest_in(field, is_own, modes);
    bool is_needed = has_states && field.key == "state";  // says what else the row may show
    if (mode == access::FieldMode::Hidden && !is_needed) return;
    shown.push_back(shown_as(field, mode, modes));
  };
  for (const Field& field : system_members()) add(field, false);
  for (const Field& field : form.fields) add(field, true);
  return shown;
}

Json shown_value(const Shown& shown, Json value) {
  if (!shown.items.empty()) return shown_rows(*shown.field, value, shown.items);
  return shown.is_masked ? masked(value) : value;
}

RowMasks::RowMasks(const access::FieldModes& modes, const std::vector<Shown>& shown) {
  if (!modes.by_state) return;
  auto mask = [&](const access::FieldModes& own) {
    Mask out;
    out.reserve(shown.size());
    for (const Shown& one : shown) {
      access::FieldMode mode = mode_in(*one.field, !is_system(*one.field), own);
      out.push_back({mode == access::FieldMode::Hidden, shown_as(*one.field, mode, own)});
    }
    return out;
  };
  for (const access::StateModes& state : *modes.by_state) {
    by_state_.emplace_back(state.state, mask(state.modes));
  }
  otherwise_ = mask(modes);
  auto state = std::ranges::find(shown, "state", [](const Shown& one) { return one.field->key; });
  CHECK(state != shown.end(), "rows by state carry their state");
  state_column_ = static_cast<std::size_t>(state - shown.begin());
}

const RowMasks::Mask& RowMasks::of(std::string_view state) const {
  for (const auto& [known, mask] : by_state_) {
    if (known == state) return mask;
  }
  return otherwise_;
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

Json record_of(const std::vector<Shown>& shown, const RowMasks& masks,
               const std::vector<store::Value>& cells) {
  if (masks.is_empty()) return record_of(shown, cells);
  const auto* state = std::get_if<std::string>(&cells[masks.state_column()]);
  const RowMasks::Mask& mask = masks.of(state == nullptr ? std::string_view() : *state);
  Json::Object members;
  members.reserve(shown.size() + 1);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (mask[i].is_hidden) continue;
    Json value = json_of_cell(*shown[i].field, cells[i]);
    members.emplace_back(shown[i].field->key, shown_value(mask[i].as, std::move(value)));
  }
  return Json(std::move(members));
}

Result<std::vector<store::Value>> cells_of_one(store::View& view, const Form& form, RecordId id,
                                               const std::vector<Shown>& shown,
                                               Condition condition) {
  Condition where{"id = ? AND deleted_at IS NULL", {id.text()}};
  where.add_and(std::move(condition));
  auto rows =
      TRY(view.query({select_text(form, shown) + " WHERE " + where.text, std::move(where.params)}));
  if (rows.empty()) return refuse(ErrorCode::NotFound, "record of " + form.id);
  return rows.cells()[0];
}

Result<Json> read_one(store::View& view, const Form& form, RecordId id,
                      const std::vector<Shown>& shown, Condition condition) {
  std::vector<store::Value> cells = TRY(cells_of_one(view, form, id, shown, std::move(condition)));
  return record_of(shown, cells);
}

}  // namespace anlan::records

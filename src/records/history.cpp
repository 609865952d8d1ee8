#include <algorithm>

#include "records/filter_sql.h"
#include "records/query.h"
#include "records/row.h"
#include "records/subform.h"
#include "records/values.h"

namespace anlan::records {
namespace {

// Who did it is told only to those who may also see it in the record itself.
Json actor_of(const Form& form, const access::FieldModes& modes, const store::Row& row) {
  bool may_see = may_read(form, modes, "created_by") && may_read(form, modes, "updated_by");
  if (!may_see) return Json::object({{"kind", Json()}, {"person", Json()}});
  Json person = row.is_null("actor_id") ? Json() : Json(row.text("actor_id"));
  return Json::object({{"kind", row.text("actor_kind")}, {"person", std::move(person)}});
}

Result<void> add_version(const Form& form, const access::FieldModes& modes, const store::Row& row,
                         Json& out) {
  Json changes = TRY(parse_json(row.text("changes"), limits::kJsonBytesMax * 4));
  if (!changes.is_object()) return refuse(ErrorCode::StoreFailed, "history is no object");
  Json actor = actor_of(form, modes, row);
  for (const auto& [name, pair] : changes.as_object()) {
    access::FieldMode mode = mode_of(form, modes, name);
    if (!form.find_member(name) || mode == access::FieldMode::Hidden) continue;
    if (!pair.is_array() || pair.as_array().size() != 2) continue;
    const Field& member = *form.find_member(name);
    Shown shown{&member, mode == access::FieldMode::Masked, item_modes(member, modes)};
    const Json& before = pair.as_array()[0];
    const Json& after = pair.as_array()[1];
    out.push(Json::object({{"at", format_instant({row.int64("at")})},
                           {"actor", actor},
                           {"field", name},
                           {"before", shown_value(shown, before)},
                           {"after", shown_value(shown, after)},
                           {"version", row.int64("version")}}));
  }
  return {};
}

}  // namespace

Result<Json> history(store::View& view, const Form& form, RecordId id,
                     const access::FieldModes& modes) {
  if (!TRY(is_visible(view, form, id, {}))) {
    return refuse(ErrorCode::NotFound, "record of " + form.id);
  }
  auto rows =
      TRY(view.query({"SELECT version, at, actor_kind, actor_id, changes FROM"
                      " record_history WHERE form = ? AND record_id = ?"
                      " ORDER BY version DESC LIMIT ?",
                      {form.id, id.text(), static_cast<int64_t>(limits::kHistoryVersionsMax)}}));
  Json out = Json::array();
  for (std::size_t i = rows.size(); i-- > 0;) TRY(add_version(form, modes, rows[i], out));
  return out;
}

}  // namespace anlan::records

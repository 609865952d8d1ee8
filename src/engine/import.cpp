#include "engine/import.h"

#include "rules/rules.h"

namespace anlan::engine {
namespace {

using records::FieldKind;

Json number_of(const Json& cell) {
  auto number = rules::Decimal::parse(trim(cell.as_text()));
  return number ? Json(Json::Number{number->text()}) : cell;
}

Json boolean_of(const Json& cell) {
  std::string text = lower_ascii(trim(cell.as_text()));
  if (text == "true" || text == "1" || text == "yes" || text == "y") return true;
  if (text == "false" || text == "0" || text == "no" || text == "n") return false;
  return cell;
}

Result<Json> reference_of(store::View& view, const records::Forms& forms,
                          const records::Field& field, const Json& cell) {
  std::string code = cell.is_object() ? cell.text_or("code", "") : cell.as_text();
  if (RecordId::parse(code)) return Json(code);
  const records::Form* target = forms.find(field.ref_form);
  if (target == nullptr) return cell;
  RecordId id = TRY(find_by_code(view, *target, trim(code), field.key));
  return Json(id.text());
}

}  // namespace

Result<RecordId> find_by_code(store::View& view, const records::Form& form, std::string_view code,
                              std::string_view field) {
  records::Query query{
      .filter = {.kind = Filter::Kind::Eq, .field = "code", .values = {Json(code)}},
      .modes = {.fallback = access::FieldMode::Read},
      .count = 1};
  auto page = TRY(records::list(view, form, query));
  if (page.rows.empty()) {
    return refuse(ErrorCode::BadField, "no " + form.id + " has this code", std::string(field));
  }
  return RecordId::parse(page.rows[0].text_or("id", ""));
}

Result<Json> resolve_codes(store::View& view, const records::Forms& forms,
                           const records::Form& form, const Json& row) {
  if (!row.is_object()) return refuse(ErrorCode::BadField, "a row is an object of fields");
  Json fields = Json::object();
  for (const Json::Member& cell : row.as_object()) {
    if (cell.second.is_null()) continue;
    if (cell.second.is_text() && trim(cell.second.as_text()).empty()) continue;
    const records::Field* field = form.find(cell.first);
    Json value = cell.second;
    if (field != nullptr) {
      bool is_text = value.is_text();
      bool is_number = field->kind == FieldKind::Integer || field->kind == FieldKind::Decimal;
      if (is_text && is_number) value = number_of(value);
      if (is_text && field->kind == FieldKind::Boolean) value = boolean_of(value);
      bool is_reference = field->kind == FieldKind::Ref && (is_text || value.is_object());
      if (is_reference) value = TRY(reference_of(view, forms, *field, value));
    }
    fields.set(cell.first, std::move(value));
  }
  return fields;
}

}  // namespace anlan::engine

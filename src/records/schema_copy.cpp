// What the steps of a plan do to rows: deployments, copies, switches. All of it Changes.

#include <algorithm>

#include "records/places.h"
#include "records/schema.h"
#include "records/values.h"

namespace anlan::records {
namespace {

// Some 20 ms of the writer on SQLite. PostgreSQL writes every index of a changed row anew, and the
// one over pairs of characters takes most of a millisecond: fewer rows, so that nobody waits long.
int64_t chunk_rows(store::Dialect dialect) { return dialect == store::Dialect::Sqlite ? 500 : 100; }

Result<Form> form_from(const Json& json) {
  Form form = TRY(parse_form(json["source"]));
  return form;
}

// A field that is no longer the column's owner leaves it behind.
void retire(const Form& form, const Field& old, Instant now, store::Change& change) {
  change.rows.push_back({.table = "form_retired",
                         .key = {{"form", form.id}, {"column_name", old.column}},
                         .cells = {{"field", old.key},
                                   {"kind", std::string(kind_row(old.kind).word)},
                                   {"retired_at", now.ns}}});
}

Json text_json(const Json& value) {
  if (value.is_text()) return value;
  if (value.is_bool()) return Json(value.as_bool() ? "true" : "false");
  return value.is_number() ? Json(value.as_number().text) : Json();
}

Json number_json(const Field& to, const Json& value) {
  std::string text = value.is_text()     ? std::string(trim(value.as_text()))
                     : value.is_number() ? value.as_number().text
                                         : std::string();
  auto scaled = scaled_of(text, to.scale);
  return scaled ? Json(Json::Number{unscaled_text(*scaled, to.scale)}) : Json();
}

Json plain_json(const Field& to, const Json& value) {
  if (!value.is_text()) return {};
  std::string text(trim(value.as_text()));
  if (to.kind != FieldKind::Boolean) return Json(text);
  if (text != "true" && text != "false") return {};
  return Json(text == "true");
}

Result<store::Rows> rows_after(store::View& view, const Form& form, const std::string& columns,
                               std::string_view position) {
  return view.query(
      {"SELECT id, " + columns + " FROM " + form.table + " WHERE id > ? ORDER BY id LIMIT ?",
       {std::string(position), chunk_rows(view.dialect())}});
}

store::Change chunk_change(const Form& form, std::string_view act, Instant now) {
  return {.actor = {},
          .act = "form." + std::string(act),
          .subject_kind = "form",
          .subject_id = form.id,
          .at = now};
}

store::RowChange update_of(const Form& form, const store::Value& id, store::Cell cell) {
  return {.kind = store::RowChange::Kind::Update,
          .table = form.table,
          .key = {{"id", id}},
          .cells = {std::move(cell)}};
}

}  // namespace

Result<Deployment> deployment_from(const store::SchemaStep& step) {
  Json json = TRY(parse_json(step.statement, limits::kJsonBytesMax * 4));
  Deployment out{TRY(form_from(json)), {}};
  for (const auto& [key, place] : json["places"].as_object()) out.places[key] = place.as_text();
  for (Field& field : out.form.fields) {
    auto place = out.places.find(field.key);
    if (place != out.places.end()) put_in(field, place->second);
  }
  return out;
}

store::Change deployment_of(const Deployment& deployment, const Form* before, Instant now) {
  const Form& form = deployment.form;
  store::Change change = chunk_change(form, "deploy", now);
  change.rows.push_back({.table = "form_def",
                         .key = {{"id", form.id}, {"version", form.version}},
                         .cells = {{"source", write_json(form.source)}, {"deployed_at", now.ns}}});
  for (const auto& [key, place] : deployment.places) {
    const Field& field = *form.find(key);
    const Field* old = before ? before->find(key) : nullptr;
    store::RowChange row{.table = "form_field", .key = {{"form", form.id}, {"field", key}}};
    row.cells = {{"column_name", place}, {"kind", std::string(kind_row(field.kind).word)}};
    if (old) {
      row.kind = store::RowChange::Kind::Update;
      retire(form, *old, now, change);
    } else {
      row.cells.push_back({"since", form.version});
    }
    change.rows.push_back(std::move(row));
  }
  for (const Field& old : before ? before->fields : std::vector<Field>()) {
    if (old.in_ext || old.is_removed == !form.find(old.key)) continue;
    if (!old.is_removed) {
      retire(form, old, now, change);
    } else {
      change.rows.push_back({.kind = store::RowChange::Kind::Delete,
                             .table = "form_retired",
                             .key = {{"form", form.id}, {"column_name", old.column}}});
    }
  }
  change.detail.set("version", form.version);
  return change;
}

Result<Target> target_from(const store::SchemaStep& step) {
  Json json = TRY(parse_json(step.statement, limits::kJsonBytesMax * 4));
  Form form = TRY(form_from(json));
  const Field* field = form.find(step.subject);
  if (!field) return refuse(ErrorCode::StoreFailed, "a step names no field", step.subject);
  Target target{*field};
  put_in(target.field, json.text_or("column", ""));
  return target;
}

store::Change switch_of(const Form& form, const Target& target, Instant now) {
  store::Change change = chunk_change(form, "switch", now);
  change.rows.push_back({.kind = store::RowChange::Kind::Update,
                         .table = "form_field",
                         .key = {{"form", form.id}, {"field", target.field.key}},
                         .cells = {{"column_name", target.field.column}}});
  change.detail.set("field", target.field.key);
  return change;
}

std::optional<Json> converted(const Field& from, const Field& to, const Json& value) {
  if (value.is_null()) return Json();
  Json candidate = value;
  if (from.kind != to.kind || from.scale != to.scale) {
    switch (to.kind) {
      case FieldKind::Text:
      case FieldKind::LongText: candidate = text_json(value); break;
      case FieldKind::Integer:
      case FieldKind::Decimal: candidate = number_json(to, value); break;
      default: candidate = plain_json(to, value); break;
    }
    if (candidate.is_null()) return std::nullopt;
  }
  auto checked = checked_value(to, candidate);
  if (!checked) return std::nullopt;
  return std::move(*checked);
}

Result<Chunk> copy_chunk(store::View& view, const Form& form, const Target& target,
                         std::string_view position, Instant now) {
  const Field& to = target.field;
  const Field* from = form.find(to.key);
  if (!from) return refuse(ErrorCode::StoreFailed, "a copy names no field", to.key);
  auto rows = TRY(rows_after(view, form, from->column + " AS v, " + to.column + " AS w", position));
  Chunk chunk{.change = chunk_change(form, "copy", now), .position = std::string(position)};
  chunk.change.detail.set("field", to.key);
  for (const auto& cells : rows.cells()) {
    bool is_moved = from->kind == to.kind && from->scale == to.scale;
    auto value = is_moved ? json_of_cell(*from, cells[1])
                          : converted(*from, to, json_of_cell(*from, cells[1]));
    if (!value) ++chunk.refused;
    store::Value cell = value ? cell_of(to, *value) : store::Value();
    if (cell != cells[2]) {
      chunk.change.rows.push_back(update_of(form, cells[0], {to.column, std::move(cell)}));
    }
    chunk.position = std::get<std::string>(cells[0]);
    ++chunk.rows;
  }
  return chunk;
}

store::Change cleared_of(const Form& form, std::string_view column, Instant now) {
  store::Change change = chunk_change(form, "cleared", now);
  change.rows.push_back({.kind = store::RowChange::Kind::Update,
                         .table = "form_retired",
                         .key = {{"form", form.id}, {"column_name", std::string(column)}},
                         .cells = {{"cleared_at", now.ns}}});
  return change;
}

Result<Chunk> clear_chunk(store::View& view, const Form& form, std::string_view column,
                          std::string_view position, Instant now) {
  std::string name(column);
  auto rows = TRY(rows_after(view, form, name + " AS v", position));
  Chunk chunk{.change = chunk_change(form, "clear", now), .position = std::string(position)};
  chunk.change.detail.set("column", name);
  for (const auto& cells : rows.cells()) {
    if (!std::holds_alternative<std::monostate>(cells[1])) {
      chunk.change.rows.push_back(update_of(form, cells[0], {name, store::Value()}));
    }
    chunk.position = std::get<std::string>(cells[0]);
    ++chunk.rows;
  }
  return chunk;
}

}  // namespace anlan::records

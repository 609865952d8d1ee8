#include "engine/permit_sheet.h"

#include <algorithm>
#include <array>

#include "engine/export.h"
#include "engine/read.h"

namespace anlan::engine {
namespace {

// What changes a permit or says who answered for it; the rest of the timeline is machinery.
constexpr std::array<std::string_view, 13> kCourse{
    "case.start",     "task.complete",    "task.return",   "task.timed_out", "task.interrupted",
    "task.hand_over", "task.transfer",    "task.delegate", "task.resolve",   "task.deputy",
    "task.reject",    "task.signed_late", "message.take"};

Result<Json> course_of(Engine& engine, const access::Subject& by, const records::Form& form,
                       RecordId id) {
  Json answer = TRY(engine.timeline(by, form.id, id));
  Json course = Json::array();
  for (const Json& row : answer["rows"].as_array()) {
    std::string act = row.text_or("act", "");
    if (!std::ranges::contains(kCourse, act)) continue;
    // A step that nobody gave a name is machinery too.
    if (row["name"].is_null() && act != "case.start") continue;
    course.push(Json::object(
        {{"at", row["at"]},
         {"name", row["name"]},
         {"outcome", row["outcome_name"].is_null() ? row["outcome"] : row["outcome_name"]},
         {"act", act},
         {"actor", row["actor"]},
         {"comment", row["comment"]},
         {"is_over", row["superseded"]}}));
  }
  return course;
}

// Everybody who works there, by name: the record holds ids.
Result<Json> workers_of(Engine& engine, const Json& workers) {
  auto view = TRY(engine.database().snapshot());
  Reader reader(*view, engine.packs(), engine.clock().now());
  Json names = Json::array();
  const Json& persons = workers["persons"];
  if (persons.is_array()) {
    for (const Json& person : persons.as_array()) {
      std::string name = TRY(reader.person_name(person.is_text() ? person.as_text() : ""));
      if (!name.empty()) names.push(std::move(name));
    }
  }
  const Json& others = workers["names"];
  if (others.is_array()) {
    for (const Json& name : others.as_array()) names.push(name);
  }
  return Json::object({{"names", std::move(names)}});
}

// Rows of the permit itself, its measures first of all, hold ids of people where a sheet has names.
Result<Json> with_names(Engine& engine, const records::Form& form, Json record) {
  auto view = TRY(engine.database().snapshot());
  Reader reader(*view, engine.packs(), engine.clock().now());
  for (const records::Field& field : form.fields) {
    if (field.kind != records::FieldKind::Subform || !record[field.key].is_array()) continue;
    Json rows = record[field.key];
    for (Json& row : rows.as_array()) {
      Json titles = Json::object();
      for (const records::Field& item : field.items) {
        if (item.kind != records::FieldKind::Person || !row[item.key].is_text()) continue;
        std::string name = TRY(reader.person_name(row[item.key].as_text()));
        titles.set(item.key, std::move(name));
      }
      row.set("_titles", std::move(titles));
    }
    record.set(field.key, std::move(rows));
  }
  return record;
}

bool refers_to_permits(const records::Form& form) {
  const records::Field* field = form.find("permit");
  return field != nullptr && field->ref_form == "permit" && !field->is_removed;
}

Result<Json> linked_of(Engine& engine, const access::Subject& by, const records::Form& form,
                       RecordId id) {
  Wish wish{.filter = {.kind = Filter::Kind::Eq, .field = "permit", .values = {Json(id.text())}},
            .sort = "created_at",
            .count = kLinkedRowsMax,
            .has_total = true};
  Json page = TRY(engine.list_records(by, form.id, wish));
  Json rows = Json::array();
  for (const Json& row : page["rows"].as_array()) {
    RecordId one = TRY(RecordId::parse(row.text_or("id", "")));
    Json whole = TRY(engine.record(by, form.id, one));
    rows.push(whole["record"]);
  }
  auto shown = static_cast<int64_t>(rows.as_array().size());
  return Json::object({{"form", form.id},
                       {"rows", std::move(rows)},
                       {"left_out", page.int_or("total", shown) - shown}});
}

}  // namespace

Result<Json> permit_sheet(Engine& engine, const access::Subject& by, RecordId id) {
  Json sheet = TRY(record_sheet(engine, by, "permit", id));
  const records::Form& form = *engine.packs().forms.find("permit");
  if (sheet["record"]["workers"].is_object()) {
    Json record = sheet["record"];
    record.set("workers", TRY(workers_of(engine, record["workers"])));
    sheet.set("record", std::move(record));
  }
  if (sheet["record"].is_object())
    sheet.set("record", TRY(with_names(engine, form, sheet["record"])));
  sheet.set("course", TRY(course_of(engine, by, form, id)));
  Json linked = Json::array();
  for (const records::Form* other : engine.packs().forms.all()) {
    if (!refers_to_permits(*other)) continue;
    auto rows = linked_of(engine, by, *other, id);
    if (!rows && rows.error().code == ErrorCode::Forbidden) continue;
    Json found = TRY(std::move(rows));
    if (!found["rows"].as_array().empty()) linked.push(std::move(found));
  }
  sheet.set("linked", std::move(linked));
  return sheet;
}

}  // namespace anlan::engine

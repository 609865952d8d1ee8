#include "records/write.h"

#include <algorithm>
#include <utility>

#include "core/json_text.h"
#include "records/draft.h"
#include "records/places.h"
#include "records/query.h"
#include "records/row.h"
#include "records/schema.h"
#include "records/stamp.h"
#include "records/subform.h"
#include "records/values.h"

namespace anlan::records {
namespace {

using store::RowChange;

// ---- what was given ----

// Rows with the stamps that the server writes.
Result<void> give_rows(Draft& draft, const Field& field, const Json& rows) {
  TRY(give_field(draft, field, rows));
  StampBy by{draft.writing.actor, draft.writing.now, draft.is_by_flow};
  Json stamped = TRY(stamped_rows(field, draft.before[field.key], draft.after[field.key], by));
  draft.after.set(field.key, std::move(stamped));
  return {};
}

Result<void> take_input(Draft& draft, const Json& input, const access::FieldModes& modes) {
  if (!input.is_object()) return refuse(ErrorCode::BadRequest, "fields must be an object");
  for (const auto& [name, value] : input.as_object()) {
    const Field* field = draft.rules.find(name);
    bool is_there = field && !field->is_removed;
    if (!is_there) return refuse(ErrorCode::UnknownField, "form " + draft.form.id, name);
    if (modes.of(name) != access::FieldMode::Write) {
      return refuse(ErrorCode::Forbidden, "the field is not the caller's to write", name);
    }
    bool is_computed = std::ranges::find(draft.rules.computed, name, &Computed::field) !=
                       draft.rules.computed.end();
    if (is_computed) return refuse(ErrorCode::BadField, "the field is computed", name);
    if (field->kind == FieldKind::Subform) {
      Json given = without_stamps(*field, value);
      Json rows = TRY(merged_rows(*field, draft.before[name], given, modes));
      TRY(give_rows(draft, *field, rows));
    } else {
      TRY(give_field(draft, *field, value));
    }
  }
  return {};
}

Result<void> take_system(Draft& draft, const std::string& name, const Json& value) {
  if (!value.is_text()) return refuse(ErrorCode::BadField, "no text", name);
  if (name == "case_id") {
    if (!CaseId::parse(value.as_text())) return refuse(ErrorCode::BadField, "no id", name);
  } else {
    auto state = std::ranges::find(draft.rules.states, value.as_text(),
                                   &std::pair<std::string, LocalText>::first);
    if (state == draft.rules.states.end()) return refuse(ErrorCode::BadField, "no state", name);
  }
  draft.after.set(name, value);
  return {};
}

Result<void> take_patch_of_flow(Draft& draft, const Json& patch) {
  if (!patch.is_object()) return refuse(ErrorCode::BadRequest, "a patch must be an object");
  for (const auto& [name, value] : patch.as_object()) {
    if (name == "state" || name == "case_id") {
      TRY(take_system(draft, name, value));
      continue;
    }
    const Field* field = draft.rules.find(name);
    if (!field) return refuse(ErrorCode::UnknownField, "form " + draft.form.id, name);
    TRY(give_rows(draft, *field, value));
  }
  return {};
}

// ---- what will be stored ----

std::string text_of(const Json& record, std::string_view name) {
  return record[name].is_text() ? record[name].as_text() : std::string();
}

std::string search_text(const Form& form, const Json& record) {
  std::string text = text_of(record, "number");
  for (const Field& field : form.fields) {
    // No pair of characters may reach from one field into the next.
    if (field.is_searched) text += '\n' + text_of(record, field.key);
  }
  return bigrams(text);
}

// What others show where they refer to this record: its names, else its number.
LocalText title_of(const Json& record) {
  LocalText title{text_of(record, "name_zh"), text_of(record, "name_en")};
  if (title.zh.empty()) title.zh = title.en.empty() ? text_of(record, "number") : title.en;
  if (title.en.empty()) title.en = title.zh;
  return title;
}

std::vector<store::Cell> derived_cells(const Form& form, const Json& record) {
  LocalText title = title_of(record);
  return {{"search", search_text(form, record)}, {"title_zh", title.zh}, {"title_en", title.en}};
}

// Of a new record everything that is filled in, of an older one what changed.
std::vector<store::Cell> cells_of(const Draft& draft) {
  std::vector<store::Cell> cells;
  cells.reserve(system_members().size() + draft.form.fields.size() + 3);
  std::size_t place = 0;
  bool is_ext_changed = false;
  auto add = [&](const Field& member) {
    const Json& value = member_at(draft.after, place, member.key);
    if (value == member_at(draft.before, place, member.key)) return;
    if (member.in_ext) is_ext_changed = true;
    else cells.push_back({member.column, cell_of(member, value)});
    if (!member.next) return;
    auto copy = converted(member, *member.next, value);
    cells.push_back({member.next->column, copy ? cell_of(*member.next, *copy) : store::Value()});
  };
  for (const Field& member : system_members()) {
    // The version of an older record is raised by store itself.
    bool is_own = member.key == "id" || (member.key == "version" && !draft.before.is_null());
    if (!is_own) add(member);
    ++place;
  }
  for (const Field& field : draft.form.fields) {
    add(field);
    ++place;
  }
  if (is_ext_changed) cells.push_back({"ext", ext_cell(draft.form, draft.after)});
  std::vector<store::Cell> old = derived_cells(draft.form, draft.before);
  std::vector<store::Cell> now = derived_cells(draft.form, draft.after);
  for (std::size_t i = 0; i < now.size(); ++i) {
    bool is_same = !draft.before.is_null() && now[i].value == old[i].value;
    if (!is_same) cells.push_back(std::move(now[i]));
  }
  return cells;
}

// {"field":[before, after], ...} of the fields, the state and the organisation path.
std::string changes_of(const Draft& draft) {
  std::string changes = "{";
  auto add = [&](const std::string& name, const Json& before, const Json& after) {
    if (before == after) return;
    if (changes.size() > 1) changes += ',';
    write_json_text(name, changes);
    changes += ":[" + write_json(before) + "," + write_json(after) + "]";
  };
  for (const char* name : {"state", "org_path"}) add(name, draft.before[name], draft.after[name]);
  std::size_t place = system_members().size();
  for (const Field& field : draft.form.fields) {
    add(field.key, member_at(draft.before, place, field.key),
        member_at(draft.after, place, field.key));
    ++place;
  }
  return changes + "}";
}

RowChange history_row(const Draft& draft) {
  const Actor& actor = draft.writing.actor;
  store::Value person;
  if (!actor.person.is_nil()) person = actor.person.text();
  return {.table = "record_history",
          .key = {{"form", draft.form.id},
                  {"record_id", draft.after["id"].as_text()},
                  {"version", *draft.after["version"].as_int64()}},
          .cells = {{"at", draft.writing.now.ns},
                    {"actor_kind", std::string(actor_kind_text(actor.kind))},
                    {"actor_id", std::move(person)},
                    {"changes", changes_of(draft)}}};
}

Written written(Draft draft, std::string_view verb) {
  const Json& record = draft.after;
  Written out;
  out.id = RecordId::parse(record["id"].as_text()).value();
  store::Change& change = out.change;
  change.actor = draft.writing.actor;
  change.act = draft.form.id + "." + std::string(verb);
  change.subject_kind = draft.form.id;
  change.subject_id = record["id"].as_text();
  change.at = draft.writing.now;
  RowChange row{.table = draft.form.table, .key = {{"id", record["id"].as_text()}}};
  row.cells = cells_of(draft);
  if (!draft.before.is_null()) {
    row.kind = RowChange::Kind::Update;
    row.version = draft.before["version"].as_int64();
  }
  change.rows.push_back(std::move(row));
  for (const Field& field : draft.form.fields) {
    if (field.kind == FieldKind::Subform) add_item_rows(field, draft.before, record, change);
  }
  change.rows.push_back(history_row(draft));
  change.events.push_back({draft.form.id, Json::object({{"form", draft.form.id},
                                                        {"id", record["id"]},
                                                        {"state", record["state"]},
                                                        {"version", record["version"]},
                                                        {"org_path", record["org_path"]}})});
  change.files = std::move(draft.new_files);
  out.record = std::move(draft.after);
  return out;
}

// ---- numbers ----

// The plant's day: serial numbers turn over at its midnight.
Result<std::string> day_of(const Writing& writing) {
  auto shifted = parse_instant("1970-01-02T00:00:00" + writing.time_zone_offset);
  if (!shifted) return refuse(ErrorCode::Internal, "time zone offset " + writing.time_zone_offset);
  Duration offset = Duration::days(1) - Duration{shifted->ns};
  std::string date = format_instant(writing.now + offset).substr(0, 10);
  std::erase(date, '-');
  return date;
}

// Gap-free: the counter's row is part of the record's own Change. Two that take the same number
// can't both be committed, because the counter's version is checked.
Result<void> number_it(Draft& draft, std::vector<RowChange>& rows) {
  if (draft.form.serial.empty()) return {};
  std::string day = TRY(day_of(draft.writing));
  auto found = TRY(draft.writing.view.query(
      {"SELECT last, version FROM record_serial WHERE prefix = ? AND day = ?",
       {draft.form.serial, day}}));
  int64_t last = found.empty() ? 1 : found[0].int64("last") + 1;
  RowChange counter{.table = "record_serial",
                    .key = {{"prefix", draft.form.serial}, {"day", day}},
                    .cells = {{"last", last}}};
  if (found.empty()) {
    counter.cells.push_back({"version", int64_t{1}});
  } else {
    counter.kind = RowChange::Kind::Update;
    counter.version = found[0].int64("version");
  }
  rows.push_back(std::move(counter));
  std::string digits = std::to_string(last);
  if (digits.size() < 4) digits.insert(0, 4 - digits.size(), '0');
  draft.after.set("number", draft.form.serial + "-" + day + "-" + digits);
  return {};
}

// ---- new and older records ----

Result<RecordId> new_id(const Writing& writing, const Form& form, std::optional<RecordId> wished) {
  if (!wished) return writing.ids.next_id<RecordKind>();
  // RFC 9562, clause 5.7: version 7, variant 10.
  bool is_v7 = wished->uuid.bytes[6] >> 4 == 7 && wished->uuid.bytes[8] >> 6 == 2;
  if (!is_v7) return refuse(ErrorCode::BadField, "must be a UUIDv7", "id");
  auto rows =
      TRY(writing.view.query({"SELECT id FROM " + form.table + " WHERE id = ?", {wished->text()}}));
  if (!rows.empty()) return refuse(ErrorCode::Duplicate, "the record is here already", "id");
  return *wished;
}

Json empty_record(const Writing& writing, const Form& form, RecordId id) {
  Json now = format_instant(writing.now);
  Json by = actor_text(writing.actor);
  // In the order of all_members; filled directly, for set() looks for each name first.
  Json::Object record{{"id", id.text()},
                      {"number", Json()},
                      {"state", form.states.empty() ? "" : form.states[0].first},
                      {"org_path", "/"},
                      {"case_id", Json()},
                      {"version", 1},
                      {"form_version", form.version},
                      {"created_at", now},
                      {"created_by", by},
                      {"updated_at", now},
                      {"updated_by", by}};
  record.reserve(record.size() + form.fields.size());
  for (const Field& field : form.fields) record.emplace_back(field.key, Json());
  return Json(std::move(record));
}

// The version that the record was made with; the newest where that one is not known any more.
const Form& rules_of(const Writing& writing, const Form& form, const Json& record) {
  const Form* made_with =
      writing.forms.find(form.id, record["form_version"].as_int64().value_or(0));
  return made_with ? *made_with : form;
}

Result<Written> finish_update(Draft& draft) {
  int64_t version = *draft.before["version"].as_int64();
  draft.after.set("version", version + 1);
  draft.after.set("updated_at", format_instant(draft.writing.now));
  draft.after.set("updated_by", actor_text(draft.writing.actor));
  TRY(finish(draft));
  return written(std::move(draft), "update");
}

}  // namespace

Result<Written> create(const Writing& writing, const Form& form, const Json& input,
                       const access::FieldModes& modes, std::optional<RecordId> id) {
  RecordId own = TRY(new_id(writing, form, id));
  Draft draft{.writing = writing, .form = form, .rules = form};
  draft.after = empty_record(writing, form, own);
  TRY(take_input(draft, input, modes));
  std::vector<RowChange> counter;
  TRY(number_it(draft, counter));
  TRY(finish(draft));
  Written out = written(std::move(draft), "create");
  std::ranges::move(counter, std::back_inserter(out.change.rows));
  return out;
}

Result<Written> update(const Writing& writing, const Form& form, RecordId id, int64_t version,
                       const Json& patch, const access::FieldModes& modes) {
  Json before = TRY(read_whole(writing.view, form, id));
  if (before["version"].as_int64() != version) {
    return refuse(ErrorCode::Conflict, "the record has another version", "version");
  }
  const Form& rules = rules_of(writing, form, before);
  Draft draft{.writing = writing, .form = form, .rules = rules, .before = before, .after = before};
  TRY(take_input(draft, patch, modes));
  return finish_update(draft);
}

Result<Written> patch_by_flow(const Writing& writing, const Form& form, RecordId id,
                              const Json& patch) {
  Json before = TRY(read_whole(writing.view, form, id));
  const Form& rules = rules_of(writing, form, before);
  Draft draft{.writing = writing, .form = form, .rules = rules, .before = before, .after = before};
  draft.is_by_flow = true;
  TRY(take_patch_of_flow(draft, patch));
  return finish_update(draft);
}

}  // namespace anlan::records

// Questions about records, tasks and notices.

#include <algorithm>

#include "engine/duty.h"
#include "engine/engine.h"
#include "engine/read.h"
#include "engine/show.h"

namespace anlan::engine {
namespace {

using access::Action;

// A proof may show what its reader may see, and nothing else. Tables of other rooms that hold
// copies of values (history, notices) stay closed unless every field is open.
bool may_prove(const records::Form& form, const access::FieldModes& modes, std::string_view table,
               std::string_view column) {
  auto can_read = [&](const records::Field& field) {
    return modes.of(field.key) >= access::FieldMode::Read;
  };
  if (table == form.table) {
    if (column == "search" || column == "ext") return false;
    for (const records::Field& field : form.fields) {
      if (field.column == column) return can_read(field);
    }
    return true;  // system members
  }
  if (table.starts_with("flow_") && column != "vars") return true;
  for (const records::Field& field : form.fields) {
    if (!can_read(field)) return false;
  }
  return table == "record_history" || table.starts_with("flow_");
}

// A text of the form's own, else the one for any form: "any.notice.handed".
LocalText text_of(const Packs& packs, const std::string& kind) {
  auto own = packs.texts.find(kind);
  if (own != packs.texts.end()) return own->second;
  auto any = packs.texts.find("any" + kind.substr(std::min(kind.find('.'), kind.size())));
  return any == packs.texts.end() ? LocalText{kind, kind} : any->second;
}

Json time_of(const store::Row& row, std::string_view column) {
  return row.is_null(column) ? Json() : Json(format_instant({row.int64(column)}));
}

// To whom no role shows any record of the form: that there is one, whose it is and where it stands.
Json brief_of(const Json& record) {
  Json out = Json::object();
  for (const char* name : {"id", "number", "state", "org_path", "version", "form_version",
                           "created_at", "updated_at"}) {
    if (record.has(name)) out.set(name, record[name]);
  }
  return out;
}

// A record as it is shown to whom it was copied: nothing to do with it.
Json copy_json(const records::Form& form, Json record, const Reach& reach) {
  Json state;
  for (const auto& [id, text] : form.states) {
    if (Json(id) == record["state"]) state = local(text);
  }
  Json copy = Json::object(
      {{"is_brief", reach.is_brief}, {"title", local(form.title)}, {"state", std::move(state)}});
  return Json::object({{"record", reach.is_brief ? brief_of(record) : std::move(record)},
                       {"copy", std::move(copy)},
                       {"acts", Json::array()},
                       {"tasks", Json::array()},
                       {"clocks", Json::array()},
                       {"modes", modes_json(form, reach.modes)},
                       {"buttons", Json::array()}});
}

// Of a timeline the rows that copied the case to this person, without the others they name.
Json own_copies(Json rows, PersonId person) {
  Json out = Json::array();
  for (Json& row : rows.as_array()) {
    const Json& people = row["detail"]["people"];
    bool is_own = row["act"] == Json("task.cc") && people.is_array() &&
                  std::ranges::contains(people.as_array(), Json(person.text()));
    if (!is_own) continue;
    row.set("detail", Json::object({{"people", Json::array({person.text()})}}));
    out.push(std::move(row));
  }
  return out;
}

}  // namespace

Result<Json> Engine::list_records(const access::Subject& by, std::string_view form_id,
                                  const Wish& wish) {
  const records::Form* form = packs_.forms.find(form_id);
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  auto view = TRY(snapshot());
  Reader reader(*view, packs_, config_.store.clock.now());
  auto reach = TRY(reader.reach(by, *form, Action::List));
  auto page = TRY(records::list(*view, *form,
                                {.filter = wish.filter,
                                 .scope = reach.scope,
                                 .modes = reach.modes,
                                 .search = wish.search,
                                 .sort = wish.sort,
                                 .count = wish.count,
                                 .cursor = wish.cursor}));
  return Json::object({{"rows", Json(Json::Array(std::move(page.rows)))}, {"next", page.next}});
}

Result<Json> Engine::count_records(const access::Subject& by, std::string_view form_id,
                                   std::string_view field, const Wish& wish) {
  const records::Form* form = packs_.forms.find(form_id);
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  auto view = TRY(snapshot());
  Reader reader(*view, packs_, config_.store.clock.now());
  auto reach = TRY(reader.reach(by, *form, Action::Aggregate));
  Json counts = TRY(records::count_by(
      *view, *form, field,
      {.filter = wish.filter, .scope = reach.scope, .modes = reach.modes, .search = wish.search}));
  return Json::object({{"counts", std::move(counts)}});
}

Result<Json> Engine::record(const access::Subject& by, std::string_view form_id, RecordId id) {
  const records::Form* form = packs_.forms.find(form_id);
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  auto view = TRY(snapshot());
  Reader reader(*view, packs_, config_.store.clock.now());
  auto reach = TRY(reader.reach_to_see(by, *form, id));
  if (!reach.is_allowed) return refuse(ErrorCode::NotFound);
  Json record = TRY(records::read(*view, *form, id, reach.scope, reach.modes));
  if (reach.is_copy) return copy_json(*form, std::move(record), reach);
  Json tasks = TRY(flow::tasks_of_record(*view, packs_.library, by, form->id, id,
                                         duty::asker({*view, packs_.forms, reader.now()})));
  Json clocks = TRY(flow::clocks(*view, packs_.library, form->id, id));
  Json acts = Json::array();
  auto case_id = CaseId::parse(record.text_or("case_id", ""));
  if (case_id) acts = TRY(flow::acts_on_case(*view, packs_.library, by, *case_id));
  Json buttons = Json::array();
  std::vector<std::string> pressable = TRY(reader.buttons(by, *form, id, reach));
  for (const std::string& button : pressable) buttons.push(button);
  return Json::object({{"record", std::move(record)},
                       {"acts", std::move(acts)},
                       {"tasks", std::move(tasks)},
                       {"clocks", std::move(clocks)},
                       {"modes", modes_json(*form, reach.modes)},
                       {"buttons", std::move(buttons)}});
}

Result<Json> Engine::history(const access::Subject& by, std::string_view form_id, RecordId id) {
  const records::Form* form = packs_.forms.find(form_id);
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  auto view = TRY(snapshot());
  Reader reader(*view, packs_, config_.store.clock.now());
  auto reach = TRY(reader.reach_to_see(by, *form, id));
  if (reach.is_brief) return refuse(ErrorCode::NotFound);
  TRY(records::read(*view, *form, id, reach.scope, reach.modes));
  Json rows = TRY(records::history(*view, *form, id, reach.modes));
  rows = TRY(reader.with_names(std::move(rows)));
  return Json::object({{"rows", std::move(rows)}});
}

Result<Json> Engine::timeline(const access::Subject& by, std::string_view form_id, RecordId id) {
  const records::Form* form = packs_.forms.find(form_id);
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  auto view = TRY(snapshot());
  Reader reader(*view, packs_, config_.store.clock.now());
  auto reach = TRY(reader.reach_to_see(by, *form, id));
  TRY(records::read(*view, *form, id, reach.scope, reach.modes));
  Json rows = TRY(flow::timeline(*view, packs_.library, form->id, id));
  if (reach.is_brief) rows = own_copies(std::move(rows), by.person);
  rows = TRY(reader.with_names(std::move(rows)));
  return Json::object({{"rows", std::move(rows)}});
}

Result<Json> Engine::proof(const access::Subject& by, std::string_view form_id, RecordId id) {
  const records::Form* form = packs_.forms.find(form_id);
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  auto view = TRY(snapshot());
  Reader reader(*view, packs_, config_.store.clock.now());
  auto reach = TRY(reader.reach(by, *form, id, Action::Read));
  TRY(records::read(*view, *form, id, reach.scope, reach.modes));
  return database_->ledger().proof(*view, form->id, id.text(),
                                   [&](std::string_view table, std::string_view column) {
                                     return may_prove(*form, reach.modes, table, column);
                                   });
}

Result<std::string> Engine::file(const access::Subject& by, std::string_view form_id, RecordId id,
                                 std::string_view sha256) {
  const records::Form* form = packs_.forms.find(form_id);
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  auto view = TRY(snapshot());
  Reader reader(*view, packs_, config_.store.clock.now());
  auto reach = TRY(reader.reach_to_see(by, *form, id));
  if (!TRY(reader.may_see_file(*form, id, reach, sha256))) return refuse(ErrorCode::NotFound);
  return database_->blobs().read(sha256);
}

Result<Json> Engine::tasks(const access::Subject& by) {
  auto view = TRY(snapshot());
  Reader reader(*view, packs_, config_.store.clock.now());
  Json list = TRY(flow::tasks_of(*view, packs_.library, by, 100,
                                 duty::asker({*view, packs_.forms, reader.now()})));
  for (Json& task : list.as_array()) {
    const records::Form* form = packs_.forms.find(task.text_or("form", ""));
    auto id = RecordId::parse(task.text_or("record_id", ""));
    if (form == nullptr || !id) continue;
    auto reach = TRY(reader.reach(by, *form, *id, Action::Read));
    auto record = records::read(*view, *form, *id, reach.scope, reach.modes);
    if (record) task.set("record", *record);
  }
  return Json::object({{"rows", std::move(list)}});
}

Result<Json> Engine::notices(const access::Subject& by) {
  auto view = TRY(snapshot());
  auto rows =
      TRY(view->query({"SELECT * FROM notice WHERE person = ? ORDER BY at DESC, id DESC "
                       "LIMIT 100",
                       {by.person.text()}}));
  Json list = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    Json data = TRY(parse_json(row.text("data")));
    LocalText filled = text_of(packs_, row.text("kind"));
    Json shown =
        Json::object({{"zh", fill_text(filled.zh, data)}, {"en", fill_text(filled.en, data)}});
    Json read_at = time_of(row, "read_at");
    list.push(Json::object({{"id", row.text("id")},
                            {"at", format_instant({row.int64("at")})},
                            {"kind", row.text("kind")},
                            {"level", row.text("level")},
                            {"form", row.text("form")},
                            {"record_id", row.text("record_id")},
                            {"number", data.text_or("number", "")},
                            {"text", std::move(shown)},
                            {"read_at", std::move(read_at)},
                            {"urgent", row.int64_or("urgent", 0) != 0},
                            {"sent_at", time_of(row, "sent_at")},
                            {"delivered_at", time_of(row, "delivered_at")},
                            {"acknowledged_at", time_of(row, "acknowledged_at")}}));
  }
  auto unread =
      TRY(view->query({"SELECT count(*) AS n FROM notice WHERE person = ? AND read_at IS NULL",
                       {by.person.text()}}));
  return Json::object({{"rows", std::move(list)}, {"unread", unread[0].int64("n")}});
}

}  // namespace anlan::engine

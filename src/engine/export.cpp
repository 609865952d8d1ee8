#include "engine/export.h"

#include "engine/execute.h"

namespace anlan::engine {
namespace {

using access::Action;
using access::FieldMode;

// Whom a copy only lets look at the record takes no sheet of it away.
Result<bool> is_within_reach(Engine& engine, const access::Subject& by, const records::Form& form,
                             RecordId id) {
  auto view = TRY(engine.database().snapshot());
  Reader reader(*view, engine.packs(), engine.clock().now());
  auto reach = TRY(reader.reach(by, form, id, access::Action::Read));
  return reach.is_allowed && TRY(records::is_visible(*view, form, id, reach.scope));
}

}  // namespace

Result<ExportReader> ExportReader::open(Engine& engine, const access::Subject& by,
                                        const ExportWish& wish) {
  ExportReader reader;
  reader.form_ = engine.packs().forms.find(wish.form);
  if (reader.form_ == nullptr) return refuse(ErrorCode::NotFound, "no such form");
  const records::Form& form = *reader.form_;
  reader.view_ = TRY(engine.database().snapshot());
  Reader rights(*reader.view_, engine.packs(), engine.clock().now());
  reader.reach_ = TRY(rights.reach(by, form, Action::Export));
  reader.wish_ = wish.wish;
  records::Query query{.filter = wish.wish.filter,
                       .scope = reader.reach_.scope,
                       .modes = reader.reach_.modes,
                       .search = wish.wish.search};
  reader.total_ = TRY(records::count(*reader.view_, form, query));
  if (reader.total_ > static_cast<int64_t>(wish.rows_max)) {
    return refuse(ErrorCode::LimitReached, "at most " + std::to_string(wish.rows_max) +
                                               " records at once: narrow the filter");
  }
  for (const char* name : {"number", "state", "org_path", "created_at", "created_by"}) {
    // A role may name system members too; else they can be read.
    const access::FieldModes& modes = reader.reach_.modes;
    bool is_hidden = modes.named.contains(name) && modes.highest(name) == FieldMode::Hidden;
    if (!is_hidden) reader.members_.push_back(form.find_member(name));
  }
  for (const records::Field& field : form.fields) {
    bool is_gone = field.is_removed || reader.reach_.modes.highest(field.key) == FieldMode::Hidden;
    if (is_gone) continue;
    reader.members_.push_back(&field);
  }
  return reader;
}

Result<void> ExportReader::each(const Take& take) {
  records::Query query{.filter = wish_.filter,
                       .scope = reach_.scope,
                       .modes = reach_.modes,
                       .search = wish_.search,
                       .sort = wish_.sort,
                       .count = limits::kPageRowsMax};
  do {
    auto page = TRY(records::list(*view_, *form_, query));
    for (const Json& row : page.rows) TRY(take(row));
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return {};
}

Result<void> note_export(Engine& engine, const access::Subject& by, NoteExport note) {
  auto done = engine.run({.by = by, .what = std::move(note)});
  if (!done) return std::unexpected(done.error());
  return {};
}

Result<Json> record_sheet(Engine& engine, const access::Subject& by, std::string_view form_id,
                          RecordId id) {
  const records::Form* form = engine.packs().forms.find(form_id);
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  if (!TRY(is_within_reach(engine, by, *form, id))) return refuse(ErrorCode::NotFound);
  Json answer = TRY(engine.record(by, form_id, id));
  auto view = TRY(engine.database().snapshot());
  Json out = Json::object({{"record", answer["record"]},
                           {"form", form->id},
                           {"made_at", format_instant(engine.clock().now())},
                           {"plant", Json::object({{"zh", engine.plant_name("zh")},
                                                   {"en", engine.plant_name("en")}})}});
  auto acts = TRY(view->query(
      {"SELECT MAX(leaf_index) AS leaf FROM change_log WHERE subject_kind = ? AND subject_id = ?",
       {form->id, id.text()}}));
  if (!acts.empty() && !acts[0].is_null("leaf")) out.set("leaf", acts[0].int64("leaf"));
  auto head = engine.database().ledger().newest_head(*view);
  if (head) out.set("head", engine.database().ledger().head_json(*head));
  return out;
}

// No row changes: what is kept is that somebody took it, when, how much, and its hash.
Result<Json> Execution::execute(const NoteExport& what) {
  const records::Form* form = TRY(form_of(what.form));
  store::Change change{.actor = command_->by.actor,
                       .act = form->id + (what.id ? ".print" : ".export"),
                       .subject_kind = what.id ? form->id : "export",
                       .subject_id = what.id ? what.id->text() : form->id,
                       .at = around_.now,
                       .detail = what.detail};
  change.detail.set("kind", what.kind);
  TRY(transaction_.apply(change));
  return Json::object();
}

}  // namespace anlan::engine

#include "engine/retirement.h"

#include <algorithm>
#include <array>

#include "engine/engine.h"
#include "engine/execute.h"
#include "engine/read.h"

namespace anlan::engine {
namespace {

using access::Action;
using Kind = store::RowChange::Kind;

constexpr std::array<std::string_view, 2> kForms{"source", "tag"};
constexpr std::size_t kReasonMax = 1'000;  // characters, as the schema of the route says

Result<Retired> retired_of(const store::Row& row) {
  Retired one{.form = row.text("form"),
              .id = TRY(RecordId::parse(row.text("record_id"))),
              .code = row.text("code"),
              .is_out = row.int64("is_out") != 0,
              .at = {row.int64("at")},
              .reason = row.text("reason"),
              .version = row.int64("version")};
  if (auto by = PersonId::parse(row.text("person"))) one.by = *by;
  return one;
}

// Of the source that are in use by themselves.
Result<std::vector<Json>> tags_of(store::View& view, const Packs& packs, RecordId source) {
  const records::Form* form = packs.forms.find("tag");
  if (form == nullptr) return std::vector<Json>{};
  Filter own{.kind = Filter::Kind::Eq, .field = "source", .values = {Json(source.text())}};
  auto tags = TRY(records::all_whole(view, *form, own, kPlantRowsMax));
  auto gone = TRY(retired_now(view));
  std::set<std::string> ids;
  for (const Retired& one : gone) ids.insert(one.id.text());
  std::erase_if(tags, [&](const Json& tag) { return ids.contains(tag.text_or("id", "")); });
  return tags;
}

Json retired_json(const Retired& one) {
  return Json::object({{"form", one.form},
                       {"id", one.id.text()},
                       {"code", one.code},
                       {"by", one.by.text()},
                       {"at", format_instant(one.at)},
                       {"reason", one.reason}});
}

}  // namespace

bool can_retire(std::string_view form) { return std::ranges::contains(kForms, form); }

Result<std::vector<Retired>> retired_now(store::View& view) {
  auto rows =
      TRY(view.query({"SELECT form, record_id, code, is_out, person, at, reason, version "
                      "FROM retirement WHERE is_out = 1 ORDER BY at DESC, code LIMIT ?",
                      {static_cast<int64_t>(kPlantRowsMax)}}));
  std::vector<Retired> all;
  all.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Retired one = TRY(retired_of(rows[i]));
    all.push_back(std::move(one));
  }
  return all;
}

Result<std::optional<Retired>> retirement_of(store::View& view, std::string_view form,
                                             RecordId id) {
  auto rows =
      TRY(view.query({"SELECT form, record_id, code, is_out, person, at, reason, version "
                      "FROM retirement WHERE form = ? AND record_id = ?",
                      {std::string(form), id.text()}}));
  if (rows.empty()) return std::optional<Retired>();
  Retired one = TRY(retired_of(rows[0]));
  return std::optional<Retired>(std::move(one));
}

Result<bool> is_retired(store::View& view, std::string_view form, std::string_view id) {
  auto parsed = RecordId::parse(id);
  if (!parsed) return false;
  auto known = TRY(retirement_of(view, form, *parsed));
  return known && known->is_out;
}

// A version only rises, and no row goes away.
Result<std::string> retirement_stamp(store::View& view) {
  auto rows = TRY(view.query(
      {"SELECT COUNT(*) AS n, CAST(COALESCE(SUM(version), 0) AS BIGINT) AS v FROM retirement"}));
  return std::to_string(rows[0].int64("n")) + "." + std::to_string(rows[0].int64("v"));
}

Result<Json> retirements(Engine& engine, const access::Subject& by) {
  auto verdict = engine.packs().policy.may(by, {.form = "tag", .action = Action::List});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  auto view = TRY(engine.database().snapshot());
  Reader reader(*view, engine.packs(), engine.clock().now());
  auto plant = engine.sensing().plant();
  auto gone = TRY(retired_now(*view));
  Json rows = Json::array();
  for (const Retired& one : gone) {
    const TagInfo* tag = one.form == "tag" ? plant->tag(one.code) : nullptr;
    bool is_hidden = one.form == "tag" && (tag == nullptr || !matches(verdict.scope, tag->record));
    if (is_hidden) continue;
    Json row = retired_json(one);
    std::string name = TRY(reader.person_name(one.by.text()));
    row.set("by_name", std::move(name));
    rows.push(std::move(row));
  }
  return Json::object({{"rows", std::move(rows)}});
}

// What is out of use keeps its code and what it is: it is brought back first, or another code
// taken.
Result<void> Execution::check_in_use(const records::Form& form, RecordId id) {
  if (!can_retire(form.id)) return {};
  auto known = TRY(retirement_of(transaction_, form.id, id));
  if (!known || !known->is_out) return {};
  return std::unexpected(
      Error{.code = ErrorCode::WrongState,
            .detail = "out of use",
            .params = write_json(Json::object({{"retired", retired_json(*known)}}))});
}

Result<void> Execution::check_code_is_new(const records::Form& form, const Json& fields) {
  if (!can_retire(form.id)) return {};
  auto rows =
      TRY(transaction_.query({"SELECT form, record_id, code, is_out, person, at, reason, version "
                              "FROM retirement WHERE form = ? AND code = ? AND is_out = 1",
                              {form.id, fields.text_or("code", "")}}));
  if (rows.empty()) return {};
  Retired known = TRY(retired_of(rows[0]));
  return std::unexpected(
      Error{.code = ErrorCode::Duplicate,
            .detail = "out of use, its history goes by this code",
            .field = "code",
            .params = write_json(Json::object({{"retired", retired_json(known)}}))});
}

// A tag of a source that nobody reads would never have a value.
Result<void> Execution::check_source(const records::Form& form, const Json& record) {
  if (form.id != "tag") return {};
  bool is_out = TRY(is_retired(transaction_, "source", record.text_or("source", "")));
  if (is_out) return refuse(ErrorCode::BadField, "out of use", "source");
  return {};
}

Result<void> Execution::check_not_needed(const records::Form& form, const Json& record,
                                         TagNeeds* needs) {
  std::vector<Json> tags{record};
  if (form.id == "source") {
    RecordId id = TRY(RecordId::parse(record.text_or("id", "")));
    tags = TRY(tags_of(transaction_, around_.packs, id));
  }
  std::set<std::string, std::less<>> going;
  for (const Json& tag : tags) going.insert(tag.text_or("id", ""));
  TagNeeds own(permit_desk(), std::move(going));
  // Of an import the tags of all rows go together; a source brings its own.
  TagNeeds& asked = needs == nullptr || form.id == "source" ? own : *needs;
  Json all = Json::array();
  for (const Json& tag : tags) {
    Json rows = TRY(asked.of(tag));
    for (Json& row : rows.as_array()) {
      if (all.as_array().size() < TagNeeds::kNeedsMax) all.push(std::move(row));
    }
  }
  if (all.as_array().empty()) return {};
  return std::unexpected(
      Error{.code = ErrorCode::WrongState,
            .detail = "needed",
            .params = write_json(Json::object({{"needed_by", std::move(all)}}))});
}

Result<void> Execution::retire(const records::Form& form, const RetireRecord& what,
                               TagNeeds* needs) {
  const access::Subject& by = command_->by;
  std::string reason(trim(what.reason));
  if (!can_retire(form.id)) return refuse(ErrorCode::NotFound, "neither source nor tag", "form");
  if (by.person.is_nil()) return refuse(ErrorCode::Forbidden, "a named person does it");
  if (reason.empty()) return refuse(ErrorCode::MissingField, {}, "reason");
  if (count_chars(reason) > kReasonMax) {
    return refuse(ErrorCode::LimitReached, {}, "reason");
  }
  Reader reader(transaction_, around_.packs, around_.now);
  auto reach = TRY(reader.reach(by, form, what.id, Action::Update));
  if (!reach.is_allowed) return refuse(ErrorCode::Forbidden);
  bool is_reached = TRY(records::is_visible(transaction_, form, what.id, reach.scope));
  if (!is_reached) return refuse(ErrorCode::NotFound);
  Json record = TRY(records::read_whole(transaction_, form, what.id));
  auto known = TRY(retirement_of(transaction_, form.id, what.id));
  bool is_out = known && known->is_out;
  if (is_out != what.is_back)
    return refuse(ErrorCode::WrongState, is_out ? "out of use" : "in use");
  if (what.is_back) TRY(check_source(form, record));
  else TRY(check_not_needed(form, record, needs));
  return write_retirement(form, record, what.is_back, reason, known ? known->version : 0);
}

Result<void> Execution::write_retirement(const records::Form& form, const Json& record,
                                         bool is_back, const std::string& reason, int64_t version) {
  std::string id = record.text_or("id", ""), code = record.text_or("code", "");
  store::Change change{.actor = command_->by.actor,
                       .act = form.id + (is_back ? ".bring_back" : ".retire"),
                       .subject_kind = form.id,
                       .subject_id = id,
                       .at = around_.now};
  change.detail = Json::object({{"code", code}, {"reason", reason}});
  store::RowChange row{.kind = version == 0 ? Kind::Insert : Kind::Update,
                       .table = "retirement",
                       .key = {{"form", form.id}, {"record_id", id}},
                       .cells = {{"code", code},
                                 {"is_out", int64_t{is_back ? 0 : 1}},
                                 {"person", command_->by.person.text()},
                                 {"at", around_.now.ns},
                                 {"reason", reason}}};
  if (version == 0) row.cells.push_back({"version", int64_t{1}});
  else row.version = version;
  change.rows.push_back(std::move(row));
  change.events.push_back({form.id, Json::object({{"form", form.id},
                                                  {"id", id},
                                                  {"state", record["state"]},
                                                  {"version", record["version"]},
                                                  {"org_path", record["org_path"]}})});
  return transaction_.apply(change);
}

Result<Json> Execution::execute(const RetireRecord& what) {
  const records::Form* form = TRY(form_of(what.form));
  TRY(retire(*form, what, nullptr));
  return Json::object({{"form", what.form}, {"id", what.id.text()}, {"is_retired", !what.is_back}});
}

}  // namespace anlan::engine

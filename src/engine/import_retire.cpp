// Rows of an import that take sources or tags out of use, or bring them back.

#include "engine/import.h"
#include "engine/import_run.h"
#include "engine/retirement.h"

namespace anlan::engine {
namespace {

// Nothing where the cell is empty.
Result<std::optional<bool>> said_of(const Json& cell) {
  if (cell.is_bool()) return std::optional<bool>(cell.as_bool());
  std::string text = cell.is_text() ? lower_ascii(trim(cell.as_text())) : std::string();
  if (text.empty()) return std::optional<bool>();
  if (text == "true" || text == "1" || text == "yes") return std::optional<bool>(true);
  if (text == "false" || text == "0" || text == "no") return std::optional<bool>(false);
  return refuse(ErrorCode::BadField, "true or false", "retired");
}

// Of the only record with this code; nothing where there is none.
Result<std::optional<Json>> record_with(store::View& view, const records::Form& form,
                                        const Json& code) {
  if (!code.is_text()) return std::optional<Json>();
  Filter same{.kind = Filter::Kind::Eq, .field = "code", .values = {code}};
  auto rows = TRY(records::all_whole(view, form, same, 1));
  if (rows.empty()) return std::optional<Json>();
  return std::optional<Json>(std::move(rows[0]));
}

}  // namespace

Result<void> ImportRun::read_retired(Json& cells, Row& row) {
  if (!can_retire(form_.id)) return {};
  row.retired = TRY(said_of(cells["retired"]));
  row.reason = cells.text_or("retire_reason", "");
  cells.remove("retired");
  cells.remove("retire_reason");
  return {};
}

// What the file takes out of use together: its rows do not need each other.
Result<TagNeeds*> ImportRun::needs(const Json::Array& rows) {
  if (needs_) return needs_.get();
  std::set<std::string, std::less<>> going;
  for (const Json& row : rows) {
    if (!row.is_object() || form_.id != "tag") continue;
    auto said = said_of(row["retired"]);
    if (!said || !said->value_or(false)) continue;
    auto record = TRY(record_with(execution_.transaction_, form_, row["code"]));
    if (record) going.insert(record->text_or("id", ""));
  }
  needs_ = std::make_unique<TagNeeds>(execution_.permit_desk(), std::move(going));
  return needs_.get();
}

// A row of something that is there says whether it is in use, and nothing else that is new.
Result<std::optional<RecordId>> ImportRun::put_out(const Row& row, const Json::Array& rows) {
  if (!row.retired) return std::optional<RecordId>();
  auto record = TRY(record_with(execution_.transaction_, form_, row.fields["code"]));
  if (!record && *row.retired) return refuse(ErrorCode::BadField, "no such code", "code");
  if (!record) return std::optional<RecordId>();
  for (const Json::Member& cell : row.fields.as_object()) {
    if (cell.second == (*record)[cell.first]) continue;
    return refuse(ErrorCode::BadField, "it is here, and differs", cell.first);
  }
  RecordId id = TRY(RecordId::parse(record->text_or("id", "")));
  bool is_out = TRY(is_retired(execution_.transaction_, form_.id, id.text()));
  if (is_out == *row.retired) return std::optional<RecordId>(id);
  TagNeeds* asked = TRY(needs(rows));
  auto done = execution_.retire(
      form_, {.form = form_.id, .id = id, .is_back = !*row.retired, .reason = row.reason}, asked);
  if (done) return std::optional<RecordId>(id);
  Error error = std::move(done).error();
  if (error.field == "reason") error.field = "retire_reason";
  return std::unexpected(std::move(error));
}

}  // namespace anlan::engine

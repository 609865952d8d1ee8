#include "engine/import_run.h"

#include <algorithm>

#include "engine/import.h"
#include "engine/retirement.h"

namespace anlan::engine {
namespace {

using access::Action;

constexpr std::string_view kOldNumber = "old_number";
// States in which nothing more happens: a record in any other would wait for ever.
constexpr std::string_view kEnded[] = {"closed", "effective", "invalid", "merged", "done"};

// An old ledger has no photos; an old case has hardly anything.
records::Form relaxed(const records::Form& form, bool is_history) {
  records::Form copy = form;
  for (records::Field& field : copy.fields) {
    bool is_photo = field.kind == records::FieldKind::Photos;
    bool is_place = field.key == copy.org_field;  // without it nobody but a few would see it
    if (is_photo) field.items_min = 0;
    if (is_photo || (is_history && !is_place)) field.is_required = false;
  }
  if (is_history) copy.checks.clear();
  return copy;
}

bool is_true(const Json& cell) {
  if (cell.is_bool()) return cell.as_bool();
  return cell.is_text() && (cell.as_text() == "true" || cell.as_text() == "1");
}

// The record says when the case was found, everything else when it was written down here.
void date_today(store::Change& change, const records::Form& form, Instant now) {
  change.at = now;
  for (store::RowChange& row : change.rows) {
    for (store::Cell& cell : row.cells) {
      bool is_own = row.table == form.table && cell.column == "updated_at";
      bool is_history = row.table == "record_history" && cell.column == "at";
      if (is_own || is_history) cell.value = now.ns;
    }
  }
}

}  // namespace

ImportRun::ImportRun(Execution& execution, const records::Form& form)
    : execution_(execution), form_(form) {
  const access::Policy& policy = execution.around_.packs.policy;
  for (const char* what : {form.id.c_str(), "setup"}) {
    is_administered_ =
        is_administered_ ||
        policy.may(execution.command_->by, {.form = what, .action = Action::Administer}).allowed;
  }
}

ImportRun::~ImportRun() = default;

Result<RecordId> ImportRun::put_out_or_make(const Row& row, const Json::Array& rows) {
  auto there = TRY(put_out(row, rows));
  return there ? Result<RecordId>(*there) : make(row);
}

Result<Json> ImportRun::run(const Json& rows, bool is_dry_run) {
  Json refused_rows = Json::array();
  const Json::Array& all = rows.as_array();
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto row = read(i + 1, all[i]);
    auto made = row ? put_out_or_make(*row, all) : Result<RecordId>(std::unexpected(row.error()));
    if (made) {
      if (is_dry_run) TRY(show(*row, *made));
      continue;
    }
    ErrorCode code = made.error().code;
    // The caller may bring nothing at all: that is no matter of one row.
    if (code == ErrorCode::Forbidden && made.error().field.empty()) {
      return std::unexpected(made.error());
    }
    refused_rows.push(refused(i + 1, all[i], made.error()));
    // After a refusal by the database itself nothing more can be tried in this savepoint.
    bool is_old_number = made.error().field == kOldNumber;
    if ((code == ErrorCode::Duplicate && !is_old_number) || code == ErrorCode::StoreFailed) break;
  }
  if (refused_rows.as_array().empty()) TRY(note(all.size()));
  Json answer = execution_.finish_import(all.size(), std::move(refused_rows), is_dry_run);
  if (is_dry_run) answer.set("rows", std::move(shown_));
  return answer;
}

Result<ImportRun::Row> ImportRun::read(std::size_t number, const Json& given) {
  if (!given.is_object()) return refuse(ErrorCode::BadField, "a row is an object of fields");
  Row row{.number = number, .is_history = is_true(given["as_history"])};
  Json cells = given;
  cells.remove("as_history");
  TRY(read_retired(cells, row));
  const std::string& zone = execution_.around_.config.time_zone_offset;
  if (row.is_history) {
    if (!is_administered_) return refuse(ErrorCode::Forbidden, "old cases", "as_history");
    row.state = given.text_or("state", "closed");
    auto at = instant_of_cell(given.text_or("reported_at", ""), zone);
    if (!at) return refuse(ErrorCode::BadField, "when it was found", "reported_at");
    if (*at > execution_.around_.now) return refuse(ErrorCode::BadField, "not yet", "reported_at");
    row.reported = *at;
    cells.remove("state");
    cells.remove("reported_at");
  }
  row.fields = TRY(
      resolve_codes(execution_.transaction_, execution_.around_.packs.forms, form_, cells, zone));
  bool is_marked = is_administered_ && form_.find("imported") != nullptr;
  if (is_marked) row.fields.set("imported", true);
  if (row.is_history) TRY(check_history(row));
  TRY(check_old_number(row));
  return row;
}

// A case that is closed was found good at some time after it was found.
Result<void> ImportRun::check_history(const Row& row) {
  if (!std::ranges::contains(kEnded, row.state)) {
    return refuse(ErrorCode::BadField, "a state in which a case has ended", "state");
  }
  bool is_good = row.state == "closed" || row.state == "effective";
  if (!is_good || form_.find("verified_at") == nullptr) return {};
  std::string text = TRY(row.fields.text_at("verified_at"));
  auto at = parse_instant(text);
  bool is_right = at && *at >= row.reported && *at <= execution_.around_.now;
  if (is_right) return {};
  return refuse(ErrorCode::BadField, "between reported_at and now", "verified_at");
}

// A ledger is often brought twice.
Result<void> ImportRun::check_old_number(const Row& row) {
  const Json& number = row.fields[kOldNumber];
  if (form_.find(kOldNumber) == nullptr || !number.is_text()) return {};
  auto taken = [&](const std::string& by) {
    return refuse(ErrorCode::Duplicate, "this number is here already: " + by,
                  std::string(kOldNumber));
  };
  if (!numbers_.insert(number.as_text()).second) return taken("twice in this file");
  for (std::string field : {std::string(kOldNumber), std::string("number")}) {
    Filter same{.kind = Filter::Kind::Eq, .field = field, .values = {number}};
    auto rows = TRY(records::columns(
        execution_.transaction_, form_, std::vector<std::string>{"number"},
        {.filter = std::move(same), .modes = {.fallback = access::FieldMode::Read}}, 100));
    if (!rows.empty()) return taken(rows[0][0].is_text() ? rows[0][0].as_text() : "");
  }
  return {};
}

Result<RecordId> ImportRun::make(const Row& row) {
  if (row.is_history) return make_history(row);
  if (!is_administered_) return execution_.create_one(form_, row.fields, std::nullopt);
  auto verdict = execution_.around_.packs.policy.may(execution_.command_->by,
                                                     {.form = form_.id, .action = Action::Create});
  // Master data goes by its own right; a ledger of cases is the administrator's to bring.
  if (form_.flow.empty()) return execution_.create_one(form_, row.fields, std::nullopt);
  access::FieldModes modes = verdict.allowed ? verdict.fields : access::FieldModes{};
  if (form_.find("imported") != nullptr) modes = {.fallback = access::FieldMode::Write};
  else if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  return execution_.create_with(relaxed(form_, false), row.fields, std::nullopt, modes);
}

// The record as it ended, without a case: nobody gets a task, no clock runs.
Result<RecordId> ImportRun::make_history(const Row& row) {
  records::Form form = relaxed(form_, true);
  auto state = std::ranges::find(form.states, row.state, &std::pair<std::string, LocalText>::first);
  if (state == form.states.end()) return refuse(ErrorCode::BadField, "no such state", "state");
  std::rotate(form.states.begin(), state, state + 1);  // a new record is in the first
  records::Writing writing = execution_.writing(execution_.command_->by.actor);
  writing.now = row.reported;  // also its number is of that day
  auto written =
      TRY(records::create(writing, form, row.fields, {.fallback = access::FieldMode::Write}));
  written.change.act = form.id + ".import";
  date_today(written.change, form, execution_.around_.now);
  TRY(execution_.transaction_.apply(written.change));
  ++history_;
  return written.id;
}

// What would become of a row.
Result<void> ImportRun::show(const Row& row, RecordId id) {
  store::View& view = execution_.transaction_;
  Json record = TRY(records::read_whole(view, form_, id));
  Json tasks = Json::array();
  const auto model = execution_.around_.packs.library.newest(form_.flow);
  for (const flow::RosterEntry& task : TRY(flow::roster(view, form_.id, id))) {
    if (task.state != "open" && task.state != "claimed") continue;
    LocalText name =
        model.model == nullptr ? LocalText{task.node, task.node} : model.model->name_of(task.node);
    tasks.push(Json::object(
        {{"node", task.node}, {"name", Json::object({{"zh", name.zh}, {"en", name.en}})}}));
  }
  shown_.push(Json::object({{"row", static_cast<int64_t>(row.number)},
                            {"number", record["number"]},
                            {"old_number", record[kOldNumber]},
                            {"state", record["state"]},
                            {"level", record["level"]},
                            {"due_at", record["due_at"]},
                            {"created_at", record["created_at"]},
                            {"org_path", record["org_path"]},
                            {"is_history", row.is_history},
                            {"tasks", std::move(tasks)}}));
  return {};
}

// Beside the act of each record: that it was one import, and of how many rows.
Result<void> ImportRun::note(std::size_t rows) {
  store::Change change{
      .actor = execution_.command_->by.actor,
      .act = form_.id + ".import_all",
      .subject_kind = "import",
      .subject_id = form_.id,
      .at = execution_.around_.now,
      .detail = Json::object({{"rows", static_cast<int64_t>(rows)}, {"history", history_}})};
  return execution_.transaction_.apply(change);
}

Json ImportRun::refused(std::size_t number, const Json& given, const Error& error) {
  Json row = refused_row(number, error);
  if (error.code != ErrorCode::BadField || error.field.empty()) return row;
  row.set("value", given[error.field]);
  auto likely = suggestions(execution_.transaction_, execution_.around_.packs.forms, form_,
                            error.field, given[error.field]);
  if (likely && !likely->as_array().empty()) row.set("suggestions", std::move(*likely));
  return row;
}

}  // namespace anlan::engine

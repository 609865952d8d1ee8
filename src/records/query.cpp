#include "records/query.h"

#include <algorithm>
#include <array>
#include <format>
#include <iterator>

#include "core/json_text.h"
#include "records/ahead.h"
#include "records/columns.h"
#include "records/filter_sql.h"
#include "records/page.h"
#include "records/row.h"
#include "records/row_text.h"
#include "records/titles.h"
#include "records/values.h"
#include "store/ahead.h"

namespace anlan::records {
namespace {

// Rows as values, for deciders.
class RowRecords final : public RowSink {
 public:
  RowRecords(const access::FieldModes& modes, const std::vector<Shown>& shown)
      : shown_(shown), masks_(modes, shown) {}
  void add(const store::Cells& cells) override {
    std::vector<store::Value> values;
    for (std::size_t i = 0; i < shown_.size(); ++i) values.push_back(value_of(cells, i));
    rows.push_back(record_of(shown_, masks_, values));
  }
  void cut(std::size_t count) override { rows.resize(count); }

  std::vector<Json> rows;

 private:
  const std::vector<Shown>& shown_;
  RowMasks masks_;
};

// As cells_of_one writes it where the scope is everything: then both ask the same.
constexpr std::string_view kNotDeleted = " AND deleted_at IS NULL AND (1 = 1)";

Result<void> check_count(const Query& query) {
  if (query.count == 0) return refuse(ErrorCode::BadRequest, "no rows asked for", "count");
  if (query.count > limits::kPageRowsMax) return refuse(ErrorCode::LimitReached, "", "count");
  return {};
}

}  // namespace

Result<Page> list(store::View& view, const Form& form, const Query& query) {
  TRY(check_count(query));
  std::vector<Shown> shown = shown_members(form, query.modes);
  RowRecords sink(query.modes, shown);
  Ending ending = TRY(fill_page(view, form, query, shown, sink));
  TRY(add_titles(view, form, query.modes, sink.rows));
  return Page{std::move(sink.rows), std::move(ending.next)};
}

Result<std::string> list_text(store::View& view, const Form& form, const Query& query) {
  TRY(check_count(query));
  std::vector<Shown> shown = shown_members(form, query.modes);
  RowTexts sink(form, query.modes, shown);
  Ending ending = TRY(fill_page(view, form, query, shown, sink));
  std::string text = R"({"rows":[)";
  text += TRY(sink.finish(view));
  text += R"(],"next":)";
  write_json_text(ending.next, text);
  if (ending.total) {
    text += R"(,"total":)" + std::to_string(std::min(*ending.total, kTotalMax));
    text +=
        *ending.total > kTotalMax ? R"(,"is_total_capped":true)" : R"(,"is_total_capped":false)";
  }
  text += '}';
  return text;
}

Result<RecordText> read_text(store::View& view, const Form& form, RecordId id, const Filter& scope,
                             const access::FieldModes& modes) {
  Condition where{"id = ? AND deleted_at IS NULL", {id.text()}};
  if (scope.kind != Filter::Kind::All) where.add_and(TRY(scope_condition(form, scope)));
  std::vector<Shown> shown = shown_members(form, modes);
  RowTexts sink(form, modes, shown);
  std::vector<Shown> columns = shown;
  columns.push_back({form.find_member("case_id"), false});
  RecordText out;
  TRY(store::visit(view,
                   {select_text(form, columns) + " WHERE " + where.text, std::move(where.params)},
                   [&](const store::Cells& cells) {
                     out.has_case = !cells.is_null(shown.size());
                     sink.add(cells);
                   }));
  if (sink.size() == 0) return refuse(ErrorCode::NotFound, "record of " + form.id);
  out.json = TRY(sink.finish(view));
  return out;
}

Result<Json> shown_record(store::View& view, const Form& form, const Json& whole,
                          const access::FieldModes& all_modes) {
  const access::FieldModes& modes = all_modes.in(whole.text_or("state", ""));
  Json::Object members;
  std::vector<Shown> shown = shown_members(form, modes);
  members.reserve(shown.size() + 1);
  std::size_t place = 0;
  for (const Shown& all : all_members(form)) {
    bool is_shown = members.size() < shown.size() && shown[members.size()].field == all.field;
    if (is_shown) {
      const Json& value = member_at(whole, place, all.field->key);
      members.emplace_back(all.field->key, shown_value(shown[members.size()], value));
    }
    ++place;
  }
  std::vector<Json> rows;
  rows.emplace_back(std::move(members));
  TRY(add_titles(view, form, modes, rows));
  return std::move(rows[0]);
}

Result<Json> read(store::View& view, const Form& form, RecordId id, const Filter& scope,
                  const access::FieldModes& modes) {
  Condition inside = TRY(scope_condition(form, scope));
  std::vector<Shown> shown = shown_members(form, modes);
  std::vector<store::Value> cells = TRY(cells_of_one(view, form, id, shown, std::move(inside)));
  std::vector<Json> rows;
  rows.push_back(record_of(shown, RowMasks(modes, shown), cells));
  TRY(add_titles(view, form, modes, rows));
  return std::move(rows[0]);
}

Result<std::string> state_of(store::View& view, const Form& form, RecordId id) {
  auto rows = TRY(view.query({"SELECT state FROM " + form.table + " WHERE id = ?", {id.text()}}));
  return rows.empty() ? std::string() : rows[0].text("state");
}

Result<void> read_ahead(store::View& view, const Form& form, std::vector<std::string> ids) {
  std::string select = select_text(form, all_members(form));
  store::AheadAsk ask{{select, "id", kNotDeleted}, std::move(ids)};
  TRY(store::read_ahead(view, std::span(&ask, 1)));
  return {};
}

Result<Json> read_whole(store::View& view, const Form& form, RecordId id) {
  std::vector<Shown> shown = all_members(form);
  std::string select = select_text(form, shown);
  auto rows = TRY(view.query(store::lookup({select, "id", kNotDeleted}, id.text())));
  if (rows.empty()) return refuse(ErrorCode::NotFound, "record of " + form.id);
  return record_of(shown, rows.cells()[0]);
}

namespace {

// How a row becomes a record: with nulls as nulls, or without them.
struct RowMaker {
  std::vector<Shown> shown;
  bool has_nulls = true;

  Json of(const store::Cells& cells) const {
    Json::Object members;
    members.reserve(has_nulls ? shown.size() + 1 : known(cells));
    for (std::size_t i = 0; i < shown.size(); ++i) {
      if (!has_nulls && cells.is_null(i)) continue;
      const Field& field = *shown[i].field;
      bool is_plain = cells.is_text(i) && is_comparable(field.kind);
      Json value =
          is_plain ? Json(std::string(cells.text(i))) : json_of_cell(field, value_of(cells, i));
      members.emplace_back(field.key, shown_value(shown[i], std::move(value)));
    }
    return Json(std::move(members));
  }
  std::size_t known(const store::Cells& cells) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < shown.size(); ++i) count += cells.is_null(i) ? 0 : 1;
    return count;
  }
};

// Row by row: of 100,000 records the cells of all of them at once would be as much memory as the
// records themselves, and making pages for them as long as reading.
Result<void> visit_shown(store::View& view, const Form& form, const Filter& filter,
                         std::size_t count, const RowMaker& row, const TakeRecord& each) {
  Condition where{"deleted_at IS NULL"};
  where.add_and(TRY(scope_condition(form, filter)));
  where.params.emplace_back(static_cast<int64_t>(count + 1));
  store::Sql sql{select_text(form, row.shown) + " WHERE " + where.text + " ORDER BY id LIMIT ?",
                 std::move(where.params)};
  std::size_t seen = 0;
  Result<void> done;
  TRY(store::visit(view, sql, [&](const store::Cells& cells) {
    ++seen;
    if (done && seen <= count) done = each(row.of(cells));  // a statement runs to its end
  }));
  TRY(std::move(done));
  if (seen > count) return refuse(ErrorCode::LimitReached, form.id + " has too many records");
  return {};
}

Result<std::vector<Json>> all_shown(store::View& view, const Form& form, const Filter& filter,
                                    std::size_t count, const RowMaker& row) {
  std::vector<Json> records;
  TRY(visit_shown(view, form, filter, count, row, [&](Json record) -> Result<void> {
    records.push_back(std::move(record));
    return {};
  }));
  return records;
}

// A member that is null says nothing: without them a record of a plant is half as large.
RowMaker made_partly(const Form& form, std::span<const std::string_view> members) {
  RowMaker row{.shown = {}, .has_nulls = false};
  for (std::string_view key : members) {
    const Field* field = form.find_member(key);
    if (field != nullptr) row.shown.push_back({field, false});
  }
  return row;
}

}  // namespace

Result<std::vector<Json>> all_whole(store::View& view, const Form& form, const Filter& filter,
                                    std::size_t count) {
  return all_shown(view, form, filter, count, RowMaker{.shown = all_members(form)});
}

Result<std::vector<Json>> all_partly(store::View& view, const Form& form, const Filter& filter,
                                     std::size_t count, std::span<const std::string_view> members) {
  return all_shown(view, form, filter, count, made_partly(form, members));
}

Result<void> visit_partly(store::View& view, const Form& form, const Filter& filter,
                          std::size_t count, std::span<const std::string_view> members,
                          const TakeRecord& each) {
  return visit_shown(view, form, filter, count, made_partly(form, members), each);
}

std::optional<uint64_t> stamp_of(store::View& view, const Form& form) {
  return store::reading_of(view).stamp({form.table});
}

rules::Value feel_record(const Form& form, const Json& record, const access::FieldModes& modes) {
  const access::FieldModes& own = modes.in(record.text_or("state", ""));
  rules::Context out;
  for (const auto* members : {&system_members(), &form.fields}) {
    for (const Field& field : *members) {
      bool is_seen = record.has(field.key) && own.of(field.key) >= access::FieldMode::Read;
      if (is_seen) out.set(field.key, feel_of(field, record[field.key]));
    }
  }
  return out;
}

Result<bool> is_visible(store::View& view, const Form& form, RecordId id, const Filter& scope) {
  Condition inside = TRY(scope_condition(form, scope));
  std::vector<Shown> only_id{{form.find_member("id"), false}};
  auto found = read_one(view, form, id, only_id, std::move(inside));
  if (found) return true;
  if (found.error().code == ErrorCode::NotFound) return false;
  return std::unexpected(std::move(found).error());
}

Result<Json> count_by(store::View& view, const Form& form, std::string_view name,
                      const Query& query) {
  const Field* field = TRY(readable_member(form, query.modes, name));
  if (!is_comparable(field->kind)) {
    return refuse(ErrorCode::BadRequest, "can't be counted by", field->key);
  }
  Condition where = TRY(where_of(view, form, query));
  where.params.emplace_back(static_cast<int64_t>(limits::kPageRowsMax));
  const std::string& column = field->column;
  auto rows =
      TRY(view.query({"SELECT " + column + ", COUNT(*) AS total FROM " + form.table + " WHERE " +
                          where.text + " GROUP BY " + column + " ORDER BY COUNT(*) DESC, " +
                          column + " IS NULL, " + column + " LIMIT ?",
                      std::move(where.params)}));
  Json counts = Json::array();
  for (const auto& cells : rows.cells()) {
    counts.push(Json::object(
        {{"value", json_of_cell(*field, cells[0])}, {"count", Json(std::get<int64_t>(cells[1]))}}));
  }
  return counts;
}

Result<std::vector<std::vector<Json>>> columns(store::View& view, const Form& form,
                                               std::span<const std::string> members,
                                               const Query& query, std::size_t count) {
  std::vector<Shown> shown;
  for (const std::string& name : members) {
    shown.push_back({TRY(readable_member(form, query.modes, name)), false});
  }
  Condition where = TRY(where_of(view, form, query));
  where.params.emplace_back(static_cast<int64_t>(count + 1));
  auto rows =
      TRY(view.query({select_text(form, shown) + " WHERE " + where.text + " ORDER BY id LIMIT ?",
                      std::move(where.params)}));
  if (rows.size() > count) {
    return refuse(ErrorCode::LimitReached, form.id + " has too many records here");
  }
  std::vector<std::vector<Json>> out;
  out.reserve(rows.size());
  for (const auto& cells : rows.cells()) {
    std::vector<Json>& row = out.emplace_back();
    row.reserve(shown.size());
    for (std::size_t i = 0; i < shown.size(); ++i) {
      row.push_back(json_of_cell(*shown[i].field, cells[i]));
    }
  }
  return out;
}

Result<int64_t> count(store::View& view, const Form& form, const Query& query) {
  Condition where = TRY(where_of(view, form, query));
  auto rows =
      TRY(view.query({"SELECT COUNT(*) AS total FROM " + form.table + " WHERE " + where.text,
                      std::move(where.params)}));
  return rows[0].int64("total");
}

}  // namespace anlan::records

#include "records/query.h"

#include <algorithm>
#include <array>
#include <format>
#include <iterator>

#include "records/filter_sql.h"
#include "records/row.h"
#include "records/titles.h"
#include "records/values.h"

namespace anlan::records {
namespace {

Result<Condition> search_condition(const Form& form, const Query& query) {
  const std::string& search = query.search;
  bool is_right =
      is_utf8(search) && is_clean_text(search) && count_chars(search) <= limits::kSearchCharsMax;
  if (!is_right) return refuse(ErrorCode::BadRequest, "no clean short text", "search");
  // The column holds all searchable members together, so whoever may not read one of them may not
  // search at all: a hit would tell what it holds.
  TRY(readable_member(form, query.modes, "number"));
  for (const Field& field : form.fields) {
    if (field.is_searched) TRY(readable_member(form, query.modes, field.key));
  }
  // The pairs of a word, one behind the other, stand in the column exactly where the word stands
  // in a text.
  Condition out;
  for (std::string_view word : split(search, ' ')) {
    std::string pairs = bigrams(word);
    if (pairs.empty()) continue;
    out.text += out.text.empty() ? "search LIKE ? ESCAPE '\\'" : " AND search LIKE ? ESCAPE '\\'";
    out.params.emplace_back(like_anywhere(pairs));
  }
  if (out.params.empty()) {
    return refuse(ErrorCode::BadRequest, "two characters at least", "search");
  }
  return out;
}

// A scope comes from a role file: what is wrong in it is not the caller's mistake.
Result<Condition> scope_condition(const Form& form, const Filter& scope,
                                  Indexes indexes = Indexes::Open) {
  auto condition = condition_of(form, scope, indexes);
  if (!condition) condition.error().code = ErrorCode::BadPack;
  return condition;
}

Result<Condition> where_of(const Form& form, const Query& query, Indexes indexes = Indexes::Open) {
  Condition where{"deleted_at IS NULL"};
  if (query.scope.kind != Filter::Kind::All) {
    where.add_and(TRY(scope_condition(form, query.scope, indexes)));
  }
  for (const std::string& name : fields_of(query.filter)) {
    TRY(readable_member(form, query.modes, name));
  }
  if (query.filter.kind != Filter::Kind::All) {
    where.add_and(TRY(condition_of(form, query.filter, indexes)));
  }
  if (!query.search.empty()) where.add_and(TRY(search_condition(form, query)));
  return where;
}

// ---- order and cursor ----

struct Sort {
  const Field* field;
  bool is_descending;
  bool has_nulls;  // rows without a value come last, in a second part of their own
  bool has_index;
};

bool has_own_index(std::string_view system_member) {
  constexpr std::array<std::string_view, 6> kIndexed{"id",         "number",     "state",
                                                     "created_at", "updated_at", "org_path"};
  return std::ranges::find(kIndexed, system_member) != kIndexed.end();
}

Result<Sort> sort_of(const Form& form, const Query& query) {
  std::string_view name = query.sort;
  bool is_descending = name.starts_with('-');
  if (is_descending) name.remove_prefix(1);
  const Field* field = TRY(readable_member(form, query.modes, name));
  bool is_system = form.find(name) == nullptr;
  bool is_sortable =
      is_comparable(field->kind) && (is_system || field->is_list || field->is_indexed);
  if (!is_sortable) return refuse(ErrorCode::BadRequest, "can't be sorted by", std::string(name));
  bool has_nulls = !is_system || name == "number" || name == "case_id";
  bool has_index = is_system ? has_own_index(name) : field->is_indexed || field->is_unique;
  return Sort{field, is_descending, has_nulls, has_index};
}

// Where the page before ended: hex of {"of","sort","value","id"}; a null value stands for the part
// of the rows that have none. Bound to form and order, so that it can't be used in another list.
struct Place {
  bool is_in_nulls = false;
  store::Value value{};
  std::string id{};
};

std::string cursor_text(const Form& form, const Query& query, const Place& place) {
  Json cursor = Json::object({{"of", form.id}, {"sort", query.sort}});
  if (const auto* number = std::get_if<int64_t>(&place.value)) cursor.set("value", *number);
  if (const auto* text = std::get_if<std::string>(&place.value)) cursor.set("value", *text);
  cursor.set("id", place.id);
  return to_hex(write_json(cursor));
}

Result<std::optional<Place>> place_of(const Form& form, const Query& query, const Sort& sort) {
  if (query.cursor.empty()) return std::nullopt;
  std::unexpected<Error> bad = refuse(ErrorCode::BadRequest, "no cursor of this list", "cursor");
  auto cursor = parse_json(from_hex(query.cursor));
  if (!cursor || (*cursor)["of"] != Json(form.id) || (*cursor)["sort"] != Json(query.sort)) {
    return bad;
  }
  Place place;
  if (!parse_uuid(cursor->text_or("id", ""))) return bad;
  place.id = cursor->text_or("id", "");
  const Json& value = (*cursor)["value"];
  bool wants_number = kind_row(sort.field->kind).column_type == "{{int}}";
  if (value.is_null()) {
    if (!sort.has_nulls) return bad;
    place.is_in_nulls = true;
  } else if (wants_number && value.as_int64()) {
    place.value = *value.as_int64();
  } else if (!wants_number && value.is_text() && is_clean_text(value.as_text())) {
    place.value = value.as_text();
  } else {
    return bad;
  }
  return place;
}

// ---- one part of a page ----

using Cells = std::vector<std::vector<store::Value>>;

struct Part {
  const Form& form;
  const Sort& sort;
  const std::vector<Shown>& columns;  // what is shown, then the sort column and the id
  bool is_nulls;                      // the rows without a value, else those with one
};

// The rows behind (or up to) a place in the order.
Condition beside(const Part& part, const Place& place, bool is_up_to) {
  bool is_less = part.sort.is_descending != is_up_to;
  std::string than = is_less ? " <" : " >";
  if (is_up_to) than += "=";
  if (part.is_nulls) return {"id" + than + " ?", {place.id}};
  return {"(" + part.sort.field->column + ", id)" + than + " (?, ?)", {place.value, place.id}};
}

void narrow(const Part& part, const std::optional<Place>& after, Condition& where) {
  const std::string& column = part.sort.field->column;
  if (part.sort.has_nulls) where.add_and({column + (part.is_nulls ? " IS NULL" : " IS NOT NULL")});
  if (after) where.add_and(beside(part, *after, false));
}

std::string order_of(const Part& part) {
  const Sort& sort = part.sort;
  std::string way = sort.is_descending ? " DESC" : "";
  if (part.is_nulls || sort.field->key == "id") return " ORDER BY id" + way;
  return " ORDER BY " + sort.field->column + way + ", id" + way;
}

Result<Cells> fetch(store::View& view, const Part& part, Condition where, std::size_t count) {
  where.params.emplace_back(static_cast<int64_t>(count));
  auto rows = TRY(view.query(
      {select_text(part.form, part.columns) + " WHERE " + where.text + order_of(part) + " LIMIT ?",
       std::move(where.params)}));
  return rows.cells();
}

// How far the order reaches in `steps` rows, whoever may see them; nothing where it ends earlier.
Result<std::optional<Place>> place_after(store::View& view, const Part& part,
                                         const std::optional<Place>& after, int64_t steps) {
  Condition where{"1 = 1"};
  narrow(part, after, where);
  where.params.emplace_back(steps);
  const std::string& column = part.sort.field->column;
  auto rows = TRY(view.query({"SELECT " + column + ", id FROM " + part.form.table + " WHERE " +
                                  where.text + order_of(part) + " LIMIT 1 OFFSET ?",
                              std::move(where.params)}));
  if (rows.empty()) return std::nullopt;
  const auto& cells = rows.cells()[0];
  return Place{.value = cells[0], .id = std::get<std::string>(cells[1])};
}

// SQLite plans without knowing how many rows a condition leaves, and rather sorts half a table than
// walk an index in the wished order and look at each row. So it is made to walk first, for a few
// thousand rows: either the page is full then, or so few rows match that its own plan is right.
Result<std::optional<Cells>> walk(store::View& view, const Part& part, const Query& query,
                                  const std::optional<Place>& after, std::size_t count) {
  bool is_filtered = query.scope.kind != Filter::Kind::All ||
                     query.filter.kind != Filter::Kind::All || !query.search.empty();
  bool can_walk = is_filtered && part.sort.has_index && !part.is_nulls;
  if (!can_walk || view.dialect() != store::Dialect::Sqlite) return std::nullopt;
  for (int64_t steps : {4'000, 64'000}) {
    std::optional<Place> end = TRY(place_after(view, part, after, steps));
    Condition where = TRY(where_of(part.form, query, Indexes::Hidden));
    narrow(part, after, where);
    if (end) where.add_and(beside(part, *end, true));
    Cells rows = TRY(fetch(view, part, std::move(where), count));
    if (rows.size() == count || !end) return rows;
  }
  return std::nullopt;
}

Result<Cells> part_of_page(store::View& view, const Part& part, const Query& query,
                           const std::optional<Place>& after, std::size_t count) {
  std::optional<Cells> walked = TRY(walk(view, part, query, after, count));
  if (walked) return std::move(*walked);
  Condition where = TRY(where_of(part.form, query));
  narrow(part, after, where);
  return fetch(view, part, std::move(where), count);
}

std::vector<Shown> with_keys(const std::vector<Shown>& shown, const Sort& sort, const Form& form) {
  std::vector<Shown> columns = shown;
  columns.push_back({sort.field, false});
  columns.push_back({form.find_member("id"), false});
  return columns;
}

}  // namespace

Result<Page> list(store::View& view, const Form& form, const Query& query) {
  if (query.count == 0) return refuse(ErrorCode::BadRequest, "no rows asked for", "count");
  if (query.count > limits::kPageRowsMax) return refuse(ErrorCode::LimitReached, "", "count");
  Sort sort = TRY(sort_of(form, query));
  std::optional<Place> after = TRY(place_of(form, query, sort));
  TRY(where_of(form, query));  // refuses before anything is asked
  std::vector<Shown> shown = shown_members(form, query.modes);
  std::vector<Shown> columns = with_keys(shown, sort, form);

  // One row more than asked for tells whether there is a next page.
  std::size_t wanted = query.count + 1;
  Cells rows;
  if (!after || !after->is_in_nulls) {
    rows = TRY(part_of_page(view, {form, sort, columns, false}, query, after, wanted));
  }
  if (sort.has_nulls && rows.size() < wanted) {
    std::optional<Place> inside = after && after->is_in_nulls ? after : std::nullopt;
    Part nulls{form, sort, columns, true};
    std::ranges::move(TRY(part_of_page(view, nulls, query, inside, wanted - rows.size())),
                      std::back_inserter(rows));
  }

  Page page;
  if (rows.size() == wanted) {
    rows.pop_back();
    const auto& last = rows.back();
    Place place{.value = last[shown.size()], .id = std::get<std::string>(last[shown.size() + 1])};
    page.next = cursor_text(form, query, place);
  }
  for (const auto& cells : rows) page.rows.push_back(record_of(shown, cells));
  TRY(add_titles(view, form, query.modes, page.rows));
  return page;
}

Result<Json> read(store::View& view, const Form& form, RecordId id, const Filter& scope,
                  const access::FieldModes& modes) {
  Condition inside = TRY(scope_condition(form, scope));
  std::vector<Json> rows;
  rows.push_back(TRY(read_one(view, form, id, shown_members(form, modes), std::move(inside))));
  TRY(add_titles(view, form, modes, rows));
  return std::move(rows[0]);
}

Result<Json> read_whole(store::View& view, const Form& form, RecordId id) {
  return read_one(view, form, id, all_members(form), {"1 = 1"});
}

Result<std::vector<Json>> all_whole(store::View& view, const Form& form, const Filter& filter,
                                    std::size_t count) {
  Condition where{"deleted_at IS NULL"};
  where.add_and(TRY(scope_condition(form, filter)));
  std::vector<Shown> shown = all_members(form);
  where.params.emplace_back(static_cast<int64_t>(count + 1));
  auto rows =
      TRY(view.query({select_text(form, shown) + " WHERE " + where.text + " ORDER BY id LIMIT ?",
                      std::move(where.params)}));
  if (rows.size() > count)
    return refuse(ErrorCode::LimitReached, form.id + " has too many records");
  std::vector<Json> records;
  records.reserve(rows.size());
  for (const auto& cells : rows.cells()) records.push_back(record_of(shown, cells));
  return records;
}

Result<std::string> stamp_of(store::View& view, const Form& form) {
  auto rows =
      TRY(view.query({"SELECT COUNT(*) AS n, COALESCE(MAX(updated_at), 0) AS at, "
                      "CAST(COALESCE(SUM(version), 0) AS BIGINT) AS v FROM " +
                      form.table}));
  return std::format("{}/{}/{}", rows[0].int64("n"), rows[0].int64("at"), rows[0].int64("v"));
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
  Condition where = TRY(where_of(form, query));
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

}  // namespace anlan::records

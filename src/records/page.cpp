#include "records/page.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "records/places.h"
#include "records/search.h"
#include "records/values.h"

namespace anlan::records {
namespace {

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
  bool is_fast = (field->is_indexed || field->is_unique) && field->is_index_ready && !field->in_ext;
  bool has_index = is_system ? has_own_index(name) : is_fast;
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

struct Part {
  const Form& form;
  const Sort& sort;
  const std::vector<Shown>& columns;  // what is shown, then the sort column and the id
  bool is_nulls;                      // the rows without a value, else those with one
};

// How the rows of a page are found. Walk: in the wished order, looking at so many rows at most.
// Few: all that the scope lets through, then sorted. Open: as the database thinks best.
struct Way {
  enum class Kind { Walk, Few, Open };
  Kind kind = Kind::Open;
  int64_t steps = 0;
};

void narrow(const Part& part, const std::optional<Place>& after, Condition& where) {
  const std::string& column = part.sort.field->column;
  if (part.sort.has_nulls) where.add_and({column + (part.is_nulls ? " IS NULL" : " IS NOT NULL")});
  if (!after) return;
  std::string than = part.sort.is_descending ? " < " : " > ";
  if (part.is_nulls) return where.add_and({"id" + than + "?", {after->id}});
  where.add_and({"(" + column + ", id)" + than + "(?, ?)", {after->value, after->id}});
}

// `hide` keeps a database from walking an index in this order.
std::string order_of(const Part& part, std::string_view prefix = "", bool hide = false) {
  const Sort& sort = part.sort;
  std::string way = sort.is_descending ? " DESC" : "";
  bool is_number = kind_row(sort.field->kind).column_type == "{{int}}";
  auto shown = [&](const std::string& column, bool is_text) {
    std::string name = std::string(prefix) + column;
    if (!hide) return name + way;
    return "(" + name + (is_text ? " || '')" : " + 0)") + way;
  };
  std::string id = std::string(prefix) + "id";
  if (part.is_nulls || sort.field->key == "id") return " ORDER BY " + shown("id", true);
  return " ORDER BY " + shown(sort.field->column, !is_number) + ", " + id + way;
}

// What the conditions of a query look at, beside what every walk does.
std::vector<std::string> looked_at(const Part& part, const Query& query) {
  std::vector<std::string> columns{"id", "deleted_at"};
  auto add = [&](const std::string& column) {
    if (std::ranges::find(columns, column) == columns.end()) columns.push_back(column);
  };
  add(carrier_of(*part.sort.field));
  for (const Filter* filter : {&query.scope, &query.filter}) {
    for (const std::string& name : fields_of(*filter)) {
      const Field* field = part.form.find_member(name);
      if (field) add(carrier_of(*field));
    }
  }
  if (!query.search.empty()) add("search");
  return columns;
}

// SQLite finds a row fastest by its number.
std::string_view key_of(store::View& view) {
  return view.dialect() == store::Dialect::Sqlite ? "rowid" : "id";
}

// The keys of the page in order: "SELECT ... AS k, ... LIMIT n". A walk stands inside: it takes
// rows in the wished order off an index and ends with the first of: page full, steps used up.
Result<Condition> keys_of(store::View& view, const Part& part, const Query& query, Way way,
                          const std::optional<Place>& after, std::size_t count) {
  std::string key(key_of(view));
  std::string start =
      "SELECT " + key + " AS k, id AS k_id, " + part.sort.field->column + " AS k_sort";
  std::string limit = " LIMIT " + std::to_string(count);
  bool is_walk = way.kind == Way::Kind::Walk;
  Condition where =
      TRY(where_of(view, part.form, query, is_walk ? Search::ByLooking : Search::ByIndex));
  if (way.kind != Way::Kind::Walk) {
    narrow(part, after, where);
    where.text = start + " FROM " + part.form.table + " WHERE " + where.text +
                 order_of(part, "", way.kind == Way::Kind::Few) + limit;
    return where;
  }
  Condition walked{"1 = 1"};
  narrow(part, after, walked);
  std::string inner = "SELECT " + (key == "id" ? std::string() : key + ", ");
  for (const std::string& column : looked_at(part, query)) inner += column + ", ";
  inner.resize(inner.size() - 2);
  inner += " FROM " + part.form.table + " WHERE " + walked.text + order_of(part) + " LIMIT " +
           std::to_string(way.steps);
  Condition out{start + " FROM (" + inner + ") w WHERE " + where.text + limit,
                std::move(walked.params)};
  std::ranges::move(where.params, std::back_inserter(out.params));
  return out;
}

// How many rows came.
Result<std::size_t> fetch(store::View& view, const Part& part, Condition keys, RowSink& sink) {
  std::string text = "SELECT ";
  for (std::size_t i = 0; i < part.columns.size(); ++i) {
    text += (i > 0 ? ", " : "") + column_of(*part.columns[i].field, "t.");
  }
  text += " FROM (" + keys.text + ") p CROSS JOIN " + part.form.table + " t WHERE t." +
          std::string(key_of(view)) + " = p.k";
  // SQLite walks p in its own order and would sort whole rows otherwise; PostgreSQL knows the
  // order.
  if (view.dialect() == store::Dialect::Postgres) {
    std::string by = part.sort.is_descending ? " DESC" : "";
    bool has_one = part.is_nulls || part.sort.field->key == "id";
    text += has_one ? " ORDER BY p.k_id" + by : " ORDER BY p.k_sort" + by + ", p.k_id" + by;
  }
  std::size_t rows = 0;
  auto done =
      store::visit(view, {std::move(text), std::move(keys.params)}, [&](const store::Cells& cells) {
        ++rows;
        sink.add(cells);
      });
  if (!done) return std::unexpected(std::move(done).error());
  return rows;
}

// ---- how many there are ----

// Only what an index on the organisation path answers.
bool is_under_paths(const Filter& scope) {
  if (scope.kind == Filter::Kind::Under) return scope.field == "org_path";
  if (scope.kind != Filter::Kind::Or || scope.parts.empty()) return false;
  return std::ranges::all_of(scope.parts, is_under_paths);
}

Result<int64_t> count_up_to(store::View& view, const Form& form, Condition where, int64_t most) {
  auto rows = TRY(view.query({"SELECT COUNT(*) AS n FROM (SELECT 1 FROM " + form.table + " WHERE " +
                                  where.text + " LIMIT " + std::to_string(most) + ") c",
                              std::move(where.params)}));
  return rows[0].int64("n");
}

// The scope's rows, up to one more than are ever told; nothing where counting might read all rows.
Result<std::optional<int64_t>> count_scope(store::View& view, const Form& form,
                                           const Query& query) {
  if (!is_under_paths(query.scope)) return std::nullopt;
  Condition where{"deleted_at IS NULL"};
  where.add_and(TRY(scope_condition(form, query.scope)));
  // It stays as it is until somebody writes a record of this form.
  std::string name = "records.scope." + form.table;
  for (const store::Value& path : where.params) name += "\n" + std::get<std::string>(path);
  return *TRY(store::remembered<int64_t>(view, name, {form.table}, [&] {
    return count_up_to(view, form, std::move(where), kTotalMax + 1);
  }));
}

bool is_whole_scope(const Query& query) {
  return query.filter.kind == Filter::Kind::All && query.search.empty();
}

// ---- ways ----

// Neither database can know how many rows a scope leaves that comes as a parameter: it would sort
// half a table rather than walk an index, or walk half a table for a scope of few rows. So the rows
// of the scope are counted first, up to a bound; few are taken from the index of the scope, of many
// a page is soon full by walking. Where nothing can be counted cheaply, walking begins, and if it
// does not end soon so few rows match that the database's own plan is right.
std::vector<Way> ways_of(const Part& part, const Query& query, std::optional<int64_t> in_scope) {
  if (in_scope && *in_scope <= kTotalMax) return {{Way::Kind::Few}};
  bool is_filtered = query.scope.kind != Filter::Kind::All || !is_whole_scope(query);
  bool can_walk = part.sort.has_index && !part.is_nulls;
  if (!can_walk || !is_filtered) return {{Way::Kind::Open}};
  // What many records hold fills a page at once; for the rest the index of the search is right.
  if (!query.search.empty()) return {{Way::Kind::Walk, 1'000}, {Way::Kind::Few}};
  Way last{in_scope ? Way::Kind::Few : Way::Kind::Open};
  return {{Way::Kind::Walk, 4'000}, {Way::Kind::Walk, 64'000}, last};
}

Result<bool> has_walked_all(store::View& view, const Part& part, const std::optional<Place>& after,
                            int64_t steps) {
  Condition walked{"1 = 1"};
  narrow(part, after, walked);
  int64_t there = TRY(count_up_to(view, part.form, std::move(walked), steps + 1));
  return there <= steps;
}

Result<std::size_t> part_of_page(store::View& view, const Part& part, const Query& query,
                                 const std::optional<Place>& after, std::size_t count,
                                 const std::vector<Way>& ways, std::size_t before, RowSink& sink) {
  for (std::size_t i = 0; i < ways.size(); ++i) {
    Condition keys = TRY(keys_of(view, part, query, ways[i], after, count));
    std::size_t rows = TRY(fetch(view, part, std::move(keys), sink));
    if (rows == count || i + 1 == ways.size()) return rows;
    if (TRY(has_walked_all(view, part, after, ways[i].steps))) return rows;
    sink.cut(before);
  }
  return 0;
}

std::vector<Shown> with_keys(const std::vector<Shown>& shown, const Sort& sort, const Form& form) {
  std::vector<Shown> columns = shown;
  columns.push_back({sort.field, false});
  columns.push_back({form.find_member("id"), false});
  return columns;
}

// Hands rows on and remembers where each stands in the order.
class WithPlaces final : public RowSink {
 public:
  WithPlaces(RowSink& into, std::size_t shown) : into_(into), shown_(shown) {}
  void add(const store::Cells& cells) override {
    places_.push_back(
        {.value = value_of(cells, shown_), .id = std::string(cells.text(shown_ + 1))});
    into_.add(cells);
  }
  void cut(std::size_t rows) override {
    places_.resize(rows);
    into_.cut(rows);
  }
  const Place& last() const { return places_.back(); }

 private:
  RowSink& into_;
  std::size_t shown_;
  std::vector<Place> places_;
};

}  // namespace

Result<Condition> scope_condition(const Form& form, const Filter& scope) {
  auto condition = condition_of(form, scope);
  if (!condition) condition.error().code = ErrorCode::BadPack;
  return condition;
}

namespace {

// Any value that the variable may have.
Filter with_samples(Filter scope) {
  for (Filter& part : scope.parts) part = with_samples(std::move(part));
  for (Json& value : scope.values) {
    if (!value.is_object()) continue;
    bool is_person = value["var"] == Json("me");
    value = is_person ? "00000000-0000-7000-8000-000000000000" : "/";
  }
  return scope;
}

}  // namespace

Result<void> check_scope(const Form& form, const Filter& scope) {
  auto condition = scope_condition(form, with_samples(scope));
  if (!condition) return std::unexpected(std::move(condition).error());
  return {};
}

Result<Condition> where_of(store::View& view, const Form& form, const Query& query, Search search) {
  Condition where{"deleted_at IS NULL"};
  if (query.scope.kind != Filter::Kind::All) {
    where.add_and(TRY(scope_condition(form, query.scope)));
  }
  for (const std::string& name : fields_of(query.filter)) {
    TRY(readable_member(form, query.modes, name));
  }
  if (query.filter.kind != Filter::Kind::All) {
    where.add_and(TRY(condition_of(form, query.filter)));
  }
  if (!query.search.empty()) where.add_and(TRY(search_condition(view, form, query, search)));
  return where;
}

Result<Ending> fill_page(store::View& view, const Form& form, const Query& query,
                         const std::vector<Shown>& shown, RowSink& into) {
  if (query.sort == kByRelevance) return fill_ranked(view, form, query, shown, into);
  Sort sort = TRY(sort_of(form, query));
  std::optional<Place> after = TRY(place_of(form, query, sort));
  TRY(where_of(view, form, query));  // refuses before anything is asked
  std::vector<Shown> columns = with_keys(shown, sort, form);
  WithPlaces sink(into, shown.size());
  std::optional<int64_t> in_scope = TRY(count_scope(view, form, query));

  // One row more than asked for tells whether there is a next page.
  std::size_t wanted = query.count + 1;
  std::size_t rows = 0;
  if (!after || !after->is_in_nulls) {
    Part part{form, sort, columns, false};
    rows = TRY(
        part_of_page(view, part, query, after, wanted, ways_of(part, query, in_scope), 0, sink));
  }
  if (sort.has_nulls && rows < wanted) {
    std::optional<Place> inside = after && after->is_in_nulls ? after : std::nullopt;
    Part part{form, sort, columns, true};
    rows += TRY(part_of_page(view, part, query, inside, wanted - rows,
                             ways_of(part, query, in_scope), rows, sink));
  }
  Ending ending;
  if (rows == wanted) {
    sink.cut(query.count);
    ending.next = cursor_text(form, query, sink.last());
  }
  if (!query.has_total) return ending;
  if (in_scope && is_whole_scope(query)) {
    ending.total = in_scope;
  } else {
    Condition where = TRY(where_of(view, form, query));
    ending.total = TRY(count_up_to(view, form, std::move(where), kTotalMax + 1));
  }
  return ending;
}

}  // namespace anlan::records

#include "history/minute_table.h"

#include <sqlite3.h>

#include <memory>
#include <optional>
#include <string>

#include "history/rollup.h"

namespace anlan::history {
namespace {

enum Column { Tag, At, Count, Minimum, Maximum, Mean, Last, Worst };
constexpr const char* kColumns =
    "CREATE TABLE minute (tag TEXT, at TEXT, n INTEGER, minimum REAL, maximum REAL, mean REAL,"
    " last REAL, worst INTEGER)";

// What a query asks for, as bits of the plan's number, in the order of its arguments.
enum Asked { OneTag = 1, From = 2, To = 4 };

struct Table : sqlite3_vtab {
  explicit Table(sqlite3* connection) : sqlite3_vtab{}, db(connection) {}
  sqlite3* db;
};

struct CloseStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

struct Cursor : sqlite3_vtab_cursor {
  Cursor() : sqlite3_vtab_cursor{} {}
  std::unique_ptr<sqlite3_stmt, CloseStatement> days;
  MinuteCodec codec;
  std::string code;
  std::vector<Bucket> minutes;
  std::size_t at = 0;
  sqlite3_int64 row = 0;
  bool is_over = false;
};

Cursor& of(sqlite3_vtab_cursor* cursor) { return *static_cast<Cursor*>(cursor); }

int connect(sqlite3* db, void*, int, const char* const*, sqlite3_vtab** made, char**) {
  int code = sqlite3_declare_vtab(db, kColumns);
  if (code == SQLITE_OK) *made = new Table(db);
  return code;
}

int disconnect(sqlite3_vtab* table) {
  delete static_cast<Table*>(table);
  return SQLITE_OK;
}

int choose(sqlite3_vtab*, sqlite3_index_info* plan) {
  constexpr double kAll = 1e9;
  int of_asked[] = {-1, -1, -1};  // places of tag, lower and upper bound
  for (int i = 0; i < plan->nConstraint; ++i) {
    const auto& one = plan->aConstraint[i];
    if (one.usable == 0) continue;
    bool is_lower = one.op == SQLITE_INDEX_CONSTRAINT_GE || one.op == SQLITE_INDEX_CONSTRAINT_GT;
    bool is_upper = one.op == SQLITE_INDEX_CONSTRAINT_LE || one.op == SQLITE_INDEX_CONSTRAINT_LT;
    bool is_equal = one.op == SQLITE_INDEX_CONSTRAINT_EQ;
    if (one.iColumn == Tag && is_equal) of_asked[0] = i;
    if (one.iColumn == At && is_lower) of_asked[1] = i;
    if (one.iColumn == At && is_upper) of_asked[2] = i;
  }
  int argument = 0;
  plan->estimatedCost = kAll;
  for (int i = 0; i < 3; ++i) {
    if (of_asked[i] < 0) continue;
    plan->idxNum |= 1 << i;
    plan->aConstraintUsage[of_asked[i]].argvIndex = ++argument;
    plan->estimatedCost /= i == 0 ? 10'000 : 10;
  }
  return SQLITE_OK;
}

int open_cursor(sqlite3_vtab*, sqlite3_vtab_cursor** made) {
  *made = new Cursor;
  return SQLITE_OK;
}

int close_cursor(sqlite3_vtab_cursor* cursor) {
  delete &of(cursor);
  return SQLITE_OK;
}

// The next day that has a minute.
int next_day(Cursor& cursor) {
  cursor.at = 0;
  cursor.minutes.clear();
  while (cursor.minutes.empty()) {
    sqlite3_stmt* days = cursor.days.get();
    int code = sqlite3_step(days);
    cursor.is_over = code == SQLITE_DONE;
    if (code != SQLITE_ROW) return cursor.is_over ? SQLITE_OK : code;
    cursor.code = reinterpret_cast<const char*>(sqlite3_column_text(days, 0));
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(days, 2));
    auto size = static_cast<std::size_t>(sqlite3_column_bytes(days, 2));
    auto minutes = cursor.codec.decode(sqlite3_column_int64(days, 1), {bytes, size});
    if (!minutes) return SQLITE_CORRUPT;
    cursor.minutes = std::move(*minutes);
  }
  return SQLITE_OK;
}

// The day that a text of an instant or a day lies in; nothing where it is neither.
std::optional<int64_t> day_in(sqlite3_value* value) {
  constexpr std::size_t kDayChars = 10;
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  std::string_view words = text == nullptr ? "" : text;
  if (words.size() < kDayChars) return std::nullopt;
  auto at = parse_instant(std::string(words.substr(0, kDayChars)) + "T00:00:00Z");
  if (!at) return std::nullopt;
  return day_of_hour(hour_of(*at));
}

int filter(sqlite3_vtab_cursor* base, int asked, const char*, int, sqlite3_value** values) {
  Cursor& cursor = of(base);
  std::string query =
      "SELECT t.code, m.day, m.blob FROM main.tag t JOIN main.minutes m ON m.tag = t.id";
  if ((asked & OneTag) != 0) query += " WHERE t.code = ?1";
  else query += " WHERE ?1 IS NULL";
  query += " AND m.day BETWEEN ?2 AND ?3 ORDER BY t.id, m.day";
  sqlite3_stmt* days = nullptr;
  sqlite3* db = static_cast<Table*>(base->pVtab)->db;
  int code = sqlite3_prepare_v2(db, query.c_str(), -1, &days, nullptr);
  if (code != SQLITE_OK) return code;
  cursor.days.reset(days);
  if ((asked & OneTag) != 0) sqlite3_bind_value(days, 1, *values++);
  auto from = (asked & From) != 0 ? day_in(*values++) : std::nullopt;
  auto to = (asked & To) != 0 ? day_in(*values++) : std::nullopt;
  sqlite3_bind_int64(days, 2, from.value_or(INT64_MIN));
  sqlite3_bind_int64(days, 3, to.value_or(INT64_MAX));
  cursor.row = 0;
  return next_day(cursor);
}

int next(sqlite3_vtab_cursor* base) {
  Cursor& cursor = of(base);
  ++cursor.row;
  return ++cursor.at < cursor.minutes.size() ? SQLITE_OK : next_day(cursor);
}

int is_over(sqlite3_vtab_cursor* cursor) { return of(cursor).is_over ? 1 : 0; }

// "2026-11-22T08:00:00Z": as people write it, so that bounds compare as text.
std::string without_milliseconds(Instant at) {
  constexpr std::size_t kToSeconds = 19;
  return format_instant(at).substr(0, kToSeconds) + "Z";
}

int column(sqlite3_vtab_cursor* base, sqlite3_context* answer, int number) {
  Cursor& cursor = of(base);
  const Bucket& minute = cursor.minutes[cursor.at];
  auto tell = [&](const std::string& text) {
    sqlite3_result_text(answer, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  };
  auto tell_value = [&](double value) {
    if (minute.count > 0) sqlite3_result_double(answer, value);
  };
  if (number == Tag) tell(cursor.code);
  if (number == At) tell(without_milliseconds(minute.at));
  if (number == Count) sqlite3_result_int64(answer, minute.count);
  if (number == Minimum) tell_value(minute.minimum);
  if (number == Maximum) tell_value(minute.maximum);
  if (number == Mean) tell_value(minute.mean);
  if (number == Last) tell_value(minute.last);
  if (number == Worst) sqlite3_result_int(answer, static_cast<int>(minute.worst));
  return SQLITE_OK;
}

int row_of(sqlite3_vtab_cursor* cursor, sqlite3_int64* row) {
  *row = of(cursor).row;
  return SQLITE_OK;
}

constexpr sqlite3_module kModule = [] {
  sqlite3_module module{};  // no xCreate: the table is there without being made
  module.xConnect = connect;
  module.xBestIndex = choose;
  module.xDisconnect = disconnect;
  module.xOpen = open_cursor;
  module.xClose = close_cursor;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = is_over;
  module.xColumn = column;
  module.xRowid = row_of;
  return module;
}();

}  // namespace

int add_minute_table(sqlite3* db) {
  return sqlite3_create_module_v2(db, "minute", &kModule, nullptr, nullptr);
}

}  // namespace anlan::history

// Table `minute` for programs that can load a module into their SQLite (docs/formats/history.md):
//   sqlite3 -readonly DATA/history/blocks.db ".load build/release/tools/history_sql/anlan_history"
//     "SELECT at, mean FROM minute WHERE tag = 'GAS-2107' AND at >= '2026-11-22'"

#include "history/minute_table.h"

struct sqlite3;
struct sqlite3_api_routines;

// The name that SQLite looks for in a file called anlan_history.
extern "C" int sqlite3_anlanhistory_init(sqlite3* db, char**, const sqlite3_api_routines*) {
  return anlan::history::add_minute_table(db);
}

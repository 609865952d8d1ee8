#pragma once
// The minutes of blocks.db as a table for SQL (docs/formats/history.md): `minute`, made of the
// blobs of table `minutes` while it is read. For programs outside, by the module tools/history_sql.

struct sqlite3;

namespace anlan::history {

// Columns: tag (code), at (ISO 8601, UTC), n, minimum, maximum, mean, last (NULL where n is 0),
// worst (0 good to 3 stale). Equality on `tag` and bounds on `at` keep other days from being read.
// A blob that can't be read ends the query with SQLITE_CORRUPT. Answers an SQLite result code.
int add_minute_table(sqlite3* db);

}  // namespace anlan::history

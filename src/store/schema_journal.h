#pragma once
// The journal of schema changes: what is to be done to a table until it can hold a form's next
// version, step by step. A step is written down before it begins and after it has ended, so that a
// server that died in the middle goes on with the next step. Rows are copied by the engine, in
// Changes of the one writer; statements run here, and never keep a reader waiting for long.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "store/database.h"

namespace anlan::store {

// Table schema_step; the texts of kind and state are on disk.
struct SchemaStep {
  std::string form;
  int64_t version = 0;            // of the form that is being made ready
  int64_t step = 0;               // from 1; done in this order
  std::string kind;               // "run" and "index" are this room's, the others the engine's
  std::string subject;            // a field, an index; may be empty
  std::string statement;          // of "run": several, divided by ";\n"
  std::string state = "waiting";  // then "running", "done"
  std::string position{};         // of a copy: the last id that is done
  int64_t rows = 0;               // copied so far
  int64_t rows_total = 0;
  int64_t rows_refused = 0;  // whose value could not be taken over
};

// A statement on a table waits this long for its lock, and everybody behind it does too.
inline constexpr int kSchemaLockMs = 2000;
// A report that reads a table for minutes is waited for: so many times the lock's time.
inline constexpr int kSchemaTriesMax = 150;

// In the order of form, version, step.
Result<std::vector<SchemaStep>> schema_steps(View& view);
// All or none; steps that are there already stay as they are.
Result<void> plan_schema(Database& database, std::span<const SchemaStep> steps);
Result<void> note_schema(Database& database, const SchemaStep& step);
// The statement and the note that it is done, in one transaction. Overloaded when the lock could
// not be had.
Result<void> run_schema(Database& database, SchemaStep& step);
// An index beside readers and writers; on SQLite beside readers. `subject` is its name. Begins
// again whatever an earlier try left; Overloaded when somebody was in the way for too long. Any
// thread.
Result<void> build_index(Database& database, SchemaStep& step);
// Views are thrown away and made again in one transaction, unless they are as wished already.
// Overloaded while somebody reads them. On PostgreSQL they stand in the schema "bi".
Result<void> remake_views(Database& database, std::span<const std::string> statements);

}  // namespace anlan::store

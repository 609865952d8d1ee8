#include "store/schema_journal.h"

#include <algorithm>

#include "core/hash.h"
#include "core/text.h"
#include "store/schema_lane.h"

namespace anlan::store {
namespace {

Sql insert_of(const SchemaStep& step) {
  return {
      "INSERT INTO schema_step (form, version, step, kind, subject, statement, state, position,"
      " rows_done, rows_total, rows_refused) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT DO NOTHING",
      {step.form, step.version, step.step, step.kind, step.subject, step.statement, step.state,
       step.position, step.rows, step.rows_total, step.rows_refused}};
}

Result<void> write_note(Connection& connection, const SchemaStep& step) {
  TRY(
      connection.execute({"UPDATE schema_step SET state = ?, position = ?, rows_done = ?,"
                          " rows_total = ?, rows_refused = ?"
                          " WHERE form = ? AND version = ? AND step = ?",
                          {step.state, step.position, step.rows, step.rows_total, step.rows_refused,
                           step.form, step.version, step.step}}));
  return {};
}

// Nothing of what was asked for is lost by waiting: somebody reads the table for long.
Result<void> with_retries(const std::function<Result<void>()>& work) {
  Result<void> done;
  for (int i = 0; i < kSchemaTriesMax; ++i) {
    done = work();
    if (done || done.error().code != ErrorCode::Overloaded) return done;
  }
  return done;
}

Result<void> run_statement(Connection& connection, const std::string& statement) {
  if (connection.dialect() == Dialect::Postgres) {
    TRY(connection.run("SET LOCAL lock_timeout = " + std::to_string(kSchemaLockMs)));
  }
  for (std::size_t from = 0; from < statement.size();) {
    constexpr std::string_view kNext = ";\n";
    std::size_t end = std::min(statement.find(kNext, from), statement.size());
    TRY(connection.run(schema_text(statement.substr(from, end - from), connection.dialect())));
    from = end + kNext.size();
  }
  return {};
}

// CREATE INDEX CONCURRENTLY that was cut off leaves an index that nobody uses and all maintain.
Result<void> build_concurrently(Connection& connection, const SchemaStep& step) {
  constexpr std::string_view kIndex = "INDEX ";
  std::string text = schema_text(step.statement, Dialect::Postgres);
  std::size_t at = text.find(kIndex);
  if (at == std::string::npos) return refuse(ErrorCode::Internal, "no index statement");
  text.insert(at + kIndex.size(), "CONCURRENTLY ");
  TRY(connection.run("DROP INDEX CONCURRENTLY IF EXISTS \"" + step.subject + "\""));
  return connection.run(text);
}

// A backup of PostgreSQL has no views, but the note that they were made.
Result<bool> are_views_there(Database& database, const SchemaStep& step) {
  auto view = TRY(database.snapshot());
  Rows noted = TRY(view->query({"SELECT statement FROM schema_step WHERE form = ''"}));
  if (noted.empty() || noted[0].text("statement") != step.statement) return false;
  bool is_sqlite = database.dialect() == Dialect::Sqlite;
  Rows there = TRY(view->query(
      {is_sqlite ? "SELECT COUNT(*) AS n FROM sqlite_schema WHERE type = 'view'"
                 : "SELECT COUNT(*) AS n FROM pg_catalog.pg_views WHERE schemaname = 'bi'"}));
  return there[0].int64("n") >= step.rows_total;
}

}  // namespace

Result<std::vector<SchemaStep>> schema_steps(View& view) {
  Rows rows = TRY(view.query(
      {"SELECT form, version, step, kind, subject, statement, state, position, rows_done,"
       " rows_total, rows_refused FROM schema_step WHERE form <> '' ORDER BY form, version, "
       "step"}));
  std::vector<SchemaStep> steps;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Row row = rows[i];
    steps.push_back({.form = row.text("form"),
                     .version = row.int64("version"),
                     .step = row.int64("step"),
                     .kind = row.text("kind"),
                     .subject = row.text("subject"),
                     .statement = row.text("statement"),
                     .state = row.text("state"),
                     .position = row.text("position"),
                     .rows = row.int64("rows_done"),
                     .rows_total = row.int64("rows_total"),
                     .rows_refused = row.int64("rows_refused")});
  }
  return steps;
}

Result<void> plan_schema(Database& database, std::span<const SchemaStep> steps) {
  return write_journal(database, [&](Connection& connection) -> Result<void> {
    for (const SchemaStep& step : steps) TRY(connection.execute(insert_of(step)));
    return {};
  });
}

Result<void> note_schema(Database& database, const SchemaStep& step) {
  return write_journal(database,
                       [&](Connection& connection) { return write_note(connection, step); });
}

Result<void> run_schema(Database& database, SchemaStep& step) {
  SchemaStep ended = step;
  ended.state = "done";
  TRY(with_retries([&] {
    return change_schema(database, [&](Connection& connection) -> Result<void> {
      TRY(run_statement(connection, step.statement));
      return write_note(connection, ended);
    });
  }));
  step = std::move(ended);
  return {};
}

Result<void> build_index(Database& database, SchemaStep& step) {
  if (database.dialect() == Dialect::Sqlite) return run_schema(database, step);
  auto connection = TRY(connect_beside(database));
  TRY(build_concurrently(*connection, step));
  step.state = "done";
  forget_schema(database);
  return note_schema(database, step);
}

Result<void> remake_views(Database& database, std::span<const std::string> statements) {
  Sha256 digest;
  for (const std::string& statement : statements) digest.add(statement);
  SchemaStep step{.step = 1,
                  .kind = "views",
                  .statement = to_hex(digest.finish()),
                  .state = "done",
                  .rows_total = std::ranges::count_if(
                      statements, [](const auto& text) { return text.contains("CREATE VIEW"); })};
  if (TRY(are_views_there(database, step))) return {};
  return change_schema(database, [&](Connection& connection) -> Result<void> {
    for (const std::string& statement : statements) TRY(run_statement(connection, statement));
    TRY(connection.execute({"DELETE FROM schema_step WHERE form = ''"}));
    TRY(connection.execute(insert_of(step)));
    return {};
  });
}

}  // namespace anlan::store

#include "store/schema.h"

#include <algorithm>
#include <array>
#include <utility>

#include "store/schema_lane.h"

namespace anlan::store {

namespace {

constexpr std::array kOwnTables = {"store_migration", "schema_step", "change_log",
                                   "change_body",     "ledger_leaf", "ledger_node",
                                   "ledger_head",     "ledger_key",  "outbox"};
constexpr std::array kAppendOnly = {"change_log", "change_body", "ledger_leaf", "ledger_node",
                                    "ledger_head"};

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

Migration tables() {
  return {"store.1",
          {"CREATE TABLE change_log (seq {{int}} PRIMARY KEY, at {{int}} NOT NULL,"
           " actor_kind {{text}} NOT NULL, actor_id {{id}} NOT NULL, act {{text}} NOT NULL,"
           " subject_kind {{text}} NOT NULL, subject_id {{id}} NOT NULL, root {{text}} NOT NULL,"
           " leaf_index {{int}} NOT NULL UNIQUE)",
           "CREATE INDEX change_log_subject ON change_log (subject_kind, subject_id, seq)",
           "CREATE TABLE change_body (seq {{int}} PRIMARY KEY REFERENCES change_log (seq),"
           " body {{json}} NOT NULL)",
           "CREATE TABLE ledger_leaf (leaf_index {{int}} PRIMARY KEY, leaf {{json}} NOT NULL)",
           "CREATE TABLE ledger_node (level {{int}} NOT NULL, node_index {{int}} NOT NULL,"
           " hash {{blob}} NOT NULL, PRIMARY KEY (level, node_index))",
           "CREATE TABLE ledger_head (size {{int}} PRIMARY KEY, plant {{text}} NOT NULL,"
           " root {{blob}} NOT NULL, at {{int}} NOT NULL, key_id {{text}} NOT NULL,"
           " signature {{blob}} NOT NULL)",
           "CREATE TABLE ledger_key (id {{text}} PRIMARY KEY, public_key {{blob}} NOT NULL,"
           " created_at {{int}} NOT NULL, retired_at {{int}}, previous_id {{text}},"
           " endorsement {{blob}})",
           "CREATE TABLE outbox (seq {{int}} PRIMARY KEY, at {{int}} NOT NULL,"
           " topic {{text}} NOT NULL, payload {{json}} NOT NULL)"}};
}

Migration sqlite_triggers() {
  Migration out{"store.2", {}};
  for (std::string table : kAppendOnly) {
    for (std::string what : {"UPDATE", "DELETE"}) {
      out.statements.push_back("CREATE TRIGGER " + table + "_no_" + what + " BEFORE " + what +
                               " ON " + table + " BEGIN SELECT RAISE(ABORT, 'append only'); END");
    }
  }
  return out;
}

Migration postgres_triggers() {
  Migration out{"store.2",
                {"CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS"
                 " $$ BEGIN RAISE EXCEPTION 'append only'; END $$"}};
  for (std::string table : kAppendOnly) {
    out.statements.push_back("CREATE TRIGGER " + table +
                             "_append_only BEFORE UPDATE OR DELETE"
                             " OR TRUNCATE ON " +
                             table + " FOR EACH STATEMENT EXECUTE FUNCTION append_only()");
  }
  return out;
}

// What `ext` holds is read by one expression on both databases: PostgreSQL gets the function that
// SQLite has, for paths of one member.
Migration schema_journal(Dialect dialect) {
  Migration out{
      "store.4",
      {"CREATE TABLE schema_step (form {{text}} NOT NULL, version {{int}} NOT NULL,"
       " step {{int}} NOT NULL, kind {{text}} NOT NULL, subject {{text}} NOT NULL,"
       " statement {{text}} NOT NULL, state {{text}} NOT NULL, position {{text}} NOT NULL,"
       " rows_done {{int}} NOT NULL, rows_total {{int}} NOT NULL,"
       " rows_refused {{int}} NOT NULL, PRIMARY KEY (form, version, step))"}};
  if (dialect == Dialect::Postgres) {
    out.statements.push_back(
        "CREATE FUNCTION json_extract(document text, path text) RETURNS text LANGUAGE sql"
        " IMMUTABLE STRICT PARALLEL SAFE AS"
        " $$ SELECT document::jsonb ->> substr(path, 3) $$");
  }
  return out;
}

// SQLite checks column types only in STRICT tables; without, one database would take what the
// other refuses.
std::string strict(std::string text) {
  std::size_t end = text.find_last_not_of(" \n\t");
  bool is_table = text.starts_with("CREATE TABLE") && end != std::string::npos && text[end] == ')';
  return is_table ? text.substr(0, end + 1) + " STRICT" : text;
}

Result<void> run_migration(Connection& connection, const Migration& migration, Instant at) {
  auto done =
      TRY(connection.query({"SELECT id FROM store_migration WHERE id = ?", {migration.id}}));
  if (!done.empty()) return {};
  for (const std::string& statement : migration.statements) {
    std::string text = schema_text(statement, connection.dialect());
    if (text.empty()) continue;
    auto ran = connection.run(text);
    if (!ran) {
      ran.error().detail = "migration " + migration.id + ": " + ran.error().detail;
      return ran;
    }
  }
  TRY(connection.execute(
      {"INSERT INTO store_migration (id, at) VALUES (?, ?)", {migration.id, at.ns}}));
  return {};
}

Result<void> in_transaction(Connection& connection, const std::function<Result<void>()>& work) {
  TRY(connection.begin_write());
  auto result = work();
  if (result) result = connection.commit();
  if (!result) connection.rollback();
  return result;
}

}  // namespace

std::string with_types(std::string_view text, Dialect dialect) {
  using Types = std::array<std::pair<std::string_view, std::string_view>, 6>;
  // COLLATE "C" sorts by bytes, as SQLite does.
  static constexpr Types kPostgres = {{{"{{id}}", "text COLLATE \"C\""},
                                       {"{{int}}", "bigint"},
                                       {"{{real}}", "double precision"},
                                       {"{{text}}", "text COLLATE \"C\""},
                                       {"{{blob}}", "bytea"},
                                       {"{{json}}", "text COLLATE \"C\""}}};
  static constexpr Types kSqlite = {{{"{{id}}", "TEXT"},
                                     {"{{int}}", "INTEGER"},
                                     {"{{real}}", "REAL"},
                                     {"{{text}}", "TEXT"},
                                     {"{{blob}}", "BLOB"},
                                     {"{{json}}", "TEXT"}}};
  std::string out(text);
  for (const auto& [word, type] : dialect == Dialect::Postgres ? kPostgres : kSqlite) {
    out = replace_all(std::move(out), word, type);
  }
  return out;
}

std::string schema_text(std::string_view statement, Dialect dialect) {
  constexpr std::string_view kSqlite = "{{sqlite}}";
  constexpr std::string_view kPostgres = "{{postgres}}";
  bool is_sqlite = dialect == Dialect::Sqlite;
  if (statement.starts_with(is_sqlite ? kPostgres : kSqlite)) return {};
  if (statement.starts_with(kSqlite)) statement.remove_prefix(kSqlite.size());
  if (statement.starts_with(kPostgres)) statement.remove_prefix(kPostgres.size());
  std::string text = with_types(statement, dialect);
  return is_sqlite ? strict(std::move(text)) : text;
}

// The name of a gap between two keys, where the old one could not vouch for the next.
Migration key_gaps() { return {"store.3", {"ALTER TABLE ledger_key ADD COLUMN gap {{text}}"}}; }

// What packed_body.h writes; always null on PostgreSQL.
Migration packed_bodies() {
  return {"store.5", {"ALTER TABLE change_body ADD COLUMN packed {{blob}}"}};
}

std::vector<Migration> own_migrations(Dialect dialect) {
  return {tables(), dialect == Dialect::Sqlite ? sqlite_triggers() : postgres_triggers(),
          key_gaps(), schema_journal(dialect), packed_bodies()};
}

Result<void> run_migrations(Connection& connection, std::span<const Migration> migrations,
                            Instant at) {
  TRY(in_transaction(connection, [&] {
    return connection.run(
        with_types("CREATE TABLE IF NOT EXISTS store_migration"
                   " (id {{text}} PRIMARY KEY, at {{int}} NOT NULL)",
                   connection.dialect()));
  }));
  for (const Migration& migration : migrations) {
    TRY(in_transaction(connection, [&] { return run_migration(connection, migration, at); }));
  }
  connection.forget_statements();
  return {};
}

bool is_own_table(std::string_view table) { return std::ranges::contains(kOwnTables, table); }

}  // namespace anlan::store

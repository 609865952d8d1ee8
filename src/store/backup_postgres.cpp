// A PostgreSQL database as files: the schema as data read from the catalogue, each table as the
// text that COPY makes. All of it is one REPEATABLE READ snapshot, so the writer goes on meanwhile.

#include <fcntl.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "core/limits.h"
#include "core/time.h"
#include "store/backup_parts.h"
#include "store/files.h"

namespace anlan::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSchemaFormat = "anlan.schema/1";
constexpr std::size_t kSchemaBytesMax = 16 << 20;  // ours has 100 KB
constexpr std::size_t kBufferBytes = 1 << 20;

// PostgreSQL 17, chapter 51: the catalogue. Tables with their columns, in order.
constexpr const char* kTables =
    "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),"
    " CASE WHEN a.attnotnull THEN '1' ELSE '' END,"
    " coalesce((SELECT collname FROM pg_collation l WHERE l.oid = a.attcollation"
    "   AND a.attcollation <> t.typcollation), ''),"
    " coalesce(pg_get_expr(d.adbin, d.adrelid), '')"
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " JOIN pg_type t ON t.oid = a.atttypid"
    " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
    " WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
    " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum";
constexpr const char* kFunctions =
    "SELECT pg_get_functiondef(p.oid) FROM pg_proc p"
    " WHERE p.pronamespace = current_schema()::regnamespace AND p.prokind = 'f'"
    " AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')"
    " ORDER BY p.proname";
// Keys before what refers to them.
constexpr const char* kConstraints =
    "SELECT 'ALTER TABLE ' || quote_ident(c.relname) || ' ADD CONSTRAINT ' ||"
    " quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid, true)"
    " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
    " WHERE c.relnamespace = current_schema()::regnamespace AND k.contype IN ('p', 'u', 'c', 'f')"
    " ORDER BY position(k.contype::text in 'pucf'), c.relname, k.conname";
constexpr const char* kIndexes =
    "SELECT pg_get_indexdef(i.indexrelid, 0, true) FROM pg_index i"
    " JOIN pg_class c ON c.oid = i.indrelid"
    " WHERE c.relnamespace = current_schema()::regnamespace"
    " AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid"
    "   AND k.contype IN ('p', 'u'))"
    " ORDER BY 1";
constexpr const char* kTriggers =
    "SELECT pg_get_triggerdef(g.oid, true) FROM pg_trigger g"
    " JOIN pg_class c ON c.oid = g.tgrelid"
    " WHERE c.relnamespace = current_schema()::regnamespace AND NOT g.tgisinternal ORDER BY 1";

using PgResult = std::unique_ptr<PGresult, decltype(&PQclear)>;
using Table = std::vector<std::vector<std::string>>;

class Session {
 public:
  explicit Session(const std::string& connect) {
    const char* keys[] = {"dbname", "connect_timeout", "client_encoding", nullptr};
    const char* values[] = {connect.c_str(), "10", "UTF8", nullptr};
    connection_.reset(PQconnectdbParams(keys, values, 1));
    PQsetNoticeProcessor(get(), [](void*, const char*) {}, nullptr);
  }
  PGconn* get() const { return connection_.get(); }

  std::unexpected<Error> failed(const PGresult* result = nullptr) const {
    const char* state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
    const char* text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
    bool is_full = state && std::string_view(state) == "53100";
    return refuse(is_full ? ErrorCode::DiskFull : ErrorCode::StoreFailed,
                  text ? text : PQerrorMessage(get()));
  }

  Result<Table> ask(const std::string& text) const {
    PgResult result(PQexec(get(), text.c_str()), &PQclear);
    ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return failed(result.get());
    Table table(static_cast<std::size_t>(PQntuples(result.get())));
    for (std::size_t row = 0; row < table.size(); ++row) {
      for (int i = 0; i < PQnfields(result.get()); ++i) {
        table[row].emplace_back(PQgetvalue(result.get(), static_cast<int>(row), i));
      }
    }
    return table;
  }

  Result<void> begin_copy(const std::string& text, ExecStatusType wanted) const {
    PgResult result(PQexec(get(), text.c_str()), &PQclear);
    if (PQresultStatus(result.get()) != wanted) return failed(result.get());
    return {};
  }

  Result<void> end_copy() const {
    Result<void> ended;
    while (PgResult result{PQgetResult(get()), &PQclear}) {
      if (PQresultStatus(result.get()) != PGRES_COMMAND_OK && ended) ended = failed(result.get());
    }
    return ended;
  }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_{nullptr, &PQfinish};
};

std::string sql_name(const std::string& name) {
  std::string out = "\"";
  for (char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

// {"name","create","columns"}: how the table is made and in which order its columns are copied.
Json table_json(const Table& rows, std::size_t from, std::size_t to) {
  std::string create, columns;
  for (std::size_t i = from; i < to; ++i) {
    const auto& row = rows[i];
    std::string comma = i == from ? "" : ", ";
    create += comma + sql_name(row[1]) + " " + row[2];
    if (!row[4].empty()) create += " COLLATE " + sql_name(row[4]);
    if (!row[5].empty()) create += " DEFAULT " + row[5];
    if (!row[3].empty()) create += " NOT NULL";
    columns += comma + sql_name(row[1]);
  }
  const std::string& name = rows[from][0];
  return Json::object({{"name", name},
                       {"create", "CREATE TABLE " + sql_name(name) + " (" + create + ")"},
                       {"columns", columns}});
}

Result<Json> texts(const Session& session, const char* question) {
  Json list = Json::array();
  Table rows = TRY(session.ask(question));
  for (auto& row : rows) list.push(std::move(row[0]));
  return list;
}

Result<Json> schema_of(const Session& session) {
  Table rows = TRY(session.ask(kTables));
  Json tables = Json::array();
  for (std::size_t from = 0; from < rows.size();) {
    std::size_t to = from;
    while (to < rows.size() && rows[to][0] == rows[from][0]) ++to;
    tables.push(table_json(rows, from, to));
    from = to;
  }
  Json schema = Json::object({{"format", kSchemaFormat}, {"tables", std::move(tables)}});
  Json functions = TRY(texts(session, kFunctions));
  Json constraints = TRY(texts(session, kConstraints));
  Json indexes = TRY(texts(session, kIndexes));
  Json triggers = TRY(texts(session, kTriggers));
  schema.set("functions", std::move(functions)).set("constraints", std::move(constraints));
  schema.set("indexes", std::move(indexes)).set("triggers", std::move(triggers));
  return schema;
}

std::string file_name(const Json& table) { return table.text_or("name", "") + ".copy"; }

Result<void> copy_out(const Session& session, const Json& table, const fs::path& path) {
  File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.fd() < 0) return file_failed("making", path);
  TRY(session.begin_copy("COPY " + sql_name(table.text_or("name", "")) + " (" +
                             table.text_or("columns", "") + ") TO STDOUT",
                         PGRES_COPY_OUT));
  std::string waiting;
  char* line = nullptr;
  int size = 0;
  while ((size = PQgetCopyData(session.get(), &line, 0)) > 0) {
    waiting.append(line, static_cast<std::size_t>(size));
    PQfreemem(line);
    if (waiting.size() < kBufferBytes) continue;
    TRY(write_all(file.fd(), waiting, path));
    waiting.clear();
  }
  if (size < -1) return session.failed();
  TRY(session.end_copy());
  TRY(write_all(file.fd(), waiting, path));
  return ::fsync(file.fd()) == 0 ? Result<void>{} : file_failed("syncing", path);
}

Result<void> copy_in(const Session& session, const Json& table, const fs::path& path) {
  File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0) return file_failed("opening", path);
  TRY(session.begin_copy("COPY " + sql_name(table.text_or("name", "")) + " (" +
                             table.text_or("columns", "") + ") FROM STDIN",
                         PGRES_COPY_IN));
  std::string buffer(kBufferBytes, '\0');
  while (true) {
    ssize_t count = ::read(file.fd(), buffer.data(), buffer.size());
    if (count < 0) return file_failed("reading", path);
    if (count == 0) break;
    if (PQputCopyData(session.get(), buffer.data(), static_cast<int>(count)) != 1) {
      return session.failed();
    }
  }
  if (PQputCopyEnd(session.get(), nullptr) != 1) return session.failed();
  return session.end_copy();
}

Result<void> run_all(const Session& session, const Json& statements) {
  for (const Json& statement : statements.as_array()) TRY(session.ask(statement.as_text()));
  return {};
}

Result<void> fill(const Session& session, const Json& schema, const fs::path& from) {
  TRY(run_all(session, schema["functions"]));
  for (const Json& table : schema["tables"].as_array()) {
    TRY(session.ask(table.text_or("create", "")));
    TRY(copy_in(session, table, from / file_name(table)));
  }
  TRY(run_all(session, schema["constraints"]));
  TRY(run_all(session, schema["indexes"]));
  // Last: they refuse what just was done.
  return run_all(session, schema["triggers"]);
}

bool is_schema(const Json& schema) {
  auto is_list_of = [&](std::string_view name, auto is_good) {
    const Json& list = schema[name];
    return list.is_array() && std::ranges::all_of(list.as_array(), is_good);
  };
  auto is_text = [](const Json& item) { return item.is_text(); };
  auto is_table = [](const Json& table) {
    std::string name = table.text_or("name", "");
    bool is_word = !name.empty() && name.find_first_not_of(
                                        "abcdefghijklmnopqrstuvwxyz"
                                        "0123456789_") == std::string::npos;
    return is_word && !table.text_or("create", "").empty();
  };
  return schema.text_or("format", "") == kSchemaFormat && is_list_of("tables", is_table) &&
         is_list_of("functions", is_text) && is_list_of("constraints", is_text) &&
         is_list_of("indexes", is_text) && is_list_of("triggers", is_text);
}

Result<void> copy_tables(const Session& session, const fs::path& into) {
  TRY(session.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  Json schema = TRY(schema_of(session));
  for (const Json& table : schema["tables"].as_array()) {
    TRY(copy_out(session, table, into / file_name(table)));
  }
  return write_file(into / kSchemaName, write_json_pretty(schema) + "\n", Secrecy::OwnerOnly);
}

}  // namespace

Result<DatabaseCopy> copy_postgres(const std::string& connect, const fs::path& into) {
  Session session(connect);
  if (PQstatus(session.get()) != CONNECTION_OK) return session.failed();
  TRY(copy_tables(session, into));
  DatabaseCopy facts{.kind = "postgres"};
  Table log = TRY(session.ask("SELECT coalesce(max(seq), 0) FROM change_log"));
  facts.log_size = std::stoll(log[0][0]);
  Table head = TRY(
      session.ask("SELECT size, plant, encode(root, 'hex'), at, key_id, encode(signature, 'hex')"
                  " FROM ledger_head ORDER BY size DESC LIMIT 1"));
  if (head.empty()) return facts;
  facts.head = Json::object({{"format", "anlan.head/1"},
                             {"plant", head[0][1]},
                             {"size", static_cast<int64_t>(std::stoll(head[0][0]))},
                             {"root", head[0][2]},
                             {"at", format_instant({std::stoll(head[0][3])})},
                             {"key", head[0][4]},
                             {"signature", head[0][5]}});
  return facts;
}

Result<void> put_back_postgres(const fs::path& from, const std::string& connect) {
  std::string text = TRY(read_file(from / kSchemaName));
  Json schema = TRY(parse_json(text, kSchemaBytesMax));
  if (!is_schema(schema)) return refuse(ErrorCode::ProofInvalid, "not a schema of a backup");
  Session session(connect);
  if (PQstatus(session.get()) != CONNECTION_OK) return session.failed();
  TRY(session.ask("BEGIN"));
  Table there = TRY(session.ask(kTables));
  if (!there.empty()) {
    return refuse(ErrorCode::WrongState, "the database has tables already: " + there[0][0]);
  }
  TRY(fill(session, schema, from));
  TRY(session.ask("COMMIT"));
  return {};
}

}  // namespace anlan::store

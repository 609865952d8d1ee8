#include "store/backup.h"

#include <sqlite3.h>

#include <filesystem>

#include "core/limits.h"
#include "core/text.h"
#include "store/backup_parts.h"
#include "store/files.h"
#include "store/keys.h"
#include "store/signed_ledger.h"

namespace anlan::store {
namespace {

namespace fs = std::filesystem;
using Handle = std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)>;

constexpr std::string_view kSqlite = "sqlite:";
constexpr std::string_view kPostgres = "postgres:";
constexpr int kStepsMax = 100;
constexpr int64_t kLeavesAtOnce = 2'000;

std::unexpected<Error> sqlite_failed(sqlite3* db, std::string_view doing) {
  bool is_full = sqlite3_errcode(db) == SQLITE_FULL;
  return refuse(is_full ? ErrorCode::DiskFull : ErrorCode::StoreFailed,
                std::string(doing) + ": " + sqlite3_errmsg(db));
}

Result<Handle> open_file(const std::string& path, int flags) {
  sqlite3* db = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Handle handle(db, &sqlite3_close_v2);
  if (code != SQLITE_OK) return sqlite_failed(db, "opening " + fs::path(path).filename().string());
  sqlite3_busy_timeout(db, kBusyTimeoutMs);
  return handle;
}

// One pragma whose answer must be this word.
Result<void> expect(sqlite3* db, const char* pragma, std::string_view wanted) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db, pragma, -1, &statement, nullptr) != SQLITE_OK) {
    return sqlite_failed(db, pragma);
  }
  std::string said;
  if (sqlite3_step(statement) == SQLITE_ROW) {
    said = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  }
  sqlite3_finalize(statement);
  if (said == wanted) return {};
  return refuse(ErrorCode::ProofInvalid, std::string(pragma) + " says " + said);
}

// In one step: one moment of the file, however busy its writer is. WAL lets the writer go on.
Result<void> copy_pages(sqlite3* from, sqlite3* into) {
  sqlite3_backup* copy = sqlite3_backup_init(into, "main", from, "main");
  if (copy == nullptr) return sqlite_failed(into, "beginning the copy");
  int code = SQLITE_BUSY;
  for (int i = 0; i < kStepsMax && (code == SQLITE_BUSY || code == SQLITE_LOCKED); ++i) {
    code = sqlite3_backup_step(copy, -1);
  }
  sqlite3_backup_finish(copy);
  return code == SQLITE_DONE ? Result<void>{} : sqlite_failed(into, "copying");
}

Json json_of_head(const Row& row) {
  TreeHead head{.size = row.int64("size"),
                .root = std::get<Blob>(row["root"]).bytes,
                .at = {row.int64("at")},
                .key_id = row.text("key_id"),
                .signature = std::get<Blob>(row["signature"]).bytes,
                .plant = row.text("plant")};
  return head_content(head).set("signature", to_hex(head.signature));
}

Result<void> check_signature(Connection& connection, const Json& head) {
  Rows key = TRY(connection.query(
      {"SELECT public_key FROM ledger_key WHERE id = ?", {head.text_or("key", "")}}));
  if (key.empty()) return refuse(ErrorCode::ProofInvalid, "the head's key is not in the database");
  Json content = head;
  content.remove("signature");
  bool is_good = is_signed(std::get<Blob>(key[0]["public_key"]).bytes, canonical_json(content),
                           from_hex(head.text_or("signature", "")));
  return is_good ? Result<void>{} : refuse(ErrorCode::ProofInvalid, "the head is not signed");
}

// A file written by others must not be put over what is there.
Result<void> must_be_new(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error) && !error) return {};
  return refuse(ErrorCode::WrongState, "something is there already: " + path);
}

Result<DatabaseCopy> copy_sqlite(const std::string& path, const std::string& into) {
  std::string made = into + "/" + std::string(kSqliteName);
  TRY(copy_sqlite_file(path, made));
  DatabaseCopy facts;
  {
    auto connection = TRY(open_sqlite({.path = made}));
    facts = TRY(facts_of(*connection, "sqlite"));
  }
  // Reading it has left a write-ahead log beside: back into one file.
  Handle handle = TRY(open_file(made, SQLITE_OPEN_READWRITE));
  TRY(expect(handle.get(), "PRAGMA journal_mode = DELETE", "delete"));
  return facts;
}

Result<void> put_back_sqlite(const std::string& from, const std::string& path) {
  TRY(must_be_new(path));
  TRY(make_folder(fs::path(path).parent_path()));
  return copy_sqlite_file(from + "/" + std::string(kSqliteName), path);
}

}  // namespace

Result<void> copy_sqlite_file(const std::string& from, const std::string& to) {
  Handle source = TRY(open_file(from, SQLITE_OPEN_READWRITE));
  Handle target = TRY(open_file(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
  TRY(copy_pages(source.get(), target.get()));
  TRY(expect(target.get(), "PRAGMA journal_mode = DELETE", "delete"));
  TRY(expect(target.get(), "PRAGMA quick_check(1)", "ok"));
  return sync_folder(fs::path(to).parent_path());
}

Result<DatabaseCopy> facts_of(Connection& connection, std::string kind) {
  DatabaseCopy facts{.kind = std::move(kind)};
  Rows log = TRY(connection.query({"SELECT coalesce(max(seq), 0) AS size FROM change_log"}));
  facts.log_size = log[0].int64("size");
  Rows head =
      TRY(connection.query({"SELECT size, plant, root, at, key_id, signature FROM ledger_head"
                            " ORDER BY size DESC LIMIT 1"}));
  if (!head.empty()) facts.head = json_of_head(head[0]);
  return facts;
}

Result<void> check_ledger(Connection& connection, const Json& head) {
  int64_t wanted = head.int_or("size", 0);
  Frontier tree;
  std::string root_then;
  while (true) {
    Rows leaves = TRY(connection.query(
        {"SELECT leaf_index, leaf FROM ledger_leaf WHERE leaf_index >= ? ORDER BY leaf_index"
         " LIMIT ?",
         {tree.size(), kLeavesAtOnce}}));
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      if (leaves[i].int64("leaf_index") != tree.size()) {
        return refuse(ErrorCode::ProofInvalid, "the ledger lacks a leaf");
      }
      tree.append(leaf_hash(leaves[i].text("leaf")));
      if (tree.size() == wanted) root_then = tree.root();
    }
    if (leaves.empty()) break;
  }
  if (head.is_null()) return {};
  if (to_hex(root_then) != head.text_or("root", "")) {
    return refuse(ErrorCode::ProofInvalid, "the leaves do not lead to the signed head");
  }
  return check_signature(connection, head);
}

Result<DatabaseCopy> copy_database(const std::string& database, const std::string& into) {
  std::string_view text = database;
  if (text.starts_with(kSqlite)) {
    return copy_sqlite(std::string(text.substr(kSqlite.size())), into);
  }
  if (!text.starts_with(kPostgres)) {
    return refuse(ErrorCode::BadRequest, "a database is named sqlite:... or postgres:...");
  }
  return copy_postgres(std::string(text.substr(kPostgres.size())), into);
}

Result<void> check_database(const std::string& database, const Json& head) {
  std::string_view text = database;
  bool is_sqlite = text.starts_with(kSqlite);
  std::string place(
      text.substr(std::min(text.size(), is_sqlite ? kSqlite.size() : kPostgres.size())));
  auto connection =
      is_sqlite ? TRY(open_sqlite({.path = place})) : TRY(open_postgres({.connect = place}));
  return check_ledger(*connection, head);
}

Result<void> put_back_database(const std::string& from, const std::string& database,
                               const Json& head) {
  std::string_view text = database;
  if (text.starts_with(kSqlite)) {
    TRY(put_back_sqlite(from, std::string(text.substr(kSqlite.size()))));
  } else {
    TRY(put_back_postgres(from, std::string(text.substr(std::min(kPostgres.size(), text.size())))));
  }
  return check_database(database, head);
}

}  // namespace anlan::store

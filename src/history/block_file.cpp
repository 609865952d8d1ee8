#include "history/block_file.h"

#include <sqlite3.h>

#include <cerrno>
#include <limits>

#include "core/check.h"
#include "history/bytes.h"

namespace anlan::history {
namespace {

constexpr int kBusyTimeoutMs = 5000;

// The version of docs/formats/history.md; kept among the numbers.
constexpr int64_t kVersion = 1;

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS tag (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE IF NOT EXISTS number (name TEXT PRIMARY KEY, value INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS flush (number INTEGER NOT NULL, tags BLOB NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS block (tag INTEGER NOT NULL, t0 INTEGER NOT NULL,"
    " part INTEGER NOT NULL, t1 INTEGER NOT NULL, n INTEGER NOT NULL, blob BLOB NOT NULL,"
    " PRIMARY KEY (tag, t0, part))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS damaged (tag INTEGER NOT NULL, t0 INTEGER NOT NULL,"
    " t1 INTEGER NOT NULL, n INTEGER NOT NULL, blob BLOB NOT NULL) STRICT;";

constexpr std::array kTexts = {
    "SELECT id, code FROM tag ORDER BY id",
    "INSERT INTO tag (id, code) VALUES (?, ?)",
    "SELECT value FROM number WHERE name = ?",
    "INSERT OR REPLACE INTO number (name, value) VALUES (?, ?)",
    "SELECT number, tags FROM flush",
    "INSERT INTO flush (number, tags) VALUES (?, ?)",
    "DELETE FROM flush WHERE number <= ?",
    "SELECT t0, t1, n, blob, part FROM block WHERE tag = ? AND t0 <= ?"
    " ORDER BY t0 DESC, part DESC LIMIT 1",
    "SELECT t0 FROM block WHERE tag = ? AND t0 > ? ORDER BY t0 LIMIT 1",
    // A clock that stands still makes more samples of one instant than a block takes.
    "INSERT INTO block (tag, t0, part, t1, n, blob) VALUES (?1, ?2, (SELECT"
    " coalesce(max(part) + 1, 0) FROM block WHERE tag = ?1 AND t0 = ?2), ?3, ?4, ?5)",
    "DELETE FROM block WHERE tag = ? AND t0 = ? AND part = ?",
    "INSERT INTO damaged SELECT tag, t0, t1, n, blob FROM block"
    " WHERE tag = ? AND t0 = ? AND part = ?",
    "SELECT count(*), total(length(blob)), total(n) FROM block"
    " WHERE tag = ?1 AND t0 < ?2 AND t1 < ?2",
    "DELETE FROM block WHERE tag = ?1 AND t0 < ?2 AND t1 < ?2",
    "SELECT t0, t1, n, blob, part FROM block WHERE tag = ? AND t0 >= ? AND t0 < ? AND t1 >= ?"
    " ORDER BY t0",
};

int64_t saturating_subtract(int64_t a, int64_t b) {
  int64_t difference = 0;
  return __builtin_sub_overflow(a, b, &difference) ? std::numeric_limits<int64_t>::min()
                                                   : difference;
}

std::string_view blob_of(sqlite3_stmt* statement, int column) {
  const void* bytes = sqlite3_column_blob(statement, column);
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  return bytes ? std::string_view(static_cast<const char*>(bytes), size) : std::string_view{};
}

void bind_blob(sqlite3_stmt* statement, int place, std::string_view bytes) {
  sqlite3_bind_blob64(statement, place, bytes.data(), bytes.size(), SQLITE_STATIC);
}

void bind_text(sqlite3_stmt* statement, int place, std::string_view text) {
  sqlite3_bind_text64(statement, place, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

StoredBlock block_of(sqlite3_stmt* statement) {
  return {.first = {sqlite3_column_int64(statement, 0)},
          .part = sqlite3_column_int64(statement, 4),
          .last = {sqlite3_column_int64(statement, 1)},
          .count = sqlite3_column_int64(statement, 2),
          .blob = blob_of(statement, 3)};
}

}  // namespace

enum BlockFile::Statement : std::size_t {
  SelectTags,
  InsertTag,
  SelectNumber,
  ReplaceNumber,
  SelectFlushes,
  InsertFlush,
  DeleteFlushes,
  SelectNewest,
  SelectNext,
  InsertBlock,
  DeleteBlock,
  SetAside,
  CountOld,
  DeleteOld,
  SelectRange,
  StatementCount
};

BlockFile::~BlockFile() {
  for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
  sqlite3_close(db_);
}

Result<void> BlockFile::open(const std::string& path, bool sync) {
  static_assert(kTexts.size() == StatementCount && StatementCount <= 20);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &db_, flags, nullptr) != SQLITE_OK) return failed();
  sqlite3_extended_result_codes(db_, 1);
  sqlite3_busy_timeout(db_, kBusyTimeoutMs);
  TRY(run("PRAGMA page_size = 8192"));
  TRY(run("PRAGMA journal_mode = WAL"));
  // The log is recycled on the word of a commit, so a commit is on the disk.
  TRY(run(sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF"));
  TRY(run("PRAGMA wal_autocheckpoint = 8000"));
  TRY(run("PRAGMA journal_size_limit = 134217728"));
  TRY(run("PRAGMA cache_size = -16000"));
  TRY(run(kSchema));
  int64_t version = TRY(number_of("version"));
  if (version > kVersion) return refuse(ErrorCode::StoreFailed, "a later version wrote " + path);
  return version == kVersion ? Result<void>{} : set_number("version", kVersion);
}

Result<void> BlockFile::begin() { return run("BEGIN IMMEDIATE"); }
Result<void> BlockFile::commit() { return run("COMMIT"); }

void BlockFile::roll_back() {
  // Some failures have already rolled back by themselves.
  if (sqlite3_get_autocommit(db_) == 0) (void)run("ROLLBACK");
}

Result<std::vector<std::string>> BlockFile::tags() {
  sqlite3_stmt* statement = TRY(prepared(SelectTags));
  std::vector<std::string> codes;
  while (TRY(step(statement))) {
    if (sqlite3_column_int64(statement, 0) != static_cast<int64_t>(codes.size())) {
      sqlite3_reset(statement);
      return refuse(ErrorCode::StoreFailed, "the numbers of the tags have a gap");
    }
    codes.emplace_back(blob_of(statement, 1));
  }
  return codes;
}

Result<void> BlockFile::add_tag(TagIndex tag, std::string_view code) {
  sqlite3_stmt* statement = TRY(prepared(InsertTag));
  sqlite3_bind_int64(statement, 1, tag);
  bind_text(statement, 2, code);
  return finish(statement);
}

Result<uint64_t> BlockFile::forgotten() {
  return number_of("forgotten").transform([](int64_t n) { return static_cast<uint64_t>(n); });
}

Result<std::vector<Flush>> BlockFile::flushes() {
  sqlite3_stmt* statement = TRY(prepared(SelectFlushes));
  std::vector<Flush> flushes;
  while (TRY(step(statement))) {
    Flush flush{.number = static_cast<uint64_t>(sqlite3_column_int64(statement, 0)), .tags = {}};
    ByteReader tags(blob_of(statement, 1));
    while (tags.left() >= sizeof(TagIndex)) flush.tags.push_back(tags.word<TagIndex>());
    flushes.push_back(std::move(flush));
  }
  return flushes;
}

Result<void> BlockFile::note_flush(const Flush& flush, uint64_t forgotten) {
  std::string tags;
  for (TagIndex tag : flush.tags) put_word(tags, tag);
  sqlite3_stmt* insert = TRY(prepared(InsertFlush));
  sqlite3_bind_int64(insert, 1, static_cast<int64_t>(flush.number));
  bind_blob(insert, 2, tags);
  TRY(finish(insert));
  sqlite3_stmt* clear = TRY(prepared(DeleteFlushes));
  sqlite3_bind_int64(clear, 1, static_cast<int64_t>(forgotten));
  TRY(finish(clear));
  return set_number("forgotten", static_cast<int64_t>(forgotten));
}

Result<Totals> BlockFile::totals() {
  Totals totals;
  totals.blocks = TRY(number_of("blocks"));
  totals.bytes = TRY(number_of("bytes"));
  totals.samples = TRY(number_of("samples"));
  return totals;
}

Result<void> BlockFile::set_totals(const Totals& totals) {
  TRY(set_number("blocks", totals.blocks));
  TRY(set_number("bytes", totals.bytes));
  return set_number("samples", totals.samples);
}

Result<std::optional<StoredBlock>> BlockFile::newest(TagIndex tag, Instant up_to) {
  sqlite3_stmt* statement = TRY(prepared(SelectNewest));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, up_to.ns);
  if (!TRY(step(statement))) return std::nullopt;
  StoredBlock block = block_of(statement);
  blob_ = block.blob;
  block.blob = blob_;
  // A statement that stays open would hold back the checkpoints.
  sqlite3_reset(statement);
  return block;
}

Result<std::optional<Instant>> BlockFile::next_after(TagIndex tag, Instant at) {
  sqlite3_stmt* statement = TRY(prepared(SelectNext));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, at.ns);
  if (!TRY(step(statement))) return std::nullopt;
  Instant next{sqlite3_column_int64(statement, 0)};
  sqlite3_reset(statement);
  return next;
}

Result<void> BlockFile::insert(TagIndex tag, const StoredBlock& block) {
  sqlite3_stmt* statement = TRY(prepared(InsertBlock));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, block.first.ns);
  sqlite3_bind_int64(statement, 3, block.last.ns);
  sqlite3_bind_int64(statement, 4, block.count);
  bind_blob(statement, 5, block.blob);
  return finish(statement);
}

Result<void> BlockFile::remove(TagIndex tag, const StoredBlock& block) {
  sqlite3_stmt* statement = TRY(prepared(DeleteBlock));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, block.first.ns);
  sqlite3_bind_int64(statement, 3, block.part);
  return finish(statement);
}

Result<void> BlockFile::set_aside(TagIndex tag, const StoredBlock& block) {
  sqlite3_stmt* statement = TRY(prepared(SetAside));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, block.first.ns);
  sqlite3_bind_int64(statement, 3, block.part);
  TRY(finish(statement));
  return remove(tag, block);
}

Result<Totals> BlockFile::remove_before(TagIndex tag, Instant before) {
  sqlite3_stmt* count = TRY(prepared(CountOld));
  sqlite3_bind_int64(count, 1, tag);
  sqlite3_bind_int64(count, 2, before.ns);
  Totals gone;
  if (TRY(step(count))) {
    gone = {.blocks = sqlite3_column_int64(count, 0),
            .bytes = sqlite3_column_int64(count, 1),
            .samples = sqlite3_column_int64(count, 2)};
    sqlite3_reset(count);
  }
  if (gone.blocks == 0) return gone;
  sqlite3_stmt* remove = TRY(prepared(DeleteOld));
  sqlite3_bind_int64(remove, 1, tag);
  sqlite3_bind_int64(remove, 2, before.ns);
  TRY(finish(remove));
  return gone;
}

Result<void> BlockFile::each(TagIndex tag, Instant from, Instant to, const OnBlock& on_block) {
  sqlite3_stmt* statement = TRY(prepared(SelectRange));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, saturating_subtract(from.ns, kBlockSpanMax.ns));
  sqlite3_bind_int64(statement, 3, to.ns);
  sqlite3_bind_int64(statement, 4, from.ns);
  while (TRY(step(statement))) {
    auto told = on_block(block_of(statement));
    if (told) continue;
    sqlite3_reset(statement);
    return told;
  }
  return {};
}

std::unexpected<Error> BlockFile::failed() {
  int code = sqlite3_extended_errcode(db_);
  int reason = sqlite3_system_errno(db_);
  bool is_io = (code & 0xFF) == SQLITE_IOERR;
  bool is_full = (code & 0xFF) == SQLITE_FULL ||
                 (is_io && (reason == ENOSPC || reason == EDQUOT || reason == EFBIG));
  return refuse(is_full ? ErrorCode::DiskFull : ErrorCode::StoreFailed,
                std::string("blocks: ") + sqlite3_errmsg(db_));
}

Result<void> BlockFile::run(const char* text) {
  if (sqlite3_exec(db_, text, nullptr, nullptr, nullptr) != SQLITE_OK) return failed();
  return {};
}

Result<sqlite3_stmt*> BlockFile::prepared(std::size_t which) {
  sqlite3_stmt*& statement = statements_.at(which);
  if (statement) {
    sqlite3_reset(statement);
    return statement;
  }
  if (sqlite3_prepare_v3(db_, kTexts.at(which), -1, SQLITE_PREPARE_PERSISTENT, &statement,
                         nullptr) != SQLITE_OK) {
    return failed();
  }
  return statement;
}

Result<bool> BlockFile::step(sqlite3_stmt* statement) {
  int code = sqlite3_step(statement);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement);
    return false;
  }
  auto refusal = failed();
  sqlite3_reset(statement);
  return refusal;
}

Result<void> BlockFile::finish(sqlite3_stmt* statement) {
  bool has_row = TRY(step(statement));
  CHECK(!has_row, "a statement that writes gives no rows");
  return {};
}

Result<int64_t> BlockFile::number_of(std::string_view name) {
  sqlite3_stmt* statement = TRY(prepared(SelectNumber));
  bind_text(statement, 1, name);
  if (!TRY(step(statement))) return 0;
  int64_t value = sqlite3_column_int64(statement, 0);
  sqlite3_reset(statement);
  return value;
}

Result<void> BlockFile::set_number(std::string_view name, int64_t value) {
  sqlite3_stmt* statement = TRY(prepared(ReplaceNumber));
  bind_text(statement, 1, name);
  sqlite3_bind_int64(statement, 2, value);
  return finish(statement);
}

}  // namespace anlan::history

#include "history/sqlite_blocks.h"

#include <sqlite3.h>

#include <limits>

#include "history/bytes.h"

namespace anlan::history {
namespace {

// The version of docs/formats/history.md; kept among the numbers.
constexpr int64_t kVersion = 3;

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS tag (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE IF NOT EXISTS flush (number INTEGER NOT NULL, tags BLOB NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS block (id INTEGER PRIMARY KEY, tag INTEGER NOT NULL,"
    " t0 INTEGER NOT NULL, part INTEGER NOT NULL, t1 INTEGER NOT NULL, n INTEGER NOT NULL,"
    " blob BLOB NOT NULL, UNIQUE (tag, t0, part)) STRICT;"
    "CREATE TABLE IF NOT EXISTS damaged (tag INTEGER NOT NULL, t0 INTEGER NOT NULL,"
    " t1 INTEGER NOT NULL, n INTEGER NOT NULL, blob BLOB NOT NULL) STRICT;";

// Up to version 2 blocks lay in order of tags, and a third of each page was empty.
constexpr const char* kUnorder =
    "ALTER TABLE block RENAME TO block_ordered;"
    "CREATE TABLE block (id INTEGER PRIMARY KEY, tag INTEGER NOT NULL,"
    " t0 INTEGER NOT NULL, part INTEGER NOT NULL, t1 INTEGER NOT NULL, n INTEGER NOT NULL,"
    " blob BLOB NOT NULL, UNIQUE (tag, t0, part)) STRICT;"
    "INSERT INTO block (tag, t0, part, t1, n, blob)"
    " SELECT tag, t0, part, t1, n, blob FROM block_ordered ORDER BY t0, tag, part;"
    "DROP TABLE block_ordered;";

constexpr std::array kTexts = {
    "SELECT id, code FROM tag ORDER BY id",
    "INSERT INTO tag (id, code) VALUES (?, ?)",
    "SELECT number, tags FROM flush",
    "INSERT INTO flush (number, tags) VALUES (?, ?)",
    "DELETE FROM flush WHERE number <= ?",
    "SELECT t0, t1, n, blob, part FROM block WHERE tag = ? AND t0 <= ?"
    " ORDER BY t0 DESC, part DESC LIMIT 1",
    "SELECT t0 FROM block WHERE tag = ? AND t0 > ? ORDER BY t0 LIMIT 1",
    // A clock that stands still makes more samples of one instant than a block takes.
    "INSERT INTO block (id, tag, t0, part, t1, n, blob) VALUES ("
    "CASE ?6 WHEN 1 THEN (SELECT min(0, coalesce(min(id), 0)) - 1 FROM block)"
    " ELSE (SELECT max(0, coalesce(max(id), 0)) + 1 FROM block) END, ?1, ?2,"
    " (SELECT coalesce(max(part) + 1, 0) FROM block WHERE tag = ?1 AND t0 = ?2), ?3, ?4, ?5)",
    "DELETE FROM block WHERE tag = ? AND t0 = ? AND part = ?",
    "INSERT INTO damaged SELECT tag, t0, t1, n, blob FROM block"
    " WHERE tag = ? AND t0 = ? AND part = ?",
    "SELECT count(*), total(length(blob)), total(n) FROM block"
    " WHERE tag = ?1 AND t0 < ?2 AND t1 < ?2",
    "DELETE FROM block WHERE tag = ?1 AND t0 < ?2 AND t1 < ?2",
    "SELECT t0, t1, n, blob, part FROM block WHERE tag = ? AND t0 >= ? AND t0 < ? AND t1 >= ?"
    " ORDER BY t0",
    "SELECT t0, t1, n, blob, part FROM block WHERE tag = ? AND t0 >= ? AND t0 < ?"
    " ORDER BY t0, part",
};

int64_t saturating_subtract(int64_t a, int64_t b) {
  int64_t difference = 0;
  return __builtin_sub_overflow(a, b, &difference) ? std::numeric_limits<int64_t>::min()
                                                   : difference;
}

StoredBlock block_of(sqlite3_stmt* statement) {
  return {.first = {sqlite3_column_int64(statement, 0)},
          .part = sqlite3_column_int64(statement, 4),
          .last = {sqlite3_column_int64(statement, 1)},
          .count = sqlite3_column_int64(statement, 2),
          .blob = blob_of(statement, 3)};
}

}  // namespace

enum SqliteBlocks::Statement : std::size_t {
  SelectTags,
  InsertTag,
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
  SelectBegun,
  StatementCount
};

SqliteBlocks::SqliteBlocks(SqliteFile& file) : file_(file), statements_(file, kTexts) {
  static_assert(kTexts.size() == StatementCount);
}

Result<void> SqliteBlocks::make_tables() {
  TRY(file_.run(kSchema));
  int64_t version = TRY(file_.number_of("version"));
  if (version > kVersion) return refuse(ErrorCode::StoreFailed, "a later version wrote the blocks");
  if (version == kVersion) return {};
  TRY(file_.begin());
  auto changed = version > 0 ? file_.run(kUnorder) : Result<void>{};
  if (changed) changed = file_.set_number("version", kVersion);
  if (changed) changed = file_.commit();
  if (!changed) file_.roll_back();
  return changed;
}

Result<std::vector<std::string>> SqliteBlocks::tags() {
  sqlite3_stmt* statement = TRY(statements_.get(SelectTags));
  std::vector<std::string> codes;
  while (TRY(file_.step(statement))) {
    if (sqlite3_column_int64(statement, 0) != static_cast<int64_t>(codes.size())) {
      sqlite3_reset(statement);
      return refuse(ErrorCode::StoreFailed, "the numbers of the tags have a gap");
    }
    codes.emplace_back(blob_of(statement, 1));
  }
  return codes;
}

Result<void> SqliteBlocks::add_tag(TagIndex tag, std::string_view code) {
  sqlite3_stmt* statement = TRY(statements_.get(InsertTag));
  sqlite3_bind_int64(statement, 1, tag);
  bind_text(statement, 2, code);
  return file_.finish(statement);
}

Result<uint64_t> SqliteBlocks::forgotten() {
  return file_.number_of("forgotten").transform([](int64_t n) { return static_cast<uint64_t>(n); });
}

Result<std::vector<Flush>> SqliteBlocks::flushes() {
  sqlite3_stmt* statement = TRY(statements_.get(SelectFlushes));
  std::vector<Flush> flushes;
  while (TRY(file_.step(statement))) {
    Flush flush{.number = static_cast<uint64_t>(sqlite3_column_int64(statement, 0)), .tags = {}};
    ByteReader tags(blob_of(statement, 1));
    while (tags.left() >= sizeof(TagIndex)) flush.tags.push_back(tags.word<TagIndex>());
    flushes.push_back(std::move(flush));
  }
  return flushes;
}

Result<void> SqliteBlocks::note_flush(const Flush& flush, uint64_t forgotten) {
  std::string tags;
  for (TagIndex tag : flush.tags) put_word(tags, tag);
  sqlite3_stmt* insert = TRY(statements_.get(InsertFlush));
  sqlite3_bind_int64(insert, 1, static_cast<int64_t>(flush.number));
  bind_blob(insert, 2, tags);
  TRY(file_.finish(insert));
  sqlite3_stmt* clear = TRY(statements_.get(DeleteFlushes));
  sqlite3_bind_int64(clear, 1, static_cast<int64_t>(forgotten));
  TRY(file_.finish(clear));
  return file_.set_number("forgotten", static_cast<int64_t>(forgotten));
}

Result<Totals> SqliteBlocks::totals() {
  Totals totals;
  totals.blocks = TRY(file_.number_of("blocks"));
  totals.bytes = TRY(file_.number_of("bytes"));
  totals.samples = TRY(file_.number_of("samples"));
  return totals;
}

Result<void> SqliteBlocks::set_totals(const Totals& totals) {
  TRY(file_.set_number("blocks", totals.blocks));
  TRY(file_.set_number("bytes", totals.bytes));
  return file_.set_number("samples", totals.samples);
}

Result<std::optional<StoredBlock>> SqliteBlocks::newest(TagIndex tag, Instant up_to) {
  sqlite3_stmt* statement = TRY(statements_.get(SelectNewest));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, up_to.ns);
  if (!TRY(file_.step(statement))) return std::nullopt;
  StoredBlock block = block_of(statement);
  blob_ = block.blob;
  block.blob = blob_;
  // A statement that stays open would hold back the checkpoints.
  sqlite3_reset(statement);
  return block;
}

Result<std::optional<Instant>> SqliteBlocks::next_after(TagIndex tag, Instant at) {
  sqlite3_stmt* statement = TRY(statements_.get(SelectNext));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, at.ns);
  if (!TRY(file_.step(statement))) return std::nullopt;
  Instant next{sqlite3_column_int64(statement, 0)};
  sqlite3_reset(statement);
  return next;
}

Result<void> SqliteBlocks::insert(TagIndex tag, const StoredBlock& block, Stay stay) {
  sqlite3_stmt* statement = TRY(statements_.get(InsertBlock));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, block.first.ns);
  sqlite3_bind_int64(statement, 3, block.last.ns);
  sqlite3_bind_int64(statement, 4, block.count);
  bind_blob(statement, 5, block.blob);
  sqlite3_bind_int64(statement, 6, stay == Stay::Short ? 1 : 0);
  return file_.finish(statement);
}

Result<void> SqliteBlocks::remove(TagIndex tag, const StoredBlock& block) {
  sqlite3_stmt* statement = TRY(statements_.get(DeleteBlock));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, block.first.ns);
  sqlite3_bind_int64(statement, 3, block.part);
  return file_.finish(statement);
}

Result<void> SqliteBlocks::set_aside(TagIndex tag, const StoredBlock& block) {
  sqlite3_stmt* statement = TRY(statements_.get(SetAside));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, block.first.ns);
  sqlite3_bind_int64(statement, 3, block.part);
  TRY(file_.finish(statement));
  return remove(tag, block);
}

Result<Totals> SqliteBlocks::remove_before(TagIndex tag, Instant before) {
  sqlite3_stmt* count = TRY(statements_.get(CountOld));
  sqlite3_bind_int64(count, 1, tag);
  sqlite3_bind_int64(count, 2, before.ns);
  Totals gone;
  if (TRY(file_.step(count))) {
    gone = {.blocks = sqlite3_column_int64(count, 0),
            .bytes = sqlite3_column_int64(count, 1),
            .samples = sqlite3_column_int64(count, 2)};
    sqlite3_reset(count);
  }
  if (gone.blocks == 0) return gone;
  sqlite3_stmt* remove = TRY(statements_.get(DeleteOld));
  sqlite3_bind_int64(remove, 1, tag);
  sqlite3_bind_int64(remove, 2, before.ns);
  TRY(file_.finish(remove));
  return gone;
}

Result<void> SqliteBlocks::each(TagIndex tag, Instant from, Instant to, const OnBlock& on_block) {
  sqlite3_stmt* statement = TRY(statements_.get(SelectRange));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, saturating_subtract(from.ns, kBlockSpanMax.ns));
  sqlite3_bind_int64(statement, 3, to.ns);
  sqlite3_bind_int64(statement, 4, from.ns);
  while (TRY(file_.step(statement))) {
    auto told = on_block(block_of(statement));
    if (told) continue;
    sqlite3_reset(statement);
    return told;
  }
  return {};
}

Result<std::vector<StoredBlock>> SqliteBlocks::begun_in(TagIndex tag, Instant from, Instant to,
                                                        std::vector<std::string>& blobs) {
  sqlite3_stmt* statement = TRY(statements_.get(SelectBegun));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, from.ns);
  sqlite3_bind_int64(statement, 3, to.ns);
  std::vector<StoredBlock> found;
  blobs.clear();
  while (TRY(file_.step(statement))) {
    found.push_back(block_of(statement));
    blobs.emplace_back(found.back().blob);
  }
  for (std::size_t i = 0; i < found.size(); ++i) found[i].blob = blobs[i];
  return found;
}

}  // namespace anlan::history

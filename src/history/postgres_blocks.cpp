#include "history/postgres_blocks.h"

#include <limits>

#include "history/bytes.h"

namespace anlan::history {
namespace {

// The version of docs/formats/history.md; kept among the numbers.
constexpr int64_t kVersion = 3;
constexpr int64_t kBlocksTogether = 500;  // of a question: up to half a megabyte

// Blobs are packed already: the server need not try again.
constexpr std::array kSchema = {
    "CREATE TABLE IF NOT EXISTS history_tag (id bigint PRIMARY KEY, code text NOT NULL UNIQUE)",
    "CREATE TABLE IF NOT EXISTS history_flush (number bigint NOT NULL, tags bytea NOT NULL)",
    "CREATE TABLE IF NOT EXISTS history_block (tag bigint NOT NULL, t0 bigint NOT NULL,"
    " part bigint NOT NULL, t1 bigint NOT NULL, n bigint NOT NULL, blob bytea NOT NULL,"
    " PRIMARY KEY (tag, t0, part))",
    "ALTER TABLE history_block ALTER COLUMN blob SET STORAGE EXTERNAL",
    "CREATE TABLE IF NOT EXISTS history_damaged (tag bigint NOT NULL, t0 bigint NOT NULL,"
    " t1 bigint NOT NULL, n bigint NOT NULL, blob bytea NOT NULL)",
};

int64_t saturating_subtract(int64_t a, int64_t b) {
  int64_t difference = 0;
  return __builtin_sub_overflow(a, b, &difference) ? std::numeric_limits<int64_t>::min()
                                                   : difference;
}

// Columns t0, t1, n, blob, part; the bytes stay where the row has them.
StoredBlock block_of(const std::vector<store::Value>& cells) {
  return {.first = {std::get<int64_t>(cells[0])},
          .part = std::get<int64_t>(cells[4]),
          .last = {std::get<int64_t>(cells[1])},
          .count = std::get<int64_t>(cells[2]),
          .blob = std::get<store::Blob>(cells[3]).bytes};
}

}  // namespace

Result<void> PostgresBlocks::make_tables() {
  for (const char* text : kSchema) TRY(file_.run(text));
  int64_t version = TRY(file_.number_of("version"));
  if (version > kVersion) return refuse(ErrorCode::StoreFailed, "a later version wrote the blocks");
  if (version == kVersion) return {};
  TRY(file_.begin());
  auto noted = file_.set_number("version", kVersion);
  if (noted) noted = file_.commit();
  if (!noted) file_.roll_back();
  return noted;
}

Result<std::vector<std::string>> PostgresBlocks::tags() {
  store::Rows rows = TRY(file_.ask({"SELECT id, code FROM history_tag ORDER BY id"}));
  std::vector<std::string> codes;
  codes.reserve(rows.size());
  for (const auto& cells : rows.cells()) {
    if (std::get<int64_t>(cells[0]) != static_cast<int64_t>(codes.size()))
      return refuse(ErrorCode::StoreFailed, "the numbers of the tags have a gap");
    codes.push_back(std::get<std::string>(cells[1]));
  }
  return codes;
}

// The same once more, where nobody knew whether a commit had come through, changes nothing.
Result<void> PostgresBlocks::add_tag(TagIndex tag, std::string_view code) {
  return file_.write_one(
      {"INSERT INTO history_tag AS t (id, code) VALUES (?, ?) ON CONFLICT (id)"
       " DO UPDATE SET code = excluded.code WHERE t.code = excluded.code",
       {int64_t{tag}, std::string(code)}});
}

Result<uint64_t> PostgresBlocks::forgotten() {
  return file_.number_of("forgotten").transform([](int64_t n) { return static_cast<uint64_t>(n); });
}

Result<std::vector<Flush>> PostgresBlocks::flushes() {
  store::Rows rows = TRY(file_.ask({"SELECT number, tags FROM history_flush"}));
  std::vector<Flush> flushes;
  for (const auto& cells : rows.cells()) {
    Flush flush{.number = static_cast<uint64_t>(std::get<int64_t>(cells[0])), .tags = {}};
    ByteReader tags(std::get<store::Blob>(cells[1]).bytes);
    while (tags.left() >= sizeof(TagIndex)) flush.tags.push_back(tags.word<TagIndex>());
    flushes.push_back(std::move(flush));
  }
  return flushes;
}

Result<void> PostgresBlocks::note_flush(const Flush& flush, uint64_t forgotten) {
  std::string tags;
  for (TagIndex tag : flush.tags) put_word(tags, tag);
  TRY(file_.write({"INSERT INTO history_flush (number, tags) VALUES (?, ?)",
                   {static_cast<int64_t>(flush.number), store::Blob{std::move(tags)}}}));
  TRY(file_.write(
      {"DELETE FROM history_flush WHERE number <= ?", {static_cast<int64_t>(forgotten)}}));
  return file_.set_number("forgotten", static_cast<int64_t>(forgotten));
}

Result<Totals> PostgresBlocks::totals() {
  Totals totals;
  totals.blocks = TRY(file_.number_of("blocks"));
  totals.bytes = TRY(file_.number_of("bytes"));
  totals.samples = TRY(file_.number_of("samples"));
  return totals;
}

Result<void> PostgresBlocks::set_totals(const Totals& totals) {
  TRY(file_.set_number("blocks", totals.blocks));
  TRY(file_.set_number("bytes", totals.bytes));
  return file_.set_number("samples", totals.samples);
}

Result<std::optional<StoredBlock>> PostgresBlocks::newest(TagIndex tag, Instant up_to) {
  store::Rows rows =
      TRY(file_.ask({"SELECT t0, t1, n, blob, part FROM history_block WHERE tag = ? AND t0 <= ?"
                     " ORDER BY t0 DESC, part DESC LIMIT 1",
                     {int64_t{tag}, up_to.ns}}));
  if (rows.empty()) return std::nullopt;
  StoredBlock block = block_of(rows.cells()[0]);
  blob_ = block.blob;
  block.blob = blob_;
  return block;
}

Result<std::optional<Instant>> PostgresBlocks::next_after(TagIndex tag, Instant at) {
  store::Rows rows =
      TRY(file_.ask({"SELECT t0 FROM history_block WHERE tag = ? AND t0 > ? ORDER BY t0 LIMIT 1",
                     {int64_t{tag}, at.ns}}));
  if (rows.empty()) return std::nullopt;
  return Instant{rows[0].int64("t0")};
}

// A clock that stands still makes more samples of one instant than a block takes. What goes soon
// and what stays lie together: the server uses room anew by itself.
Result<void> PostgresBlocks::insert(TagIndex tag, const StoredBlock& block, Stay) {
  return file_.write(
      {"INSERT INTO history_block (tag, t0, part, t1, n, blob) VALUES (?, ?,"
       " (SELECT coalesce(max(part) + 1, 0) FROM history_block WHERE tag = ? AND t0 = ?), ?, ?, ?)",
       {int64_t{tag}, block.first.ns, int64_t{tag}, block.first.ns, block.last.ns, block.count,
        store::Blob{std::string(block.blob)}}});
}

Result<void> PostgresBlocks::remove(TagIndex tag, const StoredBlock& block) {
  return file_.write({"DELETE FROM history_block WHERE tag = ? AND t0 = ? AND part = ?",
                      {int64_t{tag}, block.first.ns, block.part}});
}

Result<void> PostgresBlocks::set_aside(TagIndex tag, const StoredBlock& block) {
  TRY(
      file_.write({"INSERT INTO history_damaged (tag, t0, t1, n, blob) SELECT tag, t0, t1, n, blob"
                   " FROM history_block WHERE tag = ? AND t0 = ? AND part = ?",
                   {int64_t{tag}, block.first.ns, block.part}}));
  return remove(tag, block);
}

Result<Totals> PostgresBlocks::remove_before(TagIndex tag, Instant before) {
  store::Rows rows =
      TRY(file_.ask({"WITH gone AS (DELETE FROM history_block WHERE tag = ? AND t0 < ? AND t1 < ?"
                     " RETURNING n, length(blob) AS bytes) SELECT count(*) AS blocks,"
                     " CAST(coalesce(sum(bytes), 0) AS bigint) AS bytes,"
                     " CAST(coalesce(sum(n), 0) AS bigint) AS samples FROM gone",
                     {int64_t{tag}, before.ns, before.ns}}));
  return Totals{.blocks = rows[0].int64("blocks"),
                .bytes = rows[0].int64("bytes"),
                .samples = rows[0].int64("samples")};
}

Result<void> PostgresBlocks::each(TagIndex tag, Instant from, Instant to, const OnBlock& on_block) {
  int64_t t0 = saturating_subtract(from.ns, kBlockSpanMax.ns);
  int64_t part = -1;
  for (;;) {
    store::Rows rows =
        TRY(file_.ask({"SELECT t0, t1, n, blob, part FROM history_block WHERE tag = ? AND"
                       " (t0, part) > (?, ?) AND t0 < ? AND t1 >= ? ORDER BY t0, part LIMIT ?",
                       {int64_t{tag}, t0, part, to.ns, from.ns, kBlocksTogether}}));
    for (const auto& cells : rows.cells()) TRY(on_block(block_of(cells)));
    if (static_cast<int64_t>(rows.size()) < kBlocksTogether) return {};
    StoredBlock last = block_of(rows.cells().back());
    t0 = last.first.ns;
    part = last.part;
  }
}

Result<std::vector<StoredBlock>> PostgresBlocks::begun_in(TagIndex tag, Instant from, Instant to,
                                                          std::vector<std::string>& blobs) {
  store::Rows rows =
      TRY(file_.ask({"SELECT t0, t1, n, blob, part FROM history_block WHERE tag = ? AND t0 >= ?"
                     " AND t0 < ? ORDER BY t0, part",
                     {int64_t{tag}, from.ns, to.ns}}));
  std::vector<StoredBlock> found;
  blobs.clear();
  for (const auto& cells : rows.cells()) {
    found.push_back(block_of(cells));
    blobs.emplace_back(found.back().blob);
  }
  for (std::size_t i = 0; i < found.size(); ++i) found[i].blob = blobs[i];
  return found;
}

}  // namespace anlan::history

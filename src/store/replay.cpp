// Replay copies a log entry for entry, so the other database ends with the same rows, the same
// change_log and the same tree root; every entry is checked against its root on the way.

#include <algorithm>

#include "core/check.h"
#include "core/hash.h"
#include "core/text.h"
#include "store/change_body.h"
#include "store/packed_body.h"
#include "store/writer.h"

namespace anlan::store {

namespace {

constexpr int64_t kPageEntries = static_cast<int64_t>(limits::kCommandGroupMax);

Result<std::vector<LogEntry>> entries_after(View& view, int64_t seq) {
  Rows rows = TRY(view.query(
      {"SELECT l.seq AS seq, l.at AS at, l.actor_kind AS actor_kind, l.actor_id AS actor_id,"
       " l.act AS act, l.subject_kind AS subject_kind, l.subject_id AS subject_id,"
       " l.root AS root, b.body AS body, b.packed AS packed, f.leaf AS leaf FROM change_log l"
       " JOIN change_body b ON b.seq = l.seq JOIN ledger_leaf f ON f.leaf_index = l.leaf_index"
       " WHERE l.seq > ? ORDER BY l.seq LIMIT ?",
       {seq, kPageEntries}}));
  std::vector<LogEntry> entries;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Row row = rows[i];
    std::string body = TRY(body_text(row));
    entries.push_back({row.int64("seq"), row.int64("at"), row.text("actor_kind"),
                       row.text("actor_id"), row.text("act"), row.text("subject_kind"),
                       row.text("subject_id"), row.text("root"), std::move(body),
                       row.text("leaf")});
  }
  return entries;
}

Result<void> write_page(Database& into, const std::vector<LogEntry>& entries) {
  std::vector<Work> works;
  for (const LogEntry& entry : entries) {
    works.push_back([&entry](Transaction& transaction) {
      auto* writer = dynamic_cast<Writer*>(&transaction);
      CHECK(writer, "replay writes into a database of this room");
      return writer->replay(entry);
    });
  }
  std::vector<Result<void>> answers = TRY(into.commit_group(works));
  for (Result<void>& answer : answers) TRY(answer);
  return {};
}

std::string row_hash(const std::vector<std::string>& columns, const std::vector<Value>& cells) {
  Json row = Json::object();
  for (std::size_t i = 0; i < columns.size(); ++i) row.set(columns[i], value_json(cells[i]));
  return sha256(canonical_json(row));
}

}  // namespace

Result<void> replay(View& from, Database& into) {
  {
    auto view = TRY(into.snapshot());
    Rows rows = TRY(view->query({"SELECT 1 AS one FROM change_log LIMIT 1"}));
    if (!rows.empty()) return refuse(ErrorCode::WrongState, "replay needs an empty database");
  }
  int64_t seq = 0;
  while (true) {  // ends with the log, whose state `from` holds still
    std::vector<LogEntry> entries = TRY(entries_after(from, seq));
    if (entries.empty()) return {};
    TRY(write_page(into, entries));
    seq = entries.back().seq;
  }
}

// Neither the order of rows nor that of columns counts.
Result<std::string> table_digest(View& view, std::string_view table) {
  CHECK(std::ranges::all_of(
            table,
            [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }),
        "a table name is a lower-case word");
  Rows rows = TRY(view.query({"SELECT * FROM \"" + std::string(table) + "\""}));
  std::vector<std::string> hashes;
  for (const auto& cells : rows.cells()) hashes.push_back(row_hash(rows.columns(), cells));
  std::ranges::sort(hashes);
  Sha256 digest;
  for (const std::string& hash : hashes) digest.add(hash);
  return to_hex(digest.finish());
}

Result<std::vector<std::string>> logged_tables(View& view) {
  std::vector<std::string> tables;
  int64_t seq = 0;
  while (true) {
    Rows rows =
        TRY(view.query({"SELECT seq, body, packed FROM change_body WHERE seq > ? ORDER BY seq"
                        " LIMIT ?",
                        {seq, kPageEntries}}));
    if (rows.empty()) return tables;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::string text = TRY(body_text(rows[i]));
      DecodedBody body = TRY(decode_body(text));
      for (const RowChange& row : body.rows) {
        auto at = std::ranges::lower_bound(tables, row.table);
        if (at == tables.end() || *at != row.table) tables.insert(at, row.table);
      }
    }
    seq = rows[rows.size() - 1].int64("seq");
  }
}

}  // namespace anlan::store

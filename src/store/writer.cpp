#include "store/writer.h"

#include <algorithm>

#include "core/check.h"
#include "core/json_text.h"
#include "core/text.h"
#include "store/packed_body.h"
#include "store/schema.h"

namespace anlan::store {

namespace {

struct Where {
  std::string text;
  std::vector<Value> params;
};

Where where_key(const RowChange& row) {
  CHECK(!row.key.empty(), "a row change names its primary key");
  Where out;
  for (const Cell& cell : row.key) {
    out.text += (out.text.empty() ? " WHERE " : " AND ") + sql_name(cell.column) + " = ?";
    out.params.push_back(cell.value);
  }
  return out;
}

// The canonical JSON of a leaf (docs/formats/ledger.md): names in the order of RFC 8785.
std::string leaf_text(const Change& change, int64_t seq, const std::string& root) {
  std::string out;
  auto add = [&out](std::string_view name, std::string_view text) {
    out += name;
    write_json_text(text, out);
  };
  add("{\"act\":", change.act);
  add(",\"actor\":{\"id\":", change.actor.person.is_nil() ? "" : change.actor.person.text());
  add(",\"kind\":", actor_kind_text(change.actor.kind));
  add("},\"at\":", format_instant(change.at));
  add(",\"change\":", root);
  out += ",\"detail\":" + canonical_json(change.detail) + ",\"files\":[";
  for (std::size_t i = 0; i < change.files.size(); ++i) add(i > 0 ? "," : "", change.files[i]);
  out += "],\"seq\":" + std::to_string(seq);
  add(",\"subject\":{\"id\":", change.subject_id);
  add(",\"kind\":", change.subject_kind);
  return out + "},\"v\":1}";
}

// What goes into a leaf as it is must be text that both databases and JSON keep.
Result<void> check_texts(const Change& change) {
  std::vector<std::string_view> texts{change.act, change.subject_kind, change.subject_id};
  texts.insert(texts.end(), change.files.begin(), change.files.end());
  for (const Event& event : change.events) texts.push_back(event.topic);
  for (std::string_view text : texts) {
    if (!is_utf8(text) || text.contains('\0')) {
      return refuse(ErrorCode::BadField, "text is not clean UTF-8", "act");
    }
  }
  return {};
}

Error in_table(Error error, const RowChange& row) {
  error.detail = "writing " + row.table + ": " + error.detail;
  return error;
}

}  // namespace

void check_reads_only(std::string_view text) {
  std::string start = lower_ascii(trim(text).substr(0, 7));
  bool is_reading =
      start.starts_with("select") || start.starts_with("with") || start.starts_with("values");
  CHECK(is_reading, "a View only reads: a write goes through apply");
}

Result<WritePosition> read_position(Connection& connection, const WritePosition& last_known) {
  Rows last =
      TRY(connection.query({"SELECT (SELECT coalesce(max(seq), 0) FROM change_log) AS seq,"
                            " (SELECT coalesce(max(seq), 0) FROM outbox) AS event"}));
  int64_t size = last[0].int64("seq");
  int64_t event = last[0].int64("event");
  if (last_known.frontier.size() == size && size > 0)
    return WritePosition{event, last_known.frontier};
  std::vector<std::string> peaks;
  for (const MerkleNode& place : Frontier::places(size)) {
    Rows node =
        TRY(connection.query({"SELECT hash FROM ledger_node WHERE level = ? AND node_index = ?",
                              {static_cast<int64_t>(place.level), place.index}}));
    if (node.empty()) return refuse(ErrorCode::StoreFailed, "the ledger lacks a node");
    peaks.push_back(std::get<Blob>(node[0]["hash"]).bytes);
  }
  return WritePosition{event, Frontier(size, std::move(peaks))};
}

template <class T>
Result<T> Writer::noted(Result<T> answer) {
  if (!answer) has_failed_ = true;
  return answer;
}

void Writer::touch(std::string_view table) {
  has_written_ = true;
  if (!std::ranges::contains(lane_.touched, table)) lane_.touched.emplace_back(table);
}

// What waits in the batch is seen too.
Result<void> Writer::before_reading(const Sql& sql) {
  check_reads_only(sql.text);
  if (!lane_.batch || lane_.batch->is_empty()) return {};
  bool is_about_log =
      sql.text.contains("change_") || sql.text.contains("ledger_") || sql.text.contains("outbox");
  return is_about_log ? noted(lane_.batch->flush()) : Result<void>{};
}

Result<Rows> Writer::query(const Sql& sql) {
  if (const Rows* known = lane_.ahead ? lane_.ahead->find(sql) : nullptr) return *known;
  TRY(before_reading(sql));
  return noted(lane_.connection.query(sql));
}

Result<void> Writer::visit(const Sql& sql, const Visit& each) {
  TRY(before_reading(sql));
  return noted(lane_.connection.visit(sql, each));
}

Result<std::vector<Rows>> Writer::query_all(std::span<const Sql> all) {
  for (const Sql& sql : all) TRY(before_reading(sql));
  return noted(lane_.connection.query_all(all));
}

std::optional<uint64_t> Writer::stamp(Tables tables) {
  for (std::string_view table : tables) {
    if (std::ranges::contains(lane_.touched, table)) return std::nullopt;
  }
  return lane_.shared.clock.last(tables);
}

Result<void> Writer::apply(const Change& change) {
  auto applied = apply_all(change);
  if (!applied) has_refused_ = true;
  return applied;
}

Result<void> Writer::apply_all(const Change& change) {
  TRY(check_texts(change));
  if (lane_.ahead) lane_.ahead->forget(change);
  for (const RowChange& row : change.rows) {
    auto written = write_row(row);
    if (!written) return std::unexpected(in_table(std::move(written).error(), row));
  }
  if (change.is_housekeeping) {
    bool is_private = std::ranges::all_of(change.rows, &RowChange::is_private);
    CHECK(is_private && change.events.empty() && change.files.empty(),
          "housekeeping touches private rows only");
    return {};
  }
  ChangeBody body = TRY(encode_body(change.rows, lane_.random));
  int64_t seq = position_.frontier.size() + 1;
  std::string root = to_hex(body.root);
  std::string leaf = leaf_text(change, seq, root);
  TRY(log({.seq = seq,
           .at = change.at.ns,
           .actor_kind = std::string(actor_kind_text(change.actor.kind)),
           .actor_id = change.actor.person.is_nil() ? "" : change.actor.person.text(),
           .act = change.act,
           .subject_kind = change.subject_kind,
           .subject_id = change.subject_id,
           .root = std::move(root),
           .body = std::move(body.text),
           .leaf = std::move(leaf)}));
  return write_events(change);
}

Result<void> Writer::replay(const LogEntry& entry) {
  auto apply_entry = [&]() -> Result<void> {
    if (entry.seq != position_.frontier.size() + 1) {
      return refuse(ErrorCode::WrongState, "the log does not follow on");
    }
    DecodedBody body = TRY(decode_body(entry.body));
    if (to_hex(body.root) != entry.root) {
      return refuse(ErrorCode::ProofInvalid, "a change does not match its root");
    }
    for (const RowChange& row : body.rows) TRY(write_row(row));
    return log(entry);
  };
  auto replayed = apply_entry();
  if (!replayed) has_refused_ = true;
  return replayed;
}

Result<void> Writer::write_row(const RowChange& row) {
  CHECK(!is_own_table(row.table), "the store's own tables are written by the store alone");
  touch(row.table);
  switch (row.kind) {
    case RowChange::Kind::Insert: return insert_row(row);
    case RowChange::Kind::Update: return update_row(row);
    case RowChange::Kind::Delete: return delete_row(row);
  }
  return {};
}

Result<void> Writer::insert_row(const RowChange& row) {
  std::vector<const Value*> params;
  params.reserve(row.key.size() + row.cells.size());
  for (const auto* cells : {&row.key, &row.cells}) {
    for (const Cell& cell : *cells) params.push_back(&cell.value);
  }
  Bound bound{lane_.texts.insert_of(row), params};
  if (lane_.batch) return noted(lane_.connection.execute_later(bound));
  return noted(lane_.connection.execute(bound)).transform([](int64_t) {});
}

Result<void> Writer::update_row(const RowChange& row) {
  std::string sets;
  Sql sql;
  auto set = [&](std::string_view column, const Value& value) {
    sets += (sets.empty() ? " SET " : ", ") + sql_name(column) + " = ?";
    sql.params.push_back(value);
  };
  for (const Cell& cell : row.cells) set(cell.column, cell.value);
  if (row.version) set("version", *row.version + 1);
  if (sets.empty()) return explain_missing(row);
  Where where = where_key(row);
  sql.text = "UPDATE " + sql_name(row.table) + sets + where.text;
  std::ranges::copy(where.params, std::back_inserter(sql.params));
  if (row.version) {
    sql.text += " AND \"version\" = ?";
    sql.params.push_back(*row.version);
  }
  return write_one(row, sql);
}

// One row, or it is told why there is none: in a group that is sent together by doing it again.
Result<void> Writer::write_one(const RowChange& row, const Sql& sql) {
  if (lane_.batch) return noted(lane_.connection.execute_one_later(sql));
  auto written = noted(lane_.connection.execute(sql));
  if (!written) {
    // A foreign key: of a deletion it is other rows that still refer to this one.
    bool is_held = row.kind == RowChange::Kind::Delete;
    bool is_foreign_key = written.error().code == ErrorCode::NotFound;
    if (is_held && is_foreign_key) written.error().code = ErrorCode::Conflict;
    return std::unexpected(std::move(written).error());
  }
  CHECK(*written <= 1, "a row change names one row by its whole primary key");
  return *written == 1 ? Result<void>{} : explain_missing(row);
}

Result<void> Writer::delete_row(const RowChange& row) {
  Where where = where_key(row);
  Sql sql{"DELETE FROM " + sql_name(row.table) + where.text, std::move(where.params)};
  if (row.version) {
    sql.text += " AND \"version\" = ?";
    sql.params.push_back(*row.version);
  }
  return write_one(row, sql);
}

// NotFound where there is no such row, Conflict where it has another version.
Result<void> Writer::explain_missing(const RowChange& row) {
  Where where = where_key(row);
  Rows found = TRY(lane_.connection.query(
      {"SELECT 1 AS one FROM " + sql_name(row.table) + where.text, std::move(where.params)}));
  if (found.empty()) return refuse(ErrorCode::NotFound, "no such row");
  if (row.version) return refuse(ErrorCode::Conflict, "the row has another version");
  return {};
}

std::vector<Value> Writer::body_row(int64_t seq, std::string text) const {
  if (dialect() == Dialect::Sqlite) {
    if (auto packed = packed_body(text)) return {seq, std::string(), *std::move(packed)};
  }
  return {seq, std::move(text), Value{}};
}

Result<void> Writer::log(LogEntry entry) {
  using enum LogBatch::Table;
  has_written_ = true;
  int64_t leaf_index = entry.seq - 1;
  std::vector<MerkleNode> nodes = position_.frontier.append(leaf_hash(entry.leaf));
  TRY(write_log(Log, {entry.seq, entry.at, std::move(entry.actor_kind), std::move(entry.actor_id),
                      std::move(entry.act), std::move(entry.subject_kind),
                      std::move(entry.subject_id), std::move(entry.root), leaf_index}));
  TRY(write_log(Body, body_row(entry.seq, std::move(entry.body))));
  TRY(write_log(Leaf, {leaf_index, std::move(entry.leaf)}));
  for (MerkleNode& node : nodes) {
    TRY(write_log(Node,
                  {static_cast<int64_t>(node.level), node.index, Blob{std::move(node.hash)}}));
  }
  return {};
}

Result<void> Writer::write_log(LogBatch::Table table, std::vector<Value> row) {
  if (lane_.batch) return noted(lane_.batch->add(table, std::move(row)));
  std::vector<const Value*> params;
  for (const Value& value : row) params.push_back(&value);
  return noted(lane_.connection.execute_later(Bound{log_statement_of_one(table), params}));
}

Result<void> Writer::write_events(const Change& change) {
  if (!change.events.empty()) touch("outbox");
  for (const Event& event : change.events) {
    TRY(write_log(LogBatch::Table::Event,
                  {++position_.event, change.at.ns, event.topic, write_json(event.payload)}));
  }
  return {};
}

}  // namespace anlan::store

#include "store/writer.h"

#include <algorithm>

#include "core/check.h"
#include "core/text.h"
#include "store/schema.h"

namespace anlan::store {

namespace {

constexpr std::size_t kIdentifierMax = 63;  // PostgreSQL cuts longer ones

// Names come from our own deciders, and yet they become SQL text: nothing but a plain word passes.
std::string quoted(std::string_view name) {
  bool is_plain =
      !name.empty() && name.size() <= kIdentifierMax && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
      });
  CHECK(is_plain, "a table or column name is a lower-case word");
  return std::string("\"").append(name).append("\"");
}

struct Where {
  std::string text;
  std::vector<Value> params;
};

Where where_key(const RowChange& row) {
  CHECK(!row.key.empty(), "a row change names its primary key");
  Where out;
  for (const Cell& cell : row.key) {
    out.text += (out.text.empty() ? " WHERE " : " AND ") + quoted(cell.column) + " = ?";
    out.params.push_back(cell.value);
  }
  return out;
}

Json leaf_json(const Change& change, int64_t seq, const std::string& root) {
  Json files = Json::array();
  for (const std::string& file : change.files) files.push(file);
  std::string actor_id = change.actor.person.is_nil() ? "" : change.actor.person.text();
  return Json::object(
      {{"v", 1},
       {"seq", seq},
       {"at", format_instant(change.at)},
       {"actor", Json::object({{"kind", actor_kind_text(change.actor.kind)}, {"id", actor_id}})},
       {"act", change.act},
       {"subject", Json::object({{"kind", change.subject_kind}, {"id", change.subject_id}})},
       {"change", root},
       {"files", std::move(files)},
       {"detail", change.detail}});
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

Result<Rows> Writer::query(const Sql& sql) {
  check_reads_only(sql.text);
  return connection_.query(sql);
}

Result<void> Writer::apply(const Change& change) {
  auto applied = apply_all(change);
  if (!applied) has_refused_ = true;
  return applied;
}

Result<void> Writer::apply_all(const Change& change) {
  TRY(check_texts(change));
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
  ChangeBody body = TRY(encode_body(change.rows, random_));
  int64_t seq = position_.frontier.size() + 1;
  std::string root = to_hex(body.root);
  LogEntry entry{.seq = seq,
                 .at = change.at.ns,
                 .actor_kind = std::string(actor_kind_text(change.actor.kind)),
                 .actor_id = change.actor.person.is_nil() ? "" : change.actor.person.text(),
                 .act = change.act,
                 .subject_kind = change.subject_kind,
                 .subject_id = change.subject_id,
                 .root = root,
                 .body = std::move(body.text),
                 .leaf = canonical_json(leaf_json(change, seq, root))};
  TRY(log(entry));
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
  switch (row.kind) {
    case RowChange::Kind::Insert: return insert_row(row);
    case RowChange::Kind::Update: return update_row(row);
    case RowChange::Kind::Delete: return delete_row(row);
  }
  return {};
}

Result<void> Writer::insert_row(const RowChange& row) {
  std::string columns;
  std::string marks;
  Sql sql;
  for (const auto* cells : {&row.key, &row.cells}) {
    for (const Cell& cell : *cells) {
      columns += (columns.empty() ? "" : ", ") + quoted(cell.column);
      marks += marks.empty() ? "?" : ", ?";
      sql.params.push_back(cell.value);
    }
  }
  sql.text = "INSERT INTO " + quoted(row.table) + " (" + columns + ") VALUES (" + marks + ")";
  return connection_.execute(sql).transform([](int64_t) {});
}

Result<void> Writer::update_row(const RowChange& row) {
  std::string sets;
  Sql sql;
  auto set = [&](std::string_view column, const Value& value) {
    sets += (sets.empty() ? " SET " : ", ") + quoted(column) + " = ?";
    sql.params.push_back(value);
  };
  for (const Cell& cell : row.cells) set(cell.column, cell.value);
  if (row.version) set("version", *row.version + 1);
  if (sets.empty()) return explain_missing(row);
  Where where = where_key(row);
  sql.text = "UPDATE " + quoted(row.table) + sets + where.text;
  std::ranges::copy(where.params, std::back_inserter(sql.params));
  if (row.version) {
    sql.text += " AND \"version\" = ?";
    sql.params.push_back(*row.version);
  }
  int64_t written = TRY(connection_.execute(sql));
  CHECK(written <= 1, "a row change names one row by its whole primary key");
  return written == 1 ? Result<void>{} : explain_missing(row);
}

Result<void> Writer::delete_row(const RowChange& row) {
  Where where = where_key(row);
  Sql sql{"DELETE FROM " + quoted(row.table) + where.text, std::move(where.params)};
  if (row.version) {
    sql.text += " AND \"version\" = ?";
    sql.params.push_back(*row.version);
  }
  auto written = connection_.execute(sql);
  if (!written) {
    // A foreign key: here it is other rows that still refer to this one.
    bool is_held = written.error().code == ErrorCode::NotFound;
    if (is_held) written.error().code = ErrorCode::Conflict;
    return std::unexpected(std::move(written).error());
  }
  CHECK(*written <= 1, "a row change names one row by its whole primary key");
  return *written == 1 ? Result<void>{} : explain_missing(row);
}

// NotFound where there is no such row, Conflict where it has another version.
Result<void> Writer::explain_missing(const RowChange& row) {
  Where where = where_key(row);
  Rows found = TRY(connection_.query(
      {"SELECT 1 AS one FROM " + quoted(row.table) + where.text, std::move(where.params)}));
  if (found.empty()) return refuse(ErrorCode::NotFound, "no such row");
  if (row.version) return refuse(ErrorCode::Conflict, "the row has another version");
  return {};
}

Result<void> Writer::log(const LogEntry& entry) {
  int64_t leaf_index = entry.seq - 1;
  TRY(connection_.execute_later(
      {"INSERT INTO change_log (seq, at, actor_kind, actor_id, act, subject_kind, subject_id,"
       " root, leaf_index) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
       {entry.seq, entry.at, entry.actor_kind, entry.actor_id, entry.act, entry.subject_kind,
        entry.subject_id, entry.root, leaf_index}}));
  TRY(connection_.execute_later(
      {"INSERT INTO change_body (seq, body) VALUES (?, ?)", {entry.seq, entry.body}}));
  TRY(connection_.execute_later(
      {"INSERT INTO ledger_leaf (leaf_index, leaf) VALUES (?, ?)", {leaf_index, entry.leaf}}));
  for (MerkleNode& node : position_.frontier.append(leaf_hash(entry.leaf))) {
    TRY(connection_.execute_later(
        {"INSERT INTO ledger_node (level, node_index, hash) VALUES (?, ?, ?)",
         {static_cast<int64_t>(node.level), node.index, Blob{std::move(node.hash)}}}));
  }
  return {};
}

Result<void> Writer::write_events(const Change& change) {
  for (const Event& event : change.events) {
    TRY(connection_.execute_later(
        {"INSERT INTO outbox (seq, at, topic, payload) VALUES (?, ?, ?, ?)",
         {++position_.event, change.at.ns, event.topic, write_json(event.payload)}}));
  }
  return {};
}

}  // namespace anlan::store

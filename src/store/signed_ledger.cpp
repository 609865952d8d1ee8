#include "store/signed_ledger.h"

#include "core/text.h"
#include "store/files.h"

namespace anlan::store {

namespace {

constexpr std::string_view kNewest =
    "SELECT size, plant, root, at, key_id, signature FROM ledger_head ORDER BY size DESC LIMIT 1";

TreeHead head_of(const Row& row) {
  return {.size = row.int64("size"),
          .root = std::get<Blob>(row["root"]).bytes,
          .at = {row.int64("at")},
          .key_id = row.text("key_id"),
          .signature = std::get<Blob>(row["signature"]).bytes,
          .plant = row.text("plant")};
}

NodeReader nodes_of(View& view) {
  return [&view](int level, int64_t index) -> Result<std::string> {
    Rows rows = TRY(view.query({"SELECT hash FROM ledger_node WHERE level = ? AND node_index = ?",
                                {static_cast<int64_t>(level), index}}));
    if (rows.empty()) return refuse(ErrorCode::StoreFailed, "the ledger lacks a node");
    return std::get<Blob>(rows[0]["hash"]).bytes;
  };
}

Result<int64_t> tree_size(View& view) {
  Rows rows = TRY(view.query({"SELECT coalesce(max(seq), 0) AS size FROM change_log"}));
  return rows[0].int64("size");
}

Json hex_list(const std::vector<std::string>& hashes) {
  Json out = Json::array();
  for (const std::string& hash : hashes) out.push(to_hex(hash));
  return out;
}

Result<Json> keys_json(View& view) {
  Rows rows =
      TRY(view.query({"SELECT id, public_key, previous_id, endorsement FROM ledger_key"
                      " ORDER BY created_at, id"}));
  Json out = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Row row = rows[i];
    Json key = Json::object(
        {{"id", row.text("id")}, {"public_key", to_hex(std::get<Blob>(row["public_key"]).bytes)}});
    if (!row.is_null("endorsement")) {
      key.set("previous", row.text("previous_id"));
      key.set("endorsement", to_hex(std::get<Blob>(row["endorsement"]).bytes));
    }
    out.push(std::move(key));
  }
  return out;
}

}  // namespace

Json head_content(const TreeHead& head) {
  return Json::object({{"format", "anlan.head/1"},
                       {"plant", head.plant},
                       {"size", head.size},
                       {"root", to_hex(head.root)},
                       {"at", format_instant(head.at)},
                       {"key", head.key_id}});
}

SignedLedger::SignedLedger(const Config& config, WriteLane& lane)
    : clock_(config.clock),
      random_(config.random),
      lane_(lane),
      keys_(std::filesystem::path(config.folder) / "keys"),
      head_folders_(config.head_folders),
      plant_(config.plant) {
  head_folders_.insert(head_folders_.begin(),
                       (std::filesystem::path(config.folder) / "heads").string());
}

Result<void> SignedLedger::start() {
  std::scoped_lock lock(mutex_);
  return lane_.transact([&](Connection& connection) -> Result<void> {
    key_ = TRY(current_key(connection, keys_, random_, clock_.now()));
    return {};
  });
}

Result<void> SignedLedger::rotate_key() {
  std::scoped_lock lock(mutex_);
  Rotation rotation;
  auto rotated = lane_.transact([&](Connection& connection) -> Result<void> {
    rotation = TRY(rotated_key(connection, keys_, random_, clock_.now()));
    return {};
  });
  TRY(rotated);
  key_ = std::move(rotation.key);
  delete_key_file(keys_, rotation.old_id);
  return {};
}

std::string SignedLedger::public_key() const {
  std::scoped_lock lock(mutex_);
  return key_.public_key;
}

Json SignedLedger::head_json(const TreeHead& head) const {
  return head_content(head).set("signature", to_hex(head.signature));
}

Result<TreeHead> SignedLedger::new_head(Connection& connection) {
  WritePosition position = TRY(read_position(connection, {}));
  TreeHead head{.size = position.frontier.size(),
                .root = position.frontier.root(),
                // A head says its time in milliseconds, and what is stored is what was signed.
                .at = {clock_.now().to_milliseconds() * 1'000'000},
                .key_id = key_.id,
                .signature = {},
                .plant = plant_};
  head.signature = TRY(sign(key_, canonical_json(head_content(head))));
  TRY(connection.execute(
      {"INSERT INTO ledger_head (size, plant, root, at, key_id, signature)"
       " VALUES (?, ?, ?, ?, ?, ?)",
       {head.size, head.plant, Blob{head.root}, head.at.ns, head.key_id, Blob{head.signature}}}));
  return head;
}

Result<Ledger::Signed> SignedLedger::sign_head() {
  std::scoped_lock lock(mutex_);
  TreeHead head;
  auto done = lane_.transact([&](Connection& connection) -> Result<void> {
    Rows newest = TRY(connection.query({std::string(kNewest)}));
    Rows now = TRY(connection.query({"SELECT coalesce(max(seq), 0) AS size FROM change_log"}));
    if (!newest.empty() && newest[0].int64("size") == now[0].int64("size")) {
      head = head_of(newest[0]);
      return {};
    }
    head = TRY(new_head(connection));
    is_written_ = false;
    return {};
  });
  TRY(done);
  if (is_written_) return Signed{std::move(head), {}};
  std::vector<std::string> failed = write_head(head);
  is_written_ = failed.empty();
  return Signed{std::move(head), std::move(failed)};
}

std::vector<std::string> SignedLedger::write_head(const TreeHead& head) const {
  std::string text = write_json_pretty(head_json(head)) + "\n";
  std::vector<std::string> failed;
  for (const std::string& name : head_folders_) {
    std::filesystem::path folder(name);
    auto write = [&]() -> Result<void> {
      TRY(make_folder(folder));
      TRY(write_file(folder / ("head-" + std::to_string(head.size) + ".json"), text));
      return write_file(folder / "head-latest.json", text);
    };
    if (!write()) failed.push_back(name);
  }
  return failed;
}

Result<TreeHead> SignedLedger::newest_head(View& view) {
  Rows rows = TRY(view.query({std::string(kNewest)}));
  if (rows.empty()) return refuse(ErrorCode::NotFound, "no head was signed yet");
  return head_of(rows[0]);
}

Result<Json> SignedLedger::inclusion(View& view, int64_t leaf_index, int64_t tree_size_asked) {
  int64_t size = TRY(tree_size(view));
  if (tree_size_asked > size) {
    return refuse(ErrorCode::NotFound, "the tree is not that large yet");
  }
  auto path = TRY(inclusion_path(leaf_index, tree_size_asked, nodes_of(view)));
  Rows leaf = TRY(view.query({"SELECT leaf FROM ledger_leaf WHERE leaf_index = ?", {leaf_index}}));
  if (leaf.empty()) return refuse(ErrorCode::StoreFailed, "the ledger lacks a leaf");
  return Json::object({{"leaf_index", leaf_index},
                       {"tree_size", tree_size_asked},
                       {"leaf", leaf[0].text("leaf")},
                       {"path", hex_list(path)}});
}

Result<Json> SignedLedger::consistency(View& view, int64_t from, int64_t to) {
  int64_t size = TRY(tree_size(view));
  if (to > size) {
    return refuse(ErrorCode::NotFound, "the tree is not that large yet");
  }
  auto path = TRY(consistency_path(from, to, nodes_of(view)));
  Json keys = TRY(keys_json(view));
  return Json::object(
      {{"from", from}, {"to", to}, {"path", hex_list(path)}, {"keys", std::move(keys)}});
}

Result<Json> SignedLedger::proof(View& view, std::string_view subject_kind,
                                 std::string_view subject_id, const MaySee& may_see) {
  TreeHead head = TRY(newest_head(view));
  Rows rows =
      TRY(view.query({"SELECT l.seq AS seq, b.body AS body FROM change_log l"
                      " JOIN change_body b ON b.seq = l.seq WHERE l.subject_kind = ?"
                      " AND l.subject_id = ? ORDER BY l.seq",
                      {std::string(subject_kind), std::string(subject_id)}}));
  if (rows.empty()) return refuse(ErrorCode::NotFound, "nothing was ever done to this subject");
  Json acts = Json::array();
  int64_t pending = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    int64_t seq = rows[i].int64("seq");
    if (seq > head.size) {
      ++pending;  // done since the newest head: provable from the next one on
      continue;
    }
    Json act = TRY(inclusion(view, seq - 1, head.size));
    Json fields = TRY(disclosed_fields(rows[i].text("body"), may_see));
    act.set("fields", std::move(fields));
    acts.push(std::move(act));
  }
  Json keys = TRY(keys_json(view));
  return Json::object({{"format", "anlan.proof/1"},
                       {"subject", Json::object({{"kind", subject_kind}, {"id", subject_id}})},
                       {"head", head_json(head)},
                       {"keys", std::move(keys)},
                       {"acts", std::move(acts)},
                       {"pending", pending}});
}

}  // namespace anlan::store

#include "store/signed_ledger.h"

#include <algorithm>
#include <bit>
#include <map>
#include <utility>

#include "core/text.h"
#include "store/files.h"
#include "store/packed_body.h"

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

// Nodes of a proof: first it is found out which ones it takes, then they are read in a few
// questions, then the proof is made.
class Nodes {
 public:
  explicit Nodes(View& view) : view_(view) {}

  // Only notes what is asked for.
  NodeReader collect() {
    return [this](int level, int64_t index) -> Result<std::string> {
      nodes_.try_emplace({level, index});
      return std::string(32, '\0');
    };
  }
  Result<void> read() {
    std::vector<Place> places;
    for (const auto& [place, hash] : nodes_) places.push_back(place);
    for (std::size_t from = 0; from < places.size(); from += kAtOnce) {
      std::size_t count = std::min(kAtOnce, places.size() - from);
      TRY(read({places.begin() + static_cast<std::ptrdiff_t>(from), count}));
    }
    return {};
  }
  NodeReader known() {
    return [this](int level, int64_t index) -> Result<std::string> {
      auto found = nodes_.find({level, index});
      bool is_here = found != nodes_.end() && !found->second.empty();
      if (!is_here) return refuse(ErrorCode::StoreFailed, "the ledger lacks a node");
      return found->second;
    };
  }

 private:
  using Place = std::pair<int64_t, int64_t>;  // level and index
  static constexpr std::size_t kAtOnce = 256;

  Result<void> read(std::span<const Place> places) {
    // Filled up to a power of two, so that proofs of many sizes share a few prepared statements.
    std::size_t size = std::bit_ceil(places.size());
    Sql sql{"SELECT n.level, n.node_index, n.hash FROM (VALUES (?, ?)"};
    for (std::size_t i = 1; i < size; ++i) sql.text += ", (?, ?)";
    sql.text += ") v JOIN ledger_node n ON n.level = v.column1 AND n.node_index = v.column2";
    for (std::size_t i = 0; i < size; ++i) {
      const Place& place = places[std::min(i, places.size() - 1)];
      sql.params.emplace_back(place.first);
      sql.params.emplace_back(place.second);
    }
    Rows rows = TRY(view_.query(sql));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      nodes_[{rows[i].int64("level"), rows[i].int64("node_index")}] =
          std::get<Blob>(rows[i]["hash"]).bytes;
    }
    return {};
  }

  View& view_;
  std::map<Place, std::string> nodes_{};
};

Result<int64_t> tree_size(View& view) {
  Rows rows = TRY(view.query({"SELECT coalesce(max(seq), 0) AS size FROM change_log"}));
  return rows[0].int64("size");
}

Json hex_list(const std::vector<std::string>& hashes) {
  Json out = Json::array();
  for (const std::string& hash : hashes) out.push(to_hex(hash));
  return out;
}

Json inclusion_json(int64_t leaf_index, int64_t size, const std::string& leaf,
                    const std::vector<std::string>& path) {
  return Json::object(
      {{"leaf_index", leaf_index}, {"tree_size", size}, {"leaf", leaf}, {"path", hex_list(path)}});
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
  return change_key([this](Connection& connection) {
    return rotated_key(connection, keys_, random_, clock_.now());
  });
}

Result<void> SignedLedger::lose_key(std::string_view reason) {
  return change_key([this, reason](Connection& connection) {
    return lost_key(connection, keys_, random_, clock_.now(), reason);
  });
}

Result<Json> SignedLedger::keys(View& view) { return keys_json(view); }

Result<void> SignedLedger::change_key(
    const std::function<Result<Rotation>(Connection&)>& make_next) {
  std::scoped_lock lock(mutex_);
  Rotation rotation;
  auto changed = lane_.transact([&](Connection& connection) -> Result<void> {
    rotation = TRY(make_next(connection));
    return {};
  });
  TRY(changed);
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
  // `anlan keys` may have begun another key beside us.
  if (TRY(current_key_id(connection)) != key_.id) {
    key_ = TRY(current_key(connection, keys_, random_, clock_.now()));
  }
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
  Nodes nodes(view);
  TRY(inclusion_path(leaf_index, tree_size_asked, nodes.collect()));
  TRY(nodes.read());
  auto path = TRY(inclusion_path(leaf_index, tree_size_asked, nodes.known()));
  Rows leaf = TRY(view.query({"SELECT leaf FROM ledger_leaf WHERE leaf_index = ?", {leaf_index}}));
  if (leaf.empty()) return refuse(ErrorCode::StoreFailed, "the ledger lacks a leaf");
  return inclusion_json(leaf_index, tree_size_asked, leaf[0].text("leaf"), path);
}

Result<Json> SignedLedger::consistency(View& view, int64_t from, int64_t to) {
  int64_t size = TRY(tree_size(view));
  if (to > size) {
    return refuse(ErrorCode::NotFound, "the tree is not that large yet");
  }
  Nodes nodes(view);
  TRY(consistency_path(from, to, nodes.collect()));
  TRY(nodes.read());
  auto path = TRY(consistency_path(from, to, nodes.known()));
  Json keys = TRY(keys_json(view));
  return Json::object(
      {{"from", from}, {"to", to}, {"path", hex_list(path)}, {"keys", std::move(keys)}});
}

Result<Json> SignedLedger::proof(View& view, std::string_view subject_kind,
                                 std::string_view subject_id, const MaySee& may_see) {
  TreeHead head = TRY(newest_head(view));
  Rows rows =
      TRY(view.query({"SELECT l.seq AS seq, b.body AS body, b.packed AS packed,"
                      " f.leaf AS leaf FROM change_log l"
                      " JOIN change_body b ON b.seq = l.seq"
                      " JOIN ledger_leaf f ON f.leaf_index = l.leaf_index"
                      " WHERE l.subject_kind = ? AND l.subject_id = ? ORDER BY l.seq",
                      {std::string(subject_kind), std::string(subject_id)}}));
  if (rows.empty()) return refuse(ErrorCode::NotFound, "nothing was ever done to this subject");
  Nodes nodes(view);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    int64_t seq = rows[i].int64("seq");
    if (seq <= head.size) TRY(inclusion_path(seq - 1, head.size, nodes.collect()));
  }
  TRY(nodes.read());
  Json acts = Json::array();
  int64_t pending = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    int64_t seq = rows[i].int64("seq");
    if (seq > head.size) {
      ++pending;  // done since the newest head: provable from the next one on
      continue;
    }
    auto path = TRY(inclusion_path(seq - 1, head.size, nodes.known()));
    Json act = inclusion_json(seq - 1, head.size, rows[i].text("leaf"), path);
    std::string body = TRY(body_text(rows[i]));
    Json fields = TRY(disclosed_fields(body, may_see));
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

#include "store/leaf_check.h"

#include "core/text.h"
#include "store/keys.h"
#include "store/memory.h"
#include "store/merkle.h"
#include "store/signed_ledger.h"

namespace anlan::store {
namespace {

constexpr int64_t kPageLeaves = 20'000;  // of 400 bytes: PostgreSQL hands a whole page over at once

Result<bool> is_signed_by_own_key(View& view, const TreeHead& head) {
  Rows key = TRY(view.query({"SELECT public_key FROM ledger_key WHERE id = ?", {head.key_id}}));
  if (key.empty()) return false;
  return is_signed(std::get<Blob>(key[0]["public_key"]).bytes, canonical_json(head_content(head)),
                   head.signature);
}

}  // namespace

Result<LeafCheck> check_leaves(View& view, const TreeHead& head) {
  LeafCheck check{.has_no_gap = true, .is_signed = TRY(is_signed_by_own_key(view, head))};
  TreeHasher tree;
  auto add = [&](const Cells& cells) {
    check.has_no_gap = check.has_no_gap && cells.int64(0) == check.leaves;
    tree.add(cells.text(1));
    if (++check.leaves == head.size) check.leads_to_head = tree.root() == head.root;
  };
  int64_t before = -1;
  while (before < check.leaves) {
    before = check.leaves;
    TRY(visit(view,
              {"SELECT leaf_index, leaf FROM ledger_leaf WHERE leaf_index >= ?"
               " ORDER BY leaf_index LIMIT ?",
               {before, kPageLeaves}},
              add));
    if (!check.has_no_gap) return check;
  }
  return check;
}

}  // namespace anlan::store

#pragma once
// The whole ledger checked in one pass: the tree is built anew from the leaves as they are stored.
// What stands in the bodies of the changes is not looked at; a replay does that.

#include "store/ledger.h"

namespace anlan::store {

struct LeafCheck {
  int64_t leaves = 0;       // how many there are; more than the head covers is no fault
  bool has_no_gap = false;  // numbered from 0, one by one
  bool leads_to_head = false;
  bool is_signed = false;  // the head, by a key of this ledger

  bool is_good() const { return has_no_gap && leads_to_head && is_signed; }
};
Result<LeafCheck> check_leaves(View& view, const TreeHead& head);

}  // namespace anlan::store

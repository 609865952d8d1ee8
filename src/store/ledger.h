#pragma once
// The ledger: an RFC 9162 Merkle tree over every act, with signed heads that leave the machine.
// The formats are in docs/formats/ledger.md; tools/verify_ledger checks them without this code.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "core/time.h"
#include "store/sql.h"

namespace anlan::store {

struct TreeHead {
  int64_t size = 0;
  std::string root;  // 32 bytes
  Instant at{};
  std::string key_id;     // first 16 hex digits of SHA-256 of the public key
  std::string signature;  // Ed25519 over the canonical JSON of the rest
  std::string plant{};    // as it was named when the head was signed
};

class Ledger {
 public:
  virtual ~Ledger() = default;
  // Signs the present tree if it grew, stores the head and writes it to every head folder. Called
  // by engine every few seconds. A folder that can't be written is an incident, told in `failed`.
  struct Signed {
    TreeHead head;
    std::vector<std::string> failed_folders;
  };
  virtual Result<Signed> sign_head() = 0;
  virtual Result<TreeHead> newest_head(View& view) = 0;  // NotFound before the first
  virtual std::string public_key() const = 0;            // 32 bytes
  virtual Json head_json(const TreeHead& head) const = 0;
  // Begins a new signing key, endorsed by the old one; the next head is signed with it.
  virtual Result<void> rotate_key() = 0;
  // The key is gone, or others know it: a new one begins without the old one's word. The gap bears
  // the reason as its name, and every later proof shows it.
  virtual Result<void> lose_key(std::string_view reason) = 0;
  // [{"id","public_key","created_at","retired_at","previous"?,"endorsement"?,"gap"?}], oldest
  // first.
  virtual Result<Json> keys(View& view) = 0;

  // {"leaf_index","tree_size","leaf","path":[hex]}, RFC 9162, 2.1.3; against a signed size.
  virtual Result<Json> inclusion(View& view, int64_t leaf_index, int64_t tree_size) = 0;
  // {"from","to","path":[hex],"keys":[...]}, RFC 9162, 2.1.4. A proof may carry such answers in a
  // list "consistency", so that it can be checked against heads that were kept elsewhere.
  virtual Result<Json> consistency(View& view, int64_t from, int64_t to) = 0;

  // The proof file of one subject (format anlan.proof/1): every act on it with its leaf, inclusion
  // path and fields. Fields for which `may_see(table, column)` is false appear as hashes only.
  using MaySee = std::function<bool(std::string_view table, std::string_view column)>;
  virtual Result<Json> proof(View& view, std::string_view subject_kind, std::string_view subject_id,
                             const MaySee& may_see) = 0;
};

}  // namespace anlan::store

#pragma once
// Signed tokens of a log-in provider: JSON Web Signature (RFC 7515) in its compact form under a
// JSON Web Key Set (RFC 7517). RS256, PS256 and ES256 only (RFC 7518): a token never chooses "none"
// or a shared secret, because those are not here. What comes in is foreign and bounded.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace anlan::access {

inline constexpr std::size_t kJwtBytesMax = 16 << 10;     // an identity token has 1 to 2 KB
inline constexpr std::size_t kKeySetBytesMax = 64 << 10;  // a key has 0.5 KB
inline constexpr std::size_t kKeySetKeysMax = 32;

class KeySet {
 public:
  // Keys of other kinds and for other uses are left out; BadJson or BadField where it is no set, a
  // key of ours is broken, or an RSA key has less than 2048 or more than 8192 bits.
  static Result<KeySet> parse(std::string_view json);
  KeySet();
  ~KeySet();
  KeySet(KeySet&&) noexcept;
  KeySet& operator=(KeySet&&) noexcept;
  std::size_t size() const { return keys_.size(); }

  // The claims, once the signature holds. UnknownField: no key of that name here, so the set may be
  // old; ProofInvalid: anything else.
  Result<Json> verified(std::string_view token) const;

 private:
  struct Key;
  const Key* find(std::string_view id, std::string_view algorithm) const;

  std::vector<std::unique_ptr<Key>> keys_;
};

}  // namespace anlan::access

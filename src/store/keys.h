#pragma once
// Ed25519 (RFC 8032) keys that sign tree heads. The private key lies in a file that only the
// service may read; the public keys and their lives are a table. Inside the room only.

#include <filesystem>
#include <string>

#include "core/json.h"
#include "core/random.h"
#include "core/time.h"
#include "store/connection.h"

namespace anlan::store {

struct SigningKey {
  std::string id;          // first 16 hex digits of SHA-256 of the public key
  std::string public_key;  // 32 bytes
  std::string seed;        // 32 bytes, secret
};

Result<SigningKey> new_key(Random& random);
Result<std::string> sign(const SigningKey& key, std::string_view message);  // 64 bytes
bool is_signed(std::string_view public_key, std::string_view message, std::string_view signature);

// What an old key signs to hand over to the next: anlan.key/1 in docs/formats/ledger.md.
std::string endorsement_message(const SigningKey& next);

// Empty before the first.
Result<std::string> current_key_id(Connection& connection);
// The key in use; makes the first one. Where its file is gone the key is lost, as by lost_key.
Result<SigningKey> current_key(Connection& connection, const std::filesystem::path& folder,
                               Random& random, Instant at);
// A new key, endorsed by the old one. After the commit the caller deletes the old one's file.
// Rotation and loss are acts with leaves of their own.
struct Rotation {
  SigningKey key;
  std::string old_id;
};
Result<Rotation> rotated_key(Connection& connection, const std::filesystem::path& folder,
                             Random& random, Instant at);
// A new key without the old one's word, behind a gap with this name: auditors then need the new key
// by another road.
Result<Rotation> lost_key(Connection& connection, const std::filesystem::path& folder,
                          Random& random, Instant at, std::string_view reason);
// Public keys and their lives, oldest first.
Result<Json> keys_json(View& view);
void delete_key_file(const std::filesystem::path& folder, std::string_view id);

}  // namespace anlan::store

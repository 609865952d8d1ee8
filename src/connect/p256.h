#pragma once
// Keys on the curve P-256 (FIPS 186-5) in the raw forms that Web Push uses: a secret number of 32
// bytes, a point of 65 bytes (uncompressed, SEC 1, 2.3.3), a signature r || s of 64 bytes (RFC
// 7518, clause 3.4). Inside the room only.

#include <string>
#include <string_view>

#include "core/random.h"
#include "core/result.h"

namespace anlan::connect {

struct P256Key {
  std::string secret;  // 32 bytes
  std::string point;   // 65 bytes
};

Result<P256Key> p256_key(std::string_view secret);  // BadField where it is no key
Result<P256Key> new_p256_key(Random& random);
// The x coordinate of ECDH, 32 bytes. BadField where `point` does not lie on the curve.
Result<std::string> p256_shared(const P256Key& own, std::string_view point);
Result<std::string> p256_sign(const P256Key& key, std::string_view message);  // ES256

}  // namespace anlan::connect

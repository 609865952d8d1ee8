#pragma once
// The key by which push services know this plant (RFC 8292). Browsers bind their subscriptions to
// it: whoever loses the file loses all subscriptions. One line, base64url of the secret, mode 0600.

#include <string>

#include "connect/p256.h"
#include "core/result.h"

namespace anlan::connect {

// Makes the file where there is none. BadField where it holds no key.
Result<P256Key> vapid_key(const std::string& path, Random& random);

}  // namespace anlan::connect

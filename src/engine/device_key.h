#pragma once
// Keys of phones: P-256 (FIPS 186-5) made by WebCrypto, whose secret never leaves the phone. Here
// only the public half is known. Room-internal.

#include <string>
#include <string_view>

#include "core/result.h"

namespace anlan::engine {

// `key`: SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) as base64url. BadField unless it is a P-256 key
// in its one spelling. Answers the id: the first 32 hex digits of SHA-256 of the bytes.
Result<std::string> device_key_id(std::string_view key);

// `signature`: r || s as base64url (RFC 7518, 3.4: ES256) over the bytes of `text`.
bool is_signed_by(std::string_view key, std::string_view text, std::string_view signature);

}  // namespace anlan::engine

#pragma once
// The local certificate authority of a plant without one: an ECDSA P-256 key that never leaves the
// data folder, a certificate of ten years that people put on their phones once, and server
// certificates of 397 days under it, renewed before they end and when the names change.

#include <string>
#include <vector>

#include "api/services.h"
#include "core/random.h"
#include "core/result.h"
#include "core/time.h"

namespace anlan::api {

struct TlsWish {
  std::string folder;  // <folder>/tls/{ca,server}.{key,crt}, keys readable by the owner only
  std::string plant;
  std::vector<std::string> names;  // DNS names and addresses, without duplicates
  Instant now;
  Random& random;
};

struct TlsFiles {
  std::string certificate_path;  // server certificate and the authority's, PEM
  std::string key_path;
  AuthorityView authority;
  bool is_new_server_certificate = false;
};

// Makes what is missing and renews what is near its end. StoreFailed when a file can't be written
// or read; a broken key is told, never replaced.
Result<TlsFiles> ensure_tls(const TlsWish& wish);

// localhost, the loopback addresses, the machine's name and its addresses, then `further`.
std::vector<std::string> names_of_machine(const std::vector<std::string>& further);

// Of these, the ones that a browser elsewhere can use when we listen on `address`: no IPv6 behind
// an IPv4 address, loopback last, and nothing but loopback where only that is listened on.
std::vector<std::string> names_reached_by(const std::string& address,
                                          const std::vector<std::string>& names);

// 32 random bytes kept in <folder>/<name>, made at first use.
struct SecretWish {
  std::string folder;
  std::string name;
  Random& random;
};
Result<std::string> ensure_secret(const SecretWish& wish);

}  // namespace anlan::api

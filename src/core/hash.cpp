#include "core/hash.h"

#include <openssl/evp.h>

#include "core/check.h"

namespace anlan {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  CHECK(EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) == 1, "SHA-256 must be there");
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::string_view bytes) {
  CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1, "hashing can't fail");
}

std::string Sha256::finish() {
  std::string out(32, '\0');
  unsigned size = 0;
  CHECK(
      EVP_DigestFinal_ex(state_->context, reinterpret_cast<unsigned char*>(out.data()), &size) == 1,
      "hashing can't fail");
  return out;
}

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.finish();
}

}  // namespace anlan

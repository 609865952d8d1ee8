#include "core/hash.h"

#include <openssl/evp.h>

#include "core/check.h"
#include "core/digest.h"

namespace anlan {
namespace {

// EVP_sha256() would look its implementation up each time.
const EVP_MD* algorithm() {
  static EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return fetched;
}

struct Context {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(context); }
};

Digest finished(EVP_MD_CTX* context) {
  Digest out{};
  unsigned size = 0;
  auto* bytes = reinterpret_cast<unsigned char*>(out.data());
  CHECK(EVP_DigestFinal_ex(context, bytes, &size) == 1, "hashing can't fail");
  return out;
}

}  // namespace

struct Sha256::State : Context {};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  CHECK(EVP_DigestInit_ex2(state_->context, algorithm(), nullptr) == 1, "SHA-256 must be there");
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::string_view bytes) {
  CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1, "hashing can't fail");
}

std::string Sha256::finish() { return std::string(bytes_of(finished(state_->context))); }

std::string sha256(std::string_view bytes) { return std::string(bytes_of(digest_of(bytes))); }

Digest digest_of(std::string_view bytes) {
  // Thousands of short texts are hashed for each commit: one context for each thread serves all.
  thread_local Context own;
  CHECK(EVP_DigestInit_ex2(own.context, algorithm(), nullptr) == 1 &&
            EVP_DigestUpdate(own.context, bytes.data(), bytes.size()) == 1,
        "hashing can't fail");
  return finished(own.context);
}

}  // namespace anlan

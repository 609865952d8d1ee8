// Secrets under a passphrase: scrypt (RFC 7914) makes the key, AES-256-GCM hides and protects.

#include <openssl/evp.h>

#include <array>
#include <memory>

#include "core/limits.h"
#include "core/text.h"
#include "store/backup.h"

namespace anlan::store {
namespace {

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

constexpr std::string_view kFormat = "anlan.sealed/1";
constexpr std::size_t kSaltBytes = 16, kNonceBytes = 12, kTagBytes = 16, kKeyBytes = 32;
// 64 MB and about 0.2 s for each guess.
constexpr uint64_t kCost = 1 << 16, kBlock = 8, kLanes = 1, kMemoryMax = 128 << 20;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* room_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Result<std::string> key_of(std::string_view passphrase, std::string_view salt) {
  std::string key(kKeyBytes, '\0');
  if (EVP_PBE_scrypt(passphrase.data(), passphrase.size(), bytes_of(salt), salt.size(), kCost,
                     kBlock, kLanes, kMemoryMax, room_of(key), key.size()) != 1) {
    return refuse(ErrorCode::StoreFailed, "scrypt failed");
  }
  return key;
}

std::string random_bytes(Random& random, std::size_t count) {
  std::array<uint8_t, kSaltBytes> bytes{};
  random.fill(bytes);
  return std::string(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
}

std::unexpected<Error> unreadable() {
  return refuse(ErrorCode::ProofInvalid, "another passphrase, or the secrets are damaged");
}

}  // namespace

Result<std::string> seal(std::string_view bytes, std::string_view passphrase, Random& random) {
  std::string salt = random_bytes(random, kSaltBytes);
  std::string nonce = random_bytes(random, kNonceBytes);
  std::string key = TRY(key_of(passphrase, salt));
  Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  std::string out(bytes.size() + kTagBytes, '\0');
  int size = 0, ignored = 0;
  bool is_good = context &&
                 EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key),
                                    bytes_of(nonce)) == 1 &&
                 EVP_EncryptUpdate(context.get(), nullptr, &ignored, bytes_of(kFormat),
                                   static_cast<int>(kFormat.size())) == 1 &&
                 EVP_EncryptUpdate(context.get(), room_of(out), &size, bytes_of(bytes),
                                   static_cast<int>(bytes.size())) == 1 &&
                 EVP_EncryptFinal_ex(context.get(), room_of(out) + size, &ignored) == 1 &&
                 EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                                     room_of(out) + bytes.size()) == 1;
  if (!is_good) return refuse(ErrorCode::StoreFailed, "sealing failed");
  return write_json(Json::object({{"format", kFormat},
                                  {"kdf", "scrypt 65536 8 1"},
                                  {"cipher", "AES-256-GCM"},
                                  {"salt", to_hex(salt)},
                                  {"nonce", to_hex(nonce)},
                                  {"data", to_hex(out)}}));
}

Result<std::string> unseal(std::string_view sealed, std::string_view passphrase) {
  Json box = TRY(parse_json(sealed, limits::kBlobBytesMax));
  std::string salt = from_hex(box.text_or("salt", ""));
  std::string nonce = from_hex(box.text_or("nonce", ""));
  std::string data = from_hex(box.text_or("data", ""));
  bool is_ours = box.text_or("format", "") == kFormat && salt.size() == kSaltBytes &&
                 nonce.size() == kNonceBytes && data.size() >= kTagBytes;
  if (!is_ours) return unreadable();
  std::string key = TRY(key_of(passphrase, salt));
  std::string tag = data.substr(data.size() - kTagBytes);
  data.resize(data.size() - kTagBytes);
  Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  std::string out(data.size() + 1, '\0');  // never an empty buffer
  int size = 0, ignored = 0;
  bool is_good =
      context &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key),
                         bytes_of(nonce)) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &ignored, bytes_of(kFormat),
                        static_cast<int>(kFormat.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), room_of(out), &size, bytes_of(data),
                        static_cast<int>(data.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), room_of(out) + size, &ignored) == 1;
  if (!is_good) return unreadable();
  out.resize(data.size());
  return out;
}

}  // namespace anlan::store

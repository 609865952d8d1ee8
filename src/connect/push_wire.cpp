#include "connect/push_wire.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "core/base64.h"
#include "core/json.h"
#include "core/text.h"

namespace anlan::connect {
namespace {

constexpr std::size_t kAuthBytes = 16;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kUrlBytesMax = 2048;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string hmac(std::string_view key, std::string_view message) {
  std::string out(32, '\0');
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), raw(message), message.size(),
       raw(out), &size);
  return out;
}

// RFC 5869, clause 2.3, for at most one block of output.
std::string expand(std::string_view key, std::string info, std::size_t bytes) {
  return hmac(key, std::move(info) + '\x01').substr(0, bytes);
}

struct RecordKeys {
  std::string key;
  std::string nonce;
};

// RFC 8291, clause 3.4, then RFC 8188, clause 2.2. The sequence number of the only record is 0.
Result<RecordKeys> record_keys(const PushReceiver& receiver, const PushSender& sender) {
  std::string shared = TRY(p256_shared(sender.key, receiver.point));
  std::string info("WebPush: info\0", 14);
  std::string material =
      expand(hmac(receiver.auth, shared), info + receiver.point + sender.key.point, 32);
  std::string secret = hmac(sender.salt, material);
  return RecordKeys{expand(secret, std::string("Content-Encoding: aes128gcm\0", 28), kKeyBytes),
                    expand(secret, std::string("Content-Encoding: nonce\0", 24), kNonceBytes)};
}

Result<std::string> sealed(const RecordKeys& keys, std::string_view plain) {
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
  std::string out(plain.size() + kTagBytes, '\0');
  int size = 0;
  int rest = 0;
  if (!context ||
      EVP_EncryptInit_ex2(context.get(), EVP_aes_128_gcm(), raw(keys.key), raw(keys.nonce),
                          nullptr) != 1 ||
      EVP_EncryptUpdate(context.get(), raw(out), &size, raw(plain),
                        static_cast<int>(plain.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), raw(out) + size, &rest) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes,
                          raw(out) + plain.size()) != 1) {
    return refuse(ErrorCode::Internal, "AES-128-GCM failed");
  }
  return out;
}

// Where the name or address ends at the beginning of "name:port"; 0 where there is none.
std::size_t host_end(std::string_view place) {
  bool is_v6 = place.starts_with('[');
  constexpr std::string_view kV6 = "0123456789abcdef:.";
  constexpr std::string_view kName = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
  std::size_t end = place.find_first_not_of(is_v6 ? kV6 : kName, is_v6 ? 1 : 0);
  if (!is_v6) return std::min(end, place.size());
  return end != std::string_view::npos && end > 1 && place[end] == ']' ? end + 1 : 0;
}

// ":8443"
std::optional<int> port_of(std::string_view text) {
  if (!text.starts_with(':') || text.size() < 2 || text.size() > 6) return std::nullopt;
  int port = 0;
  for (char digit : text.substr(1)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    port = port * 10 + (digit - '0');
  }
  return port >= 1 && port <= 65535 ? std::optional(port) : std::nullopt;
}

}  // namespace

Result<PushReceiver> push_receiver(std::string_view p256dh, std::string_view auth) {
  PushReceiver receiver{.point = TRY(from_base64url(p256dh)), .auth = TRY(from_base64url(auth))};
  if (receiver.point.size() != 65 || receiver.point[0] != 4) {
    return refuse(ErrorCode::BadField, "not a point of P-256", "p256dh");
  }
  if (receiver.auth.size() != kAuthBytes) return refuse(ErrorCode::BadField, "16 bytes", "auth");
  return receiver;
}

Result<PushSender> new_push_sender(Random& random) {
  PushSender sender{.key = TRY(new_p256_key(random)), .salt = std::string(kSaltBytes, '\0')};
  random.fill({reinterpret_cast<uint8_t*>(sender.salt.data()), sender.salt.size()});
  return sender;
}

Result<std::string> encrypt_push(std::string_view plain, const PushReceiver& receiver,
                                 const PushSender& sender) {
  if (plain.size() > kPushPlainBytesMax) {
    return refuse(ErrorCode::TooLarge, "a push message has at most 3993 bytes");
  }
  RecordKeys keys = TRY(record_keys(receiver, sender));
  // RFC 8188, clause 2: 0x02 ends the last record.
  std::string record = TRY(sealed(keys, std::string(plain) + '\x02'));
  // RFC 8188, clause 2.1: salt, record size 4096, length of the key id, key id.
  constexpr std::string_view kSizes("\x00\x00\x10\x00\x41", 5);
  return sender.salt + std::string(kSizes) + sender.key.point + record;
}

Result<std::string> origin_of(std::string_view url) {
  auto wrong = [] { return refuse(ErrorCode::BadField, "not an http or https URL", "endpoint"); };
  if (url.size() > kUrlBytesMax) return wrong();
  for (char letter : url) {
    if (letter <= ' ' || letter > '~' || letter == '\\') return wrong();
  }
  std::size_t end_of_scheme = url.find("://");
  if (end_of_scheme == std::string_view::npos) return wrong();
  std::string scheme = lower_ascii(url.substr(0, end_of_scheme));
  if (scheme != "https" && scheme != "http") return wrong();
  std::string_view rest = url.substr(end_of_scheme + 3);
  std::string place = lower_ascii(rest.substr(0, rest.find_first_of("/?#")));
  std::size_t end = host_end(place);
  if (end == 0) return wrong();
  std::string origin = scheme + "://" + place.substr(0, end);
  if (end == place.size()) return origin;
  std::optional<int> port = port_of(std::string_view(place).substr(end));
  if (!port) return wrong();
  bool is_usual = *port == (scheme == "https" ? 443 : 80);
  return is_usual ? origin : origin + ":" + std::to_string(*port);
}

Result<std::string> vapid_authorization(const P256Key& key, const VapidClaims& claims) {
  std::string header = write_json(Json::object({{"typ", "JWT"}, {"alg", "ES256"}}));
  std::string body = write_json(
      Json::object({{"aud", claims.audience}, {"exp", claims.expires}, {"sub", claims.subject}}));
  std::string token = base64url(header) + "." + base64url(body);
  std::string signature = TRY(p256_sign(key, token));
  return "vapid t=" + token + "." + base64url(signature) + ", k=" + base64url(key.point);
}

// RFC 8030, clauses 5 and 7.3; 410 is what services really say for a subscription that ended.
PushAnswer read_push_answer(int status) {
  using Verdict = PushAnswer::Verdict;
  if (status >= 200 && status < 300) return {Verdict::Sent};
  std::string reason = "push service answered " + std::to_string(status);
  if (status == 404 || status == 410) return {Verdict::Gone, std::move(reason)};
  bool is_passing = status == 408 || status == 429 || status >= 500;
  return {is_passing ? Verdict::Later : Verdict::Refused, std::move(reason)};
}

}  // namespace anlan::connect

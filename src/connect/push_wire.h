#pragma once
// What a push service wants to see: the message encrypted for one browser (RFC 8291 with RFC 8188's
// aes128gcm) and the proof of who sends it (RFC 8292, VAPID). Pure: keys, salt and time come in.

#include <cstdint>
#include <string>
#include <string_view>

#include "connect/p256.h"
#include "core/result.h"
#include "core/time.h"

namespace anlan::connect {

// RFC 8291, clause 4: 4096 bytes in all, less header (86), tag (16) and delimiter (1).
inline constexpr std::size_t kPushPlainBytesMax = 3993;

// The keys that the browser gave with its subscription, as bytes.
struct PushReceiver {
  std::string point;  // p256dh
  std::string auth;   // 16 bytes
};
Result<PushReceiver> push_receiver(std::string_view p256dh, std::string_view auth);  // BadField

// Made anew for each message.
struct PushSender {
  P256Key key;
  std::string salt;  // 16 bytes
};
Result<PushSender> new_push_sender(Random& random);

// The body of the request, header and one record. TooLarge above kPushPlainBytesMax.
Result<std::string> encrypt_push(std::string_view plain, const PushReceiver& receiver,
                                 const PushSender& sender);

// "https://push.example.net", with the port where it is not the scheme's own (RFC 6454, 6.1).
// BadField where this is no http or https URL.
Result<std::string> origin_of(std::string_view url);

struct VapidClaims {
  std::string audience;  // the origin of the endpoint
  int64_t expires = 0;   // seconds since 1970, at most 24 h ahead
  std::string subject;   // "mailto:..." or "https:..."
};
// The value of the header Authorization: "vapid t=<JWT>, k=<public key>".
Result<std::string> vapid_authorization(const P256Key& key, const VapidClaims& claims);

// How a push service answered, whichever way it was asked.
struct PushAnswer {
  enum class Verdict { Sent, Gone, Refused, Later };
  Verdict verdict = Verdict::Refused;
  std::string reason{};
};
PushAnswer read_push_answer(int http_status);

}  // namespace anlan::connect

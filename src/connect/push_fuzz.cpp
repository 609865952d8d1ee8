// What a browser sends as its subscription: endpoint, p256dh and auth, one a line. Whatever is
// accepted can be encrypted for, or is refused because the point lies on no curve.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "connect/push_wire.h"
#include "core/base64.h"
#include "core/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace anlan;
  using namespace anlan::connect;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto lines = split(text, '\n');
  lines.resize(3);
  if (auto origin = origin_of(lines[0])) {
    if (origin_of(*origin) != *origin) std::abort();
  }
  if (auto bytes = from_base64url(lines[1])) {
    if (from_base64url(base64url(*bytes)) != *bytes) std::abort();
  }
  auto receiver = push_receiver(lines[1], lines[2]);
  if (!receiver) return 0;
  SeededRandom random(size);
  auto sender = new_push_sender(random);
  if (!sender) std::abort();
  auto body = encrypt_push("x", *receiver, *sender);
  if (body && body->size() != 104) std::abort();
  return 0;
}

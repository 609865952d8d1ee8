// Whatever the bytes: no crash, and what is read as a film begins like one and has a picture with a
// size.

#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "ehs/ehs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace anlan;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  bool looks = ehs::looks_like_video(bytes);
  Result<ehs::VideoFacts> facts = ehs::read_video(bytes);
  CHECK(!facts || looks, "a film begins like one");
  if (!facts) return 0;
  CHECK(facts->kind == "video/mp4" || facts->kind == "video/webm", "one of two kinds");
  CHECK(facts->width > 0 && facts->height > 0, "a picture has a size");
  return 0;
}

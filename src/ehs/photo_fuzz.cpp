// Whatever the bytes: no crash, and a photo without traces is a photo of the same size that says
// nothing and cannot be stripped further.

#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "ehs/ehs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace anlan;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Result<ehs::PhotoFacts> facts = ehs::read_photo(bytes);
  Result<std::string> stripped = ehs::strip_exif(bytes);
  CHECK(facts.has_value() == stripped.has_value(), "both take the same photos");
  if (!facts) return 0;
  Result<ehs::PhotoFacts> left = ehs::read_photo(*stripped);
  CHECK(left.has_value(), "a stripped photo is a photo");
  CHECK(left->kind == facts->kind, "of the same kind");
  CHECK(left->width == facts->width && left->height == facts->height, "of the same size");
  CHECK(left->orientation == facts->orientation, "the same way up");
  CHECK(left->taken_at.empty() && !left->has_gps, "without traces");
  CHECK(ehs::strip_exif(*stripped) == stripped, "with nothing left to strip");
  return 0;
}

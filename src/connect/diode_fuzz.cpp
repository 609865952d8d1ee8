// Any bytes are refused or a frame that is written as it was read; any order of numbers leaves the
// book with no number counted twice.

#include <cstdint>
#include <string>

#include "connect/diode_wire.h"
#include "core/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace anlan::connect;
  static const std::string kKey(kDiodeKeyBytes, 'k');
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto plain = read_diode(bytes, kKey);
  CHECK(!plain || write_diode(*plain, kKey) == bytes, "what is read is written the same");
  // With a good signature, so that what is behind it is reached.
  std::string framed = sign_diode("ALD1" + std::string(bytes), kKey);
  auto read = read_diode(framed, kKey);
  CHECK(!read || write_diode(*read, kKey) == framed, "the same, with a good signature");
  DiodeBook book;
  int64_t fresh = 0;
  for (std::size_t i = 0; i + 3 <= size; i += 3) {
    auto number = static_cast<uint64_t>(data[i + 1] | data[i + 2] << 8);
    fresh += book.take(data[i] & 3u, number) == DiodeBook::Verdict::New;
  }
  CHECK(book.frames() == fresh && book.missing() >= 0 && book.late() <= fresh,
        "no number counts twice");
  return 0;
}

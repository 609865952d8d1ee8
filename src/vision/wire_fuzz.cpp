// Whatever the bytes: no crash; what can be read is written again byte for byte. The orientation
// of foreign bytes is one of eight, and a foreign print harms no index.

#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "vision/orientation.h"
#include "vision/print.h"
#include "vision/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace anlan;
  using namespace anlan::vision;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (auto question = wire::read_question(bytes)) {
    auto again = wire::read_question(wire::write_question(*question));
    CHECK(again && again->first_bytes == question->first_bytes, "a question is read again");
  }
  (void)wire::read_answer_head(bytes);
  if (auto seen = wire::read_photo_seen(bytes)) {
    auto written = wire::write_answer(*seen);
    CHECK(written.substr(wire::kAnswerHeadBytes) == bytes, "a photo's answer is written again");
  }
  if (auto seen = wire::read_pair_seen(bytes)) {
    auto written = wire::write_answer(*seen);
    CHECK(wire::read_pair_seen(written.substr(wire::kAnswerHeadBytes)), "a pair is read again");
  }
  int orientation = read_orientation(bytes);
  CHECK(orientation >= 1 && orientation <= 8, "one of eight");
  if (auto print = read_print(bytes))
    CHECK(write_print(*print) == bytes, "a print is written again");
  PrintIndex index;
  index.add("a", bytes);
  (void)index.find(bytes, 3);
  return 0;
}

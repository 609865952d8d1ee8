// Any numbers of notification messages: what is asked for again is bounded, never 0, never the
// message itself, and a message that follows the last is never taken for a repeated one.

#include <cstdint>
#include <cstring>

#include "connect/opcua_book.h"
#include "core/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace anlan::connect;
  using Verdict = NotificationBook::Verdict;
  NotificationBook book;
  bool is_known = false;
  uint32_t last = 0;
  for (std::size_t i = 0; i + 5 <= size; i += 5) {
    uint32_t sequence = 0;
    std::memcpy(&sequence, data + i, sizeof sequence);
    // Near the last one, so that more than the first branch is reached.
    if ((data[i + 4] & 2) != 0) sequence = last + (sequence % 256) - 16;
    bool is_keep_alive = (data[i + 4] & 1) != 0;
    NotificationBook::Step step = book.note(sequence, is_keep_alive);
    CHECK(step.missing.size() <= kOpcuaMissingMax, "bounded");
    for (uint32_t missing : step.missing)
      CHECK(missing != 0 && missing != sequence, "0 is no number, and nobody asks for what he has");
    if (sequence == 0) {
      CHECK(step.verdict == Verdict::Lost, "no number: everything is read anew");
      continue;
    }
    bool follows = is_known && sequence == (last == UINT32_MAX ? 1 : last + 1);
    CHECK(!follows || (step.verdict == Verdict::Next && step.missing.empty()),
          "the next one is the next one");
    if (step.verdict == Verdict::Repeated) continue;
    is_known = !is_keep_alive || sequence > 1;
    last = is_keep_alive ? sequence - 1 : sequence;
    (void)opcua_quality(sequence);
    CHECK(!is_overflow(sequence) || (sequence & 0x80) != 0, "the bit is set");
  }
  return 0;
}

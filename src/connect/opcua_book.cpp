#include "connect/opcua_book.h"

namespace anlan::connect {
namespace {

uint32_t after(uint32_t sequence) { return sequence == UINT32_MAX ? 1 : sequence + 1; }

// Steps from one number to the other; 0 is no number.
uint32_t distance(uint32_t from, uint32_t to) { return to >= from ? to - from : to - from - 1; }

}  // namespace

history::Quality opcua_quality(uint32_t status) {
  switch (status >> 30) {
    case 0: return history::Quality::Good;
    case 1: return history::Quality::Uncertain;
    default: return history::Quality::Bad;
  }
}

bool is_overflow(uint32_t status) {
  constexpr uint32_t kInfoType = 0x0c00, kDataValue = 0x0400, kOverflow = 0x0080;
  return (status & kInfoType) == kDataValue && (status & kOverflow) != 0;
}

NotificationBook::Step NotificationBook::note(uint32_t sequence, bool is_keep_alive) {
  uint32_t next = is_keep_alive ? sequence : after(sequence);
  if (sequence == 0) return {.verdict = Verdict::Lost};
  if (!expected_) {
    expected_ = next;
    return {};
  }
  uint32_t ahead = distance(*expected_, sequence);
  if (ahead > UINT32_MAX / 2) return {.verdict = Verdict::Repeated};
  Step step;
  if (ahead > kOpcuaMissingMax) step.verdict = Verdict::Lost;
  else {
    for (uint32_t at = *expected_; at != sequence; at = after(at)) step.missing.push_back(at);
  }
  expected_ = next;
  return step;
}

}  // namespace anlan::connect

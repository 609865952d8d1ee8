#pragma once
// What the parts of OPC UA mean that need no library: status codes, and the numbers of notification
// messages (OPC UA 1.05, Part 4). Pure.

#include <cstdint>
#include <optional>
#include <vector>

#include "history/history.h"

namespace anlan::connect {

inline constexpr uint32_t kOpcuaMissingMax = 100;  // messages that are asked for again

// Part 4, 7.39.1: the severity stands in the two highest bits.
history::Quality opcua_quality(uint32_t status);
// Values were lost before this one: InfoType DataValue with the bit Overflow.
bool is_overflow(uint32_t status);

// Part 4, 5.14.1: the messages of one subscription are numbered from 1, and 1 follows the highest.
class NotificationBook {
 public:
  enum class Verdict { Next, Repeated, Lost };
  struct Step {
    Verdict verdict = Verdict::Next;
    std::vector<uint32_t> missing{};  // to be asked for before this one is used
  };
  // A keep-alive carries the number that the next message will have. Lost: so many are missing that
  // asking for them is pointless; everything has to be read anew.
  Step note(uint32_t sequence, bool is_keep_alive);
  // Of a subscription that is new, or was taken over with messages that may be lost.
  void reset() { expected_.reset(); }

 private:
  std::optional<uint32_t> expected_{};
};

}  // namespace anlan::connect

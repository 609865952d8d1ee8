#pragma once
// UUIDv7 (RFC 9562, clause 5.7): time-ordered, 48 bits of milliseconds, a 12-bit counter within
// the millisecond, 62 random bits. Text form is the canonical lower-case one, 36 characters.
// Each kind of thing has its own type, so a person's id can't be passed for a record's.

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/random.h"
#include "core/result.h"
#include "core/time.h"

namespace anlan {

struct Uuid {
  std::array<uint8_t, 16> bytes{};

  bool is_nil() const { return bytes == std::array<uint8_t, 16>{}; }
  auto operator<=>(const Uuid&) const = default;
};

std::string format_uuid(const Uuid& id);
Result<Uuid> parse_uuid(std::string_view text);

template <class Kind>
struct Id {
  Uuid uuid;

  bool is_nil() const { return uuid.is_nil(); }
  std::string text() const { return format_uuid(uuid); }
  static Result<Id> parse(std::string_view text) {
    return parse_uuid(text).transform([](Uuid parsed) { return Id{parsed}; });
  }
  auto operator<=>(const Id&) const = default;
};

using PersonId = Id<struct PersonKind>;
using OrgId = Id<struct OrgKind>;
using RecordId = Id<struct RecordKind>;
using CaseId = Id<struct CaseKind>;
using TaskId = Id<struct TaskKind>;
using TimerId = Id<struct TimerKind>;
using SessionId = Id<struct SessionKind>;

// Makes ids that rise strictly within one maker, also when the clock stands or steps back.
class IdMaker {
 public:
  IdMaker(Clock& clock, Random& random) : clock_(clock), random_(random) {}
  Uuid next();
  template <class Kind>
  Id<Kind> next_id() {
    return {next()};
  }

 private:
  Clock& clock_;
  Random& random_;
  int64_t last_ms_ = 0;
  uint32_t counter_ = 0;
};

}  // namespace anlan

template <>
struct std::hash<anlan::Uuid> {
  std::size_t operator()(const anlan::Uuid& id) const noexcept {
    std::size_t value = 0;
    for (std::size_t i = 8; i < 16; ++i) value = value << 8 | id.bytes[i];
    return value ^ id.bytes[5] ^ static_cast<std::size_t>(id.bytes[4]) << 8;
  }
};

template <class Kind>
struct std::hash<anlan::Id<Kind>> {
  std::size_t operator()(const anlan::Id<Kind>& id) const noexcept {
    return std::hash<anlan::Uuid>{}(id.uuid);
  }
};

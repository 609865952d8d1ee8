#pragma once
// Instants are UTC nanoseconds since 1970, durations are signed nanoseconds. Outside the program
// both are ISO 8601 text. The clock is passed in; nobody asks the operating system directly.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace anlan {

struct Duration {
  int64_t ns = 0;

  static constexpr Duration seconds(int64_t n) { return {n * 1'000'000'000}; }
  static constexpr Duration milliseconds(int64_t n) { return {n * 1'000'000}; }
  static constexpr Duration minutes(int64_t n) { return seconds(n * 60); }
  static constexpr Duration hours(int64_t n) { return minutes(n * 60); }
  static constexpr Duration days(int64_t n) { return hours(n * 24); }
  constexpr int64_t to_milliseconds() const { return ns / 1'000'000; }
  constexpr int64_t to_seconds() const { return ns / 1'000'000'000; }
  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator+(Duration other) const { return {ns + other.ns}; }
  constexpr Duration operator-(Duration other) const { return {ns - other.ns}; }
  constexpr Duration operator*(int64_t factor) const { return {ns * factor}; }
};

struct Instant {
  int64_t ns = 0;

  constexpr auto operator<=>(const Instant&) const = default;
  constexpr Instant operator+(Duration d) const { return {ns + d.ns}; }
  constexpr Instant operator-(Duration d) const { return {ns - d.ns}; }
  constexpr Duration operator-(Instant other) const { return {ns - other.ns}; }
  constexpr int64_t to_milliseconds() const { return ns / 1'000'000; }
};

// "2026-11-21T06:23:11.250Z": always UTC, always milliseconds.
std::string format_instant(Instant at);
// Years 1970 to 2261, "Z" or an offset required, up to nine digits of fraction.
Result<Instant> parse_instant(std::string_view text);

// "PT2H30M", "P3D", "-PT0.5S"; days are 24 h. No years or months: they have no fixed length.
std::string format_duration(Duration length);
Result<Duration> parse_duration(std::string_view text);

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() = 0;
};

// The machine's clock. Only main hands it out.
Clock& system_clock_of_machine();

// For tests and simulation: stands still until it is moved.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}
  Instant now() override { return now_; }
  void advance(Duration by) { now_ = now_ + by; }
  void set(Instant at) { now_ = at; }

 private:
  Instant now_;
};

}  // namespace anlan

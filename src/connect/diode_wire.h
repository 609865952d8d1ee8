#pragma once
// Frames of a one-way link (docs/formats/diode.md): numbered, signed, and never answered. Pure,
// bounded, fuzzed. DiodeBook knows from the numbers what is missing and what came twice.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "history/history.h"

namespace anlan::connect {

inline constexpr std::size_t kDiodeDatagramMax = 1'400;  // bytes: no network takes it apart
inline constexpr std::size_t kDiodeBytesMax = 4 << 20;   // of a file
inline constexpr std::size_t kDiodeRowsMax = 60'000;     // of a frame
inline constexpr std::size_t kDiodeKeyBytes = 32;
inline constexpr std::size_t kDiodeCodeMax = 64;                         // bytes of a tag's code
inline constexpr std::size_t kDiodeFrameBytes = 4 + 8 + 8 + 8 + 2 + 32;  // without rows

struct DiodeRow {
  std::string tag{};  // code, 1 to 64 bytes
  Instant at{};
  double value = 0;  // finite
  history::Quality quality = history::Quality::Good;
  bool is_historical = false;

  std::size_t bytes() const { return 1 + tag.size() + 8 + 8 + 1; }
  bool operator==(const DiodeRow&) const = default;
};

struct DiodeFrame {
  uint64_t session = 0;  // ms since 1970 when the sender began: newer ones are greater
  uint64_t number = 0;   // from 1 on
  Instant sent{};
  std::vector<DiodeRow> rows{};  // none: only that the sender lives
  bool operator==(const DiodeFrame&) const = default;
};

// `key` has kDiodeKeyBytes.
std::string write_diode(const DiodeFrame& frame, std::string_view key);
// Any bytes with a signature behind them; for tests of what a peer with the key might send.
std::string sign_diode(std::string_view bytes, std::string_view key);
// Reasons: too_large, bad_signature, bad_frame. Nothing unsigned is looked at.
std::expected<DiodeFrame, const char*> read_diode(std::string_view bytes, std::string_view key);

class DiodeBook {
 public:
  enum class Verdict { New, Duplicate, Old };
  Verdict take(uint64_t session, uint64_t number);

  int64_t missing() const { return missing_; }  // frames that have not come so far
  int64_t late() const { return late_; }        // that came behind later ones
  int64_t frames() const { return frames_; }    // new ones
  uint64_t session() const { return session_; }

 private:
  static constexpr uint64_t kWindow = 4'096;  // numbers that are remembered behind the highest

  void miss(uint64_t count);

  uint64_t session_ = 0, highest_ = 0;
  std::vector<bool> seen_ = std::vector<bool>(kWindow);  // by number, going round
  int64_t missing_ = 0, late_ = 0, frames_ = 0;
};

}  // namespace anlan::connect

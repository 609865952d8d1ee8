#pragma once
// What a tag did in the last minutes, for formulas: 60 sums in the place of samples, so that memory
// is 2 kB whatever comes. Inside the room only.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alarms/definition.h"

namespace anlan::alarms {

// A window says nothing until good samples cover this share of it.
inline constexpr double kWindowFilled = 0.8;
// A value holds until the next one, but no longer than this: then nobody knows.
inline constexpr Duration kWindowHold = Duration::seconds(60);
inline constexpr std::size_t kWindowsMax = 8;  // in one formula

// rise: of the mean over its newest sixtieth above the least such mean; the others as they say.
enum class WindowOf { Rise, Mean, Most, Least };

// "rise(flow, 10)" in a formula. `name` is what the compiled text calls it instead.
struct WindowWish {
  WindowOf of = WindowOf::Mean;
  history::TagIndex tag = 0;
  Duration length{};
  std::string name;
  std::string text;  // as it is told to people
};

// Takes windows out of the text and puts names in their place. BadField formula: no input, not 1 to
// 60 minutes, too many.
Result<std::vector<WindowWish>> take_windows(std::string& text,
                                             const std::vector<FormulaInput>& inputs);

class Window {
 public:
  explicit Window(Duration length) : slot_ns_(length.ns / kSlots) {}

  // In order of source time.
  void add(int64_t at_ns, double value);
  double filled() const;                           // 0 to 1
  std::optional<double> value(WindowOf of) const;  // nothing below kWindowFilled

 private:
  static constexpr int64_t kSlots = 60;
  struct Slot {
    double sum = 0, least = 0, most = 0;
    int64_t count = 0;

    void add(double value);
    double mean() const { return sum / static_cast<double>(count); }
  };
  void go_to(int64_t place, int64_t at_ns);
  Slot& at(int64_t place) { return slots_[static_cast<std::size_t>(place % kSlots)]; }

  int64_t slot_ns_;
  int64_t newest_ = -1;  // number of the slot since 1970
  int64_t last_at_ns_ = 0;
  double last_ = 0;
  std::array<Slot, kSlots> slots_{};
};

}  // namespace anlan::alarms

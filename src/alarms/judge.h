#pragma once
// What of a definition is more than one value against one limit: how fast a value moves, how far it
// is from another tag, that it does not move at all, how many of the last samples were over. Inside
// the room only.

#include <cstdint>
#include <deque>
#include <optional>

#include "alarms/definition.h"

namespace anlan::alarms {

// Limits as the evaluator draws them: over at `trip` and above, back at `clear` and below.
struct Bounds {
  double sign = 1, trip = 0, clear = 0;
};

class Judge {
 public:
  explicit Judge(const Definition& definition);
  static bool is_needed(const Definition& definition);

  // Whether the sample speaks for the answer that isn't given now; nothing: it says neither.
  // `at_ns` by source time, `reference` the other tag's value if it is known and fresh.
  std::optional<bool> speaks_against(const Bounds& bounds, bool is_active, double value,
                                     int64_t at_ns, std::optional<double> reference);

 private:
  struct Point {
    int64_t at_ns = 0;
    double value = 0;
  };
  std::optional<double> input(double value, int64_t at_ns, std::optional<double> reference);
  std::optional<double> per_minute(double value, int64_t at_ns);
  bool is_stuck_against(bool is_active, double value, int64_t at_ns);

  Kind kind_;
  int64_t window_ns_;
  int64_t still_ns_;
  double moves_;  // Stuck: what counts as a move
  int votes_;
  int of_;
  std::deque<Point> points_;     // of the window, oldest first
  std::optional<Point> anchor_;  // Stuck: the value that it left last
  uint32_t over_ = 0;            // the last samples, the newest in the lowest bit
};

}  // namespace anlan::alarms

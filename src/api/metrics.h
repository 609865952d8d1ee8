#pragma once
// Counts of answers for /metrics, and the line of the log that each request leaves.

#include <array>
#include <atomic>
#include <string>
#include <string_view>

#include "core/time.h"

namespace anlan::api {

class Metrics {
 public:
  static constexpr std::array<int64_t, 11> kBoundsMs = {1,   2,   5,   10,    20,   50,
                                                        100, 200, 500, 1'000, 5'000};

  void add(int status, Duration length);
  // Prometheus text format 0.0.4: requests by class of status, and a histogram of their lengths.
  std::string text() const;

 private:
  std::array<std::atomic<int64_t>, 6> by_class_{};  // of hundreds
  std::array<std::atomic<int64_t>, kBoundsMs.size() + 1> by_length_{};
  std::atomic<int64_t> length_us_ = 0;
};

// One sample line with its HELP and TYPE.
std::string metric(std::string_view name, std::string_view kind, std::string_view help,
                   int64_t value);

struct RequestNote {
  Instant at{};
  std::string_view id;
  std::string_view method;
  std::string_view route;  // the pattern, never the path
  int status = 0;
  Duration length{};
};
std::string request_line(const RequestNote& note);

}  // namespace anlan::api

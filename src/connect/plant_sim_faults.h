#pragma once
// Scripted faults of the demo plant, by name: what instruments show once something has broken.
// Pure: moved by time.
//
//   {"fault":"seal_failure","over_s":600}
//
// | seal_failure | on the pump P-211, within 10 minutes: bearing temperature +12 C, the harmonic of
//   the seal +320 %, infrared difference 8.3 C; three protocols |
// | dust_rise | the grinding shop's dust rises within 5 minutes, the collector clogs |
// | stuck | the point `tag` shows what it shows now, without any noise |
// | drift | the point `tag` wanders by `per_minute` in its unit |
// | alarm_flood | every 1.5 s one more of 40 temperatures and pressures goes near its range's end |

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "core/time.h"

namespace anlan::connect {

class SimFaults {
 public:
  // A fault that has begun goes on; a second `stuck` or `drift` of one point takes the place of the
  // first. BadField: no fault of that name, a number out of range; NotFound: no such point.
  Result<void> begin(const Json& words, Instant now);
  void end() { ways_.clear(); }
  // What the point shows at `at` in the place of `value`.
  double apply(std::size_t point, double value, Instant at);

 private:
  enum class Kind { Add, Factor, Reach, Stuck, Drift };
  struct Way {
    Kind kind = Kind::Add;
    double amount = 0;  // Add, Reach: in the unit; Factor: of the value, 3.2 for +320 %
    Instant begun{};
    Duration over{};  // until it is whole
    bool is_held = false;
    double held = 0;  // Stuck
  };

  void lead(std::string_view code, Way way);
  Result<void> spoil(const Json& words, Instant now);
  void flood(Instant now);

  std::map<std::size_t, Way> ways_;
};

}  // namespace anlan::connect

#pragma once
// Time zones from the text of a tzdata.zi file (the IANA data in its compact form), read once.
// The same bytes serve the server and the browser; nothing is asked of the operating system.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace anlan::rules {

class Zones {
 public:
  static Result<Zones> parse(std::string_view tzdata_zi);

  bool has(std::string_view name) const;
  // Seconds east of UTC; nothing for an unknown zone.
  std::optional<int32_t> offset_at_utc(std::string_view name, int64_t utc_seconds) const;
  // A local time that a change repeats or skips takes the offset from before the change.
  std::optional<int32_t> offset_at_local(std::string_view name, int64_t local_seconds) const;

 private:
  friend struct ZonesReader;
  enum class Clock { Wall, Standard, Universal };
  struct Day {  // "lastSun", "Sun>=8", "15"
    enum class Kind { Fixed, Last, AtLeast, AtMost };
    Kind kind = Kind::Fixed;
    int weekday = 0;
    int day = 1;
  };
  struct Moment {
    int month = 1;
    Day day{};
    int32_t seconds = 0;
    Clock clock = Clock::Wall;
  };
  struct Rule {
    int from_year = 0;
    int to_year = 0;
    Moment at{};
    int32_t save = 0;
  };
  struct Era {
    int32_t standard = 0;
    std::string rules{};  // empty: only `save`
    int32_t save = 0;
    int64_t until_utc = INT64_MAX;
  };
  static int64_t moment_seconds(int64_t year, const Moment& moment);
  static int64_t to_utc(int64_t local, Clock clock, int32_t standard, int32_t save);
  int32_t save_at(const Era& era, int64_t utc_seconds) const;
  const std::vector<Era>* find(std::string_view name) const;

  std::map<std::string, std::vector<Rule>, std::less<>> rules_;
  std::map<std::string, std::vector<Era>, std::less<>> zones_;
  std::map<std::string, std::string, std::less<>> links_;
};

}  // namespace anlan::rules

#pragma once
// Judges what positioning systems say before presence keeps it: each position of a badge against
// the one before, the plan and the records of the areas (twin/believe.h).

#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "engine/plant_model.h"

namespace anlan::engine {

// Word of the doubt to how many positions; "zone_only" counts those that kept only their zone.
using DoubtCounts = std::map<std::string, int64_t>;

class PositionJudge {
 public:
  struct Judged {
    std::vector<twin::Sighting> sightings;
    DoubtCounts doubts;
  };
  Judged judge(std::span<const twin::Sighting> heard, const PlantModel& plant);

 private:
  static constexpr std::size_t kBadgesMax = 100'000;
  std::mutex mutex_;
  std::map<std::string, twin::Sighting, std::less<>> before_;  // by badge, as it came
};

}  // namespace anlan::engine

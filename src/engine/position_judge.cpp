#include "engine/position_judge.h"

namespace anlan::engine {

PositionJudge::Judged PositionJudge::judge(std::span<const twin::Sighting> heard,
                                           const PlantModel& plant) {
  Judged judged;
  auto rule_of = [&](std::string_view zone) {
    const AreaInfo* area = plant.area(zone);
    return area == nullptr ? twin::PlaceRule{} : area->positions;
  };
  std::lock_guard lock(mutex_);
  for (twin::Sighting one : heard) {
    const BadgeInfo* badge = plant.badge(one.badge);
    bool is_vehicle = badge != nullptr && badge->kind == "vehicle";
    auto known = before_.find(one.badge);
    const twin::Sighting* before = known == before_.end() ? nullptr : &known->second;
    twin::lay_on(one, plant.plan());
    twin::Sighting raw = one;
    bool had_point = one.at.has_value();
    one.doubt = twin::believe(one, before, plant.plan(), rule_of,
                              is_vehicle ? twin::kVehicleMost_m_s : twin::kPersonMost_m_s);
    if (one.doubt != twin::Doubt::None) ++judged.doubts[std::string(twin::doubt_text(one.doubt))];
    else if (had_point && !one.at) ++judged.doubts["zone_only"];
    bool is_newer = before == nullptr || before->seen < raw.seen;
    if (is_newer && (before != nullptr || before_.size() < kBadgesMax)) {
      before_.insert_or_assign(raw.badge, std::move(raw));
    }
    judged.sightings.push_back(std::move(one));
  }
  return judged;
}

}  // namespace anlan::engine

#include "connect/plant_sim_satellite.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace anlan::connect {
namespace {

constexpr double kOpenSky_m = 2.5;    // told under the open sky
constexpr double kStacks_m = 12;      // told beside stacks
constexpr double kNearStacks_m = 20;  // of the outline of a zone with high stacks
constexpr double kWander_s = 30;      // reflections change as slowly
constexpr double kPartOfTold = 0.5;   // the error is smaller than what is told, as a rule
constexpr std::size_t kFaultsMax = 100;
constexpr std::size_t kReceiversMax = 5'000;
constexpr int64_t kOverMost_s = 86'400;
constexpr double kMetresMost = 5'000;
constexpr int64_t kHop_s = 10;
constexpr std::string_view kStackZone = "A4";  // the store

struct Name {
  std::string_view name;
  double metres;  // where nobody says
};

bool is_beside_stacks(const twin::Plan& plan, twin::Point at) {
  const twin::Zone* zone = plan.find_zone(kStackZone);
  if (zone == nullptr) return false;
  if (twin::is_inside(zone->outline, at)) return true;
  for (std::size_t i = 0; i < zone->outline.size(); ++i) {
    twin::Segment side{zone->outline[i], zone->outline[(i + 1) % zone->outline.size()]};
    if (twin::distance_m(side, at) < kNearStacks_m) return true;
  }
  return false;
}

twin::Point moved(twin::Point at, double metres) {
  double each = metres / std::sqrt(2.0);
  return {at.x + each, at.y + each};
}

}  // namespace

// Degrees of WGS 84 lie on the plan by a turn, a scale and a shift: three of them say it all.
SimSatellite::SimSatellite(uint64_t seed, const twin::Plan* plan) : plan_(plan), random_(seed) {
  if (plan_ == nullptr || !plan_->georeference()) return;
  const twin::GeoReference& earth = *plan_->georeference();
  zero_ = earth.to_plan({.lat = 0, .lon = 0});
  twin::Point north = earth.to_plan({.lat = 1, .lon = 0});
  twin::Point east = earth.to_plan({.lat = 0, .lon = 1});
  by_lat_ = {north.x - zero_.x, north.y - zero_.y};
  by_lon_ = {east.x - zero_.x, east.y - zero_.y};
  has_earth_ = true;
}

twin::GeoPoint SimSatellite::to_earth(twin::Point at) const {
  double x = at.x - zero_.x, y = at.y - zero_.y;
  double area = by_lat_.x * by_lon_.y - by_lat_.y * by_lon_.x;
  return {.lat = (x * by_lon_.y - y * by_lon_.x) / area,
          .lon = (by_lat_.x * y - by_lat_.y * x) / area};
}

Result<void> SimSatellite::begin(const Json& words, Instant now) {
  constexpr std::pair<Name, Kind> kNames[] = {{{"gps_drift", 60}, Kind::Drift},
                                              {{"gps_loss", 0}, Kind::Loss},
                                              {{"gps_jump", 400}, Kind::Jump},
                                              {{"gps_spoof", 100}, Kind::Spoof}};
  std::string name = words.text_or("fault", "");
  auto known =
      std::ranges::find_if(kNames, [&](const auto& one) { return one.first.name == name; });
  if (known == std::end(kNames)) return refuse(ErrorCode::BadField, name, "fault");
  double metres = words["metres"].as_double().value_or(known->first.metres);
  if (!(metres >= 0 && metres <= kMetresMost)) {
    return refuse(ErrorCode::BadField, "0 to 5000 m", "metres");
  }
  int64_t over_s = words.int_or("over_s", 120);
  if (over_s < 1 || over_s > kOverMost_s) {
    return refuse(ErrorCode::BadField, "1 s to a day", "over_s");
  }
  std::string badge = words.text_or("badge", "");
  if (faults_.size() >= kFaultsMax && !faults_.contains(badge)) {
    return refuse(ErrorCode::LimitReached, "100 receivers at most", "badge");
  }
  faults_[std::move(badge)] = {
      .kind = known->second, .metres = metres, .over = Duration::seconds(over_s), .begun = now};
  return {};
}

const SimSatellite::Fault* SimSatellite::fault_of(std::string_view badge) const {
  auto found = faults_.find(badge);
  if (found == faults_.end()) found = faults_.find("");
  return found == faults_.end() ? nullptr : &found->second;
}

twin::Point SimSatellite::spoil(const Fault& fault, twin::Point at, Instant now) const {
  int64_t passed_ns = std::max<int64_t>((now - fault.begun).ns, 0);
  double part = std::min(static_cast<double>(passed_ns) / static_cast<double>(fault.over.ns), 1.0);
  switch (fault.kind) {
    case Kind::Drift: return moved(at, part * fault.metres);
    case Kind::Jump: {
      bool is_away = passed_ns / (kHop_s * 1'000'000'000) % 2 == 0;
      return is_away ? moved(at, fault.metres) : at;
    }
    case Kind::Spoof: return moved(plan_->low(), fault.metres);
    case Kind::Loss: break;
  }
  return at;
}

double SimSatellite::part() { return static_cast<double>(random_.next() >> 11) * 0x1p-53 - 0.5; }

// A first-order Gauss-Markov walk, bounded by what is told.
void SimSatellite::wander(Receiver& receiver, double stray_m, Instant now) {
  double passed_s = static_cast<double>((now - receiver.last).ns) / 1e9;
  double keep = receiver.fix ? std::exp(-std::clamp(passed_s, 0.0, 600.0) / kWander_s) : 0;
  double fresh = std::sqrt(1 - keep * keep) * stray_m;
  auto one = [&](double before) {
    return std::clamp(keep * before + fresh * 2 * part(), -stray_m, stray_m);
  };
  receiver.error = {one(receiver.error.x), one(receiver.error.y)};
  receiver.last = now;
}

std::optional<twin::Sighting> SimSatellite::show(std::string_view badge, twin::Point at,
                                                 Instant now) {
  auto known = receivers_.find(badge);
  if (known == receivers_.end()) {
    if (receivers_.size() >= kReceiversMax) return std::nullopt;
    known = receivers_.emplace(badge, Receiver{}).first;
  }
  Receiver& receiver = known->second;
  const Fault* fault = fault_of(badge);
  if (fault != nullptr && fault->kind == Kind::Loss) return receiver.fix;
  double told_m = is_beside_stacks(*plan_, at) ? kStacks_m : kOpenSky_m;
  wander(receiver, told_m * kPartOfTold, now);
  twin::Point shown{at.x + receiver.error.x, at.y + receiver.error.y};
  if (fault != nullptr) shown = spoil(*fault, shown, now);
  receiver.fix = twin::Sighting{.badge = std::string(badge),
                                .accuracy_m = told_m,
                                .seen = now,
                                .received = now,
                                .geo = to_earth(shown)};
  return receiver.fix;
}

}  // namespace anlan::connect

#include "connect/plant_sim_people.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <format>
#include <queue>
#include <utility>

namespace anlan::connect {
namespace {

constexpr int kWaysPerStep = 3;  // a shortest way over a large plan takes milliseconds
constexpr double kRestMin_s = 20, kRestSpan_s = 160;
constexpr double kAccuracy_m = 3;   // Bluetooth beacons
constexpr double kIndoors_m = 0.3;  // ultra-wide band
constexpr double kMuster_m = 5;     // so near is there
constexpr std::size_t kGatesMax = 1000;
constexpr double kRide = 3;     // on a bicycle
constexpr double kHurry = 1.3;  // people leave faster than they stroll

struct Area {
  std::string_view code;
  double x0, y0, x1, y1;
};
constexpr auto kAreas = std::to_array<Area>({{"A1", 20, 220, 270, 410},
                                             {"A2", 300, 220, 550, 410},
                                             {"A3", 580, 220, 780, 410},
                                             {"A4", 810, 220, 1010, 410},
                                             {"A5", 580, 30, 1010, 190},
                                             {"A6", 20, 30, 550, 190}});
constexpr auto kMusters = std::to_array<twin::Point>({{80, 60}, {500, 60}});

using Zones = std::set<std::string, std::less<>>;

struct WayWish {
  const std::vector<uint32_t>& ends;
  uint32_t until = twin::kNoNode;  // a node that is enough
  const Zones& shut;               // zones that nobody walks into
};

// Dijkstra from several nodes at once: for each node the next one on the way back to them.
std::vector<uint32_t> ways_to(const twin::Plan& plan, const WayWish& wish) {
  constexpr double kFar = 1e300;
  std::vector<double> length(plan.nodes().size(), kFar);
  std::vector<uint32_t> next(plan.nodes().size(), twin::kNoNode);
  using Entry = std::pair<double, uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
  for (uint32_t end : wish.ends) {
    length[end] = 0;
    open.push({0, end});
  }
  while (!open.empty()) {
    auto [so_far, node] = open.top();
    open.pop();
    if (so_far > length[node]) continue;
    if (node == wish.until) break;
    const std::string& zone = plan.nodes()[node].zone;
    bool is_shut = wish.shut.contains(zone);
    for (const twin::Arc& arc : plan.arcs(node)) {
      if (is_shut && plan.nodes()[arc.to].zone != zone) continue;
      double longer = so_far + plan.edges()[arc.edge].length_m;
      if (longer >= length[arc.to]) continue;
      length[arc.to] = longer;
      next[arc.to] = node;
      open.push({longer, arc.to});
    }
  }
  return next;
}

}  // namespace

SimPeople::SimPeople(int count, uint64_t seed, const twin::Plan* plan)
    : plan_(plan), random_(seed) {
  if (plan_ && plan_->nodes().empty()) plan_ = nullptr;
  find_ways_out();
  for (int i = 1; i <= count; ++i) {
    Person person{.badge = std::format("B-{:04}", i)};
    person.at = place_of_work();
    person.zone = zone_at(person.at);
    person.speed_m_s = 0.9 + 0.6 * part();
    person.rest_s = kRestSpan_s * part();
    people_.push_back(std::move(person));
  }
}

double SimPeople::part() { return static_cast<double>(random_.next() >> 11) * 0x1p-53; }

std::string SimPeople::zone_at(twin::Point at) const {
  if (plan_) {
    const twin::Zone* zone = plan_->zone_at(at);
    return zone ? zone->code : "";
  }
  for (const Area& area : kAreas) {
    if (at.x >= area.x0 && at.x <= area.x1 && at.y >= area.y0 && at.y <= area.y1) {
      return std::string(area.code);
    }
  }
  return "";
}

twin::Point SimPeople::place_of_work() {
  if (plan_) {
    // A node inside a zone; where few are, any node will do.
    twin::Point at{};
    for (int i = 0; i < 30; ++i) {
      const twin::Node& node = plan_->nodes()[random_.below(plan_->nodes().size())];
      at = node.at;
      if (!node.zone.empty()) break;
    }
    return at;
  }
  const Area& area = kAreas[random_.below(kAreas.size())];
  return {area.x0 + (area.x1 - area.x0) * part(), area.y0 + (area.y1 - area.y0) * part()};
}

void SimPeople::find_ways_out() {
  if (!plan_) {
    musters_.assign(kMusters.begin(), kMusters.end());
    return;
  }
  musters_.clear();
  bool has_muster =
      std::ranges::contains(plan_->havens(), twin::Haven::Kind::Muster, &twin::Haven::kind);
  std::vector<uint32_t> nodes;
  for (const twin::Haven& haven : plan_->havens()) {
    uint32_t node = haven.node != twin::kNoNode ? haven.node : plan_->nearest_node(haven.at);
    if (node == twin::kNoNode) continue;
    if (has_muster && haven.kind != twin::Haven::Kind::Muster) continue;
    nodes.push_back(node);
    musters_.push_back(haven.at);
  }
  Zones shut;
  for (const twin::Gate& gate : plan_->gates()) {
    if (shut_.contains(gate.code) && !gate.zone.empty()) shut.insert(gate.zone);
  }
  next_out_ = ways_to(*plan_, {.ends = nodes, .shut = shut});
}

std::vector<twin::Point> SimPeople::way(twin::Point from, twin::Point to) const {
  if (!plan_) return {to};
  uint32_t begin = plan_->nearest_node(from), end = plan_->nearest_node(to);
  if (begin == twin::kNoNode || end == twin::kNoNode) return {};
  std::vector<uint32_t> next = ways_to(*plan_, {.ends = {end}, .until = begin, .shut = {}});
  std::vector<twin::Point> points{plan_->nodes()[begin].at};
  if (begin != end && next[begin] == twin::kNoNode) return {};  // no way leads there
  for (uint32_t node = begin; node != end; node = next[node]) {
    points.push_back(plan_->nodes()[next[node]].at);
  }
  std::ranges::reverse(points);
  return points;
}

std::vector<twin::Point> SimPeople::way_out(twin::Point from) const {
  if (!plan_) {
    auto far = [&](twin::Point muster) { return twin::distance_m(from, muster); };
    return {*std::ranges::min_element(musters_, {}, far)};
  }
  uint32_t node = plan_->nearest_node(from);
  if (node == twin::kNoNode) return {};
  // Who stands at a shut gate may be nearest to a node behind it.
  std::string zone = zone_at(from);
  auto is_behind = [&](const std::string& there) {
    const twin::Gate* gate = gate_into(there);
    return there != zone && gate && shut_.contains(gate->code);
  };
  while (next_out_[node] != twin::kNoNode && is_behind(plan_->nodes()[node].zone)) {
    node = next_out_[node];
  }
  std::vector<twin::Point> points{plan_->nodes()[node].at};
  while (next_out_[node] != twin::kNoNode) {
    node = next_out_[node];
    points.push_back(plan_->nodes()[node].at);
  }
  std::ranges::reverse(points);
  return points;
}

std::vector<twin::GatePass> SimPeople::advance(double seconds, Instant now) {
  now_ = now;
  ways_left_ = kWaysPerStep;
  for (Person& person : people_) {
    if (person.path.empty()) decide(person);
    if (person.rest_s > 0) person.rest_s -= seconds;
    else walk(person, std::min(seconds, 1.0));
  }
  return std::exchange(passes_, {});
}

void SimPeople::decide(Person& person) {
  if (person.is_leaving || person.rest_s > 0 || ways_left_ == 0) return;
  if (person.post && twin::distance_m(person.at, *person.post) < kMuster_m) return;
  --ways_left_;
  person.path = way(person.at, person.post ? *person.post : place_of_work());
  if (person.post && !person.path.empty()) person.path.insert(person.path.begin(), *person.post);
}

void SimPeople::walk(Person& person, double seconds) {
  double haste = !person.tries_gate.empty() ? kRide : person.is_leaving ? kHurry : 1;
  double left_m = person.speed_m_s * haste * seconds;
  while (left_m > 0 && !person.path.empty()) {
    twin::Point to = person.path.back();
    std::string zone = zone_at(to);
    if (zone != person.zone && !cross(person, zone)) return;
    double far = twin::distance_m(person.at, to);
    if (far > left_m) {
      person.at.x += (to.x - person.at.x) * left_m / far;
      person.at.y += (to.y - person.at.y) * left_m / far;
      return;
    }
    person.at = to;
    left_m -= far;
    person.path.pop_back();
  }
  if (!person.path.empty()) return;
  if (!person.tries_gate.empty()) {
    for (const twin::Gate& gate : plan_->gates()) {
      if (gate.code == person.tries_gate) note(person, gate, true, is_let(person, gate));
    }
    turn_back(person);
  } else if (!person.is_leaving) {
    person.rest_s = kRestMin_s + kRestSpan_s * part();
  }
}

void SimPeople::turn_back(Person& person) {
  person.tries_gate.clear();
  if (is_evacuating_) return leave(person);
  person.path.clear();
  person.rest_s = kRestMin_s;
}

void SimPeople::leave(Person& person) {
  person.is_leaving = true;
  person.rest_s = 0;
  person.zone = zone_at(person.at);  // not where the next step would have led
  person.path = way_out(person.at);
}

const twin::Gate* SimPeople::gate_into(std::string_view zone) const {
  if (!plan_ || zone.empty()) return nullptr;
  auto found = std::ranges::find(plan_->gates(), zone, &twin::Gate::zone);
  return found == plan_->gates().end() ? nullptr : &*found;
}

bool SimPeople::is_let(const Person& person, const twin::Gate& gate) const {
  if (shut_.contains(gate.code)) return false;
  auto only = allowed_.find(gate.code);
  return only == allowed_.end() || only->second.contains(person.badge);
}

bool SimPeople::cross(Person& person, const std::string& zone) {
  const twin::Gate* in = gate_into(zone);
  // Who leaves goes through everything: gates keep people out, never in.
  if (in && !person.is_leaving && !is_let(person, *in)) {
    note(person, *in, true, false);
    turn_back(person);
    return false;
  }
  if (const twin::Gate* out = gate_into(person.zone)) note(person, *out, false, true);
  if (in) note(person, *in, true, true);
  person.zone = zone;
  return true;
}

void SimPeople::note(const Person& person, const twin::Gate& gate, bool is_in, bool was_let) {
  if (person.is_silent) return;
  passes_.push_back({.badge = person.badge,
                     .gate = gate.code,
                     .zone = gate.zone,
                     .is_in = is_in,
                     .was_let = was_let,
                     .seen = now_,
                     .received = now_});
}

std::vector<twin::Sighting> SimPeople::sightings(Instant now) {
  std::vector<twin::Sighting> seen;
  for (const Person& person : people_) {
    if (person.is_silent) continue;
    const twin::Zone* zone = plan_ ? plan_->find_zone(person.zone) : nullptr;
    double told_m = zone != nullptr && zone->is_indoor ? kIndoors_m : kAccuracy_m;
    double across = (part() - part()) * told_m / 2, along = (part() - part()) * told_m / 2;
    seen.push_back({.badge = person.badge,
                    .at = twin::Point{person.at.x + across, person.at.y + along},
                    .zone = person.zone,
                    .accuracy_m = told_m,
                    .seen = now,
                    .received = now});
  }
  return seen;
}

void SimPeople::evacuate(bool is_evacuation) {
  if (is_evacuating_ == is_evacuation) return;
  is_evacuating_ = is_evacuation;
  for (Person& person : people_) {
    if (!person.tries_gate.empty()) continue;
    if (is_evacuation) {
      leave(person);
      continue;
    }
    person.is_leaving = false;
    person.path.clear();
  }
}

void SimPeople::post(std::string_view badge, twin::Point at) {
  auto person = std::ranges::find(people_, badge, &Person::badge);
  if (person == people_.end()) return;
  person->post = person->at = at;
  person->zone = zone_at(at);
}

void SimPeople::set_gate(std::string_view gate, bool is_open) {
  if (is_open != shut_.contains(gate) || shut_.size() >= kGatesMax) return;
  if (is_open) shut_.erase(std::string(gate));
  else shut_.insert(std::string(gate));
  if (!plan_) return;
  find_ways_out();
  for (Person& person : people_) {
    if (person.is_leaving) leave(person);
  }
  if (is_open) return;
  auto found = std::ranges::find(plan_->gates(), gate, &twin::Gate::code);
  if (found != plan_->gates().end() && !found->zone.empty()) send_one_to(*found);
}

void SimPeople::set_allowed(std::string_view gate,
                            std::optional<std::set<std::string, std::less<>>> badges) {
  if (!badges) {
    if (auto known = allowed_.find(gate); known != allowed_.end()) allowed_.erase(known);
    return;
  }
  if (allowed_.size() >= kGatesMax && !allowed_.contains(gate)) return;
  bool is_new = allowed_.insert_or_assign(std::string(gate), std::move(*badges)).second;
  if (!is_new || !plan_) return;
  auto found = std::ranges::find(plan_->gates(), gate, &twin::Gate::code);
  if (found != plan_->gates().end() && !found->zone.empty()) send_one_to(*found);
}

// So that a shut gate is seen to refuse: whoever is nearest outside wants in.
void SimPeople::send_one_to(const twin::Gate& gate) {
  Person* nearest = nullptr;
  for (Person& person : people_) {
    if (person.is_silent || person.zone == gate.zone || !person.tries_gate.empty()) continue;
    bool is_nearer =
        !nearest || twin::distance_m(person.at, gate.at) < twin::distance_m(nearest->at, gate.at);
    if (is_nearer) nearest = &person;
  }
  if (!nearest) return;
  nearest->tries_gate = gate.code;
  nearest->is_leaving = false;
  nearest->rest_s = 0;
  nearest->path = way(nearest->at, gate.at);
}

void SimPeople::silence(std::string_view badge) {
  for (Person& person : people_) {
    if (person.badge == badge) person.is_silent = true;
  }
}

int SimPeople::mustered() const {
  return static_cast<int>(std::ranges::count_if(people_, [&](const Person& person) {
    return std::ranges::any_of(musters_, [&](twin::Point muster) {
      return twin::distance_m(person.at, muster) <= kMuster_m;
    });
  }));
}

}  // namespace anlan::connect

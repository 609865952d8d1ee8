#include "twin/search.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <queue>

namespace anlan::twin {
namespace {

constexpr double kGasWeight = 4;    // clean seconds that one second at the limit is worth
constexpr double kLevelMax = 5;     // above it nothing gets worse
constexpr double kEntryCost = 1e6;  // longer than any way
constexpr double kLaterCost = 1e5;  // a muster point that gas reaches later
constexpr std::size_t kLabelsMax = 1'000'000;  // then each state is taken once only
constexpr double kAfter_s = 1e-6;  // that an arrival is in the layer, not just before it
constexpr double kFar = std::numeric_limits<double>::infinity();

double price(float level) {
  return 1 + kGasWeight * std::min(static_cast<double>(level), kLevelMax);
}

// Metres of level ground that take as long.
double metres_like(const Edge& edge) { return edge.length_m * kLevelGround_m_s / edge.speed_m_s; }

std::vector<double> metres_to(const Plan& plan, uint32_t goal) {
  std::vector<double> metres(plan.nodes().size(), kFar);
  std::priority_queue<std::pair<double, uint32_t>, std::vector<std::pair<double, uint32_t>>,
                      std::greater<>>
      queue;
  metres[goal] = 0;
  queue.push({0, goal});
  while (!queue.empty()) {
    auto [away, node] = queue.top();
    queue.pop();
    if (away > metres[node]) continue;
    for (const Arc& arc : plan.arcs(node)) {
      double next = away + metres_like(plan.edges()[arc.edge]);
      if (next >= metres[arc.to]) continue;
      metres[arc.to] = next;
      queue.push({next, arc.to});
    }
  }
  return metres;
}

}  // namespace

double seconds_on(const Edge& edge, double walker_speed_m_s) {
  return metres_like(edge) / walker_speed_m_s;
}

Danger::Danger(const Plan& plan, const Hazard& hazard) : nodes_(plan.nodes().size()) {
  from_s_.push_back(0);
  level_.assign(nodes_, 0);
  for (const HazardLayer& layer : hazard.layers) {
    if (layer.from_s > from_s_.back()) {
      from_s_.push_back(layer.from_s);
      level_.resize(level_.size() + nodes_, 0);
    }
    std::size_t count = std::min(nodes_, layer.level.size());
    std::copy_n(layer.level.begin(), count, level_.end() - static_cast<std::ptrdiff_t>(nodes_));
  }
  least_ = most_ = level_;
  openings_.resize(nodes_);
  since_.assign(level_.size(), 0);
  for (std::size_t layer = 1; layer < layers(); ++layer) {
    for (uint32_t node = 0; node < nodes_; ++node) {
      bool is_same = is_over(node, layer) == is_over(node, layer - 1);
      since_[layer * nodes_ + node] =
          is_same ? since_[(layer - 1) * nodes_ + node] : static_cast<uint32_t>(layer);
    }
  }
  for (std::size_t layer = layers(); layer-- > 1;) {
    for (uint32_t node = 0; node < nodes_; ++node) {
      std::size_t at = (layer - 1) * nodes_ + node;
      least_[at] = std::min(least_[at], least_[at + nodes_]);
      most_[at] = std::max(most_[at], most_[at + nodes_]);
      if (is_over(node, layer - 1) && !is_over(node, layer)) {
        openings_[node].push_back(static_cast<uint32_t>(layer));
      }
    }
  }
}

std::size_t Danger::layer_at(double at_s) const {
  auto later = std::ranges::upper_bound(from_s_, at_s);
  return later == from_s_.begin() ? 0 : static_cast<std::size_t>(later - from_s_.begin()) - 1;
}

double Danger::stay(uint32_t node, double from_s, double until_s) const {
  if (until_s <= from_s) return 0;
  double cost = 0;
  std::size_t layer = layer_at(from_s);
  while (layer + 1 < layers() && begin_s(layer + 1) <= until_s) {
    cost += (begin_s(layer + 1) - from_s) * price(level(node, layer));
    if (!is_over(node, layer) && is_over(node, layer + 1)) cost += kEntryCost;
    from_s = begin_s(++layer);
  }
  return cost + (until_s - from_s) * price(level(node, layer));
}

Search::Search(const Plan& plan, const Danger& danger, double bin_s)
    : plan_(plan),
      danger_(danger),
      haven_of_(plan.nodes().size(), kNone),
      bounds_(danger.layers()),
      states_(plan.nodes().size() * danger.layers()) {
  for (const Edge& edge : plan.edges()) {
    edge_slots_.emplace_back(edge.width_m * kPeoplePerMetreSecond, bin_s);
  }
  for (std::size_t i = 0; i < plan.havens().size(); ++i) {
    haven_slots_.emplace_back(plan.havens()[i].people_per_second, bin_s);
    haven_of_[plan.havens()[i].node] = static_cast<uint32_t>(i);
    haven_metres_.push_back(metres_to(plan, plan.havens()[i].node));
    bool is_lost = plan.havens()[i].kind == Haven::Kind::Muster &&
                   danger.is_over(plan.havens()[i].node, danger.layers() - 1);
    surcharge_.push_back(is_lost ? kLaterCost : 0);
  }
}

// Metres are weighted with the least gas from this layer on. An entry counts only from a node that
// stays clean into one that stays over the limit, so the bound holds whenever people walk.
const std::vector<Search::Bound>& Search::bounds(std::size_t layer) {
  std::vector<Bound>& bound = bounds_[layer];
  if (!bound.empty()) return bound;
  bound.assign(plan_.nodes().size(), {kFar, kFar});
  std::priority_queue<std::pair<Bound, uint32_t>, std::vector<std::pair<Bound, uint32_t>>,
                      std::greater<>>
      queue;
  for (std::size_t i = 0; i < surcharge_.size(); ++i) {
    uint32_t node = plan_.havens()[i].node;
    bound[node] = {surcharge_[i], 0};
    queue.push({bound[node], node});
  }
  while (!queue.empty()) {
    auto [away, to] = queue.top();
    queue.pop();
    if (away > bound[to]) continue;
    float least = danger_.least_from(to, layer);
    for (const Arc& arc : plan_.arcs(to)) {
      bool is_entry = least >= 1 && danger_.most_from(arc.to, layer) < 1;
      Bound next{away.surcharge + (is_entry ? kEntryCost : 0),
                 away.metres + metres_like(plan_.edges()[arc.edge]) * price(least)};
      if (next >= bound[arc.to]) continue;
      bound[arc.to] = next;
      queue.push({next, arc.to});
    }
  }
  return bound;
}

double Search::still_to_go(uint32_t node, double at_s, double speed_m_s) {
  const Bound& bound = bounds(danger_.layer_at(at_s))[node];
  double least = kFar;
  for (std::size_t i = 0; i < haven_metres_.size(); ++i) {
    double there_s = at_s + haven_metres_[i][node] / speed_m_s;
    if (there_s - at_s + surcharge_[i] >= least) continue;
    double in_s = haven_slots_[i].next_free_s(there_s);
    least = std::min(least, in_s - at_s + surcharge_[i]);
  }
  return std::max(bound.surcharge + bound.metres / speed_m_s, least);
}

void Search::push(const Label& label, double speed_m_s) {
  double rest = label.haven == kNone ? still_to_go(label.node, label.at_s, speed_m_s) : 0;
  if (rest == kFar) return;
  heap_.push_back({label.cost + rest, static_cast<uint32_t>(labels_.size())});
  std::ranges::push_heap(heap_, std::greater<>());
  labels_.push_back(label);
}

// The edge lets people in at departure_s at the earliest; it may be full until later.
void Search::go(uint32_t label, const Arc& arc, double departure_s, double speed_m_s) {
  const Label from = labels_[label];
  departure_s = edge_slots_[arc.edge].next_free_s(departure_s);
  double walk_s = seconds_on(plan_.edges()[arc.edge], speed_m_s);
  double at_s = departure_s + walk_s;
  std::size_t layer = danger_.layer_at(at_s);
  State& state = states_[arc.to * danger_.layers() + danger_.since(arc.to, layer)];
  bool is_full = labels_.size() > kLabelsMax;
  if (state.taken_round == round_ && (is_full || state.taken_s <= at_s)) return;
  double cost = from.cost + danger_.stay(from.node, from.at_s, departure_s) +
                walk_s * price(danger_.level(arc.to, layer));
  bool was_over = danger_.is_over(from.node, danger_.layer_at(departure_s));
  if (danger_.is_over(arc.to, layer) && !was_over) cost += kEntryCost;
  bool is_known = state.pushed_round == round_;
  if (is_known && state.pushed_s <= at_s && state.pushed_cost <= cost) return;
  if (!is_known || at_s <= state.pushed_s) {
    state.pushed_round = round_;
    state.pushed_s = at_s;
    state.pushed_cost = cost;
  }
  push({.node = arc.to,
        .parent = label,
        .edge = arc.edge,
        .at_s = at_s,
        .departure_s = departure_s,
        .cost = cost},
       speed_m_s);
}

void Search::enter_haven(uint32_t label, uint32_t haven, double speed_m_s) {
  Label end = labels_[label];
  end.parent = label;
  end.haven = haven;
  end.departure_s = haven_slots_[haven].next_free_s(end.at_s);
  end.cost += danger_.stay(end.node, end.at_s, end.departure_s);
  bool stays = plan_.havens()[haven].kind == Haven::Kind::Muster;
  std::size_t layer = danger_.layer_at(end.departure_s);
  if (stays && danger_.most_from(end.node, layer) >= 1) end.cost += kLaterCost;
  push(end, speed_m_s);
}

void Search::expand(uint32_t label, double speed_m_s) {
  const Label from = labels_[label];
  if (uint32_t haven = haven_of_[from.node]; haven != kNone) {
    enter_haven(label, haven, speed_m_s);
    if (from.parent != kNone) return;  // havens are ends, not ways
  }
  for (const Arc& arc : plan_.arcs(from.node)) {
    go(label, arc, from.at_s, speed_m_s);
    double walk_s = seconds_on(plan_.edges()[arc.edge], speed_m_s);
    for (uint32_t layer : danger_.openings(arc.to)) {
      double departure_s = danger_.begin_s(layer) - walk_s + kAfter_s;
      if (departure_s > from.at_s) go(label, arc, departure_s, speed_m_s);
    }
  }
}

Way Search::find(const Start& start) {
  ++round_;
  labels_.clear();
  heap_.clear();
  push({.node = start.node, .at_s = start.at_s, .cost = start.at_s}, start.speed_m_s);
  while (!heap_.empty()) {
    std::ranges::pop_heap(heap_, std::greater<>());
    uint32_t id = heap_.back().label;
    heap_.pop_back();
    const Label& label = labels_[id];
    if (label.haven != kNone) return follow(id);
    std::size_t layer = danger_.layer_at(label.at_s);
    State& state = states_[label.node * danger_.layers() + danger_.since(label.node, layer)];
    if (state.taken_round == round_ && state.taken_s <= label.at_s) continue;
    state.taken_round = round_;
    state.taken_s = label.at_s;
    expand(id, start.speed_m_s);
  }
  return {};
}

Way Search::follow(uint32_t label) const {
  Way way{.is_found = true, .haven = labels_[label].haven};
  way.entered_s = labels_[label].departure_s;
  for (uint32_t at = labels_[label].parent; at != kNone; at = labels_[at].parent) {
    way.nodes.push_back(labels_[at].node);
    way.at_s.push_back(labels_[at].at_s);
    if (labels_[at].parent == kNone) break;
    way.edges.push_back(labels_[at].edge);
    way.departure_s.push_back(labels_[at].departure_s);
  }
  std::ranges::reverse(way.nodes);
  std::ranges::reverse(way.at_s);
  std::ranges::reverse(way.edges);
  std::ranges::reverse(way.departure_s);
  return way;
}

void Search::reserve(const Way& way) {
  for (std::size_t i = 0; i < way.edges.size(); ++i) {
    edge_slots_[way.edges[i]].take(way.departure_s[i]);
  }
  haven_slots_[way.haven].take(way.entered_s);
}

}  // namespace anlan::twin

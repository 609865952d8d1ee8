#pragma once
// The way out of one person, given the hazard and what others have reserved: A* over states (node,
// stretch of time in which it is clean, or in gas, without a break), earliest arrival first, so
// that "no safe way" is an answer and not a guess (safe interval path planning, Phillips and
// Likhachev 2011).
//
// Cost is time, times 1 + kGasWeight for each multiple of the limit on the way, and so much for
// each entry from clean air into gas over the limit that it is done only where nothing else is
// left. Whoever begins in gas makes no entry.

#include <memory>
#include <vector>

#include "twin/routes.h"
#include "twin/slots.h"

namespace anlan::twin {

// The hazard by node and layer, with what the search asks of it.
class Danger {
 public:
  Danger(const Plan& plan, const Hazard& hazard);

  std::size_t layers() const { return from_s_.size(); }
  std::size_t layer_at(double at_s) const;
  double begin_s(std::size_t layer) const { return from_s_[layer]; }
  float level(uint32_t node, std::size_t layer) const { return level_[layer * nodes_ + node]; }
  bool is_over(uint32_t node, std::size_t layer) const { return level(node, layer) >= 1; }
  float least_from(uint32_t node, std::size_t layer) const { return least_[layer * nodes_ + node]; }
  float most_from(uint32_t node, std::size_t layer) const { return most_[layer * nodes_ + node]; }
  // The layer since which the node has been clean, or in gas, without a break.
  std::size_t since(uint32_t node, std::size_t layer) const {
    return since_[layer * nodes_ + node];
  }
  // Layers in which the node is clean again after gas.
  const std::vector<uint32_t>& openings(uint32_t node) const { return openings_[node]; }
  // What it costs to stay at a node, entries of gas included.
  double stay(uint32_t node, double from_s, double until_s) const;

 private:
  std::size_t nodes_;
  std::vector<double> from_s_;
  std::vector<float> level_, least_, most_;  // least, most: over this layer and all later ones
  std::vector<uint32_t> since_;
  std::vector<std::vector<uint32_t>> openings_;
};

struct Way {
  bool is_found = false;
  std::size_t haven = 0;
  std::vector<uint32_t> nodes;
  std::vector<uint32_t> edges;      // between the nodes
  std::vector<double> at_s;         // arrival at each node
  std::vector<double> departure_s;  // onto each edge
  double entered_s = 0;             // the haven let them in
};

struct Start {
  uint32_t node = 0;
  double at_s = 0;
  double speed_m_s = kLevelGround_m_s;
};

class Search {
 public:
  Search(const Plan& plan, const Danger& danger, double bin_s);

  Way find(const Start& start);
  void reserve(const Way& way);

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Label {
    uint32_t node = 0;
    uint32_t parent = kNone;
    uint32_t edge = 0;
    uint32_t haven = kNone;  // set: in the haven, the end
    double at_s = 0;
    double departure_s = 0;  // from the parent
    double cost = 0;
  };
  struct Entry {
    double total;
    uint32_t label;
    bool operator>(const Entry& other) const {
      return total != other.total ? total > other.total : label > other.label;
    }
  };
  // The best label of a state that is on the heap, and the earliest that was taken from it; valid
  // in the round that they name.
  struct State {
    uint32_t pushed_round = 0, taken_round = 0;
    double pushed_s = 0, pushed_cost = 0, taken_s = 0;
  };
  // Lower bound of the cost to any haven, by node, if nobody queues and the gas of all layers from
  // this one on is only where it always is.
  struct Bound {
    double surcharge = 0;  // for entries, and for a muster point that gas reaches later
    double metres = 0;
    auto operator<=>(const Bound&) const = default;
  };

  void expand(uint32_t label, double speed_m_s);
  void go(uint32_t label, const Arc& arc, double departure_s, double speed_m_s);
  void enter_haven(uint32_t label, uint32_t haven, double speed_m_s);
  void push(const Label& label, double speed_m_s);
  double still_to_go(uint32_t node, double at_s, double speed_m_s);
  const std::vector<Bound>& bounds(std::size_t layer);
  Way follow(uint32_t label) const;

  const Plan& plan_;
  const Danger& danger_;
  std::vector<Slots> edge_slots_;
  std::vector<Slots> haven_slots_;
  std::vector<uint32_t> haven_of_;                 // by node
  std::vector<std::vector<double>> haven_metres_;  // by haven and node
  std::vector<std::vector<Bound>> bounds_;         // by layer, made when asked for
  std::vector<Label> labels_;
  std::vector<Entry> heap_;
  std::vector<double> surcharge_;  // by haven: that gas stands there in the end
  std::vector<State> states_;
  uint32_t round_ = 0;
};

}  // namespace anlan::twin

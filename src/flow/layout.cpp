// A layered drawing after Sugiyama, Tagawa and Toda (1981): ranks by longest path, places for long
// ways, order by barycentre, then heights.

#include "flow/layout.h"

#include <algorithm>
#include <numeric>

namespace anlan::flow {

namespace {

constexpr int kGapX = 56;
constexpr int kGapY = 28;
constexpr int kMargin = 20;
constexpr int kEventsBelow = 30;  // room for what hangs on a task
constexpr int kLane = 14;         // between ways that lead back
constexpr int kSweeps = 8;
constexpr int kTitle = 20;                  // of a frame, above what it holds
constexpr std::size_t kPlacesMax = 20'000;  // beyond it long ways go straight

Box plain_size(const Node& node) {
  switch (node.kind) {
    case NodeKind::User:
    case NodeKind::Service:
    case NodeKind::Rule:
    case NodeKind::Manual:
    case NodeKind::Send:
    case NodeKind::Receive:
    case NodeKind::Call:
    case NodeKind::Script: return {.w = 128, .h = 56};
    case NodeKind::Exclusive:
    case NodeKind::Inclusive:
    case NodeKind::Parallel:
    case NodeKind::Events: return {.w = 40, .h = 40};
    case NodeKind::Boundary: return {.w = 24, .h = 24};
    default: return {.w = 32, .h = 32};
  }
}

// A node, or a place that a long way passes.
struct Slot {
  std::size_t node = kNone;
  std::size_t edge = kNone;
  int height = 8;
  double centre = 0;
  std::vector<std::size_t> before{};  // slots one layer to the left
  std::vector<std::size_t> after{};
};

// Lays out what stands directly in one process or sub-process. Frames inside it have their boxes'
// sizes already.
class Layouter {
 public:
  Layouter(const Graph& graph, std::size_t container, Layout& layout)
      : graph_(graph), container_(container), layout_(layout) {}

  // How far down it reaches.
  int run() {
    find_back();
    find_ranks();
    make_slots();
    for (int i = 0; i < kSweeps; ++i) order(i % 2 == 0);
    for (int i = 0; i < kSweeps; ++i) settle(i % 2 == 0);
    place();
    route();
    return bottom_;
  }

 private:
  bool is_mine(std::size_t node) const {
    const Node& one = graph_.nodes[node];
    return one.container == container_ && one.kind != NodeKind::EventSub;
  }
  bool is_my_edge(std::size_t edge) const { return is_mine(graph_.edges[edge].from); }
  Box size_of(const Node& node) const {
    if (node.kind != NodeKind::Sub) return plain_size(node);
    const Box& frame = layout_.boxes[static_cast<std::size_t>(&node - graph_.nodes.data())];
    return {.w = frame.w, .h = frame.h};
  }
  // Events on a border stand where their task stands.
  std::size_t owner(std::size_t node) const {
    std::size_t host = graph_.nodes[node].host;
    return host == kNone ? node : host;
  }
  std::vector<std::size_t> ways_out(std::size_t node) const {
    std::vector<std::size_t> ways = graph_.nodes[node].out;
    for (std::size_t event : graph_.nodes[node].boundaries) {
      ways.insert(ways.end(), graph_.nodes[event].out.begin(), graph_.nodes[event].out.end());
    }
    return ways;
  }
  std::size_t target(std::size_t edge) const { return graph_.edges[edge].to; }

  // Ways that close a circle in a walk from the start, in the order of the file.
  void find_back() {
    is_back_.assign(graph_.edges.size(), false);
    enum class Mark : char { New, Open, Done };
    std::vector<Mark> marks(graph_.nodes.size(), Mark::New);
    struct Step {
      std::size_t node;
      std::vector<std::size_t> ways;
      std::size_t next = 0;
    };
    std::vector<Step> path;
    auto open = [&](std::size_t node) {
      marks[node] = Mark::Open;
      path.push_back({node, ways_out(node)});
    };
    auto begin = [&] {
      for (std::size_t node = 0; node < graph_.nodes.size(); ++node) {
        bool is_begin = graph_.nodes[node].kind == NodeKind::Start && is_mine(node);
        if (is_begin && marks[node] == Mark::New) return open(node);
      }
    };
    begin();
    while (!path.empty()) {
      Step& step = path.back();
      if (step.next == step.ways.size()) {
        marks[step.node] = Mark::Done;
        path.pop_back();
        if (path.empty()) begin();
        continue;
      }
      std::size_t edge = step.ways[step.next++];
      Mark mark = marks[target(edge)];
      if (mark == Mark::Open) is_back_[edge] = true;
      if (mark == Mark::New) open(target(edge));
    }
  }

  void find_ranks() {
    rank_.assign(graph_.nodes.size(), 0);
    std::vector<std::size_t> waits(graph_.nodes.size(), 0);
    for (std::size_t edge = 0; edge < graph_.edges.size(); ++edge) {
      if (is_my_edge(edge) && !is_back_[edge]) ++waits[target(edge)];
    }
    std::vector<std::size_t> ready;
    for (std::size_t node = 0; node < graph_.nodes.size(); ++node) {
      if (is_mine(node) && owner(node) == node && waits[node] == 0) ready.push_back(node);
    }
    for (std::size_t i = 0; i < ready.size(); ++i) {
      for (std::size_t edge : ways_out(ready[i])) {
        if (is_back_[edge]) continue;
        std::size_t to = target(edge);
        rank_[to] = std::max(rank_[to], rank_[ready[i]] + 1);
        if (--waits[to] == 0) ready.push_back(to);
      }
    }
  }

  std::size_t add_slot(std::size_t layer, Slot slot) {
    if (layers_.size() <= layer) layers_.resize(layer + 1);
    layers_[layer].push_back(slots_.size());
    slots_.push_back(std::move(slot));
    return slots_.size() - 1;
  }

  void join(std::size_t left, std::size_t right) {
    slots_[left].after.push_back(right);
    slots_[right].before.push_back(left);
  }

  void make_slots() {
    slot_of_.assign(graph_.nodes.size(), kNone);
    passes_.resize(graph_.edges.size());
    for (std::size_t node = 0; node < graph_.nodes.size(); ++node) {
      if (!is_mine(node) || owner(node) != node) continue;
      int height = size_of(graph_.nodes[node]).h;
      if (!graph_.nodes[node].boundaries.empty()) height += kEventsBelow;
      slot_of_[node] = add_slot(rank_[node], {.node = node, .height = height});
    }
    for (std::size_t edge = 0; edge < graph_.edges.size(); ++edge) {
      if (!is_my_edge(edge) || is_back_[edge]) continue;
      std::size_t last = slot_of_[owner(graph_.edges[edge].from)];
      std::size_t from = rank_[owner(graph_.edges[edge].from)];
      for (std::size_t layer = from + 1; layer < rank_[target(edge)]; ++layer) {
        if (slots_.size() > kPlacesMax) break;
        std::size_t place = add_slot(layer, {.edge = edge});
        passes_[edge].push_back(place);
        join(last, place);
        last = place;
      }
      join(last, slot_of_[target(edge)]);
    }
  }

  // One sweep: each layer in the order of the mean place of its neighbours.
  void order(bool is_rightward) {
    std::vector<double> at(slots_.size(), 0);
    auto number = [&](const std::vector<std::size_t>& layer) {
      for (std::size_t i = 0; i < layer.size(); ++i) at[layer[i]] = static_cast<double>(i);
    };
    for (const auto& layer : layers_) number(layer);
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      auto& layer = layers_[is_rightward ? i : layers_.size() - 1 - i];
      std::vector<std::pair<double, std::size_t>> keyed;
      for (std::size_t slot : layer) {
        const auto& near = is_rightward ? slots_[slot].before : slots_[slot].after;
        double sum = 0;
        for (std::size_t other : near) sum += at[other];
        double key = near.empty() ? at[slot] : sum / static_cast<double>(near.size());
        keyed.emplace_back(key, slot);
      }
      std::ranges::stable_sort(keyed, {}, &std::pair<double, std::size_t>::first);
      for (std::size_t k = 0; k < keyed.size(); ++k) layer[k] = keyed[k].second;
      number(layer);
    }
  }

  double apart(std::size_t upper, std::size_t lower) const {
    return (slots_[upper].height + slots_[lower].height) / 2.0 + kGapY;
  }

  // Heights: as near to the neighbours as the order allows, pulled evenly from above and below.
  void settle(bool is_rightward) {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const auto& layer = layers_[is_rightward ? i : layers_.size() - 1 - i];
      std::vector<double> wanted;
      for (std::size_t slot : layer) {
        const Slot& one = slots_[slot];
        double sum = 0;
        for (std::size_t other : one.before) sum += slots_[other].centre;
        for (std::size_t other : one.after) sum += slots_[other].centre;
        std::size_t count = one.before.size() + one.after.size();
        wanted.push_back(count == 0 ? one.centre : sum / static_cast<double>(count));
      }
      std::vector<double> down = wanted;
      std::vector<double> up = wanted;
      for (std::size_t k = 1; k < layer.size(); ++k) {
        down[k] = std::max(down[k], down[k - 1] + apart(layer[k - 1], layer[k]));
      }
      for (std::size_t k = layer.size() - 1; k-- > 0;) {
        up[k] = std::min(up[k], up[k + 1] - apart(layer[k], layer[k + 1]));
      }
      for (std::size_t k = 0; k < layer.size(); ++k) {
        slots_[layer[k]].centre = (down[k] + up[k]) / 2;
      }
    }
  }

  void place() {
    double top = 0;
    for (const Slot& slot : slots_) top = std::min(top, slot.centre - slot.height / 2.0);
    for (Slot& slot : slots_) slot.centre += kMargin - top;
    int x = kMargin;
    for (const auto& layer : layers_) {
      int width = 0;
      for (std::size_t slot : layer) {
        if (slots_[slot].node == kNone) continue;
        width = std::max(width, size_of(graph_.nodes[slots_[slot].node]).w);
      }
      for (std::size_t slot : layer) put(slots_[slot], x, width);
      x += width + kGapX;
    }
    for (const Slot& slot : slots_) {
      bottom_ = std::max(bottom_, static_cast<int>(slot.centre) + slot.height / 2);
    }
  }

  void put(const Slot& slot, int x, int width) {
    if (slot.node == kNone) {
      middles_.resize(slots_.size());
      middles_[static_cast<std::size_t>(&slot - slots_.data())] = {x + width / 2,
                                                                   static_cast<int>(slot.centre)};
      return;
    }
    const Node& node = graph_.nodes[slot.node];
    Box box = size_of(node);
    box.x = x + (width - box.w) / 2;
    box.y = static_cast<int>(slot.centre) - slot.height / 2;
    layout_.boxes[slot.node] = box;
    // Many events stand closer, so that all of them hang on their task.
    int count = static_cast<int>(node.boundaries.size());
    int step = count == 0 ? 0 : std::min(30, (box.w - 20) / count);
    int at = box.x + 10;
    for (std::size_t event : node.boundaries) {
      Box small = size_of(graph_.nodes[event]);
      small.x = at;
      small.y = box.y + box.h - small.h / 2;
      at += step;
      layout_.boxes[event] = small;
    }
  }

  // Corners are square: halfway between two points of different height.
  static void go_to(std::vector<Point>& way, Point to) {
    Point from = way.back();
    if (from.y != to.y) {
      int middle = to.x - kGapX / 2;
      middle = std::max(middle, std::min(from.x, to.x));
      if (middle != from.x) way.push_back({middle, from.y});
      way.push_back({middle, to.y});
    }
    way.push_back(to);
  }

  void route() {
    int lane = bottom_ + kLane;
    middles_.resize(slots_.size());
    for (std::size_t edge = 0; edge < graph_.edges.size(); ++edge) {
      if (!is_my_edge(edge)) continue;
      const Box& from = layout_.boxes[graph_.edges[edge].from];
      const Box& to = layout_.boxes[target(edge)];
      bool hangs = graph_.nodes[graph_.edges[edge].from].kind == NodeKind::Boundary;
      std::vector<Point> way;
      if (is_back_[edge]) {
        way = {{from.x + from.w / 2, from.y + from.h},
               {from.x + from.w / 2, lane},
               {to.x + to.w / 2, lane},
               {to.x + to.w / 2, to.y + to.h}};
        lane += kLane;
      } else {
        way.push_back({from.x + from.w, from.y + from.h / 2});
        if (hangs) {
          way = {{from.x + from.w / 2, from.y + from.h}};
          way.push_back({way[0].x, way[0].y + 8});
        }
        for (std::size_t place : passes_[edge]) go_to(way, middles_[place]);
        go_to(way, {to.x, to.y + to.h / 2});
      }
      layout_.ways[edge] = std::move(way);
    }
    bottom_ = std::max(bottom_, lane - kLane);
  }

  const Graph& graph_;
  std::size_t container_;
  Layout& layout_;
  std::vector<bool> is_back_;
  std::vector<std::size_t> rank_;
  std::vector<Slot> slots_;
  std::vector<std::size_t> slot_of_;              // by node
  std::vector<std::vector<std::size_t>> passes_;  // by edge: its places
  std::vector<std::vector<std::size_t>> layers_;
  std::vector<Point> middles_;  // of places, by slot
  int bottom_ = 0;
};

bool lies_in(const Graph& graph, std::size_t node, std::size_t frame) {
  std::size_t at = graph.nodes[node].container;
  while (at != kNone && at != frame) at = graph.nodes[at].container;
  return at != kNone;
}

void shift(Box& box, const Point& by) { box = {box.x + by.x, box.y + by.y, box.w, box.h}; }

// What lies in a frame was laid out from its corner on.
void move_into(const Graph& graph, Layout& layout, std::size_t frame) {
  Point by{layout.boxes[frame].x, layout.boxes[frame].y + kTitle};
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    if (lies_in(graph, node, frame)) shift(layout.boxes[node], by);
  }
  for (std::size_t edge = 0; edge < graph.edges.size(); ++edge) {
    if (!lies_in(graph, graph.edges[edge].from, frame)) continue;
    for (Point& point : layout.ways[edge]) point = {point.x + by.x, point.y + by.y};
  }
}

Point extent_of(const Graph& graph, const Layout& layout, std::size_t container) {
  Point far;
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    const Box& box = layout.boxes[node];
    if (graph.nodes[node].container != container) continue;
    far = {std::max(far.x, box.x + box.w), std::max(far.y, box.y + box.h)};
  }
  for (std::size_t edge = 0; edge < graph.edges.size(); ++edge) {
    if (graph.nodes[graph.edges[edge].from].container != container) continue;
    for (const Point& point : layout.ways[edge]) {
      far = {std::max(far.x, point.x), std::max(far.y, point.y)};
    }
  }
  return far;
}

// Frames that an event starts stand below, one under the other.
void place_aside(const Graph& graph, Layout& layout, std::size_t container, int bottom) {
  int y = bottom + kGapY;
  for (std::size_t frame : graph.event_subs_in(container)) {
    layout.boxes[frame].x = kMargin;
    layout.boxes[frame].y = y;
    y += layout.boxes[frame].h + kGapY;
  }
}

void lay_out_in(const Graph& graph, Layout& layout, std::size_t container) {
  std::vector<std::size_t> frames;
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    NodeKind kind = graph.nodes[node].kind;
    bool is_frame = kind == NodeKind::Sub || kind == NodeKind::EventSub;
    if (is_frame && graph.nodes[node].container == container) frames.push_back(node);
  }
  for (std::size_t frame : frames) {
    lay_out_in(graph, layout, frame);
    Point far = extent_of(graph, layout, frame);
    layout.boxes[frame] = {.w = std::max(far.x + kMargin, 128),
                           .h = std::max(far.y + kMargin + kTitle, 56)};
  }
  int bottom = Layouter(graph, container, layout).run();
  place_aside(graph, layout, container, bottom);
  for (std::size_t frame : frames) move_into(graph, layout, frame);
}

}  // namespace

Layout lay_out(const Graph& graph) {
  Layout layout{.boxes = std::vector<Box>(graph.nodes.size()),
                .ways = std::vector<std::vector<Point>>(graph.edges.size())};
  lay_out_in(graph, layout, kNone);
  return layout;
}

}  // namespace anlan::flow

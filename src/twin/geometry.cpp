#include "twin/geometry.h"

#include <algorithm>
#include <cmath>

#include "twin/plan.h"

namespace anlan::twin {
namespace {

constexpr double kTouch = 1e-9;
constexpr std::size_t kCellsPerSideMax = 256;

double cross(Point a, Point b, Point c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

// c lies on the line through a and b: does it lie between them?
bool is_within(Point a, Point b, Point c) {
  return std::min(a.x, b.x) - kTouch <= c.x && c.x <= std::max(a.x, b.x) + kTouch &&
         std::min(a.y, b.y) - kTouch <= c.y && c.y <= std::max(a.y, b.y) + kTouch;
}

int side(double value) { return value > kTouch ? 1 : value < -kTouch ? -1 : 0; }

}  // namespace

double distance_m(Point a, Point b) { return std::hypot(b.x - a.x, b.y - a.y); }

bool is_inside(const std::vector<Point>& outline, Point at) {
  bool inside = false;
  for (std::size_t i = 0, j = outline.size() - 1; i < outline.size(); j = i++) {
    Point a = outline[i], b = outline[j];
    if (side(cross(a, b, at)) == 0 && is_within(a, b, at)) return true;
    if ((a.y > at.y) == (b.y > at.y)) continue;
    if (at.x < (b.x - a.x) * (at.y - a.y) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

Box box_around(std::span<const Point> points) {
  if (points.empty()) return {};
  Box box{points.front(), points.front()};
  for (Point point : points) {
    box.low = {std::min(box.low.x, point.x), std::min(box.low.y, point.y)};
    box.high = {std::max(box.high.x, point.x), std::max(box.high.y, point.y)};
  }
  return box;
}

Box wider(const Box& box, double by_m) {
  return {{box.low.x - by_m, box.low.y - by_m}, {box.high.x + by_m, box.high.y + by_m}};
}

Point between(Point a, Point b, double part) {
  return {a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part};
}

Point nearest_on(const Segment& segment, Point at) {
  double dx = segment.to.x - segment.from.x, dy = segment.to.y - segment.from.y;
  double square = dx * dx + dy * dy;
  if (square == 0) return segment.from;
  double part = ((at.x - segment.from.x) * dx + (at.y - segment.from.y) * dy) / square;
  return between(segment.from, segment.to, std::clamp(part, 0.0, 1.0));
}

double distance_m(const Segment& segment, Point at) {
  return distance_m(nearest_on(segment, at), at);
}

double distance_m(const Segment& a, const Segment& b) {
  if (is_crossing(a, b)) return 0;
  return std::min(
      {distance_m(a, b.from), distance_m(a, b.to), distance_m(b, a.from), distance_m(b, a.to)});
}

std::optional<Crossing> crossing_of(const Segment& a, const Segment& b) {
  double ax = a.to.x - a.from.x, ay = a.to.y - a.from.y;
  double bx = b.to.x - b.from.x, by = b.to.y - b.from.y;
  double size = ax * by - ay * bx;
  if (std::fabs(size) < kTouch) return std::nullopt;
  double dx = b.from.x - a.from.x, dy = b.from.y - a.from.y;
  double on_a = (dx * by - dy * bx) / size, on_b = (dx * ay - dy * ax) / size;
  if (on_a < 0 || on_a > 1 || on_b < 0 || on_b > 1) return std::nullopt;
  return Crossing{on_a, on_b};
}

bool is_crossing(const Segment& a, const Segment& b) {
  int b_from = side(cross(a.from, a.to, b.from)), b_to = side(cross(a.from, a.to, b.to));
  int a_from = side(cross(b.from, b.to, a.from)), a_to = side(cross(b.from, b.to, a.to));
  if (b_from * b_to < 0 && a_from * a_to < 0) return true;
  return (b_from == 0 && is_within(a.from, a.to, b.from)) ||
         (b_to == 0 && is_within(a.from, a.to, b.to)) ||
         (a_from == 0 && is_within(b.from, b.to, a.from)) ||
         (a_to == 0 && is_within(b.from, b.to, a.to));
}

double signed_area_m2(std::span<const Point> outline) {
  double twice = 0;
  for (std::size_t i = 0, j = outline.size() - 1; i < outline.size(); j = i++) {
    twice += outline[j].x * outline[i].y - outline[i].x * outline[j].y;
  }
  return twice / 2;
}

CellGrid::CellGrid(const Box& box, double cell_m_min) : low_(box.low) {
  double wide = box.high.x - box.low.x, high = box.high.y - box.low.y;
  cell_m_ = std::max({cell_m_min, wide / kCellsPerSideMax, high / kCellsPerSideMax});
  columns_ = static_cast<std::size_t>(wide / cell_m_) + 1;
  rows_ = static_cast<std::size_t>(high / cell_m_) + 1;
  cells_.resize(columns_ * rows_);
}

CellGrid::Range CellGrid::range_of(const Box& box) const {
  auto cell = [&](double along, std::size_t count) {
    double last = static_cast<double>(count - 1);
    return static_cast<std::size_t>(std::clamp(std::floor(along / cell_m_), 0.0, last));
  };
  return {cell(box.low.x - low_.x, columns_), cell(box.high.x - low_.x, columns_),
          cell(box.low.y - low_.y, rows_), cell(box.high.y - low_.y, rows_)};
}

void CellGrid::insert(const Box& box, uint32_t id) {
  Range range = range_of(box);
  for (std::size_t row = range.row_low; row <= range.row_high; ++row) {
    for (std::size_t column = range.column_low; column <= range.column_high; ++column) {
      std::vector<uint32_t>& cell = cells_[row * columns_ + column];
      cell.push_back(id);
      fullest_ = std::max(fullest_, cell.size());
    }
  }
}

Barriers::Barriers(const Box& box, std::vector<Segment> pieces)
    : pieces_(std::move(pieces)), grid_(box, 10) {
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    Point ends[] = {pieces_[i].from, pieces_[i].to};
    grid_.insert(wider(box_around(ends), 0.01), static_cast<uint32_t>(i));
  }
}

bool Barriers::is_between(Point a, Point b) const {
  bool found = false;
  Point ends[] = {a, b};
  grid_.near(box_around(ends), [&](uint32_t id) {
    if (!found) found = is_crossing({a, b}, pieces_[id]);
  });
  return found;
}

bool Barriers::is_nearer(Point at, double distance) const {
  return nearest(at, distance).has_value();
}

std::optional<uint32_t> Barriers::nearest(Point at, double distance_max_m) const {
  std::optional<uint32_t> best;
  double best_m = distance_max_m;
  grid_.near(wider({at, at}, distance_max_m), [&](uint32_t id) {
    double away_m = distance_m(pieces_[id], at);
    if (away_m > best_m || (best && away_m == best_m && id >= *best)) return;
    best = id;
    best_m = away_m;
  });
  return best;
}

}  // namespace anlan::twin

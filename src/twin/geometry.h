#pragma once
// Plane geometry of the plan. A touch counts as a crossing: a way along a wall is no way.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "twin/sighting.h"

namespace anlan::twin {

struct Segment {
  Point from, to;
};

struct Box {
  Point low, high;
};
Box box_around(std::span<const Point> points);
Box wider(const Box& box, double by_m);

Point between(Point a, Point b, double part);  // part 0 is a, 1 is b
Point nearest_on(const Segment& segment, Point at);
double distance_m(const Segment& segment, Point at);
double distance_m(const Segment& a, const Segment& b);
// Where they cross: the parts of the way along a and b. Nothing for parallel ones.
struct Crossing {
  double on_a = 0, on_b = 0;
};
std::optional<Crossing> crossing_of(const Segment& a, const Segment& b);
bool is_crossing(const Segment& a, const Segment& b);
double signed_area_m2(std::span<const Point> outline);  // positive: counter-clockwise

// Things by place. Cells are wide enough that there are few of them, whatever the box.
class CellGrid {
 public:
  CellGrid() = default;
  CellGrid(const Box& box, double cell_m_min);

  void insert(const Box& box, uint32_t id);
  std::size_t fullest() const { return fullest_; }  // most things in one cell
  // Calls visit(id) for everything whose box may meet this one; an id may come more than once.
  template <class Visit>
  void near(const Box& box, Visit visit) const {
    if (cells_.empty()) return;
    Range range = range_of(box);
    for (std::size_t row = range.row_low; row <= range.row_high; ++row) {
      for (std::size_t column = range.column_low; column <= range.column_high; ++column) {
        for (uint32_t id : cells_[row * columns_ + column]) visit(id);
      }
    }
  }

 private:
  struct Range {
    std::size_t column_low, column_high, row_low, row_high;
  };
  Range range_of(const Box& box) const;

  Point low_;
  double cell_m_ = 1;
  std::size_t columns_ = 0, rows_ = 0;
  std::size_t fullest_ = 0;
  std::vector<std::vector<uint32_t>> cells_;
};

// What nobody walks through.
class Barriers {
 public:
  Barriers() = default;
  Barriers(const Box& box, std::vector<Segment> pieces);

  bool is_between(Point a, Point b) const;
  bool is_nearer(Point at, double distance) const;
  std::optional<uint32_t> nearest(Point at, double distance_max_m) const;
  const std::vector<Segment>& pieces() const { return pieces_; }
  std::size_t fullest() const { return grid_.fullest(); }

 private:
  std::vector<Segment> pieces_;
  CellGrid grid_;
};

}  // namespace anlan::twin

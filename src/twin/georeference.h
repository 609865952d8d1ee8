#pragma once
// Where a plan lies on the earth: control points that are known in both, and the turn, scale and
// shift that fits them best (docs/formats/positions.md).

#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "twin/sighting.h"

namespace anlan::twin {

inline constexpr std::size_t kControlPointsMax = 100;

struct ControlPoint {
  GeoPoint geo;
  Point at;  // on the plan, metres
};

// GCJ-02 back to WGS 84, to within a centimetre; points outside mainland China are not shifted.
GeoPoint to_wgs84(GeoPoint point);

class GeoReference {
 public:
  // {"points":[{"lat","lon","datum"?:"wgs84"|"gcj02","x","y"}]}. BadPack says what is wrong.
  static Result<GeoReference> parse(const Json& json);
  // Least squares over two points or more that lie 10 m apart at least. BadPack: fewer, nearer, or
  // of a scale that no plan in metres has (points mixed up).
  static Result<GeoReference> fit(const std::vector<ControlPoint>& points);

  Point to_plan(GeoPoint point) const;
  double residual_m() const { return residual_m_; }  // root of the mean square over the points
  std::size_t point_count() const { return point_count_; }

 private:
  Point local(GeoPoint point) const;  // metres east and north of the origin

  GeoPoint origin_;
  Point middle_, shift_;            // of the points, on the earth and on the plan
  double turn_a_ = 1, turn_b_ = 0;  // scale times cosine and sine
  double residual_m_ = 0;
  std::size_t point_count_ = 0;
};

}  // namespace anlan::twin

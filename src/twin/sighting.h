#pragma once
// Where things are, in the frame of the plant's plan: metres, x to the east, y to the north.

#include <optional>
#include <string>

#include "core/time.h"

namespace anlan::twin {

struct Point {
  double x = 0;
  double y = 0;

  bool operator==(const Point&) const = default;
};

// As satellites say it: degrees north and east. GCJ-02 is the shifted datum of Chinese maps.
struct GeoPoint {
  double lat = 0;
  double lon = 0;
  bool is_gcj02 = false;  // else WGS 84

  bool operator==(const GeoPoint&) const = default;
};

// Why a position says nothing of where its carrier is now. On disk by number: never renumber.
enum class Doubt { None = 0, TooOld = 1, Inaccurate = 2, Jumped = 3, NoGeoreference = 4 };

// A badge was seen somewhere: by a positioning system (a point) or by a reader (a zone only).
struct Sighting {
  std::string badge;          // code of the badge
  std::optional<Point> at{};  // nothing: only the zone is known
  std::string zone{};         // code of a zone of the plan; may be empty where a point is given
  double accuracy_m = 0;
  Instant seen{};                 // by the positioning system's clock
  Instant received{};             // by ours
  std::optional<GeoPoint> geo{};  // until it is laid onto the plan
  Doubt doubt = Doubt::None;
};

// A gate let somebody through, or did not.
struct GatePass {
  std::string badge;
  std::string gate;  // code of the gate
  std::string zone;  // that it leads into
  bool is_in = true;
  bool was_let = true;
  Instant seen{};
  Instant received{};
};

}  // namespace anlan::twin

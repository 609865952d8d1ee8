#pragma once
// What the rule pack of gas alarms (decisions `gas_limits`) asks of a detector: GB/T 50493-2019
// levels of % LEL and of occupational limits. Figures are the pack's; here they only get the
// detector's unit.

#include <map>
#include <string>
#include <vector>

#include "alarms/alarms.h"
#include "core/result.h"
#include "engine/gas_unit.h"
#include "engine/packs.h"

namespace anlan::engine {

// One set point in the unit of the tag. Looser than it is higher, of `l` lower.
struct GasSetPoint {
  int level = 1;  // 1 or 2
  alarms::Kind kind = alarms::Kind::High;
  double value = 0;
  double deadband = 0;
  std::string basis;   // "LEL", "O2", "MAC", "PC-TWA", "PC-STEL"
  std::string mark;    // as permits' packs: "official", "seen", "plant", "draft"
  std::string source;  // clause or document
};

struct GasDetector {
  std::string substance;
  std::string unit;       // as the tag names it
  double molar_mass = 0;  // g/mol; 0: the pack's
};

// What stands behind one limit of a gas detector.
struct GasBasis {
  GasSetPoint asked;        // by the pack
  bool is_of_pack = false;  // nobody set another
  bool is_looser = false;   // than the pack's, or not latching
  std::string reason{};     // why, where it is looser
};

bool is_looser(alarms::Kind kind, double limit, const GasSetPoint& asked);

// Set points asked at `now`; remembers what it was asked. No pack, a substance that it doesn't
// know, a unit that can't be converted: none.
class GasRules {
 public:
  GasRules(const Packs& packs, Instant now) : packs_(packs), now_(now) {}
  Result<std::vector<GasSetPoint>> of(const GasDetector& detector);
  // Changes when a row of the pack begins to hold. Empty without a pack.
  static Result<std::string> edition(const Packs& packs, Instant now);

 private:
  const Packs& packs_;
  Instant now_;
  std::map<std::string, Json> rows_;  // by substance
};

}  // namespace anlan::engine

#pragma once
// The high-frequency tracing report: when one problem of one device comes up so often within some
// days and stays unclosed, hazards and alarms together, a record of form `tracing` begins by
// itself. How often and how many days stand in the decision table hazard_tracing, which category of
// hazard an alarm speaks of in alarm_problem.

#include <string>

#include "engine/execute.h"

namespace anlan::engine {

// A hazard is unclosed until it is verified or turns out to be none. An alarm that went away by
// itself was closed by nobody: it counts until a hazard of the same problem on the same device is
// verified after it.
struct Problem {
  std::string device;    // id of the record
  std::string category;  // of hazards
};
struct Traced {
  int64_t count = 0;
  int64_t limit = 0;  // 0: no table says anything about it
  Duration window{};
  Json occurrences = Json::array();  // {"kind","id","number","at"}, newest first
  bool is_due() const { return limit > 0 && count >= limit; }
};
Result<Traced> tracing_due(store::View& view, const Packs& packs, const Problem& problem,
                           Instant now);

// Asked after a hazard is created and after an alarm is raised, in the same transaction.
class Tracing {
 public:
  explicit Tracing(Execution& execution) : execution_(execution) {}

  Result<void> after_hazard(RecordId hazard);
  Result<void> after_alarm(const alarms::Definition& definition);

 private:
  Result<void> look_at(const Problem& problem);
  Result<void> begin(const records::Form& form, const Problem& problem, const Traced& traced);

  Execution& execution_;
};

}  // namespace anlan::engine

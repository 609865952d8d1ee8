#pragma once
// The plant, the world, the crew and the oracle together, step by step.

#include <map>
#include <string>
#include <vector>

#include "core/json.h"
#include "tests/sim/permit_crew.h"

namespace anlan::test {

class Play {
 public:
  // Nothing where the plant can't be set up.
  static Result<std::unique_ptr<Play>> create(uint64_t seed);

  // The clock goes on, the world moves, the product looks, the oracle judges, people act.
  void step(std::size_t permits);
  bool is_over(std::size_t permits) const;
  // What is still open when the year is over can't end any more.
  void close();
  // Empty, or what is wrong with the ledger: every leaf is in the signed tree.
  std::string check_ledger();
  Json report() const;

  World& world() { return *world_; }
  Oracle& oracle() { return *oracle_; }
  Crew& crew() { return *crew_; }

 private:
  Play() = default;
  Duration step_length();
  void judge_gates();
  void end_responses();

  std::unique_ptr<Plant> plant_;
  std::optional<World> world_;
  std::optional<Oracle> oracle_;
  std::optional<Crew> crew_;
  std::map<std::string, std::vector<std::string>> allowed_;  // badges, by gate that asks for them
  Instant began_{}, next_duty_{};
  std::optional<Instant> last_application_{};
  int64_t steps_ = 0;
};

std::size_t number_from_environment(const char* name, std::size_t otherwise);

}  // namespace anlan::test

#pragma once
// Randomness is passed in: the machine's for real work, a seeded one for tests and simulation.

#include <cstdint>
#include <span>

namespace anlan {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<uint8_t> out) = 0;
  uint64_t next();
  // In [0, bound); bound > 0.
  uint64_t below(uint64_t bound);
};

// The kernel's generator, fit for keys. Only main hands it out.
Random& random_of_machine();

// xoshiro256** seeded by splitmix64: repeatable, never for keys.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed);
  void fill(std::span<uint8_t> out) override;

 private:
  uint64_t step();
  uint64_t state_[4];
};

}  // namespace anlan

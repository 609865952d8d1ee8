#include "core/random.h"

#include <bit>
#include <cstring>

#include "core/check.h"

#if defined(__EMSCRIPTEN__)
#include <unistd.h>
#else
#include <sys/random.h>
#endif

namespace anlan {
namespace {

class MachineRandom final : public Random {
 public:
  void fill(std::span<uint8_t> out) override {
    while (!out.empty()) {
      std::size_t part = out.size() < 256 ? out.size() : 256;
      CHECK(getentropy(out.data(), part) == 0, "the kernel must give randomness");
      out = out.subspan(part);
    }
  }
};

uint64_t splitmix(uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

uint64_t Random::next() {
  uint64_t value = 0;
  fill({reinterpret_cast<uint8_t*>(&value), sizeof value});
  return value;
}

uint64_t Random::below(uint64_t bound) {
  CHECK(bound > 0, "an empty range has no element");
  uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  uint64_t value = next();
  while (value >= limit) value = next();
  return value % bound;
}

Random& random_of_machine() {
  static MachineRandom random;
  return random;
}

SeededRandom::SeededRandom(uint64_t seed) {
  for (uint64_t& word : state_) word = splitmix(seed);
}

uint64_t SeededRandom::step() {
  uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

void SeededRandom::fill(std::span<uint8_t> out) {
  while (!out.empty()) {
    uint64_t word = step();
    std::size_t part = out.size() < sizeof word ? out.size() : sizeof word;
    std::memcpy(out.data(), &word, part);
    out = out.subspan(part);
  }
}

}  // namespace anlan

#pragma once
// The fingerprint of a photo: two hashes of the whole and up to 500 features, strongest first.
// Stored with the photo; docs/formats/vision.md. On disk: never renumber.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::vision {

struct PrintFeature {
  // Bits 0 to 31 say on which side of 32 planes the feature lies, bits 32 to 63 the same for what
  // a mirror makes of it: mirrored, the halves change places.
  uint64_t code = 0;
  std::array<uint8_t, 4> weak{};  // for each 16 bits the two least sure ones, a nibble each
  uint16_t x = 0, y = 0;          // 65535 is the longer side of the picture
};

struct Print {
  uint64_t whole = 0;           // perceptual hash: signs of the low frequencies
  uint64_t whole_mirrored = 0;  // of the picture in a mirror
  bool is_plain = false;        // nearly one colour: the hash says nothing
  std::vector<PrintFeature> features;
};

inline constexpr std::size_t kPrintFeaturesMax = 500;

std::string write_print(const Print& print);
// None for anything that is no print of ours.
std::optional<Print> read_print(std::string_view bytes);

}  // namespace anlan::vision

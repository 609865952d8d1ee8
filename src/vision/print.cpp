#include "vision/print.h"

#include <algorithm>

namespace anlan::vision {
namespace {

constexpr std::string_view kMark = "AP1";
constexpr std::size_t kHeadBytes = 3 + 1 + 8 + 8 + 2;
constexpr std::size_t kFeatureBytes = 8 + 4 + 2 + 2;

template <class T>
void put(std::string& to, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    to.push_back(static_cast<char>(static_cast<uint64_t>(value) >> (8 * i) & 0xFF));
}

template <class T>
T get(std::string_view& from) {
  uint64_t value = 0;
  for (std::size_t i = sizeof(T); i > 0; --i)
    value = value << 8 | static_cast<uint8_t>(from[i - 1]);
  from.remove_prefix(sizeof(T));
  return static_cast<T>(value);
}

}  // namespace

std::string write_print(const Print& print) {
  std::string bytes(kMark);
  put(bytes, uint8_t{print.is_plain});
  put(bytes, print.whole);
  put(bytes, print.whole_mirrored);
  std::size_t count = std::min(print.features.size(), kPrintFeaturesMax);
  put(bytes, static_cast<uint16_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    const PrintFeature& feature = print.features[i];
    put(bytes, feature.code);
    for (uint8_t weak : feature.weak) put(bytes, weak);
    put(bytes, feature.x);
    put(bytes, feature.y);
  }
  return bytes;
}

std::optional<Print> read_print(std::string_view bytes) {
  if (!bytes.starts_with(kMark) || bytes.size() < kHeadBytes) return std::nullopt;
  bytes.remove_prefix(kMark.size());
  Print print;
  auto flags = get<uint8_t>(bytes);
  print.is_plain = flags == 1;
  print.whole = get<uint64_t>(bytes);
  print.whole_mirrored = get<uint64_t>(bytes);
  std::size_t count = get<uint16_t>(bytes);
  if (flags > 1 || count > kPrintFeaturesMax || bytes.size() != count * kFeatureBytes)
    return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    PrintFeature feature{.code = get<uint64_t>(bytes)};
    for (uint8_t& weak : feature.weak) weak = get<uint8_t>(bytes);
    feature.x = get<uint16_t>(bytes);
    feature.y = get<uint16_t>(bytes);
    print.features.push_back(feature);
  }
  return print;
}

}  // namespace anlan::vision

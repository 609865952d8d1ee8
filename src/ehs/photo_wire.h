#pragma once
// Reads the frame of a JPEG, PNG or WebP file without decoding a pixel: is it whole, how large, and
// what does it claim about its making. Foreign bytes: every length, count and offset is bounded,
// and nothing in here follows a link twice. What a file claims is not proof of anything.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace anlan::ehs {

struct PhotoFacts {
  std::string kind;  // "image/jpeg", "image/png", "image/webp"
  uint32_t width = 0;
  uint32_t height = 0;
  int orientation = 1;          // Exif 2.32, 4.6.4: 1 to 8
  std::string taken_at{};       // "2026-11-21T14:23:11", the camera's local time; empty if not told
  bool has_gps = false;         // says something about its place, readable or not
  std::optional<double> lat{};  // WGS84 degrees
  std::optional<double> lon{};
};

// BadImage for anything cut off, damaged, animated or empty; TooLarge beyond
// limits::kImagePixelsMax. Bytes behind the end are tolerated up to 16 MB: phones append films.
// A damaged Exif block is no reason to refuse a photo: then it just says nothing.
Result<PhotoFacts> read_photo(std::string_view bytes);

// The same picture without anything that could tell who took it, when, where or with what: keeps
// what is needed to show the pixels (colour profile, orientation) and drops all else, also what
// stands behind the end. Refuses what read_photo refuses.
Result<std::string> strip_exif(std::string_view bytes);

}  // namespace anlan::ehs

#pragma once
// A photo file cut into its parts, and the helpers that the three formats share. Room-internal.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ehs/photo_wire.h"

namespace anlan::ehs {

inline constexpr std::size_t kTrailingBytesMax = 16u << 20;  // a motion photo's film has 3 to 10 MB
inline constexpr std::size_t kPartsMax = 20'000;  // 64 MB in PNG chunks of 8 KB are 8,192

// One JPEG segment, PNG chunk or RIFF chunk. Views into the file.
struct Part {
  uint32_t tag = 0;         // JPEG: the marker's second byte; PNG, RIFF: the four letters
  std::string_view body{};  // without length, checksum or padding
  std::string_view whole{};
};

struct Photo {
  PhotoFacts facts{};
  std::vector<Part> parts{};
};

inline std::unexpected<Error> bad_image(const char* why) {
  return refuse(ErrorCode::BadImage, why);
}

constexpr uint32_t letters(const char (&text)[5]) {
  uint32_t out = 0;
  for (int i = 0; i < 4; ++i) out = out << 8 | static_cast<unsigned char>(text[i]);
  return out;
}

// The caller has checked that `at + size` is inside.
inline uint32_t big(std::string_view bytes, std::size_t at, int size) {
  uint32_t out = 0;
  for (int i = 0; i < size; ++i) {
    out = out << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  }
  return out;
}
inline uint32_t little(std::string_view bytes, std::size_t at, int size) {
  uint32_t out = 0;
  for (int i = size - 1; i >= 0; --i) {
    out = out << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  }
  return out;
}
std::string big_text(uint32_t value, int size);
std::string little_text(uint32_t value, int size);

Result<void> set_size(PhotoFacts& facts, uint32_t width, uint32_t height);
// Takes over what a TIFF block (Exif 2.32, 4.5) claims; leaves out what is damaged.
void read_exif(std::string_view tiff, PhotoFacts& facts);
// A TIFF block that says the orientation and nothing else.
std::string orientation_exif(int orientation);

Result<Photo> open_jpeg(std::string_view bytes);
Result<Photo> open_png(std::string_view bytes);
Result<Photo> open_webp(std::string_view bytes);
std::string strip_jpeg(const Photo& photo);
std::string strip_png(const Photo& photo);
std::string strip_webp(const Photo& photo);

}  // namespace anlan::ehs

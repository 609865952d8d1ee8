#include "vision/orientation.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace anlan::vision {
namespace {

constexpr int kUpright = 1;
constexpr int kPartsMax = 4096;  // segments or chunks looked at; real files have some dozen

enum class Ends { Big, Little };

std::optional<uint32_t> number(std::string_view bytes, std::size_t at, std::size_t size,
                               Ends ends) {
  if (at > bytes.size() || bytes.size() - at < size) return std::nullopt;
  uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    std::size_t from = ends == Ends::Big ? at + i : at + size - 1 - i;
    value = value << 8 | static_cast<uint8_t>(bytes[from]);
  }
  return value;
}

// TIFF 6.0, section 2: a header of eight bytes, then a directory of entries of twelve.
int from_tiff(std::string_view tiff) {
  if (tiff.size() < 8) return kUpright;
  Ends ends = tiff.starts_with("MM") ? Ends::Big : Ends::Little;
  if (ends == Ends::Little && !tiff.starts_with("II")) return kUpright;
  auto directory = number(tiff, 4, 4, ends);
  auto count = directory ? number(tiff, *directory, 2, ends) : std::nullopt;
  if (!count) return kUpright;
  for (uint32_t i = 0; i < *count; ++i) {
    std::size_t entry = std::size_t{*directory} + 2 + std::size_t{i} * 12;
    auto tag = number(tiff, entry, 2, ends);
    if (!tag) return kUpright;
    if (*tag != 0x0112) continue;
    auto value = number(tiff, entry + 8, 2, ends);
    return value && *value >= 1 && *value <= 8 ? static_cast<int>(*value) : kUpright;
  }
  return kUpright;
}

constexpr std::string_view kExifMark{"Exif\0\0", 6};

int from_jpeg(std::string_view photo) {
  std::size_t at = 2;
  for (int part = 0; part < kPartsMax; ++part) {
    auto mark = number(photo, at, 2, Ends::Big);
    auto size = number(photo, at + 2, 2, Ends::Big);
    if (!mark || !size || *size < 2 || *mark < 0xFFC0 || *mark == 0xFFDA) return kUpright;
    std::string_view body = photo.substr(at + 4).substr(0, *size - 2);
    if (*mark == 0xFFE1 && body.starts_with(kExifMark))
      return from_tiff(body.substr(kExifMark.size()));
    at += 2 + std::size_t{*size};
  }
  return kUpright;
}

int from_png(std::string_view photo) {
  std::size_t at = 8;
  for (int part = 0; part < kPartsMax; ++part) {
    auto size = number(photo, at, 4, Ends::Big);
    if (!size || photo.size() - at < 12) return kUpright;
    std::string_view name = photo.substr(at + 4, 4);
    if (name == "eXIf") return from_tiff(photo.substr(at + 8).substr(0, *size));
    at += 12 + std::size_t{*size};
  }
  return kUpright;
}

int from_webp(std::string_view photo) {
  std::size_t at = 12;
  for (int part = 0; part < kPartsMax; ++part) {
    auto size = number(photo, at + 4, 4, Ends::Little);
    if (!size) return kUpright;
    if (photo.substr(at, 4) == "EXIF") {
      std::string_view body = photo.substr(at + 8).substr(0, *size);
      if (body.starts_with(kExifMark)) body.remove_prefix(kExifMark.size());
      return from_tiff(body);
    }
    at += 8 + std::size_t{*size} + (*size & 1);
  }
  return kUpright;
}

}  // namespace

int read_orientation(std::string_view photo) {
  if (photo.starts_with("\xFF\xD8")) return from_jpeg(photo);
  if (photo.starts_with("\x89PNG\r\n\x1A\n")) return from_png(photo);
  if (photo.starts_with("RIFF") && photo.substr(0, 12).ends_with("WEBP")) return from_webp(photo);
  return kUpright;
}

}  // namespace anlan::vision

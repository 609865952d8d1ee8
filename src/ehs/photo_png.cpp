// PNG: W3C PNG Specification, third edition, clauses 5 (datastream) and 11 (chunks).

#include <algorithm>
#include <array>

#include "ehs/photo_parts.h"

namespace anlan::ehs {
namespace {

constexpr std::size_t kSignatureBytes = 8;

// Annex D: the CRC of chunk type and data.
constexpr std::array<uint32_t, 256> make_crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value & 1 ? 0xedb88320u ^ value >> 1 : value >> 1;
    table[i] = value;
  }
  return table;
}
constexpr std::array<uint32_t, 256> kCrcTable = make_crc_table();

uint32_t crc_of(std::string_view bytes) {
  uint32_t crc = 0xffffffffu;
  for (char c : bytes) crc = kCrcTable[(crc ^ static_cast<unsigned char>(c)) & 255] ^ crc >> 8;
  return ~crc;
}

Result<std::vector<Part>> walk(std::string_view bytes) {
  std::vector<Part> parts;
  std::size_t at = kSignatureBytes;
  while (parts.empty() || parts.back().tag != letters("IEND")) {
    if (parts.size() >= kPartsMax) return bad_image("too many chunks");
    if (bytes.size() - at < 12) return bad_image("a chunk is cut off");
    std::size_t length = big(bytes, at, 4);
    if (length > bytes.size() - at - 12) return bad_image("a chunk is cut off");
    std::string_view checked = bytes.substr(at + 4, 4 + length);
    if (crc_of(checked) != big(bytes, at + 8 + length, 4)) return bad_image("a wrong checksum");
    parts.push_back({big(bytes, at + 4, 4), checked.substr(4), bytes.substr(at, 12 + length)});
    at += 12 + length;
  }
  if (!parts.back().body.empty()) return bad_image("a broken end");
  if (bytes.size() - at > kTrailingBytesMax) return bad_image("too much behind the end");
  return parts;
}

// Clause 11.2.1: which depths each colour type allows.
bool is_depth_allowed(uint32_t colour, uint32_t depth) {
  bool is_power = depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
  if (colour == 0) return is_power;
  if (colour == 3) return is_power && depth <= 8;
  return (colour == 2 || colour == 4 || colour == 6) && (depth == 8 || depth == 16);
}

Result<void> read_header(std::string_view body, PhotoFacts& facts) {
  if (body.size() != 13) return bad_image("a broken header");
  bool is_sound = is_depth_allowed(big(body, 9, 1), big(body, 8, 1)) && body[10] == 0 &&
                  body[11] == 0 && big(body, 12, 1) <= 1;
  if (!is_sound) return bad_image("a broken header");
  return set_size(facts, big(body, 0, 4), big(body, 4, 4));
}

bool is_needed(uint32_t tag) {
  constexpr std::array kNeeded{letters("IHDR"), letters("PLTE"), letters("IDAT"), letters("IEND"),
                               letters("tRNS"), letters("gAMA"), letters("cHRM"), letters("sRGB"),
                               letters("iCCP"), letters("sBIT"), letters("cICP")};
  return std::ranges::find(kNeeded, tag) != kNeeded.end();
}

}  // namespace

Result<Photo> open_png(std::string_view bytes) {
  Photo photo{.facts = {.kind = "image/png"}, .parts = TRY(walk(bytes))};
  if (photo.parts.front().tag != letters("IHDR")) return bad_image("no header");
  TRY(read_header(photo.parts.front().body, photo.facts));
  std::size_t headers = 0;
  std::size_t pixel_bytes = 0;
  for (const Part& part : photo.parts) {
    headers += part.tag == letters("IHDR");
    if (part.tag == letters("IDAT")) pixel_bytes += part.body.size();
    if (part.tag == letters("acTL")) return bad_image("an animation");
    if (part.tag == letters("eXIf")) read_exif(part.body, photo.facts);
  }
  if (headers != 1 || pixel_bytes == 0) return bad_image("no pixels");
  return photo;
}

std::string strip_png(const Photo& photo) {
  std::string out("\x89PNG\r\n\x1a\n");
  for (const Part& part : photo.parts) {
    if (!is_needed(part.tag)) continue;
    out += part.whole;
    if (part.tag != letters("IHDR") || photo.facts.orientation == 1) continue;
    std::string chunk = "eXIf" + orientation_exif(photo.facts.orientation);
    out += big_text(static_cast<uint32_t>(chunk.size() - 4), 4) + chunk;
    out += big_text(crc_of(chunk), 4);
  }
  return out;
}

}  // namespace anlan::ehs

// WebP: RFC 9649, section 2 (RIFF container), and the frame headers of VP8 (RFC 6386, 9.1) and of
// VP8L (RFC 9649, 3.4).

#include <algorithm>

#include "ehs/photo_parts.h"

namespace anlan::ehs {
namespace {

constexpr std::size_t kHeaderBytes = 12;
constexpr uint32_t kExifFlag = 0x08;
constexpr uint32_t kXmpFlag = 0x04;
constexpr uint32_t kAnimationFlag = 0x02;

Result<std::vector<Part>> walk(std::string_view bytes) {
  std::size_t size = little(bytes, 4, 4);
  if (size < 4 || size > bytes.size() - 8) return bad_image("the file is cut off");
  std::size_t end = 8 + size;
  if (bytes.size() - end > kTrailingBytesMax) return bad_image("too much behind the end");
  std::vector<Part> parts;
  std::size_t at = kHeaderBytes;
  while (at < end) {
    if (parts.size() >= kPartsMax) return bad_image("too many chunks");
    if (end - at < 8) return bad_image("a chunk is cut off");
    std::size_t length = little(bytes, at + 4, 4);
    std::size_t padded = length + length % 2;
    if (padded > end - at - 8) return bad_image("a chunk is cut off");
    parts.push_back(
        {big(bytes, at, 4), bytes.substr(at + 8, length), bytes.substr(at, 8 + padded)});
    at += 8 + padded;
  }
  return parts;
}

Result<void> read_lossy(std::string_view body, PhotoFacts& facts) {
  bool is_key_frame = body.size() > 10 && (body[0] & 1) == 0;
  if (!is_key_frame || body.substr(3, 3) != "\x9d\x01\x2a") return bad_image("a broken frame");
  return set_size(facts, little(body, 6, 2) & 0x3fff, little(body, 8, 2) & 0x3fff);
}

Result<void> read_lossless(std::string_view body, PhotoFacts& facts) {
  if (body.size() <= 5 || body[0] != 0x2f) return bad_image("a broken frame");
  uint32_t bits = little(body, 1, 4);
  if (bits >> 29 != 0) return bad_image("an unknown version");
  return set_size(facts, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
}

Result<void> read_pixels(const Photo& photo, PhotoFacts& facts) {
  auto is_image = [](const Part& part) {
    return part.tag == letters("VP8 ") || part.tag == letters("VP8L");
  };
  auto image = std::ranges::find_if(photo.parts, is_image);
  if (image == photo.parts.end()) return bad_image("no pixels");
  if (std::ranges::count_if(photo.parts, is_image) > 1) return bad_image("two pictures");
  return image->tag == letters("VP8 ") ? read_lossy(image->body, facts)
                                       : read_lossless(image->body, facts);
}

// Section 2.7: the canvas of a still picture is the picture.
Result<void> check_canvas(std::string_view body, const PhotoFacts& facts) {
  if (body.size() != 10) return bad_image("a broken header");
  if ((little(body, 0, 1) & kAnimationFlag) != 0) return bad_image("an animation");
  bool agrees = little(body, 4, 3) + 1 == facts.width && little(body, 7, 3) + 1 == facts.height;
  return agrees ? Result<void>{} : bad_image("two sizes");
}

bool is_needed(uint32_t tag) {
  return tag == letters("VP8 ") || tag == letters("VP8L") || tag == letters("ALPH") ||
         tag == letters("ICCP");
}

std::string chunk(std::string_view name, std::string_view body) {
  std::string out(name);
  out += little_text(static_cast<uint32_t>(body.size()), 4);
  out += body;
  if (body.size() % 2 != 0) out += '\0';
  return out;
}

}  // namespace

Result<Photo> open_webp(std::string_view bytes) {
  Photo photo{.facts = {.kind = "image/webp"}, .parts = TRY(walk(bytes))};
  if (photo.parts.empty()) return bad_image("no pixels");
  uint32_t first = photo.parts.front().tag;
  if (first != letters("VP8X") && !is_needed(first)) return bad_image("an unknown beginning");
  TRY(read_pixels(photo, photo.facts));
  for (const Part& part : photo.parts) {
    if (part.tag == letters("ANIM") || part.tag == letters("ANMF"))
      return bad_image("an animation");
    if (part.tag == letters("VP8X")) TRY(check_canvas(part.body, photo.facts));
    if (part.tag != letters("EXIF")) continue;
    bool has_prefix = part.body.starts_with(std::string_view("Exif\0\0", 6));  // some writers do
    read_exif(has_prefix ? part.body.substr(6) : part.body, photo.facts);
  }
  return photo;
}

std::string strip_webp(const Photo& photo) {
  std::string chunks;
  // Only a file with the extended header can say an orientation.
  bool is_turned = photo.facts.orientation != 1;
  for (const Part& part : photo.parts) {
    if (is_needed(part.tag)) chunks += part.whole;
    if (part.tag != letters("VP8X")) continue;
    std::string header(part.body);
    uint32_t flags = little(header, 0, 1) & ~(kExifFlag | kXmpFlag);
    if (is_turned) flags |= kExifFlag;
    header[0] = static_cast<char>(flags);
    chunks += chunk("VP8X", header);
  }
  if (is_turned) chunks += chunk("EXIF", orientation_exif(photo.facts.orientation));
  return "RIFF" + little_text(static_cast<uint32_t>(chunks.size() + 4), 4) + "WEBP" + chunks;
}

}  // namespace anlan::ehs

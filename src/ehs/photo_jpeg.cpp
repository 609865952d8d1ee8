// JPEG: ITU-T T.81, Annex B (markers), and JFIF. Only what browsers show: baseline, extended and
// progressive Huffman frames.

#include <algorithm>

#include "ehs/photo_parts.h"

namespace anlan::ehs {
namespace {

// T.81, table B.1.
constexpr uint32_t kStart = 0xd8;
constexpr uint32_t kEnd = 0xd9;
constexpr uint32_t kScan = 0xda;
constexpr uint32_t kApp0 = 0xe0;
constexpr uint32_t kApp1 = 0xe1;
constexpr uint32_t kApp2 = 0xe2;
constexpr uint32_t kApp14 = 0xee;
constexpr uint32_t kApp15 = 0xef;
constexpr uint32_t kComment = 0xfe;
constexpr std::string_view kExif("Exif\0\0", 6);
constexpr std::string_view kJfif("JFIF\0", 5);
constexpr std::string_view kColourProfile("ICC_PROFILE\0", 12);
constexpr std::string_view kAdobe("Adobe", 5);

bool is_frame(uint32_t tag) { return tag >= 0xc0 && tag <= 0xc2; }
// The other frame kinds: lossless, hierarchical, arithmetic. No browser shows them.
bool is_odd_frame(uint32_t tag) {
  return tag >= 0xc3 && tag <= 0xcf && tag != 0xc4 && tag != 0xc8 && tag != 0xcc;
}
bool stands_alone(uint32_t tag) { return tag == 0x01 || (tag >= 0xd0 && tag <= kEnd); }

// Cuts the file at its markers.
class Walker {
 public:
  explicit Walker(std::string_view bytes) : bytes_(bytes) {}

  Result<std::vector<Part>> walk() {
    std::vector<Part> parts{{kStart, {}, bytes_.substr(0, 2)}};
    at_ = 2;
    while (parts.back().tag != kEnd) {
      if (parts.size() >= kPartsMax) return bad_image("too many segments");
      parts.push_back(TRY(next()));
    }
    if (bytes_.size() - at_ > kTrailingBytesMax) return bad_image("too much behind the end");
    return parts;
  }

 private:
  Result<Part> next() {
    if (at_ >= bytes_.size() || bytes_[at_] != '\xff') return bad_image("no marker");
    while (at_ < bytes_.size() && bytes_[at_] == '\xff') ++at_;  // B.1.1.2: fill bytes
    if (at_ >= bytes_.size()) return bad_image("ends in a marker");
    std::size_t from = at_ - 1;
    uint32_t tag = big(bytes_, at_++, 1);
    if (tag == kEnd) return Part{tag, {}, bytes_.substr(from, 2)};
    if (tag == 0 || stands_alone(tag)) return bad_image("a marker in the wrong place");
    if (bytes_.size() - at_ < 2) return bad_image("ends in a length");
    std::size_t length = big(bytes_, at_, 2);
    if (length < 2 || bytes_.size() - at_ < length) return bad_image("a segment is cut off");
    std::string_view body = bytes_.substr(at_ + 2, length - 2);
    at_ += length;
    if (tag == kScan) TRY(skip_scan());
    return Part{tag, body, bytes_.substr(from, at_ - from)};
  }

  // B.1.1.5: in coded data 0xff is followed by 0 or is a restart marker.
  Result<void> skip_scan() {
    std::size_t from = at_;
    while (true) {
      at_ = bytes_.find('\xff', at_);
      if (at_ == std::string_view::npos || at_ + 1 >= bytes_.size()) {
        return bad_image("the scan is cut off");
      }
      uint32_t follower = big(bytes_, at_ + 1, 1);
      if (follower != 0 && (follower < 0xd0 || follower > 0xd7)) break;
      at_ += 2;
    }
    return at_ == from ? bad_image("an empty scan") : Result<void>{};
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

Result<void> read_frame(std::string_view body, PhotoFacts& facts) {
  if (body.size() < 6) return bad_image("a short frame header");
  uint32_t bits = big(body, 0, 1);
  std::size_t components = big(body, 5, 1);
  bool is_sound = (bits == 8 || bits == 12) && components >= 1 && components <= 4;
  if (!is_sound || body.size() != 6 + 3 * components) return bad_image("a broken frame header");
  return set_size(facts, big(body, 3, 2), big(body, 1, 2));
}

bool is_needed(const Part& part) {
  if (part.tag == kComment) return false;
  if (part.tag < kApp0 || part.tag > kApp15) return true;
  // Only these change how the pixels look; a JFIF thumbnail or a second picture may tell more.
  if (part.tag == kApp0) return part.body.starts_with(kJfif) && part.body.size() == 14;
  if (part.tag == kApp2) return part.body.starts_with(kColourProfile);
  return part.tag == kApp14 && part.body.starts_with(kAdobe);
}

}  // namespace

Result<Photo> open_jpeg(std::string_view bytes) {
  Photo photo{.facts = {.kind = "image/jpeg"}, .parts = TRY(Walker(bytes).walk())};
  bool has_frame = false;
  bool has_scan = false;
  bool has_exif = false;
  for (const Part& part : photo.parts) {
    if (is_odd_frame(part.tag)) return bad_image("a kind of JPEG that nothing shows");
    if (is_frame(part.tag)) {
      if (has_frame) return bad_image("two frames");
      TRY(read_frame(part.body, photo.facts));
      has_frame = true;
    }
    if (part.tag == kScan && !has_frame) return bad_image("a scan before its frame");
    has_scan = has_scan || part.tag == kScan;
    if (part.tag == kApp1 && part.body.starts_with(kExif) && !has_exif) {
      read_exif(part.body.substr(kExif.size()), photo.facts);
      has_exif = true;
    }
  }
  if (!has_scan) return bad_image("no scan");
  return photo;
}

std::string strip_jpeg(const Photo& photo) {
  std::string out;
  bool is_turned = photo.facts.orientation != 1;
  for (const Part& part : photo.parts) {
    // Behind SOI and JFIF, where readers look for it.
    if (is_turned && part.tag != kStart && part.tag != kApp0) {
      std::string body = std::string(kExif) + orientation_exif(photo.facts.orientation);
      out += "\xff\xe1" + big_text(static_cast<uint32_t>(body.size() + 2), 2) + body;
      is_turned = false;
    }
    if (is_needed(part)) out += part.whole;
  }
  return out;
}

}  // namespace anlan::ehs

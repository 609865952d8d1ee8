// Exif 2.32 (CIPA DC-008): TIFF 6.0 directories, of which three are read, each once and with no
// link followed further: there is nothing to loop in.

#include "ehs/photo_parts.h"

namespace anlan::ehs {
namespace {

// Exif 2.32, 4.6: tags, and 4.6.2: types.
constexpr uint32_t kOrientation = 0x0112;
constexpr uint32_t kExifDirectory = 0x8769;
constexpr uint32_t kGpsDirectory = 0x8825;
constexpr uint32_t kTakenAt = 0x9003;
constexpr uint32_t kDigitizedAt = 0x9004;
constexpr uint32_t kLatitudeSide = 1;
constexpr uint32_t kLatitude = 2;
constexpr uint32_t kLongitudeSide = 3;
constexpr uint32_t kLongitude = 4;
constexpr uint32_t kAscii = 2;
constexpr uint32_t kShort = 3;
constexpr uint32_t kLong = 4;
constexpr uint32_t kRational = 5;
constexpr uint32_t kEntriesMax = 512;  // phones write about 60

struct Entry {
  uint32_t type = 0;
  uint32_t count = 0;
  std::size_t at = 0;  // of the four bytes that hold the value or its place
};

class Tiff {
 public:
  explicit Tiff(std::string_view bytes) : bytes_(bytes) {
    is_little_ = bytes.starts_with(std::string_view("II\x2a\0", 4));
    is_sound_ = is_little_ || bytes.starts_with(std::string_view("MM\0\x2a", 4));
    is_sound_ = is_sound_ && bytes.size() >= 8;
  }

  std::optional<uint32_t> first_directory() const {
    if (!is_sound_) return std::nullopt;
    return number(4, 4);
  }
  std::optional<uint32_t> entries_in(uint32_t directory) const {
    if (!holds(directory, 2)) return std::nullopt;
    uint32_t count = number(directory, 2);
    if (count > kEntriesMax || !holds(directory + 2, count * 12)) return std::nullopt;
    return count;
  }
  std::optional<Entry> find(uint32_t directory, uint32_t tag) const {
    uint32_t count = entries_in(directory).value_or(0);
    for (uint32_t i = 0; i < count; ++i) {
      std::size_t at = directory + 2 + std::size_t{12} * i;
      if (number(at, 2) == tag) return Entry{number(at + 2, 2), number(at + 4, 4), at + 8};
    }
    return std::nullopt;
  }
  // The one number of an entry of type SHORT or LONG.
  std::optional<uint32_t> value(uint32_t directory, uint32_t tag) const {
    std::optional<Entry> entry = find(directory, tag);
    if (!entry || entry->count != 1) return std::nullopt;
    if (entry->type == kShort) return number(entry->at, 2);
    if (entry->type == kLong) return number(entry->at, 4);
    return std::nullopt;
  }
  // An ASCII entry, at most `most` bytes, without the closing zero.
  std::string text(uint32_t directory, uint32_t tag, uint32_t most) const {
    std::optional<Entry> entry = find(directory, tag);
    if (!entry || entry->type != kAscii || entry->count == 0 || entry->count > most) return {};
    std::size_t at = entry->count <= 4 ? entry->at : number(entry->at, 4);
    if (!holds(at, entry->count)) return {};
    std::string_view found = bytes_.substr(at, entry->count);
    return std::string(found.substr(0, found.find('\0')));
  }
  // Degrees, minutes, seconds as one number of degrees.
  std::optional<double> degrees(uint32_t directory, uint32_t tag) const {
    std::optional<Entry> entry = find(directory, tag);
    if (!entry || entry->type != kRational || entry->count != 3) return std::nullopt;
    std::size_t at = number(entry->at, 4);
    if (!holds(at, 24)) return std::nullopt;
    double sum = 0;
    double share = 1;
    for (std::size_t i = 0; i < 3; ++i, share /= 60) {
      uint32_t below = number(at + 8 * i + 4, 4);
      if (below == 0) return std::nullopt;  // 0/0: the camera had no fix
      double part = static_cast<double>(number(at + 8 * i, 4)) / below;
      if (i > 0 && part > 60) return std::nullopt;
      sum += share * part;
    }
    return sum;
  }

 private:
  bool holds(std::size_t at, std::size_t size) const {
    return at <= bytes_.size() && size <= bytes_.size() - at;
  }
  uint32_t number(std::size_t at, int size) const {
    return is_little_ ? little(bytes_, at, size) : big(bytes_, at, size);
  }

  std::string_view bytes_;
  bool is_little_ = false;
  bool is_sound_ = false;
};

// "2026:11:21 14:23:11" to "2026-11-21T14:23:11"; empty for anything else, also for all blanks.
std::string iso_time(std::string_view text) {
  constexpr std::string_view kShape = "dddd:dd:dd dd:dd:dd";
  if (text.size() != kShape.size()) return {};
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == 'd' ? !is_digit : text[i] != kShape[i]) return {};
  }
  auto two = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  bool is_day = two(5) >= 1 && two(5) <= 12 && two(8) >= 1 && two(8) <= 31;
  if (!is_day || two(11) > 23 || two(14) > 59 || two(17) > 60) return {};
  std::string out(text);
  out[4] = out[7] = '-';
  out[10] = 'T';
  return out;
}

void read_place(const Tiff& tiff, uint32_t directory, PhotoFacts& facts) {
  facts.has_gps = tiff.entries_in(directory).value_or(0) > 0;
  std::optional<double> lat = tiff.degrees(directory, kLatitude);
  std::optional<double> lon = tiff.degrees(directory, kLongitude);
  std::string lat_side = tiff.text(directory, kLatitudeSide, 2);
  std::string lon_side = tiff.text(directory, kLongitudeSide, 2);
  bool has_sides = (lat_side == "N" || lat_side == "S") && (lon_side == "E" || lon_side == "W");
  if (!lat || !lon || !has_sides || *lat > 90 || *lon > 180) return;
  facts.lat = lat_side == "S" ? -*lat : *lat;
  facts.lon = lon_side == "W" ? -*lon : *lon;
}

}  // namespace

void read_exif(std::string_view bytes, PhotoFacts& facts) {
  Tiff tiff(bytes);
  std::optional<uint32_t> main = tiff.first_directory();
  if (!main) return;
  uint32_t orientation = tiff.value(*main, kOrientation).value_or(1);
  facts.orientation = orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
  if (std::optional<uint32_t> exif = tiff.value(*main, kExifDirectory)) {
    facts.taken_at = iso_time(tiff.text(*exif, kTakenAt, 20));
    if (facts.taken_at.empty()) facts.taken_at = iso_time(tiff.text(*exif, kDigitizedAt, 20));
  }
  if (std::optional<uint32_t> gps = tiff.value(*main, kGpsDirectory)) read_place(tiff, *gps, facts);
}

std::string orientation_exif(int orientation) {
  std::string out("MM\0\x2a\0\0\0\x08\0\x01", 10);
  out += big_text(kOrientation, 2) + big_text(kShort, 2) + big_text(1, 4);
  out += big_text(static_cast<uint32_t>(orientation), 2);
  out += std::string(6, '\0');  // the rest of the value, and no next directory
  return out;
}

}  // namespace anlan::ehs

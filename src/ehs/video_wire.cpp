// MP4: ISO/IEC 14496-12, clause 4.2 (boxes), 4.3 (ftyp), 8.2 (moov), 8.3 (trak, tkhd), 8.1.1
// (mdat). WebM: RFC 8794 (EBML) and RFC 9559 (Matroska), of which a few elements are read.

#include "ehs/video_wire.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/limits.h"

namespace anlan::ehs {
namespace {

constexpr std::size_t kPartsMax = 20'000;  // boxes or elements looked at; a minute of film has 100
constexpr uint32_t kSideMax = 16'384;      // pixels; beyond it is no film of a phone

std::unexpected<Error> bad_video(const char* why) { return refuse(ErrorCode::BadImage, why); }

uint64_t big(std::string_view bytes, std::size_t at, std::size_t size) {
  uint64_t out = 0;
  for (std::size_t i = 0; i < size; ++i) {
    out = out << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return out;
}

// ---- MP4 ----

struct Box {
  std::string_view type;
  std::string_view body;
};

// The next box of a row; takes it off `rest`. Clause 4.2: size 1 has 64 bits behind the type, size
// 0 reaches to the end of the file.
Result<Box> next_box(std::string_view& rest, std::size_t& count) {
  if (++count > kPartsMax) return bad_video("too many boxes");
  if (rest.size() < 8) return bad_video("a box is cut off");
  uint64_t size = big(rest, 0, 4);
  std::size_t head = 8;
  if (size == 1) {
    if (rest.size() < 16) return bad_video("a box is cut off");
    size = big(rest, 8, 8);
    head = 16;
  }
  if (size == 0) size = rest.size();
  if (size < head || size > rest.size()) return bad_video("a box is cut off");
  Box box{rest.substr(4, 4), rest.substr(head, static_cast<std::size_t>(size) - head)};
  rest.remove_prefix(static_cast<std::size_t>(size));
  return box;
}

// Clause 8.3.2: width and height are the last two numbers, as 16.16.
void read_track_header(std::string_view body, VideoFacts& facts) {
  bool is_long = !body.empty() && body[0] == 1;
  std::size_t size = is_long ? 96 : 84;
  if (body.size() < size) return;
  auto width = static_cast<uint32_t>(big(body, size - 8, 4) >> 16);
  auto height = static_cast<uint32_t>(big(body, size - 4, 4) >> 16);
  if (width == 0 || height == 0 || facts.width != 0) return;  // a sound track has no size
  facts.width = width;
  facts.height = height;
}

Result<void> read_movie(std::string_view movie, VideoFacts& facts, std::size_t& count) {
  while (!movie.empty()) {
    Box box = TRY(next_box(movie, count));
    if (box.type != "trak") continue;
    std::string_view track = box.body;
    while (!track.empty()) {
      Box part = TRY(next_box(track, count));
      if (part.type == "tkhd") read_track_header(part.body, facts);
    }
  }
  return {};
}

Result<VideoFacts> read_mp4(std::string_view bytes) {
  VideoFacts facts{.kind = "video/mp4"};
  std::size_t count = 0;
  bool has_movie = false;
  bool has_data = false;
  while (!bytes.empty()) {
    Box box = TRY(next_box(bytes, count));
    if (box.type == "mdat") has_data = has_data || !box.body.empty();
    if (box.type != "moov") continue;
    if (has_movie) return bad_video("two films");
    has_movie = true;
    TRY(read_movie(box.body, facts, count));
  }
  if (!has_movie || !has_data) return bad_video("no film in it");
  return facts;
}

// ---- WebM ----

// RFC 8794, section 17, and RFC 9559, section 5.
constexpr uint64_t kDocType = 0x4282;
constexpr uint64_t kSegment = 0x18538067;
constexpr uint64_t kTracks = 0x1654ae6b;
constexpr uint64_t kTrackEntry = 0xae;
constexpr uint64_t kVideo = 0xe0;
constexpr uint64_t kPixelWidth = 0xb0;
constexpr uint64_t kPixelHeight = 0xba;
constexpr uint64_t kCluster = 0x1f43b675;
constexpr std::array kMasters{kSegment, kTracks, kTrackEntry, kVideo};

struct Element {
  uint64_t id = 0;
  std::string_view body{};
};

// RFC 8794, section 4: the first set bit tells the length.
std::optional<uint64_t> read_number(std::string_view& rest, std::size_t bytes_max, bool keep_mark) {
  if (rest.empty()) return std::nullopt;
  auto first = static_cast<unsigned char>(rest[0]);
  std::size_t size = 1;
  while (size <= bytes_max && (first & (0x80u >> (size - 1))) == 0) ++size;
  if (size > bytes_max || rest.size() < size) return std::nullopt;
  uint64_t value = big(rest, 0, size);
  uint64_t mark = uint64_t{1} << (7 * size);
  rest.remove_prefix(size);
  if (keep_mark) return value;
  value -= mark;
  return value == mark - 1 ? UINT64_MAX : value;  // all ones: of unknown size
}

class Ebml {
 public:
  Result<void> walk(std::string_view bytes, int depth) {
    while (!bytes.empty()) {
      Element element = TRY(next(bytes));
      if (element.id == kCluster) has_cluster = has_cluster || !element.body.empty();
      if (element.id == kPixelWidth) width = number_of(element.body);
      if (element.id == kPixelHeight) height = number_of(element.body);
      bool is_master = std::ranges::find(kMasters, element.id) != kMasters.end();
      if (is_master && depth < 4) TRY(walk(element.body, depth + 1));
    }
    return {};
  }
  Result<Element> next(std::string_view& rest) {
    if (++count_ > kPartsMax) return bad_video("too many elements");
    auto id = read_number(rest, 4, true);
    auto size = id ? read_number(rest, 8, false) : std::nullopt;
    if (!id || !size) return bad_video("an element is cut off");
    // Recorders that stream don't know the size of segment and cluster: they reach to the end.
    bool is_open = *size == UINT64_MAX && (*id == kSegment || *id == kCluster);
    if (!is_open && *size > rest.size()) return bad_video("an element is cut off");
    Element element{*id, rest.substr(0, is_open ? rest.size() : static_cast<std::size_t>(*size))};
    rest.remove_prefix(element.body.size());
    return element;
  }

  uint32_t width = 0, height = 0;
  bool has_cluster = false;

 private:
  static uint32_t number_of(std::string_view body) {
    return body.size() > 4 ? 0 : static_cast<uint32_t>(big(body, 0, body.size()));
  }
  std::size_t count_ = 0;
};

Result<VideoFacts> read_webm(std::string_view bytes) {
  Ebml reader;
  Element header = TRY(reader.next(bytes));
  bool is_webm = false;
  std::string_view rest = header.body;
  while (!rest.empty()) {
    Element element = TRY(reader.next(rest));
    if (element.id == kDocType) is_webm = element.body.starts_with("webm");
  }
  if (!is_webm) return bad_video("not WebM");
  TRY(reader.walk(bytes, 0));
  if (!reader.has_cluster) return bad_video("no film in it");
  return VideoFacts{.kind = "video/webm", .width = reader.width, .height = reader.height};
}

bool is_ebml(std::string_view bytes) { return bytes.starts_with("\x1a\x45\xdf\xa3"); }

}  // namespace

bool looks_like_video(std::string_view bytes) {
  return is_ebml(bytes) || (bytes.size() >= 12 && bytes.substr(4, 4) == "ftyp");
}

Result<VideoFacts> read_video(std::string_view bytes) {
  if (bytes.size() > limits::kBlobBytesMax) return refuse(ErrorCode::TooLarge, "video");
  if (!looks_like_video(bytes)) return bad_video("neither MP4 nor WebM");
  VideoFacts facts = TRY(is_ebml(bytes) ? read_webm(bytes) : read_mp4(bytes));
  bool has_picture =
      facts.width > 0 && facts.height > 0 && facts.width <= kSideMax && facts.height <= kSideMax;
  if (!has_picture) return bad_video("no picture in it");
  return facts;
}

}  // namespace anlan::ehs

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "core/limits.h"
#include "ehs/ehs.h"
#include "ehs/photo_parts.h"

namespace anlan::ehs {
namespace {

std::string file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string refusal(std::string_view bytes) {
  Result<PhotoFacts> facts = read_photo(bytes);
  Result<std::string> stripped = strip_exif(bytes);
  EXPECT_EQ(facts.has_value(), stripped.has_value());
  return facts ? "accepted" : std::string(error_text(facts.error().code).code);
}

std::string zeros(std::size_t count) { return std::string(count, '\0'); }

// --- JPEG -----------------------------------------------------------------------------------

std::string segment(int marker, std::string_view body) {
  return std::string("\xff") + static_cast<char>(marker) +
         big_text(static_cast<uint32_t>(body.size() + 2), 2) + std::string(body);
}
std::string frame(uint32_t width, uint32_t height, int marker = 0xc0) {
  return segment(
      marker, "\x08" + big_text(height, 2) + big_text(width, 2) + std::string("\x01\x01\x11\0", 4));
}
std::string scan(std::string_view coded = std::string_view("\x12\xff\0\x34\xff\xd0\x56", 7)) {
  return segment(0xda, std::string("\x01\x01\0\0\x3f\0", 6)) + std::string(coded);
}
std::string jfif() { return segment(0xe0, std::string("JFIF\0\x01\x02\0\0\x01\0\x01\0\0", 14)); }
std::string jpeg(std::string_view more = "", std::string_view frame_bytes = frame(640, 480)) {
  return "\xff\xd8" + jfif() + std::string(more) + segment(0xdb, zeros(65)) +
         std::string(frame_bytes) + segment(0xc4, zeros(20)) + scan() + "\xff\xd9";
}

// --- Exif -----------------------------------------------------------------------------------

struct TiffEntry {
  uint32_t tag;
  uint32_t type;
  uint32_t count;
  std::string value;  // four bytes, or more: then it stands behind the directory
};

std::string number(uint32_t value, int size, bool is_little) {
  return is_little ? little_text(value, size) : big_text(value, size);
}

std::string directory(const std::vector<TiffEntry>& entries, uint32_t start, bool is_little) {
  std::string table = number(static_cast<uint32_t>(entries.size()), 2, is_little);
  std::string values;
  uint32_t values_at = start + 2 + 12 * static_cast<uint32_t>(entries.size()) + 4;
  for (const TiffEntry& entry : entries) {
    table += number(entry.tag, 2, is_little) + number(entry.type, 2, is_little) +
             number(entry.count, 4, is_little);
    std::string value = entry.value;
    if (value.size() <= 4) {
      table += value + zeros(4 - value.size());
      continue;
    }
    table += number(values_at + static_cast<uint32_t>(values.size()), 4, is_little);
    values += value;
  }
  return table + zeros(4) + values;
}

struct Claims {
  bool is_little = true;
  uint32_t orientation = 6;
  std::string taken_at = "2026:11:21 14:23:11";
  std::string lat_side = "N";
  std::vector<uint32_t> lat{31, 1, 30, 1, 0, 1};
  std::vector<uint32_t> lon{121, 1, 15, 1, 3600, 100};
};

std::string exif(const Claims& claims) {
  bool is_little = claims.is_little;
  auto n = [&](uint32_t value, int size) { return number(value, size, is_little); };
  auto numbers = [&](const std::vector<uint32_t>& values) {
    std::string out;
    for (uint32_t value : values) out += n(value, 4);
    return out;
  };
  auto text = [](uint32_t tag, const std::string& value) {
    return TiffEntry{tag, 2, static_cast<uint32_t>(value.size() + 1), value + '\0'};
  };
  auto main = [&](uint32_t exif_at, uint32_t gps_at) {
    std::vector<TiffEntry> entries{text(0x010f, "SecretMaker"),
                                   {0x0112, 3, 1, n(claims.orientation, 2)},
                                   {0x8769, 4, 1, n(exif_at, 4)},
                                   {0x8825, 4, 1, n(gps_at, 4)}};
    return directory(entries, 8, is_little);
  };
  uint32_t exif_at = 8 + static_cast<uint32_t>(main(0, 0).size());
  std::string taken = directory({text(0x9003, claims.taken_at)}, exif_at, is_little);
  uint32_t gps_at = exif_at + static_cast<uint32_t>(taken.size());
  std::string gps = directory({text(1, claims.lat_side),
                               {2, 5, 3, numbers(claims.lat)},
                               text(3, "E"),
                               {4, 5, 3, numbers(claims.lon)}},
                              gps_at, is_little);
  std::string head = (is_little ? "II" : "MM") + n(42, 2) + n(8, 4);
  return head + main(exif_at, gps_at) + taken + gps;
}

std::string exif_segment(const Claims& claims = {}) {
  return segment(0xe1, std::string("Exif\0\0", 6) + exif(claims));
}

// --- PNG ------------------------------------------------------------------------------------

std::string chunk(const std::string& name, const std::string& body) {
  uint32_t crc = 0xffffffffu;  // bit by bit, unlike the reader's table
  for (char c : name + body) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? 0xedb88320u ^ crc >> 1 : crc >> 1;
  }
  return big_text(static_cast<uint32_t>(body.size()), 4) + name + body + big_text(~crc, 4);
}
std::string header(uint32_t width, uint32_t height, std::string_view rest = {"\x08\x02\0\0\0", 5}) {
  return chunk("IHDR", big_text(width, 4) + big_text(height, 4) + std::string(rest));
}
std::string png(const std::string& more = "", const std::string& head = header(640, 480)) {
  return "\x89PNG\r\n\x1a\n" + head + more + chunk("IDAT", "pixels") + chunk("IEND", "");
}

// --- WebP -----------------------------------------------------------------------------------

std::string riff_chunk(const std::string& name, const std::string& body) {
  return name + little_text(static_cast<uint32_t>(body.size()), 4) + body + zeros(body.size() % 2);
}
std::string webp(const std::string& chunks) {
  return "RIFF" + little_text(static_cast<uint32_t>(chunks.size() + 4), 4) + "WEBP" + chunks;
}
std::string lossy(uint32_t width, uint32_t height) {
  return riff_chunk("VP8 ", std::string("\x10\0\0\x9d\x01\x2a", 6) + little_text(width, 2) +
                                little_text(height, 2) + "pixels!");
}
std::string lossless(uint32_t width, uint32_t height) {
  return riff_chunk("VP8L", "\x2f" + little_text((width - 1) | (height - 1) << 14, 4) + "pixels");
}
std::string extended(uint32_t width, uint32_t height, char flags = '\x2c') {
  return riff_chunk("VP8X", std::string(1, flags) + zeros(3) + little_text(width - 1, 3) +
                                little_text(height - 1, 3));
}

void expect_size(std::string_view bytes, std::string_view kind) {
  Result<PhotoFacts> facts = read_photo(bytes);
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->kind, kind);
  EXPECT_EQ(facts->width, 640u);
  EXPECT_EQ(facts->height, 480u);
}

TEST(Photos, TellTheirKindAndSize) {
  expect_size(jpeg(), "image/jpeg");
  expect_size(jpeg("", frame(640, 480, 0xc2)), "image/jpeg");
  expect_size(png(), "image/png");
  expect_size(webp(lossy(640, 480)), "image/webp");
  expect_size(webp(lossless(640, 480)), "image/webp");
  expect_size(webp(extended(640, 480) + lossy(640, 480)), "image/webp");
}

TEST(Photos, OfARealPhoneSayWhenAndWhere) {
  PhotoFacts facts = read_photo(file("tests/data/phone.jpg")).value();
  EXPECT_EQ(facts.width, 1600u);
  EXPECT_EQ(facts.height, 1200u);
  EXPECT_EQ(facts.taken_at, "2026-11-21T14:23:11");
  EXPECT_TRUE(facts.has_gps);
  EXPECT_NEAR(facts.lat.value(), 31.2304, 1e-6);
  EXPECT_NEAR(facts.lon.value(), 121.4737, 1e-6);
  PhotoFacts after = read_photo(file("tests/data/after.jpg")).value();
  EXPECT_TRUE(after.taken_at.empty());
  EXPECT_FALSE(after.has_gps || after.lat || after.lon);
}

TEST(Photos, CutOffAtAnyByteAreRefused) {
  for (const std::string& whole :
       {jpeg(exif_segment()), png(chunk("eXIf", exif({}))),
        webp(extended(640, 480) + lossy(640, 480) + riff_chunk("EXIF", exif({})))}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      ASSERT_EQ(refusal(std::string_view(whole).substr(0, size)), "bad_image") << size;
    }
    EXPECT_EQ(refusal(whole), "accepted");
  }
  std::string phone = file("tests/data/phone.jpg");
  for (std::size_t size = 0; size < phone.size(); size += 997) {
    ASSERT_EQ(refusal(std::string_view(phone).substr(0, size)), "bad_image") << size;
  }
}

TEST(Photos, OtherBytesAreRefused) {
  for (std::string_view bytes : {"", "GIF89a", "<svg/>", "hello", "%PDF-1.7", "\xff\xd8\xff\xd9"}) {
    EXPECT_EQ(refusal(bytes), "bad_image") << bytes;
  }
  EXPECT_EQ(refusal(zeros(5000)), "bad_image");
  EXPECT_EQ(refusal("\xff\xd8" + std::string(5000, '\xff')), "bad_image");
}

TEST(Photos, WithoutWidthOrHeightAreRefused) {
  EXPECT_EQ(refusal(jpeg("", frame(0, 480))), "bad_image");
  EXPECT_EQ(refusal(jpeg("", frame(640, 0))), "bad_image");
  EXPECT_EQ(refusal(png("", header(0, 480))), "bad_image");
  EXPECT_EQ(refusal(png("", header(640, 0))), "bad_image");
  EXPECT_EQ(refusal(webp(lossy(0, 480))), "bad_image");
}

TEST(Photos, ThatWouldUnpackIntoTooMuchAreRefused) {
  EXPECT_EQ(refusal(jpeg("", frame(60'000, 60'000))), "too_large");
  EXPECT_EQ(refusal(png("", header(0x7fffffff, 0x7fffffff))), "too_large");
  EXPECT_EQ(refusal(png("", header(60'000'000, 1))), "accepted");
  EXPECT_EQ(refusal(png("", header(60'000'001, 1))), "too_large");
  EXPECT_EQ(refusal(webp(lossless(16'384, 16'384))), "too_large");
  EXPECT_EQ(refusal(zeros(limits::kBlobBytesMax + 1)), "too_large");
}

TEST(Photos, OfJpegWithABrokenOrderAreRefused) {
  std::string start = "\xff\xd8";
  std::string end = "\xff\xd9";
  EXPECT_EQ(refusal(start + scan() + frame(1, 1) + end), "bad_image");
  EXPECT_EQ(refusal(start + frame(1, 1) + end), "bad_image");
  EXPECT_EQ(refusal(start + frame(1, 1) + frame(1, 1) + scan() + end), "bad_image");
  EXPECT_EQ(refusal(start + frame(1, 1) + scan("") + end), "bad_image");
  EXPECT_EQ(refusal(jpeg("", frame(640, 480, 0xc3))), "bad_image");
  EXPECT_EQ(refusal(jpeg("", segment(0xc0, "\x08"))), "bad_image");
  EXPECT_EQ(refusal(jpeg("junk")), "bad_image");
  EXPECT_EQ(refusal(jpeg(std::string("\xff\xe5\0\x01", 4))), "bad_image");
  EXPECT_EQ(refusal(jpeg("\xff\xff\xff" + segment(0xe5, "fill bytes are fine").substr(1))),
            "accepted");
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += segment(0xe5, "");
  EXPECT_EQ(refusal(jpeg(many)), "bad_image");
}

TEST(Photos, OfPngWithABrokenChunkAreRefused) {
  std::string flipped = png();
  flipped[20] = static_cast<char>(flipped[20] ^ 1);
  EXPECT_EQ(refusal(flipped), "bad_image");
  EXPECT_EQ(refusal(png(chunk("acTL", zeros(8)))), "bad_image");
  EXPECT_EQ(refusal(png(header(640, 480))), "bad_image");
  EXPECT_EQ(refusal(png("", chunk("tEXt", "first"))), "bad_image");
  EXPECT_EQ(refusal(png("", header(640, 480, {"\x07\x02\0\0\0", 5}))), "bad_image");
  EXPECT_EQ(refusal(png("", header(640, 480, {"\x10\x03\0\0\0", 5}))), "bad_image");
  EXPECT_EQ(refusal(png("", header(640, 480, {"\x08\x02\x01\0\0", 5}))), "bad_image");
  EXPECT_EQ(refusal("\x89PNG\r\n\x1a\n" + header(640, 480) + chunk("IEND", "")), "bad_image");
}

TEST(Photos, OfWebpWithTwoSizesOrAnimationAreRefused) {
  EXPECT_EQ(refusal(webp(extended(640, 481) + lossy(640, 480))), "bad_image");
  EXPECT_EQ(refusal(webp(extended(640, 480, '\x02') + lossy(640, 480))), "bad_image");
  EXPECT_EQ(refusal(webp(lossy(640, 480) + lossy(640, 480))), "bad_image");
  EXPECT_EQ(refusal(webp(extended(640, 480))), "bad_image");
  EXPECT_EQ(refusal(webp(riff_chunk("ANMF", "x") + lossy(640, 480))), "bad_image");
  EXPECT_EQ(refusal(webp(riff_chunk("VP8 ", "short"))), "bad_image");
  EXPECT_EQ(refusal(webp("")), "bad_image");
}

TEST(Photos, MayCarryAFilmBehindTheEndButNotWithoutBound) {
  for (const std::string& whole : {jpeg(), png(), webp(lossy(640, 480))}) {
    EXPECT_EQ(refusal(whole + zeros(16 << 20)), "accepted");
    EXPECT_EQ(refusal(whole + zeros((16 << 20) + 1)), "bad_image");
  }
}

TEST(Exif, ReadsBothByteOrders) {
  for (bool is_little : {true, false}) {
    PhotoFacts facts = read_photo(jpeg(exif_segment({.is_little = is_little}))).value();
    EXPECT_EQ(facts.orientation, 6);
    EXPECT_EQ(facts.taken_at, "2026-11-21T14:23:11");
    EXPECT_DOUBLE_EQ(facts.lat.value(), 31.5);
    EXPECT_DOUBLE_EQ(facts.lon.value(), 121.26);
  }
  EXPECT_EQ(read_photo(png(chunk("eXIf", exif({})))).value().orientation, 6);
  std::string prefixed = std::string("Exif\0\0", 6) + exif({});
  EXPECT_EQ(read_photo(webp(lossy(640, 480) + riff_chunk("EXIF", prefixed))).value().taken_at,
            "2026-11-21T14:23:11");
}

TEST(Exif, LeavesOutWhatIsNotATimeOrAPlace) {
  auto facts = [](Claims claims) { return read_photo(jpeg(exif_segment(claims))).value(); };
  for (const char* time : {"0000:00:00 00:00:00", "2026:13:01 00:00:00", "2026-11-21 14:23:11",
                           "                   ", "2026:11:21", "2026:11:21 24:00:00"}) {
    EXPECT_EQ(facts({.taken_at = time}).taken_at, "") << time;
  }
  EXPECT_DOUBLE_EQ(facts({.lat_side = "S"}).lat.value(), -31.5);
  for (const Claims& claims :
       {Claims{.lat_side = "X"}, Claims{.lat = {91, 1, 0, 1, 0, 1}},
        Claims{.lat = {0, 0, 0, 0, 0, 0}}, Claims{.lat = {31, 1, 61, 1, 0, 1}},
        Claims{.lon = {181, 1, 0, 1, 0, 1}}}) {
    PhotoFacts found = facts(claims);
    EXPECT_TRUE(found.has_gps);
    EXPECT_FALSE(found.lat || found.lon);
  }
  EXPECT_EQ(facts({.orientation = 9}).orientation, 1);
}

// Whatever byte of the block is spoilt, the photo stays a photo and nothing is read outside of it.
TEST(Exif, ADamagedBlockIsNoReasonToRefuseAPhoto) {
  std::string block = exif({});
  for (std::size_t at = 0; at < block.size(); ++at) {
    for (char value : {'\0', '\xff', '\x08'}) {
      std::string damaged = block;
      damaged[at] = value;
      std::string body = std::string("Exif\0\0", 6) + damaged;
      ASSERT_EQ(refusal(jpeg(segment(0xe1, body))), "accepted") << at;
      ASSERT_EQ(refusal(jpeg(segment(0xe1, body.substr(0, at)))), "accepted") << at;
    }
  }
}

TEST(Stripping, LeavesNoTraceAndTheSamePixels) {
  std::string traces = exif_segment() + segment(0xe1, "http://ns.adobe.com/xap/1.0/ SecretMaker") +
                       segment(0xed, "Photoshop SecretMaker") + segment(0xfe, "SecretMaker") +
                       segment(0xe2, std::string("MPF\0SecretMaker", 15)) +
                       segment(0xe0, std::string("JFXX\0SecretMaker", 16));
  std::string profile = segment(0xe2, std::string("ICC_PROFILE\0\x01\x01 colours", 22));
  std::string stripped = strip_exif(jpeg(traces + profile) + "film of SecretMaker").value();
  EXPECT_FALSE(stripped.contains("SecretMaker"));
  EXPECT_FALSE(stripped.contains("2026:11:21"));
  EXPECT_TRUE(stripped.contains(profile));
  PhotoFacts left = read_photo(stripped).value();
  EXPECT_FALSE(left.has_gps);
  EXPECT_EQ(left.orientation, 6);
  // All that the decoder sees is there, byte for byte, and nothing else.
  std::string plain = jpeg(profile);
  std::string turned = segment(0xe1, std::string("Exif\0\0", 6) + orientation_exif(6));
  EXPECT_EQ(stripped, plain.substr(0, 2) + jfif() + turned + plain.substr(2 + jfif().size()));
}

TEST(Stripping, OfAPhotoThatLiesUprightAddsNothing) {
  EXPECT_EQ(strip_exif(jpeg(exif_segment({.orientation = 1}))).value(), jpeg());
  EXPECT_EQ(strip_exif(png(chunk("eXIf", exif({.orientation = 1})))).value(), png());
  EXPECT_EQ(strip_exif(webp(lossy(640, 480) + riff_chunk("XMP ", "SecretMaker"))).value(),
            webp(lossy(640, 480)));
}

TEST(Stripping, OfPngDropsTextTimeAndUnknownChunks) {
  std::string traces = chunk("eXIf", exif({})) + chunk("tEXt", "Author SecretMaker") +
                       chunk("iTXt", "XMP SecretMaker") + chunk("zTXt", "SecretMaker") +
                       chunk("tIME", "SecretM") + chunk("prVt", "SecretMaker");
  std::string needed = chunk("gAMA", zeros(4)) + chunk("PLTE", zeros(3));
  EXPECT_EQ(strip_exif(png(traces + needed) + "SecretMaker").value(),
            png(chunk("eXIf", orientation_exif(6)) + needed));
}

TEST(Stripping, OfWebpClearsItsFlagsAndKeepsTheWayUp) {
  std::string traces = riff_chunk("EXIF", exif({})) + riff_chunk("XMP ", "SecretMaker") +
                       riff_chunk("abcd", "SecretMaker");
  std::string needed = riff_chunk("ICCP", "odd") + lossy(640, 480);
  EXPECT_EQ(strip_exif(webp(extended(640, 480) + needed + traces) + "SecretMaker").value(),
            webp(extended(640, 480, '\x28') + needed + riff_chunk("EXIF", orientation_exif(6))));
}

TEST(Stripping, OfARealPhotoKeepsItsScan) {
  std::string phone = file("tests/data/phone.jpg");
  std::string stripped = strip_exif(phone).value();
  EXPECT_LT(stripped.size(), phone.size());
  EXPECT_TRUE(phone.ends_with(stripped.substr(2)));
  EXPECT_FALSE(stripped.contains("Test phone"));
  EXPECT_EQ(strip_exif(stripped).value(), stripped);
}

}  // namespace
}  // namespace anlan::ehs

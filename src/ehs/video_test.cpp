#include <gtest/gtest.h>

#include "ehs/video_wire.h"

namespace anlan::ehs {
namespace {

std::string big(uint64_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 255);
  return out;
}

std::string box(const std::string& type, const std::string& body) {
  return big(body.size() + 8, 4) + type + body;
}

std::string track(uint32_t width, uint32_t height) {
  std::string header(84, '\0');
  header.replace(76, 8, big(uint64_t{width} << 16, 4) + big(uint64_t{height} << 16, 4));
  return box("trak", box("tkhd", header));
}

std::string mp4(const std::string& tracks) {
  return box("ftyp", "isom\0\0\0\0") + box("moov", tracks) + box("mdat", "film");
}

std::string element(uint64_t id, int id_bytes, const std::string& body) {
  return big(id, id_bytes) + big(body.size() | uint64_t{1} << 28, 4) + body;
}

std::string webm(const std::string& type) {
  std::string video =
      element(0xe0, 1, element(0xb0, 1, big(640, 2)) + element(0xba, 1, big(480, 2)));
  std::string tracks = element(0x1654ae6b, 4, element(0xae, 1, video));
  std::string cluster = element(0x1f43b675, 4, "film");
  return element(0x1a45dfa3, 4, element(0x4282, 2, type)) +
         element(0x18538067, 4, tracks + cluster);
}

TEST(Video, AnMp4TellsItsKindAndSize) {
  auto facts = read_video(mp4(track(0, 0) + track(1280, 720)));
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->kind, "video/mp4");
  EXPECT_EQ(facts->width, 1280U);
  EXPECT_EQ(facts->height, 720U);
}

TEST(Video, AWebmTellsItsKindAndSizeAlsoFromARecorderThatStreams) {
  auto facts = read_video(webm("webm"));
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->kind, "video/webm");
  EXPECT_EQ(facts->width, 640U);
  std::string streamed = webm("webm");
  std::size_t segment = streamed.find("\x18\x53\x80\x67");
  ASSERT_NE(segment, std::string::npos);
  streamed.replace(segment + 4, 4, "\x1f\xff\xff\xff");
  EXPECT_TRUE(read_video(streamed));
  EXPECT_FALSE(read_video(webm("matroska")));
}

TEST(Video, WhatHasNoPictureOrNoFilmIsNone) {
  EXPECT_FALSE(read_video(mp4(track(0, 0)))) << "sound only";
  EXPECT_FALSE(read_video(box("ftyp", "isom\0\0\0\0") + box("moov", track(9, 9)))) << "no data";
  EXPECT_FALSE(read_video(mp4(track(30'000, 720))));
  EXPECT_FALSE(read_video("no film"));
  EXPECT_FALSE(read_video(""));
}

TEST(Video, NoCutOrFlippedByteBreaksTheReader) {
  for (const std::string& whole : {mp4(track(1280, 720)), webm("webm")}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_FALSE(read_video(whole.substr(0, size))) << size;
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string odd = whole;
      odd[at] = static_cast<char>(~odd[at]);
      (void)read_video(odd);
    }
  }
}

TEST(Video, AFilmOfNothingButBoxesIsRefusedAtTheBound) {
  std::string film = box("ftyp", "isom\0\0\0\0");
  for (int i = 0; i < 30'000; ++i) film += box("free", "");
  EXPECT_EQ(read_video(film).error().code, ErrorCode::BadImage);
}

}  // namespace
}  // namespace anlan::ehs

// Pictures that were made to harm, and a process that is killed, slow or shut in.

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <zlib.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "core/random.h"
#include "vision/eye/jpeg.h"
#include "vision/eye/test_photos.h"

namespace anlan::vision::eye {
namespace {

std::string some_jpeg() {
  cv::Mat photo(300, 400, CV_8UC3);
  cv::RNG(9).fill(photo, cv::RNG::UNIFORM, 0, 255);
  return encode_jpeg(photo, 80);
}

// Processes of this name that we are the parent of.
std::vector<pid_t> children() {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "status");
    std::string line;
    bool is_eye = false, is_ours = false;
    while (std::getline(file, line)) {
      if (line.starts_with("Name:")) is_eye = line.ends_with("anlan-vision");
      if (line.starts_with("PPid:")) is_ours = std::stoi(line.substr(5)) == ::getpid();
    }
    if (is_eye && is_ours) found.push_back(std::stoi(entry.path().filename()));
  }
  return found;
}

std::string status_of(pid_t pid, const std::string& name) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with(name + ":"))
      return line.substr(line.find_first_not_of("\t ", name.size() + 1));
  }
  return {};
}

std::string big_endian(uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::string png_chunk(const std::string& name, const std::string& body) {
  std::string checked = name + body;
  auto sum =
      crc32(0, reinterpret_cast<const Bytef*>(checked.data()), static_cast<uInt>(checked.size()));
  return big_endian(static_cast<uint32_t>(body.size())) + checked +
         big_endian(static_cast<uint32_t>(sum));
}

// A PNG that claims so many pixels, with what zeros can be packed into few bytes.
std::string png_bomb(uint32_t width, uint32_t height, std::size_t zeros) {
  std::string packed(compressBound(zeros), '\0'), plain(zeros, '\0');
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &size,
           reinterpret_cast<const Bytef*>(plain.data()), zeros);
  packed.resize(size);
  std::string head = big_endian(width) + big_endian(height) + std::string("\x08\x02\0\0\0", 5);
  return "\x89PNG\r\n\x1A\n" + png_chunk("IHDR", head) + png_chunk("IDAT", packed) +
         png_chunk("IEND", "");
}

class Hostile : public testing::Test {
 protected:
  void expect_alive() { EXPECT_TRUE(eyes_.look(some_jpeg())); }
  Eyes eyes_{{.program = ANLAN_VISION}};
};

TEST_F(Hostile, GarbageIsNoPicture) {
  SeededRandom random(3);
  for (std::string start :
       {"", "\xFF\xD8\xFF", "\x89PNG\r\n\x1A\n", "RIFF\x20\0\0\0WEBPVP8 ", "GIF89a"}) {
    std::string bytes(5000, '\0');
    random.fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
    auto seen = eyes_.look(start + bytes);
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().code, ErrorCode::BadImage);
  }
  EXPECT_EQ(eyes_.look("").error().code, ErrorCode::BadImage);
  EXPECT_EQ(eyes_.compare(some_jpeg(), "no", std::nullopt).error().code, ErrorCode::BadImage);
  expect_alive();
}

TEST_F(Hostile, APhotoCutOffAnywhereIsRefused) {
  cv::Mat photo(200, 300, CV_8UC3);
  cv::RNG(2).fill(photo, cv::RNG::UNIFORM, 0, 255);
  for (const std::string& whole : {encode_jpeg(photo, 80), as_png(photo), as_webp(photo, 80)}) {
    for (double part : {0.01, 0.1, 0.5, 0.9, 0.99}) {
      auto seen =
          eyes_.look(whole.substr(0, static_cast<std::size_t>(part * double(whole.size()))));
      ASSERT_FALSE(seen) << part;
      EXPECT_EQ(seen.error().code, ErrorCode::BadImage);
    }
  }
  expect_alive();
}

TEST_F(Hostile, FlippedBitsNeverEndMoreThanTheQuestion) {
  SeededRandom random(5);
  cv::Mat photo(120, 160, CV_8UC3);
  cv::RNG(6).fill(photo, cv::RNG::UNIFORM, 0, 255);
  for (const std::string& whole : {encode_jpeg(photo, 70), as_png(photo), as_webp(photo, 70)}) {
    for (int i = 0; i < 25; ++i) {
      std::string bytes = whole;
      for (int k = 0; k < 12; ++k)
        bytes[random.below(bytes.size())] ^= static_cast<char>(1 << random.below(8));
      (void)eyes_.look(bytes);
    }
  }
  expect_alive();
}

TEST_F(Hostile, APictureOfTooManyPixelsIsRefusedUnread) {
  for (auto [width, height] : {std::pair{60'000U, 60'000U}, std::pair{1'000'000U, 100U}}) {
    auto seen = eyes_.look(png_bomb(width, height, 1 << 20));
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().code, ErrorCode::BadImage);
  }
  std::string jpeg = some_jpeg();
  std::size_t frame = jpeg.find("\xFF\xC0");
  ASSERT_NE(frame, std::string::npos);
  for (std::size_t i = 5; i < 9; ++i) jpeg[frame + i] = '\xFF';
  EXPECT_EQ(eyes_.look(jpeg).error().code, ErrorCode::BadImage);
  expect_alive();
}

// 59 Mpx in some 200 KB are allowed and fit into the memory.
TEST_F(Hostile, ThePackedPictureAtTheLimitIsRead) {
  auto seen = eyes_.look(png_bomb(10'000, 5'900, (10'000UL * 3 + 1) * 5'900));
  ASSERT_TRUE(seen) << seen.error().detail;
  EXPECT_EQ(seen->width, 10'000U);
}

TEST_F(Hostile, WantOfMemoryIsTheTroubleOfOneQuestion) {
  Eyes tight({.program = ANLAN_VISION, .memory_mb = 200});
  ASSERT_TRUE(tight.look(some_jpeg())) << "enough for a usual photo";
  auto seen = tight.look(png_bomb(10'000, 5'900, (10'000UL * 3 + 1) * 5'900));
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, ErrorCode::Internal);
  EXPECT_TRUE(tight.look(some_jpeg()));
}

TEST_F(Hostile, TheProcessIsShutIn) {
  expect_alive();
  auto pids = children();
  ASSERT_EQ(pids.size(), 1U);
  EXPECT_EQ(status_of(pids[0], "Seccomp"), "2");
  EXPECT_EQ(status_of(pids[0], "NoNewPrivs"), "1");
  EXPECT_EQ(status_of(pids[0], "Threads"), "1");
  std::ifstream file("/proc/" + std::to_string(pids[0]) + "/limits");
  std::string all((std::istreambuf_iterator<char>(file)), {});
  auto has = [&](const std::string& name, const std::string& value) {
    std::size_t at = all.find(name);
    return at != std::string::npos && all.substr(at, 50).find(value) != std::string::npos;
  };
  EXPECT_TRUE(has("Max address space", std::to_string(768UL << 20)));
  EXPECT_TRUE(has("Max file size", " 0 "));
  EXPECT_TRUE(has("Max open files", " 3 "));
  EXPECT_TRUE(has("Max core file size", " 0 "));
  EXPECT_FALSE(has("Max cpu time", "unlimited"));
}

TEST_F(Hostile, AKilledProcessIsReplaced) {
  expect_alive();
  auto pids = children();
  ASSERT_EQ(pids.size(), 1U);
  ::kill(pids[0], SIGKILL);
  // Whether or not the kernel was done with it, at most one question is lost.
  (void)eyes_.look(some_jpeg());
  expect_alive();
  EXPECT_NE(children(), pids);
}

TEST_F(Hostile, ASlowAnswerIsGivenUpAndTheProcessEnded) {
  expect_alive();
  auto pids = children();
  ASSERT_EQ(pids.size(), 1U);
  Eyes hurried({.program = ANLAN_VISION, .time_limit = Duration::milliseconds(1)});
  auto seen = hurried.look(some_jpeg());
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, ErrorCode::Internal);
  EXPECT_EQ(children(), pids) << "the slow one is gone";
}

TEST_F(Hostile, AProcessThatStandsStillIsEnded) {
  Eyes patient({.program = ANLAN_VISION, .time_limit = Duration::milliseconds(1500)});
  ASSERT_TRUE(patient.look(some_jpeg()));
  auto pids = children();
  ASSERT_EQ(pids.size(), 1U);
  ::kill(pids[0], SIGSTOP);
  EXPECT_FALSE(patient.look(some_jpeg()));
  EXPECT_TRUE(children().empty());
  EXPECT_TRUE(patient.look(some_jpeg()));
}

TEST_F(Hostile, NothingIsLeftBehind) {
  {
    Eyes eyes({.program = ANLAN_VISION});
    EXPECT_TRUE(eyes.look(some_jpeg()));
    EXPECT_EQ(children().size(), 1U);
  }
  EXPECT_TRUE(children().empty());
}

TEST_F(Hostile, AMissingProgramIsAnErrorNotACrash) {
  Eyes eyes({.program = "/nowhere/anlan-vision"});
  EXPECT_EQ(eyes.look(some_jpeg()).error().code, ErrorCode::Internal);
}

// Programs that are no eyes: one that says nothing, one that ends, one that echoes.
TEST_F(Hostile, AStrangersAnswerIsNotBelieved) {
  for (const char* program : {"/bin/cat", "/bin/true", "/usr/bin/yes"}) {
    Eyes eyes({.program = program, .time_limit = Duration::seconds(2)});
    auto seen = eyes.look(some_jpeg());
    ASSERT_FALSE(seen) << program;
    EXPECT_EQ(seen.error().code, ErrorCode::Internal);
  }
}

TEST_F(Hostile, ABoxOutsideThePictureIsRefused) {
  Box boxes[] = {{.x = -0.1}, {.x = 0.2, .y = 2}, {.width = NAN}};
  for (const Box& box : boxes) {
    auto seen = eyes_.compare(some_jpeg(), some_jpeg(), box);
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().code, ErrorCode::BadField);
  }
}

}  // namespace
}  // namespace anlan::vision::eye

// The stand-alone reader of tools/read_history, and the example of docs/formats/history.md.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "history/history_fixture.h"
#include "history/sample_frame.h"
#include "history/segment_log.h"

namespace anlan::history {
namespace {

namespace fs = std::filesystem;

Sample sample_at(int64_t second, double value) {
  Instant at = kStart + Duration::seconds(second);
  return {.tag = 3, .at = at, .received = at + Duration::milliseconds(5), .value = value};
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (char byte : bytes) {
    std::array<char, 4> two{};
    std::snprintf(two.data(), two.size(), "%02x", static_cast<uint8_t>(byte));
    text += text.empty() ? "" : " ";
    text += two.data();
  }
  return text;
}

TEST(SampleFrame, IsAsTheExampleOfTheFormatSays) {
  EXPECT_EQ(hex(encode_samples(std::array{sample_at(0, 1.5), sample_at(1, 2.5)})),
            "01 02 18 80 80 d0 df bd 94 b9 86 31 80 ad b2 e4 bd 94 b9 86 31 "
            "00 00 00 00 00 00 f8 3f 00 80 a8 d6 b9 07 80 a8 d6 b9 07 00 00 00 00 00 00 04 40");
}

class ReadLog : public testing::Test {
 protected:
  void SetUp() override {
    std::error_code ignored;
    fs::path self = fs::read_symlink("/proc/self/exe", ignored);
    tool_ = self.parent_path() / "tools/read_history/read_history";
    if (!fs::exists(tool_)) GTEST_SKIP() << "read_history is not built here";
    auto log = SegmentLog::open({.folder = folder_.path(), .segment_bytes = 4096, .sync = false},
                                [](const Frame&) { return Result<void>{}; });
    ASSERT_TRUE(log);
    for (int64_t i = 0; i < 100; ++i) {
      std::array samples{sample_at(2 * i, 0.5 + static_cast<double>(i)), sample_at(2 * i + 1, -1)};
      ASSERT_TRUE((*log)->append(kSampleFrame, encode_samples(samples)));
    }
  }

  std::string read(const std::string& words = "") const {
    std::string command = tool_.string() + " " + folder_.path() + " " + words;
    FILE* pipe = popen(command.c_str(), "r");
    std::string output;
    std::array<char, 4096> part{};
    while (std::size_t count = std::fread(part.data(), 1, part.size(), pipe))
      output.append(part.data(), count);
    pclose(pipe);
    return output;
  }

  fs::path first_segment() const { return fs::path(folder_.path()) / "segment-00000001.log"; }

  TempFolder folder_;
  fs::path tool_;
};

TEST_F(ReadLog, TellsEverySample) {
  EXPECT_NE(read().find("\"frames\":100,\"samples\":200,\"first\":1,\"last\":100,\"missing\":0"),
            std::string::npos);
  std::string csv = read("--csv");
  EXPECT_TRUE(
      csv.starts_with("frame,tag,at_ns,received_ns,value,quality\n"
                      "1,3,1767225600000000000,1767225600005000000,0.5,0\n"
                      "1,3,1767225601000000000,1767225601005000000,-1,0\n"));
  EXPECT_EQ(std::ranges::count(csv, '\n'), 202);
}

TEST_F(ReadLog, LosesOnlyTheFrameThatIsDamaged) {
  std::fstream file(first_segment(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(200);
  file.put('\x7f');
  file.close();
  std::string found = read();
  EXPECT_NE(found.find("\"frames\":99,\"samples\":198,"), std::string::npos) << found;
  EXPECT_NE(found.find("\"missing\":1,"), std::string::npos) << found;
}

TEST_F(ReadLog, ReadsASegmentThatIsCutAndSaysSoOfNone) {
  fs::resize_file(first_segment(), 1000);
  std::string found = read();
  EXPECT_NE(found.find("\"last\":100,"), std::string::npos) << found;
  EXPECT_EQ(found.find("\"missing\":0,"), std::string::npos) << found;
  fs::remove_all(folder_.path());
  fs::create_directories(folder_.path());
  EXPECT_EQ(std::system((tool_.string() + " " + folder_.path() + " >/dev/null").c_str()) >> 8, 1);
}

}  // namespace
}  // namespace anlan::history

// The bytes that docs/formats/history.md takes apart by hand are the bytes that are written.

#include <charconv>
#include <fstream>
#include <sstream>

#include "history/block.h"
#include "history/history_fixture.h"
#include "history/rollup.h"

namespace anlan::history {
namespace {

const Instant kAt = *parse_instant("2026-11-22T08:00:00Z");

// What stands in backquotes in the first column of the table below this heading.
std::string bytes_below(const std::string& heading) {
  std::ifstream file("docs/formats/history.md");
  std::string line, bytes;
  while (std::getline(file, line) && line != heading) {
  }
  while (std::getline(file, line) && !line.starts_with("#")) {
    if (!line.starts_with("| `")) continue;
    std::istringstream words(line.substr(3, line.find('`', 3) - 3));
    for (std::string word; words >> word;) {
      int byte = -1;
      std::from_chars(word.data(), word.data() + word.size(), byte, 16);
      EXPECT_TRUE(byte >= 0 && byte < 256) << word;
      bytes.push_back(static_cast<char>(byte));
    }
  }
  return bytes;
}

TEST(WorkedExample, ABlockIsWhatThePageSays) {
  std::vector<Sample> samples;
  for (double value : {20.5, 20.5, 20.6, 20.4}) {
    Instant at = kAt + Duration::seconds(static_cast<int64_t>(samples.size()));
    samples.push_back(
        {.tag = 3, .at = at, .received = at + Duration::milliseconds(40), .value = value});
  }
  std::string bytes = bytes_below("### A block of four samples");
  ASSERT_EQ(bytes.size(), 29u);
  BlockCodec codec;
  EXPECT_EQ(codec.encode(samples), bytes);
  auto read = codec.decode(3, bytes);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_TRUE(is_same(*read, samples));
}

TEST(WorkedExample, ARowOfMinutesIsWhatThePageSays) {
  std::vector<Bucket> minutes(2);
  minutes[0] = {.at = kAt,
                .length = kMinute,
                .minimum = 20.4,
                .maximum = 20.6,
                .mean = 20.5,
                .last = 20.4,
                .count = 4};
  minutes[1] = {.at = kAt + kMinute,
                .length = kMinute,
                .minimum = 20.4,
                .maximum = 21.0,
                .mean = 20.7,
                .last = 20.9,
                .count = 60,
                .worst = Quality::Uncertain};
  std::string bytes = bytes_below("### A row of minutes");
  ASSERT_FALSE(bytes.empty());
  MinuteCodec codec;
  EXPECT_EQ(codec.encode(minutes), bytes);
  auto read = codec.decode(day_of_hour(hour_of(kAt)), bytes);
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].at, kAt);
  EXPECT_EQ((*read)[0].mean, 20.5);
  EXPECT_EQ((*read)[1].count, 60);
  EXPECT_EQ((*read)[1].mean, 20.7);
  EXPECT_EQ((*read)[1].worst, Quality::Uncertain);
}

}  // namespace
}  // namespace anlan::history

#include "history/block.h"

#include <bit>
#include <limits>

#include "history/columns.h"
#include "history/crc32c.h"
#include "history/history_fixture.h"
#include "history/sample_frame.h"

namespace anlan::history {
namespace {

std::vector<Sample> samples_of(const std::vector<double>& values) {
  std::vector<Sample> samples;
  for (double value : values) {
    Instant at = kStart + Duration::seconds(static_cast<int64_t>(samples.size()));
    samples.push_back(
        {.tag = 3, .at = at, .received = at + Duration::milliseconds(40), .value = value});
  }
  return samples;
}

std::size_t bytes_of(const std::vector<Sample>& samples) {
  BlockCodec codec;
  std::string blob = codec.encode(samples);
  auto again = codec.decode(3, blob);
  EXPECT_TRUE(again && is_same(*again, samples));
  // Sample after sample is the last resort; nothing here needs it.
  EXPECT_EQ(blob[0], 1);
  return blob.size();
}

double bytes_per_sample(std::size_t first, std::size_t end) {
  SeededRandom random(41);
  std::size_t bytes = 0;
  for (int block = 0; block < 40; ++block) {
    Signal signal(first + static_cast<std::size_t>(block) % (end - first), random);
    std::vector<double> values;
    while (values.size() < 300) values.push_back(signal.next());
    bytes += bytes_of(samples_of(values));
  }
  double each = static_cast<double>(bytes) / 40 / 300;
  ::testing::Test::RecordProperty("bytes_per_sample_" + std::to_string(first),
                                  std::to_string(each));
  return each;
}

TEST(Block, KeepsEachClassOfSignalsShort) {
  EXPECT_LT(bytes_per_sample(0, 4), 0.65);   // walk
  EXPECT_LT(bytes_per_sample(4, 6), 0.15);   // digital
  EXPECT_LT(bytes_per_sample(6, 8), 1.65);   // noise
  EXPECT_LT(bytes_per_sample(8, 9), 3.10);   // float32
  EXPECT_LT(bytes_per_sample(9, 10), 0.65);  // counter
}

TEST(Block, GivesBackEveryBitOfStrangeValues) {
  double nan = std::numeric_limits<double>::quiet_NaN();
  double other_nan = std::bit_cast<double>(0x7FF0000000000123U);
  double infinity = std::numeric_limits<double>::infinity();
  for (const std::vector<double>& values :
       std::vector<std::vector<double>>{{0},
                                        {nan},
                                        {-0.0, 0.0},
                                        {nan, other_nan, -nan, 1},
                                        {infinity, -infinity, 1e308, -1e308, 5e-324},
                                        {1e15, 9007199254740993.0, 0.1, 0.3, 0.1 * 3},
                                        {3.4e38, 3.5e38, 1e-46},
                                        {12.3, 12.4, nan, 12.5, -0.0}}) {
    bytes_of(samples_of(values));
    std::vector<double> many;
    while (many.size() < 200) many.insert(many.end(), values.begin(), values.end());
    bytes_of(samples_of(many));
  }
}

TEST(Block, KeepsDecimalsShortWhereASensorFailsNowAndThen) {
  std::vector<double> values;
  for (int i = 0; i < 300; ++i) values.push_back(i % 10 / 10.0);
  std::size_t whole = bytes_of(samples_of(values));
  values[100] = std::numeric_limits<double>::quiet_NaN();
  values[200] = -0.0;
  EXPECT_LT(bytes_of(samples_of(values)), whole + 40);
}

TEST(Block, KeepsScaledRegistersAsWholeNumbers) {
  std::vector<double> values;
  SeededRandom random(3);
  for (int i = 0; i < 300; ++i) values.push_back(static_cast<double>(random.below(200)) * 0.01);
  EXPECT_LT(bytes_of(samples_of(values)), 400U);
}

TEST(Block, GivesBackRandomBits) {
  SeededRandom random(20260101);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Sample> samples;
    uint64_t count = 1 + random.below(round % 50 == 0 ? kBlockSamplesMax : 40);
    int64_t at = static_cast<int64_t>(random.next()) >> random.below(64);
    uint64_t value = random.next();
    unsigned value_bits = static_cast<unsigned>(random.below(64));
    unsigned time_bits = static_cast<unsigned>(random.below(64));
    for (uint64_t i = 0; i < count; ++i) {
      at = static_cast<int64_t>(static_cast<uint64_t>(at) + (random.next() >> time_bits));
      if (random.below(4) != 0) value ^= random.next() >> value_bits;
      samples.push_back({.tag = 3,
                         .at = {at},
                         .received = {static_cast<int64_t>(random.next())},
                         .value = std::bit_cast<double>(value),
                         .quality = static_cast<Quality>(random.below(4))});
    }
    bytes_of(samples);
  }
}

TEST(Block, TakesAlmostNothingForSteadyTimesAndValues) {
  EXPECT_LT(bytes_of(samples_of(std::vector<double>(600, 20.9))), 40U);
}

TEST(Block, NoticesEveryFlippedBit) {
  BlockCodec codec;
  SeededRandom random(8);
  Signal signal(6, random);
  std::vector<double> values;
  while (values.size() < 60) values.push_back(signal.next());
  std::string blob = codec.encode(samples_of(values));
  for (std::size_t bit = 0; bit < blob.size() * 8; ++bit) {
    std::string other = blob;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(codec.decode(3, other)) << bit;
  }
  for (std::size_t length = 0; length < blob.size(); ++length)
    EXPECT_FALSE(codec.decode(3, blob.substr(0, length))) << length;
}

// Without the checksum: what is changed on purpose may read as something else, never crash.
TEST(Block, ReadsNoForeignBytesAsMoreThanTheyAre) {
  BlockCodec codec;
  SeededRandom random(9);
  Signal signal(8, random);
  std::vector<double> values;
  while (values.size() < 100) values.push_back(signal.next());
  std::string body = codec.encode(samples_of(values));
  body.resize(body.size() - 4);
  for (int round = 0; round < 20'000; ++round) {
    std::string other = body;
    for (uint64_t i = 0; i <= random.below(4); ++i)
      other[random.below(other.size())] = static_cast<char>(random.next());
    auto read = codec.decode_body(3, other);
    if (read) {
      EXPECT_LE(read->size(), kBlockSamplesMax);
    }
  }
}

TEST(IntegerColumn, GivesBackTheEndsOfTheRange) {
  Squeezer squeezer;
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  for (const std::vector<int64_t>& numbers : std::vector<std::vector<int64_t>>{
           {kLeast}, {kMost, kLeast}, {kLeast, kMost, 0, -1, 1}, {kMost, kMost, 0, 0, kLeast, 5}}) {
    std::string bytes;
    put_integers(bytes, numbers, squeezer);
    ByteReader in(bytes);
    std::vector<int64_t> again(numbers.size());
    read_integers(in, again, squeezer);
    EXPECT_TRUE(in.is_at_end());
    EXPECT_EQ(again, numbers);
  }
}

TEST(SampleFrame, GivesBackWhatWasWritten) {
  SeededRandom random(5);
  std::vector<Sample> samples;
  for (int i = 0; i < 1000; ++i) {
    samples.push_back({.tag = static_cast<TagIndex>(random.next() >> random.below(64)),
                       .at = {static_cast<int64_t>(random.next())},
                       .received = {static_cast<int64_t>(random.next())},
                       .value = unit(random),
                       .quality = static_cast<Quality>(random.below(4))});
  }
  std::string bytes = encode_samples(samples);
  EXPECT_LE(bytes.size(), samples.size() * kSampleBytesMax + 11);
  EXPECT_EQ(decode_samples(bytes).value(), samples);
  EXPECT_TRUE(decode_samples(encode_samples({})).value().empty());
  for (std::size_t length = 0; length < bytes.size(); length += 7)
    EXPECT_FALSE(decode_samples(std::string_view(bytes).substr(0, length)));
}

TEST(SampleFrame, BelievesNoCountThatItsBytesCannotHold) {
  std::string bytes = {1, '\xFF', '\xFF', '\xFF', '\xFF', '\x0F'};
  EXPECT_FALSE(decode_samples(bytes));
}

TEST(Crc32c, AgreesWithRfc3720) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
}

}  // namespace
}  // namespace anlan::history

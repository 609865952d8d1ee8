#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "core/random.h"
#include "vision/print.h"
#include "vision/vision.h"

namespace anlan::vision {
namespace {

Print random_print(Random& random, std::size_t count = 200) {
  Print made{.whole = random.next(), .whole_mirrored = random.next()};
  for (std::size_t i = 0; i < count; ++i) {
    PrintFeature feature{.code = random.next()};
    feature.x = static_cast<uint16_t>(random.below(65536));
    feature.y = static_cast<uint16_t>(random.below(49152));
    made.features.push_back(feature);
  }
  return made;
}

// What a copy's print looks like: part of the features are found again, some bits wrong, elsewhere.
Print copied(const Print& from, Random& random) {
  Print copy = random_print(random, 0);
  for (const PrintFeature& feature : from.features) {
    if (random.below(3) > 0) continue;
    PrintFeature found = feature;
    found.code ^= uint64_t{1} << random.below(64);
    found.x = static_cast<uint16_t>(feature.x * 0.6 + 3000);
    found.y = static_cast<uint16_t>(feature.y * 0.6 + 8000);
    copy.features.push_back(found);
  }
  return copy;
}

TEST(Print, IsReadAsItWasWrittenAndSmall) {
  SeededRandom random(1);
  std::string bytes = write_print(random_print(random, kPrintFeaturesMax));
  EXPECT_LE(bytes.size(), 16U << 10);
  auto read = read_print(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->features.size(), kPrintFeaturesMax);
  EXPECT_EQ(write_print(*read), bytes);
}

TEST(Print, ADamagedOneIsNone) {
  SeededRandom random(2);
  std::string bytes = write_print(random_print(random, 5));
  for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_FALSE(read_print(bytes.substr(0, i)));
  EXPECT_FALSE(read_print(bytes + "x"));
  EXPECT_FALSE(read_print("AP9" + bytes.substr(3)));
  PrintIndex index;
  index.add("a", "rubbish");
  index.add("b", bytes.substr(1));
  EXPECT_EQ(index.size(), 0U);
  index.add("c", bytes);
  EXPECT_EQ(index.size(), 1U);
  EXPECT_TRUE(index.find("rubbish", 5).empty());
}

TEST(PrintIndex, FindsTheScaledAndMovedCopyAmongManyAndNothingElse) {
  SeededRandom random(3);
  PrintIndex index;
  std::vector<Print> past;
  for (int i = 0; i < 2000; ++i) {
    past.push_back(random_print(random));
    index.add(std::to_string(i), write_print(past.back()));
  }
  for (int i = 0; i < 2000; i += 100) {
    auto found = index.find(write_print(copied(past[i], random)), 10);
    ASSERT_EQ(found.size(), 1U) << i;
    EXPECT_EQ(found[0].sha256, std::to_string(i));
    EXPECT_GT(found[0].score, 0.5);
    EXPECT_LE(found[0].score, 1);
  }
  EXPECT_TRUE(index.find(write_print(random_print(random)), 10).empty());
}

TEST(PrintIndex, FindsAMirroredCopy) {
  SeededRandom random(4);
  Print past = random_print(random), copy = random_print(random, 0);
  for (const PrintFeature& feature : past.features) {
    PrintFeature found{.code = std::rotl(feature.code, 32), .x = 0, .y = feature.y};
    found.x = static_cast<uint16_t>(65535 - feature.x);
    copy.features.push_back(found);
  }
  PrintIndex index;
  index.add("past", write_print(past));
  EXPECT_EQ(index.find(write_print(copy), 1).size(), 1U);
}

TEST(PrintIndex, TheSameFeaturesInAnotherOrderOfPlacesAreNoCopy) {
  SeededRandom random(5);
  Print past = random_print(random), other = past;
  other.whole = other.whole_mirrored = random.next();
  for (PrintFeature& feature : other.features) {
    feature.x = static_cast<uint16_t>(random.below(65536));
    feature.y = static_cast<uint16_t>(random.below(49152));
  }
  // Letters of a stamp or bolts of one make: alike, but not arranged alike.
  other.features.resize(30);
  PrintIndex index;
  index.add("past", write_print(past));
  EXPECT_TRUE(index.find(write_print(other), 1).empty());
}

TEST(PrintIndex, APhotoWithoutFeaturesIsFoundByItsWhole) {
  SeededRandom random(6);
  Print past = random_print(random, 0), plain = random_print(random, 0);
  plain.is_plain = true;
  PrintIndex index;
  index.add("past", write_print(past));
  index.add("plain", write_print(plain));
  Print near = past;
  near.whole ^= 0b10101;
  auto found = index.find(write_print(near), 5);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].sha256, "past");
  EXPECT_TRUE(index.find(write_print(plain), 5).empty()) << "a plain wall is like all plain walls";
}

TEST(PrintIndex, TheBestComeFirstAndNoMoreThanWereAskedFor) {
  SeededRandom random(7);
  Print past = random_print(random);
  PrintIndex index;
  for (int i = 0; i < 20; ++i) {
    Print worse = past;
    worse.features.resize(static_cast<std::size_t>(8 + i));
    worse.whole = worse.whole_mirrored = random.next();
    index.add(std::to_string(i), write_print(worse));
  }
  auto found = index.find(write_print(past), 3);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_GE(found[0].score, found[1].score);
  EXPECT_GE(found[1].score, found[2].score);
}

}  // namespace
}  // namespace anlan::vision

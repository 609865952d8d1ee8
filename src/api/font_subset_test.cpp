#include "api/font_subset.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "api/report_pdf.h"

namespace anlan::api {
namespace {

std::string font() {
  std::ifstream in(std::string(kReportFont), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The number of glyphs in table maxp.
int glyphs_of(std::string_view file) {
  auto number = [&](std::size_t at, std::size_t size) {
    std::size_t value = 0;
    for (char byte : file.substr(at, size)) value = value << 8 | static_cast<uint8_t>(byte);
    return value;
  };
  for (std::size_t i = 0; i < number(4, 2); ++i) {
    std::size_t entry = 12 + 16 * i;
    if (file.substr(entry, 4) == "maxp")
      return static_cast<int>(number(number(entry + 8, 4) + 4, 2));
  }
  return 0;
}

TEST(FontSubset, FindsTheLettersOfAText) {
  EXPECT_EQ(letters_of("ab\xe5\xae\x89"), (std::set<char16_t>{u'a', u'b', u'\u5b89'}));
  EXPECT_EQ(letters_of("\xf0\x9f\x98\x80"), (std::set<char16_t>{}));  // outside the basic plane
  EXPECT_EQ(letters_of("\xe5\xae"), (std::set<char16_t>{}));
}

TEST(FontSubset, BringsTheComponentsOfACharacterAlong) {
  auto small = font_subset(font(), letters_of("\xe6\xbc\x94"));  // one character of two components
  ASSERT_TRUE(small) << small.error().detail;
  EXPECT_EQ(glyphs_of(*small), 4);  // and the empty box
  EXPECT_LT(small->size(), 20'000U);
}

TEST(FontSubset, OfASubsetIsTheSameSubset) {
  auto letters = letters_of("Anlan 123 \xe6\xbc\x94\xe7\xbb\x83");
  auto small = font_subset(font(), letters);
  ASSERT_TRUE(small);
  EXPECT_EQ(font_subset(*small, letters), *small);
}

TEST(FontSubset, RefusesWhatIsNoFontAndSurvivesADamagedOne) {
  EXPECT_FALSE(font_subset("", letters_of("a")));
  EXPECT_FALSE(font_subset("this is no font at all", letters_of("a")));
  std::string whole = font_subset(font(), letters_of("abc\xe6\xbc\x94")).value();
  for (std::size_t size = 0; size < whole.size(); size += 13) {
    auto cut = font_subset(std::string_view(whole).substr(0, size), letters_of("abc\xe6\xbc\x94"));
    EXPECT_TRUE(!cut || glyphs_of(*cut) > 0);
  }
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(~damaged[at]);
    auto made = font_subset(damaged, letters_of("abc\xe6\xbc\x94"));
    EXPECT_TRUE(!made || !made->empty());
  }
}

}  // namespace
}  // namespace anlan::api

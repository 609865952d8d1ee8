#include "core/json_text.h"

#include <gtest/gtest.h>

#include "core/json.h"

namespace anlan {
namespace {

TEST(JsonText, IsReadBackAsItWasWhereverTheSpecialCharacterStands) {
  for (std::size_t length = 0; length < 20; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (int c = 1; c < 256; ++c) {
        std::string text(length, 'x');
        text[at] = static_cast<char>(c);
        if (c >= 0x80) text.replace(at, 1, "\xE5\x8E\x82");
        std::string out;
        write_json_text(text, out);
        auto read = parse_json(out);
        ASSERT_TRUE(read) << out;
        ASSERT_EQ(read->as_text(), text) << c;
      }
    }
  }
}

TEST(JsonText, UsesTheShortestEscape) {
  std::string out;
  write_json_text(std::string("\"\\\b\f\n\r\t\x01\x1f\0/\x7f", 12), out);
  EXPECT_EQ(out, "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\\u0000/\x7f\"");
}

}  // namespace
}  // namespace anlan

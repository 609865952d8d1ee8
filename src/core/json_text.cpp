#include "core/json_text.h"

#include <cstdint>
#include <cstring>

namespace anlan {
namespace {

constexpr uint64_t kOnes = 0x0101010101010101;
constexpr uint64_t kHighs = 0x8080808080808080;

// A high bit wherever a byte of the word equals the wished one; bytes above the first such one may
// be marked by mistake, never below.
constexpr uint64_t equal_bytes(uint64_t word, uint8_t byte) {
  uint64_t difference = word ^ (kOnes * byte);
  return (difference - kOnes) & ~difference & kHighs;
}

constexpr bool is_plain(char c) {
  auto byte = static_cast<uint8_t>(c);
  return byte >= 0x20 && c != '"' && c != '\\';
}

// How many bytes from the start need no escape; eight at a time.
std::size_t plain_length(std::string_view text) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    uint64_t controls = (word - kOnes * 0x20) & ~word & kHighs;
    if ((controls | equal_bytes(word, '"') | equal_bytes(word, '\\')) != 0) break;
  }
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

void write_escape(char c, std::string& out) {
  constexpr std::string_view kMeant = "\"\\\b\f\n\r\t";
  constexpr std::string_view kWritten = "\"\\bfnrt";
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '\\';
  std::size_t at = kMeant.find(c);
  if (at != std::string_view::npos) {
    out += kWritten[at];
    return;
  }
  auto byte = static_cast<uint8_t>(c);
  out += "u00";
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

}  // namespace

void write_json_text(std::string_view text, std::string& out) {
  out += '"';
  while (true) {
    std::size_t plain = plain_length(text);
    out += text.substr(0, plain);
    if (plain == text.size()) break;
    write_escape(text[plain], out);
    text.remove_prefix(plain + 1);
  }
  out += '"';
}

}  // namespace anlan

#include "core/text.h"

#include <cstdint>

namespace anlan {
namespace {

// Decodes one code point at `at` and moves on; returns UINT32_MAX where the bytes are not UTF-8.
uint32_t next_char(std::string_view text, std::size_t& at) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char lead = byte(at);
  std::size_t size = lead < 0x80   ? 1
                     : lead < 0xc2 ? 0
                     : lead < 0xe0 ? 2
                     : lead < 0xf0 ? 3
                     : lead < 0xf5 ? 4
                                   : 0;
  if (size == 0 || at + size > text.size()) return UINT32_MAX;
  uint32_t value = size == 1 ? lead : lead & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return UINT32_MAX;
    value = value << 6 | (byte(at + i) & 0x3fu);
  }
  bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  if (overlong || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return UINT32_MAX;
  at += size;
  return value;
}

}  // namespace

bool is_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (next_char(text, at) == UINT32_MAX) return false;
  }
  return true;
}

std::size_t count_chars(std::string_view text) {
  std::size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  std::size_t from = text.find_first_not_of(kSpace);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

std::string to_hex(std::string_view bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (char c : bytes) {
    out += kHex[static_cast<unsigned char>(c) >> 4];
    out += kHex[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::string from_hex(std::string_view hex) {
  auto value = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  };
  if (hex.size() % 2 != 0) return {};
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    int high = value(hex[i]);
    int low = value(hex[i + 1]);
    if (high < 0 || low < 0) return {};
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

bool utf16_less(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    uint32_t x = next_char(a, i);
    uint32_t y = next_char(b, j);
    if (x == UINT32_MAX || y == UINT32_MAX) return a < b;
    if (x == y) continue;
    // A surrogate pair starts with 0xd800..0xdbff, so it sorts below U+E000..U+FFFF.
    uint32_t first_x = x > 0xffff ? 0xd800 + ((x - 0x10000) >> 10) : x;
    uint32_t first_y = y > 0xffff ? 0xd800 + ((y - 0x10000) >> 10) : y;
    return first_x == first_y ? x < y : first_x < first_y;
  }
  return j < b.size();
}

namespace {

// Search takes full-width forms for the plain ones, and capitals for small letters: Unicode 16,
// blocks Halfwidth and Fullwidth Forms, Latin-1, Greek, Cyrillic.
uint32_t folded(uint32_t c) {
  constexpr uint32_t kWideSpace = 0x3000;
  if (c == kWideSpace) return ' ';
  if (c >= 0xff01 && c <= 0xff5e) c -= 0xfee0;
  bool is_ascii = c >= 'A' && c <= 'Z';
  bool is_latin = c >= 0xc0 && c <= 0xde && c != 0xd7;
  bool is_greek = c >= 0x391 && c <= 0x3a9;
  bool is_cyrillic = c >= 0x410 && c <= 0x42f;
  if (is_ascii || is_latin || is_greek || is_cyrillic) return c + 0x20;
  return c >= 0x400 && c <= 0x40f ? c + 0x50 : c;
}

void add_utf8(uint32_t c, std::string& out) {
  auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xc0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xe0 | c >> 12);
    } else {
      put(0xf0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3f));
    }
    put(0x80 | (c >> 6 & 0x3f));
  }
  put(0x80 | (c & 0x3f));
}

}  // namespace

std::string bigrams(std::string_view text) {
  std::string out;
  std::string before;
  std::string now;
  std::size_t at = 0;
  while (at < text.size()) {
    uint32_t c = next_char(text, at);
    if (c == UINT32_MAX) return out;
    c = folded(c);
    if (c == ' ' || c == '\n' || c == '\t') {
      before.clear();
      continue;
    }
    now.clear();
    add_utf8(c, now);
    if (!before.empty()) {
      if (!out.empty()) out += ' ';
      out += before;
      out += now;
    }
    before = now;
  }
  return out;
}

}  // namespace anlan

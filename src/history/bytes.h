#pragma once
// Numbers as bytes: little-endian words, base-128 variable length, zigzag for signed ones. Inside
// the room only.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace anlan::history {

static_assert(std::endian::native == std::endian::little, "words are copied as they lie");

inline constexpr std::size_t kVarintBytesMax = 10;

// Differences wrap around, so every pair of numbers has one.
inline uint64_t zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
inline int64_t unzigzag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (0 - (value & 1)));
}
inline int64_t wrapping_add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
inline int64_t wrapping_subtract(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}

template <class Word>
char* write_word(char* out, Word word) {
  std::memcpy(out, &word, sizeof word);
  return out + sizeof word;
}

inline char* write_varint(char* out, uint64_t value) {
  while (value >= 0x80) {
    *out++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *out++ = static_cast<char>(value);
  return out;
}

template <class Word>
void put_word(std::string& out, Word word) {
  out.append(reinterpret_cast<const char*>(&word), sizeof word);
}

inline void put_varint(std::string& out, uint64_t value) {
  char bytes[kVarintBytesMax];
  out.append(bytes, write_varint(bytes, value));
}

inline void put_signed(std::string& out, int64_t value) { put_varint(out, zigzag(value)); }

// Reads foreign bytes. The first read beyond the end or of nonsense makes it bad for good; from
// then on it gives zeros.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  bool is_good() const { return is_good_; }
  bool is_at_end() const { return is_good_ && bytes_.empty(); }
  std::size_t left() const { return bytes_.size(); }
  void fail() {
    is_good_ = false;
    bytes_ = {};
  }

  template <class Word>
  Word word() {
    Word word{};
    std::string_view raw = take(sizeof word);
    if (is_good_) std::memcpy(&word, raw.data(), sizeof word);
    return word;
  }

  uint64_t varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      auto byte = word<uint8_t>();
      if (shift == 63 && byte > 1) break;
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }

  int64_t signed_varint() { return unzigzag(varint()); }

  std::string_view take(std::size_t count) {
    if (count > bytes_.size()) fail();
    if (!is_good_) return {};
    std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }

 private:
  std::string_view bytes_;
  bool is_good_ = true;
};

}  // namespace anlan::history

#include "core/id.h"

namespace anlan {
namespace {

constexpr char kHex[] = "0123456789abcdef";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_dash_place(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

}  // namespace

std::string format_uuid(const Uuid& id) {
  std::string out;
  out.reserve(36);
  for (uint8_t byte : id.bytes) {
    if (is_dash_place(out.size())) out += '-';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

Result<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36) return refuse(ErrorCode::BadField, "not a UUID");
  Uuid id;
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_dash_place(i)) {
      if (text[i] != '-') return refuse(ErrorCode::BadField, "not a UUID");
      continue;
    }
    int value = hex_value(text[i]);
    if (value < 0) return refuse(ErrorCode::BadField, "not a UUID");
    id.bytes[nibble / 2] =
        static_cast<uint8_t>(id.bytes[nibble / 2] << 4 | static_cast<uint8_t>(value));
    ++nibble;
  }
  return id;
}

Uuid IdMaker::next() {
  int64_t ms = clock_.now().to_milliseconds();
  if (ms > last_ms_) {
    last_ms_ = ms;
    counter_ = static_cast<uint32_t>(random_.below(0x400));
  } else if (++counter_ > 0xfff) {
    ++last_ms_;
    counter_ = 0;
  }
  Uuid id;
  random_.fill(id.bytes);
  for (std::size_t i = 0; i < 6; ++i) {
    id.bytes[i] = static_cast<uint8_t>(last_ms_ >> (40 - 8 * static_cast<int>(i)));
  }
  id.bytes[6] = static_cast<uint8_t>(0x70 | counter_ >> 8);
  id.bytes[7] = static_cast<uint8_t>(counter_);
  id.bytes[8] = static_cast<uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

}  // namespace anlan

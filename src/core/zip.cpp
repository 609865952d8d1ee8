#include "core/zip.h"

#include <array>
#include <cstdint>

#include "core/check.h"

namespace anlan {
namespace {

constexpr std::size_t kBytesMax = 1 << 30;
constexpr uint16_t kVersion = 20;   // 2.0: nothing newer is used
constexpr uint16_t kDate = 0x5a21;  // 2025-01-01: the bundle's own text says when it was made

constexpr std::array<uint32_t, 256> crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value & 1 ? 0xedb88320 ^ value >> 1 : value >> 1;
    table[i] = value;
  }
  return table;
}

uint32_t crc32(std::string_view bytes) {
  static constexpr auto kTable = crc_table();
  uint32_t crc = 0xffffffff;
  for (char c : bytes) crc = kTable[(crc ^ static_cast<uint8_t>(c)) & 0xff] ^ crc >> 8;
  return crc ^ 0xffffffff;
}

void put(std::string& out, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

// What local header and central directory have in common.
void put_facts(std::string& out, const ZipEntry& entry) {
  auto size = static_cast<uint32_t>(entry.bytes.size());
  put(out, kVersion, 2);
  put(out, 0, 2);  // flags
  put(out, 0, 2);  // stored
  put(out, 0, 2);  // time
  put(out, kDate, 2);
  put(out, crc32(entry.bytes), 4);
  put(out, size, 4);
  put(out, size, 4);
  put(out, static_cast<uint32_t>(entry.name.size()), 2);
  put(out, 0, 2);  // extra
}

}  // namespace

std::string zip_of(const std::vector<ZipEntry>& entries) {
  std::string out, directory;
  for (const ZipEntry& entry : entries) {
    CHECK(out.size() + entry.bytes.size() < kBytesMax, "a bundle is small");
    auto offset = static_cast<uint32_t>(out.size());
    put(out, 0x04034b50, 4);
    put_facts(out, entry);
    out += entry.name + entry.bytes;
    put(directory, 0x02014b50, 4);
    put(directory, kVersion, 2);
    put_facts(directory, entry);
    put(directory, 0, 2);  // comment
    put(directory, 0, 2);  // disk
    put(directory, 0, 2);  // internal attributes
    put(directory, 0, 4);  // external attributes
    put(directory, offset, 4);
    directory += entry.name;
  }
  auto count = static_cast<uint32_t>(entries.size());
  auto begin = static_cast<uint32_t>(out.size());
  out += directory;
  put(out, 0x06054b50, 4);
  put(out, 0, 4);
  put(out, count, 2);
  put(out, count, 2);
  put(out, static_cast<uint32_t>(directory.size()), 4);
  put(out, begin, 4);
  put(out, 0, 2);
  return out;
}

}  // namespace anlan

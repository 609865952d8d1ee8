#include "store/packed_body.h"

#include <zstd.h>

#include <memory>

#include "core/check.h"

namespace anlan::store {
namespace {

constexpr std::size_t kWorthPackingBytes = 512;
constexpr std::size_t kBytesMax = 256 << 20;
constexpr int kLevel = 1;  // the writer waits for it

// One for each thread that packs: making one costs more than packing a small change.
struct Packer {
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context{ZSTD_createCCtx(), ZSTD_freeCCtx};
  std::string frame;
};

constexpr std::string_view kDamaged = "a packed change is damaged";

}  // namespace

std::optional<Blob> packed_body(std::string_view text) {
  if (text.size() < kWorthPackingBytes || text.size() > kBytesMax) return std::nullopt;
  thread_local Packer packer;
  CHECK(packer.context, "memory for zstd");
  packer.frame.resize(ZSTD_compressBound(text.size()));
  std::size_t size = ZSTD_compressCCtx(packer.context.get(), packer.frame.data(),
                                       packer.frame.size(), text.data(), text.size(), kLevel);
  if (ZSTD_isError(size) != 0 || size >= text.size()) return std::nullopt;
  return Blob{packer.frame.substr(0, size)};
}

Result<std::string> body_text(const Row& row) {
  const auto* packed = std::get_if<Blob>(&row["packed"]);
  if (packed == nullptr) return row.text("body");
  const std::string& frame = packed->bytes;
  unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size > kBytesMax)
    return refuse(ErrorCode::StoreFailed,
                  std::string(kDamaged));  // also what it says of no or no frame
  std::string text(static_cast<std::size_t>(size), '\0');
  std::size_t got = ZSTD_decompress(text.data(), text.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) != 0 || got != text.size()) {
    return refuse(ErrorCode::StoreFailed, std::string(kDamaged));
  }
  return text;
}

}  // namespace anlan::store

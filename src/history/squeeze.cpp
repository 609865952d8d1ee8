#include "history/squeeze.h"

#include <zstd.h>

#include "core/check.h"

namespace anlan::history {
namespace {

constexpr std::size_t kWorthTryingBytes = 24;  // a zstd frame alone takes about ten

}  // namespace

Squeezer::Squeezer() : packer_(ZSTD_createCCtx()), unpacker_(ZSTD_createDCtx()) {
  CHECK(packer_ && unpacker_, "memory for zstd");
}

Squeezer::~Squeezer() {
  ZSTD_freeCCtx(packer_);
  ZSTD_freeDCtx(unpacker_);
}

void Squeezer::put(std::string& out, std::string_view bytes) {
  if (bytes.size() >= kWorthTryingBytes) {
    buffer_.resize(ZSTD_compressBound(bytes.size()));
    std::size_t size = ZSTD_compressCCtx(packer_, buffer_.data(), buffer_.size(), bytes.data(),
                                         bytes.size(), static_cast<int>(effort_));
    if (ZSTD_isError(size) == 0 && size + 2 < bytes.size()) {
      put_varint(out, (bytes.size() << 1) | 1);
      put_varint(out, size);
      out.append(buffer_, 0, size);
      return;
    }
  }
  put_varint(out, bytes.size() << 1);
  out.append(bytes);
}

std::string_view Squeezer::read(ByteReader& in, std::size_t bytes_max) {
  uint64_t head = in.varint();
  if ((head >> 1) > bytes_max) in.fail();
  if (!in.is_good()) return {};
  auto size = static_cast<std::size_t>(head >> 1);
  if ((head & 1) == 0) return in.take(size);
  std::string_view packed = in.take(in.varint());
  if (!in.is_good()) return {};
  buffer_.resize(size);
  std::size_t got =
      ZSTD_decompressDCtx(unpacker_, buffer_.data(), size, packed.data(), packed.size());
  if (ZSTD_isError(got) != 0 || got != size) {
    in.fail();
    return {};
  }
  return buffer_;
}

}  // namespace anlan::history

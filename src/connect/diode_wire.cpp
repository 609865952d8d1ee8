#include "connect/diode_wire.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace anlan::connect {
namespace {

constexpr std::string_view kMagic = "ALD1";
constexpr std::size_t kSignatureBytes = 32;
constexpr uint8_t kHistorical = 0x80;  // beside the quality

std::string sign(std::string_view bytes, std::string_view key) {
  std::string sum(kSignatureBytes, '\0');
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
       reinterpret_cast<unsigned char*>(sum.data()), &length);
  return sum;
}

void put(std::string& bytes, uint64_t value, int count) {
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
}

class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}
  bool has(std::size_t count) const { return bytes_.size() >= count; }
  bool is_at_end() const { return bytes_.empty(); }
  uint64_t number(std::size_t count) {
    uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      value |= static_cast<uint64_t>(static_cast<uint8_t>(bytes_[i])) << (8 * i);
    }
    bytes_.remove_prefix(count);
    return value;
  }
  std::string_view take(std::size_t count) {
    std::string_view some = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return some;
  }

 private:
  std::string_view bytes_;
};

bool read_row(Cursor& at, DiodeRow& row) {
  if (!at.has(1)) return false;
  auto length = static_cast<std::size_t>(at.number(1));
  if (length == 0 || length > kDiodeCodeMax || !at.has(length + 17)) return false;
  row.tag = at.take(length);
  row.at = Instant{static_cast<int64_t>(at.number(8))};
  row.value = std::bit_cast<double>(at.number(8));
  auto flags = static_cast<uint8_t>(at.number(1));
  row.is_historical = (flags & kHistorical) != 0;
  flags &= static_cast<uint8_t>(~kHistorical);
  if (flags > static_cast<uint8_t>(history::Quality::Stale)) return false;
  row.quality = static_cast<history::Quality>(flags);
  return std::isfinite(row.value) && row.at.ns >= 0;
}

}  // namespace

std::string write_diode(const DiodeFrame& frame, std::string_view key) {
  std::string bytes(kMagic);
  put(bytes, frame.session, 8);
  put(bytes, frame.number, 8);
  put(bytes, static_cast<uint64_t>(frame.sent.ns), 8);
  put(bytes, frame.rows.size(), 2);
  for (const DiodeRow& row : frame.rows) {
    put(bytes, row.tag.size(), 1);
    bytes += row.tag;
    put(bytes, static_cast<uint64_t>(row.at.ns), 8);
    put(bytes, std::bit_cast<uint64_t>(row.value), 8);
    put(bytes, static_cast<uint64_t>(row.quality) | (row.is_historical ? kHistorical : 0u), 1);
  }
  return sign_diode(bytes, key);
}

std::string sign_diode(std::string_view bytes, std::string_view key) {
  return std::string(bytes) + sign(bytes, key);
}

std::expected<DiodeFrame, const char*> read_diode(std::string_view bytes, std::string_view key) {
  if (bytes.size() > kDiodeBytesMax) return std::unexpected("too_large");
  if (bytes.size() < kDiodeFrameBytes || !bytes.starts_with(kMagic)) {
    return std::unexpected("bad_frame");
  }
  std::string_view said = bytes.substr(bytes.size() - kSignatureBytes);
  bytes.remove_suffix(kSignatureBytes);
  std::string ours = sign(bytes, key);
  if (CRYPTO_memcmp(ours.data(), said.data(), kSignatureBytes) != 0) {
    return std::unexpected("bad_signature");
  }
  Cursor at(bytes.substr(kMagic.size()));
  DiodeFrame frame{.session = at.number(8), .number = at.number(8)};
  frame.sent = Instant{static_cast<int64_t>(at.number(8))};
  auto count = static_cast<std::size_t>(at.number(2));
  if (frame.number == 0 || count > kDiodeRowsMax) return std::unexpected("bad_frame");
  for (std::size_t i = 0; i < count; ++i) {
    DiodeRow row;
    if (!read_row(at, row)) return std::unexpected("bad_frame");
    frame.rows.push_back(std::move(row));
  }
  if (!at.is_at_end()) return std::unexpected("bad_frame");
  return frame;
}

void DiodeBook::miss(uint64_t count) {
  constexpr uint64_t kMost = INT64_MAX;
  auto before = static_cast<uint64_t>(missing_);
  missing_ = static_cast<int64_t>(count > kMost - before ? kMost : before + count);
}

DiodeBook::Verdict DiodeBook::take(uint64_t session, uint64_t number) {
  if (session < session_ || number == 0) return Verdict::Old;
  if (session > session_) {
    // What a session of which we heard the one before has sent until now is missing; what was sent
    // before we began nobody has promised us.
    if (session_ != 0) miss(number - 1);
    session_ = session;
    highest_ = number;
    seen_.assign(kWindow, false);
    seen_[number % kWindow] = true;
    ++frames_;
    return Verdict::New;
  }
  if (number > highest_) {
    uint64_t gap = number - highest_ - 1;
    miss(gap);
    for (uint64_t i = 1; i <= std::min(gap, kWindow); ++i) seen_[(highest_ + i) % kWindow] = false;
    highest_ = number;
    seen_[number % kWindow] = true;
    ++frames_;
    return Verdict::New;
  }
  if (highest_ - number >= kWindow) return Verdict::Old;
  if (seen_[number % kWindow]) return Verdict::Duplicate;
  seen_[number % kWindow] = true;
  missing_ = std::max<int64_t>(missing_ - 1, 0);
  ++late_;
  ++frames_;
  return Verdict::New;
}

}  // namespace anlan::connect

#include "history/block.h"

#include <algorithm>
#include <array>
#include <bit>

#include "core/check.h"
#include "core/log.h"
#include "history/columns.h"
#include "history/crc32c.h"

namespace anlan::history {
namespace {

// On disk. Never renumber.
enum class Layout : uint8_t {
  Columns = 1,  // times, delays until received, qualities, values
  Plain = 2,    // sample after sample
};

constexpr std::size_t kCrcBytes = 4;
constexpr std::size_t kPlainBytes = 25;
// Times are kept in the largest of these that divides them all.
constexpr std::array<int64_t, 4> kUnits = {1'000'000'000, 1'000'000, 1'000, 1};

void put_times(std::string& out, std::vector<int64_t>& times, Squeezer& squeezer) {
  std::size_t unit = 0;
  while (std::ranges::any_of(times, [&](int64_t ns) { return ns % kUnits[unit] != 0; })) ++unit;
  for (int64_t& time : times) time /= kUnits[unit];
  put_word(out, static_cast<uint8_t>(unit));
  put_integers(out, times, squeezer);
}

void read_times(ByteReader& in, std::span<int64_t> out, Squeezer& squeezer) {
  std::size_t unit = in.word<uint8_t>();
  if (unit >= kUnits.size()) return in.fail();
  read_integers(in, out, squeezer);
  for (int64_t& time : out) {
    if (__builtin_mul_overflow(time, kUnits[unit], &time)) return in.fail();
  }
}

std::string plain_of(std::span<const Sample> samples) {
  std::string out;
  put_word(out, Layout::Plain);
  put_varint(out, samples.size());
  for (const Sample& sample : samples) {
    put_word(out, sample.at.ns);
    put_word(out, sample.received.ns);
    put_word(out, sample.value);
    put_word(out, sample.quality);
  }
  return out;
}

void read_plain(ByteReader& in, std::vector<Sample>& samples) {
  if (in.left() != samples.size() * kPlainBytes) return in.fail();
  for (Sample& sample : samples) {
    sample.at.ns = in.word<int64_t>();
    sample.received.ns = in.word<int64_t>();
    sample.value = in.word<double>();
    auto quality = in.word<uint8_t>();
    if (quality > static_cast<uint8_t>(Quality::Stale)) return in.fail();
    sample.quality = static_cast<Quality>(quality);
  }
}

void read_columns(ByteReader& in, std::vector<Sample>& samples, Squeezer& squeezer) {
  std::vector<int64_t> numbers(samples.size());
  read_times(in, numbers, squeezer);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i].at.ns = numbers[i];
  if (in.is_good()) read_times(in, numbers, squeezer);
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i].received.ns = wrapping_add(samples[i].at.ns, numbers[i]);
  if (in.is_good()) read_integers(in, numbers, squeezer);
  for (std::size_t i = 0; i < samples.size() && in.is_good(); ++i) {
    if (numbers[i] < 0 || numbers[i] > static_cast<int64_t>(Quality::Stale)) return in.fail();
    samples[i].quality = static_cast<Quality>(numbers[i]);
  }
  std::vector<double> values(samples.size());
  if (in.is_good()) read_doubles(in, values, squeezer);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i].value = values[i];
}

}  // namespace

bool is_same(std::span<const Sample> a, std::span<const Sample> b) {
  return std::ranges::equal(a, b, [](const Sample& x, const Sample& y) {
    return x.at == y.at && x.received == y.received && x.quality == y.quality &&
           std::bit_cast<uint64_t>(x.value) == std::bit_cast<uint64_t>(y.value);
  });
}

std::string BlockCodec::columns_of(std::span<const Sample> samples) {
  std::string out;
  put_word(out, Layout::Columns);
  put_varint(out, samples.size());
  std::vector<int64_t> numbers(samples.size());
  auto fill = [&](auto part) { std::ranges::transform(samples, numbers.begin(), part); };
  fill([](const Sample& s) { return s.at.ns; });
  put_times(out, numbers, squeezer_);
  fill([](const Sample& s) { return wrapping_subtract(s.received.ns, s.at.ns); });
  put_times(out, numbers, squeezer_);
  fill([](const Sample& s) { return static_cast<int64_t>(s.quality); });
  put_integers(out, numbers, squeezer_);
  std::vector<double> values(samples.size());
  std::ranges::transform(samples, values.begin(), &Sample::value);
  put_doubles(out, values, squeezer_);
  return out;
}

std::string BlockCodec::encode(std::span<const Sample> samples) {
  CHECK(!samples.empty() && samples.size() <= kBlockSamplesMax, "a block has 1 to 4096 samples");
  std::string blob = columns_of(samples);
  auto again = decode_body(samples[0].tag, blob);
  if (!again || !is_same(*again, samples)) {
    log(LogLevel::Error, "a block did not read back and is kept plain");
    blob = plain_of(samples);
  }
  put_word(blob, crc32c(blob));
  return blob;
}

Result<std::vector<Sample>> BlockCodec::decode(TagIndex tag, std::string_view blob) {
  if (blob.size() < kCrcBytes) return refuse(ErrorCode::StoreFailed, "a block is cut");
  std::string_view body = blob.substr(0, blob.size() - kCrcBytes);
  if (ByteReader(blob.substr(body.size())).word<uint32_t>() != crc32c(body))
    return refuse(ErrorCode::StoreFailed, "a block does not match its checksum");
  return decode_body(tag, body);
}

Result<std::vector<Sample>> BlockCodec::decode_body(TagIndex tag, std::string_view body) {
  ByteReader in(body);
  auto layout = in.word<Layout>();
  uint64_t count = in.varint();
  bool is_known = layout == Layout::Columns || layout == Layout::Plain;
  if (!in.is_good() || !is_known || count == 0 || count > kBlockSamplesMax)
    return refuse(ErrorCode::StoreFailed, "a block of unknown form");
  std::vector<Sample> samples(count, Sample{.tag = tag});
  if (layout == Layout::Plain) {
    read_plain(in, samples);
  } else {
    read_columns(in, samples, squeezer_);
  }
  if (!in.is_at_end()) return refuse(ErrorCode::StoreFailed, "a block with bad columns");
  return samples;
}

}  // namespace anlan::history

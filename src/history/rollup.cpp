#include "history/rollup.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/check.h"
#include "history/columns.h"
#include "history/crc32c.h"

namespace anlan::history {
namespace {

constexpr uint8_t kLayout = 1;
constexpr std::size_t kCrcBytes = 4;
constexpr int kDecimalsMax = 6;

// Above 2^53 doubles leave out whole numbers.
constexpr double kWholeMax = 9'007'199'254'740'992.0;

bool has_decimals(double value, double power) {
  double scaled = std::nearbyint(value * power);
  return std::abs(scaled) < kWholeMax && scaled / power == value;
}

// The sum of a minute in as few bits as tell its mean.
double short_sum(const Bucket& minute) {
  double sum = minute.mean * static_cast<double>(minute.count);
  double power = 1;
  for (int decimals = 0; decimals <= kDecimalsMax; ++decimals, power *= 10) {
    bool is_decimal = has_decimals(minute.minimum, power) && has_decimals(minute.maximum, power) &&
                      has_decimals(minute.last, power);
    double scaled = std::nearbyint(sum * power);
    if (is_decimal && std::abs(scaled) < kWholeMax) return scaled / power;
  }
  auto narrow = static_cast<float>(sum);
  return std::isfinite(narrow) ? static_cast<double>(narrow) : sum;
}

int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

using Column = double Bucket::*;
constexpr std::array<Column, 3> kColumns = {&Bucket::minimum, &Bucket::maximum, &Bucket::last};

}  // namespace

int64_t hour_of(Instant at) { return floor_divide(at.ns, kHour.ns); }

int64_t day_of_hour(int64_t hour) { return floor_divide(hour, kHoursPerDay); }

Instant start_of_hour(int64_t hour) {
  int64_t ns = 0;
  if (!__builtin_mul_overflow(hour, kHour.ns, &ns)) return {ns};
  return {hour < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max()};
}

void join_bucket(Bucket& bucket, const Bucket& later) {
  bucket.worst = std::max(bucket.worst, later.worst);
  if (later.count == 0) return;
  bool is_first = bucket.count == 0;
  bucket.minimum = is_first ? later.minimum : std::min(bucket.minimum, later.minimum);
  bucket.maximum = is_first ? later.maximum : std::max(bucket.maximum, later.maximum);
  bucket.count += later.count;
  bucket.mean += (later.mean - bucket.mean) * static_cast<double>(later.count) /
                 static_cast<double>(bucket.count);
  bucket.last = later.last;
}

std::string MinuteCodec::encode(std::span<const Bucket> minutes) {
  CHECK(!minutes.empty() && minutes.size() <= kMinutesPerDay, "a day has 1 to 1440 minutes");
  std::string out;
  put_word(out, kLayout);
  put_varint(out, minutes.size());
  std::vector<int64_t> numbers(minutes.size());
  auto put_numbers = [&](auto part) {
    std::ranges::transform(minutes, numbers.begin(), part);
    put_integers(out, numbers, squeezer_);
  };
  int64_t midnight = start_of_hour(day_of_hour(hour_of(minutes[0].at)) * kHoursPerDay).ns;
  put_numbers([&](const Bucket& one) { return (one.at.ns - midnight) / kMinute.ns; });
  put_numbers([](const Bucket& one) { return one.count; });
  put_numbers([](const Bucket& one) { return static_cast<int64_t>(one.worst); });
  std::vector<double> values(minutes.size());
  for (Column column : kColumns) {
    std::ranges::transform(minutes, values.begin(), column);
    put_doubles(out, values, squeezer_);
  }
  std::ranges::transform(minutes, values.begin(), short_sum);
  put_doubles(out, values, squeezer_);
  put_word(out, crc32c(out));
  return out;
}

Result<std::vector<Bucket>> MinuteCodec::decode(int64_t day, std::string_view blob) {
  auto is_bad = [] { return refuse(ErrorCode::StoreFailed, "the minutes of a day are damaged"); };
  if (blob.size() < kCrcBytes) return is_bad();
  std::string_view body = blob.substr(0, blob.size() - kCrcBytes);
  if (ByteReader(blob.substr(body.size())).word<uint32_t>() != crc32c(body)) return is_bad();
  ByteReader in(body);
  auto layout = in.word<uint8_t>();
  uint64_t count = in.varint();
  if (!in.is_good() || layout != kLayout || count == 0 || count > kMinutesPerDay) return is_bad();
  std::vector<Bucket> minutes(count);
  std::vector<int64_t> numbers(count);
  Instant midnight = start_of_hour(day * kHoursPerDay);
  read_integers(in, numbers, squeezer_);
  for (std::size_t i = 0; i < count && in.is_good(); ++i) {
    bool is_in_order = numbers[i] >= 0 && (i == 0 || numbers[i] > numbers[i - 1]);
    if (!is_in_order || numbers[i] >= static_cast<int64_t>(kMinutesPerDay)) return is_bad();
    minutes[i].at = {midnight.ns + numbers[i] * kMinute.ns};
    minutes[i].length = kMinute;
  }
  if (in.is_good()) read_integers(in, numbers, squeezer_);
  for (std::size_t i = 0; i < count; ++i) minutes[i].count = std::max<int64_t>(numbers[i], 0);
  if (in.is_good()) read_integers(in, numbers, squeezer_);
  for (std::size_t i = 0; i < count; ++i) {
    auto worst = std::clamp<int64_t>(numbers[i], 0, static_cast<int64_t>(Quality::Stale));
    minutes[i].worst = static_cast<Quality>(worst);
  }
  std::vector<double> values(count);
  for (Column column : kColumns) {
    if (in.is_good()) read_doubles(in, values, squeezer_);
    for (std::size_t i = 0; i < count; ++i) minutes[i].*column = values[i];
  }
  if (in.is_good()) read_doubles(in, values, squeezer_);
  for (std::size_t i = 0; i < count; ++i) {
    if (minutes[i].count > 0) minutes[i].mean = values[i] / static_cast<double>(minutes[i].count);
  }
  return in.is_at_end() ? Result<std::vector<Bucket>>(std::move(minutes)) : is_bad();
}

}  // namespace anlan::history

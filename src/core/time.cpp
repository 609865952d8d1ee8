#include "core/time.h"

#include <array>
#include <charconv>
#include <chrono>
#include <optional>

namespace anlan {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kInstantSecondsMax = 9'223'372'036;

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool eat(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<int64_t> digits(std::size_t count_min, std::size_t count_max) {
    std::size_t n = 0;
    while (n < rest_.size() && n < count_max && rest_[n] >= '0' && rest_[n] <= '9') ++n;
    if (n < count_min) return std::nullopt;
    int64_t value = 0;
    std::from_chars(rest_.data(), rest_.data() + n, value);
    rest_.remove_prefix(n);
    return value;
  }
  // Digits after a point, as nanoseconds.
  std::optional<int64_t> fraction_ns() {
    std::size_t before = rest_.size();
    auto value = digits(1, 9);
    if (!value) return std::nullopt;
    for (std::size_t used = before - rest_.size(); used < 9; ++used) *value *= 10;
    return value;
  }
  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

 private:
  std::string_view rest_;
};

std::optional<int64_t> scan_offset_seconds(Scanner& in) {
  if (in.eat('Z')) return 0;
  int64_t sign = in.eat('+') ? 1 : (in.eat('-') ? -1 : 0);
  if (sign == 0) return std::nullopt;
  auto hours = in.digits(2, 2);
  if (!hours || *hours > 14) return std::nullopt;
  in.eat(':');
  auto minutes = in.digits(2, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return sign * (*hours * 3600 + *minutes * 60);
}

std::optional<Instant> scan_instant(Scanner& in) {
  auto year = in.digits(4, 4);
  if (!year || !in.eat('-')) return std::nullopt;
  auto month = in.digits(2, 2);
  if (!month || !in.eat('-')) return std::nullopt;
  auto day = in.digits(2, 2);
  if (!day || !in.eat('T')) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                   std::chrono::month(static_cast<unsigned>(*month)),
                                   std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *year < 1970) return std::nullopt;
  auto hour = in.digits(2, 2);
  if (!hour || *hour > 23 || !in.eat(':')) return std::nullopt;
  auto minute = in.digits(2, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int64_t second = 0;
  int64_t fraction = 0;
  if (in.eat(':')) {
    auto read = in.digits(2, 2);
    if (!read || *read > 59) return std::nullopt;
    second = *read;
    if (in.eat('.')) {
      auto part = in.fraction_ns();
      if (!part) return std::nullopt;
      fraction = *part;
    }
  }
  auto offset = scan_offset_seconds(in);
  if (!offset || !in.done()) return std::nullopt;
  int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  int64_t seconds = days * 86400 + *hour * 3600 + *minute * 60 + second - *offset;
  if (seconds < 0 || seconds >= kInstantSecondsMax) return std::nullopt;
  return Instant{seconds * kSecond + fraction};
}

std::optional<Duration> scan_duration(Scanner& in) {
  int64_t sign = in.eat('-') ? -1 : 1;
  if (!in.eat('P')) return std::nullopt;
  int64_t total = 0;
  bool any = false;
  bool in_time = in.eat('T');
  static constexpr std::array<std::pair<char, int64_t>, 4> kUnits{
      {{'D', 86400}, {'H', 3600}, {'M', 60}, {'S', 1}}};
  std::size_t next = in_time ? 1 : 0;
  while (!in.done()) {
    if (!in_time && in.eat('T')) {
      in_time = true;
      next = 1;
      if (in.done()) return std::nullopt;
      continue;
    }
    auto count = in.digits(1, 9);
    if (!count) return std::nullopt;
    int64_t fraction = 0;
    if (in.eat('.')) {
      auto part = in.fraction_ns();
      if (!part || in.peek() != 'S') return std::nullopt;
      fraction = *part;
    }
    while (next < kUnits.size() && !in.eat(kUnits[next].first)) ++next;
    if (next >= (in_time ? kUnits.size() : 1)) return std::nullopt;
    if (*count > kInstantSecondsMax / kUnits[next].second) return std::nullopt;
    total += *count * kUnits[next].second * kSecond + fraction;
    if (total < 0) return std::nullopt;
    ++next;
    any = true;
  }
  if (!any) return std::nullopt;
  return Duration{sign * total};
}

class MachineClock final : public Clock {
 public:
  Instant now() override {
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(
                std::chrono::system_clock::now().time_since_epoch())
                .count()};
  }
};

}  // namespace

std::string format_instant(Instant at) {
  int64_t ms = at.ns / 1'000'000;
  int64_t days = ms / 86'400'000;
  int64_t rest = ms % 86'400'000;
  if (rest < 0) {
    rest += 86'400'000;
    --days;
  }
  std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  // "1970-01-01T00:00:00.000Z", its digits filled in from the right.
  std::string text = "0000-00-00T00:00:00.000Z";
  auto put = [&text](std::size_t end, int64_t number, int digits) {
    for (; digits > 0; --digits, number /= 10) text[--end] = static_cast<char>('0' + number % 10);
  };
  put(4, static_cast<int>(date.year()), 4);
  put(7, static_cast<unsigned>(date.month()), 2);
  put(10, static_cast<unsigned>(date.day()), 2);
  put(13, rest / 3'600'000, 2);
  put(16, rest / 60'000 % 60, 2);
  put(19, rest / 1000 % 60, 2);
  put(23, rest % 1000, 3);
  return text;
}

Result<Instant> parse_instant(std::string_view text) {
  Scanner in(text);
  auto at = scan_instant(in);
  if (!at) return refuse(ErrorCode::BadField, "not an ISO 8601 instant");
  return *at;
}

std::string format_duration(Duration length) {
  if (length.ns == 0) return "PT0S";
  uint64_t rest =
      length.ns < 0 ? 0 - static_cast<uint64_t>(length.ns) : static_cast<uint64_t>(length.ns);
  std::string out = length.ns < 0 ? "-P" : "P";
  uint64_t seconds = rest / kSecond;
  uint64_t fraction = rest % kSecond;
  if (seconds >= 86400) out += std::to_string(seconds / 86400) + "D";
  seconds %= 86400;
  if (seconds == 0 && fraction == 0) return out;
  out += 'T';
  if (seconds >= 3600) out += std::to_string(seconds / 3600) + "H";
  if (seconds % 3600 >= 60) out += std::to_string(seconds % 3600 / 60) + "M";
  seconds %= 60;
  if (seconds != 0 || fraction != 0) {
    out += std::to_string(seconds);
    if (fraction != 0) {
      std::string digits = std::to_string(fraction);
      digits.insert(0, 9 - digits.size(), '0');
      digits.erase(digits.find_last_not_of('0') + 1);
      out += "." + digits;
    }
    out += 'S';
  }
  return out;
}

Result<Duration> parse_duration(std::string_view text) {
  Scanner in(text);
  auto length = scan_duration(in);
  if (!length) return refuse(ErrorCode::BadField, "not an ISO 8601 duration of days and time");
  return *length;
}

Clock& system_clock_of_machine() {
  static MachineClock clock;
  return clock;
}

}  // namespace anlan

#include "connect/replay_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <format>
#include <optional>

#include "connect/written_time.h"

namespace anlan::connect {
namespace {

constexpr std::size_t kNameBytesMax = 200;
constexpr double kMsSince2001 = 1e12;
constexpr double kSecondsMost = 4e9;

using Fields = std::vector<std::string_view>;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\"";
  std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

char separator_of(std::string_view line) {
  for (char one : {';', ',', '\t'}) {
    if (line.contains(one)) return one;
  }
  return ' ';
}

void split(std::string_view line, char separator, Fields& fields) {
  fields.clear();
  while (fields.size() <= kReplayColumnsMax + 1) {
    if (separator == ' ') line = trimmed(line);
    if (separator == ' ' && line.empty()) return;
    std::size_t end = separator == ' ' ? line.find_first_of(" \t") : line.find(separator);
    fields.push_back(trimmed(line.substr(0, end)));
    if (end == std::string_view::npos) return;
    line.remove_prefix(end + 1);
  }
}

std::optional<double> number_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool is_whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  return is_whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<Instant> counted_time(std::string_view text) {
  auto number = number_of(text);
  if (!number || *number < 0) return std::nullopt;
  double ms = *number >= kMsSince2001 ? *number : *number * 1000;
  if (ms > kSecondsMost * 1000) return std::nullopt;
  return Instant{static_cast<int64_t>(ms * 1e6)};
}

bool says_time(std::string_view heading) {
  std::string low(heading);
  std::ranges::transform(low, low.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return low.contains("time") || low == "date" || low == "at" || low == "ts";
}

class Reader {
 public:
  Reader(Duration step, std::string_view offset) : step_(step), offset_(offset) {}

  Result<void> line(std::string_view line) {
    if (trimmed(line).empty()) return {};
    if (width_ == 0) return first(line);
    split(line, separator_, fields_);
    if (!is_decided_) decide_time();
    return row();
  }
  Result<ReplayTable> finish() {
    if (table_.times.empty()) return refuse(ErrorCode::BadField, "no rows of values");
    return std::move(table_);
  }

 private:
  Result<void> first(std::string_view line) {
    separator_ = separator_of(line);
    split(line, separator_, fields_);
    width_ = fields_.size();
    if (width_ > kReplayColumnsMax) return refuse(ErrorCode::LimitReached, "1,000 columns at most");
    bool is_header = std::ranges::any_of(fields_, [this](std::string_view field) {
      return !field.empty() && !number_of(field) && !written_time(field, offset_);
    });
    for (std::size_t i = 0; i < width_; ++i) {
      names_.push_back(is_header ? std::string(fields_[i].substr(0, kNameBytesMax))
                                 : std::format("{}", i + 1));
    }
    if (is_header) return {};
    decide_time();
    return row();
  }

  void decide_time() {
    is_decided_ = true;
    is_counted_ = says_time(names_[0]) && !fields_.empty() && counted_time(fields_[0]);
    bool is_written =
        !fields_.empty() && !number_of(fields_[0]) && written_time(fields_[0], offset_);
    table_.has_times = is_counted_ || is_written;
    table_.columns.assign(names_.begin() + (table_.has_times ? 1 : 0), names_.end());
  }

  Result<void> row() {
    if (table_.columns.empty()) return refuse(ErrorCode::BadField, "no column of values");
    auto at = time();
    bool falls = at && !table_.times.empty() && *at < table_.times.back();
    if (fields_.size() != width_ || !at || falls) {
      ++table_.rejected;
      return {};
    }
    if (table_.cells.size() + table_.columns.size() > kReplayCellsMax) {
      return refuse(ErrorCode::LimitReached, std::format("{} values at most", kReplayCellsMax));
    }
    table_.times.push_back(*at);
    for (std::size_t i = table_.has_times ? 1 : 0; i < width_; ++i) {
      table_.cells.push_back(number_of(fields_[i]).value_or(NAN));
    }
    return {};
  }

  std::optional<Instant> time() const {
    if (!table_.has_times) return Instant{step_.ns * static_cast<int64_t>(table_.times.size())};
    if (fields_.empty()) return std::nullopt;
    return is_counted_ ? counted_time(fields_[0]) : written_time(fields_[0], offset_);
  }

  Duration step_;
  std::string_view offset_;
  char separator_ = ',';
  std::size_t width_ = 0;
  bool is_decided_ = false, is_counted_ = false;
  Fields fields_;
  std::vector<std::string> names_;
  ReplayTable table_;
};

}  // namespace

Result<ReplayTable> parse_replay(std::string_view text, Duration step, std::string_view offset) {
  if (text.size() > kReplayBytesMax) return refuse(ErrorCode::LimitReached, "64 MB at most");
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  Reader reader(step, offset);
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    TRY(reader.line(text.substr(0, end)));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return reader.finish();
}

}  // namespace anlan::connect

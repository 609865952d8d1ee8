#include "connect/json_map.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <expected>

#include "connect/written_time.h"
#include "core/json.h"
#include "core/text.h"

namespace anlan::connect {
namespace {

using Reason = std::unexpected<const char*>;
template <class T>
using Read = std::expected<T, const char*>;

constexpr double kMsFrom = 1e11;  // a number of seconds is below it until the year 5138
constexpr double kMsMost = 9e12;  // the year 2255: nanoseconds end in 2262
constexpr double kGoodFrom = 192, kUncertainFrom = 64;  // OPC classic

Read<history::Quality> quality_of(const Json* json) {
  using enum history::Quality;
  if (json == nullptr || json->is_null()) return Reason("bad_quality");
  if (json->is_bool()) return json->as_bool() ? Good : Bad;
  if (json->is_number()) {
    double number = json->as_double().value_or(0);
    return number >= kGoodFrom ? Good : number >= kUncertainFrom ? Uncertain : Bad;
  }
  std::string word = json->is_text() ? lower_ascii(json->as_text()) : "";
  if (word == "good") return Good;
  if (word == "uncertain") return Uncertain;
  if (word == "bad") return Bad;
  if (word == "stale") return Stale;
  return Reason("bad_quality");
}

struct Heard {
  const Json& json;
  const JsonMap::Message& message;
  std::string_view offset;  // of times without one
};

Read<Instant> stamp_of(const TagAddress& tag, const Heard& heard, MqttRows& rows) {
  if (tag.time_at.empty()) {
    rows.has_own_times = false;
    if (heard.message.is_retained) return Reason("retained");
    return heard.message.received;
  }
  const Json* member = at_pointer(heard.json, tag.time_at);
  if (member == nullptr) return Reason("bad_time");
  auto at = json_time(*member, heard.offset);
  if (!at) return Reason("bad_time");
  if (!rows.newest || *at > *rows.newest) rows.newest = *at;
  if (*at > heard.message.received + kFutureMax) return Reason("future");
  return *at;
}

Read<ValueRow> row_of(const TagAddress& tag, const Heard& heard, MqttRows& rows) {
  ValueRow row{.tag = tag.code};
  const Json* value = at_pointer(heard.json, tag.value_at);
  if (value == nullptr) return Reason("bad_value");
  if (!tag.quality_at.empty()) {
    auto quality = quality_of(at_pointer(heard.json, tag.quality_at));
    if (!quality) return Reason(quality.error());
    row.quality = *quality;
  }
  if (value->is_null()) {
    row.quality = std::max(row.quality, history::Quality::Bad);
  } else {
    auto number = json_number(*value);
    row.value = number ? *number * tag.scale + tag.offset : NAN;
    if (!std::isfinite(row.value)) return Reason("bad_value");
  }
  auto at = stamp_of(tag, heard, rows);
  if (!at) return Reason(at.error());
  row.at = *at;
  return row;
}

}  // namespace

std::optional<double> json_number(const Json& json) {
  if (json.is_bool()) return json.as_bool() ? 1 : 0;
  if (json.is_number()) return json.as_double();
  if (!json.is_text()) return std::nullopt;
  const std::string& text = json.as_text();
  double number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Instant> json_time(const Json& json, std::string_view offset) {
  if (json.is_text()) {
    if (auto at = written_time(json.as_text(), offset)) return at;
  }
  auto number = json_number(json);
  if (!number || !(*number > 0)) return std::nullopt;
  double ms = *number < kMsFrom ? *number * 1000 : *number;
  if (ms > kMsMost) return std::nullopt;
  return Instant{static_cast<int64_t>(std::llround(ms)) * 1'000'000};
}

bool is_topic_filter(std::string_view filter) {
  std::vector<std::string_view> levels = split(filter, '/');
  for (std::size_t i = 0; i < levels.size(); ++i) {
    bool is_wild = levels[i].find_first_of("+#") != std::string_view::npos;
    if (is_wild && levels[i].size() > 1) return false;
    if (levels[i] == "#" && i + 1 < levels.size()) return false;
  }
  return !filter.empty();
}

bool matches_topic(std::string_view filter, std::string_view topic) {
  std::vector<std::string_view> wished = split(filter, '/'), levels = split(topic, '/');
  for (std::size_t i = 0; i < wished.size(); ++i) {
    if (wished[i] == "#") return true;
    if (i >= levels.size() || (wished[i] != "+" && wished[i] != levels[i])) return false;
  }
  return wished.size() == levels.size();
}

bool is_json_pointer(std::string_view pointer) {
  return pointer.empty() || pointer.starts_with('/');
}

const Json* at_pointer(const Json& json, std::string_view pointer) {
  const Json* at = &json;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    std::size_t end = std::min(pointer.find('/'), pointer.size());
    std::string step(pointer.substr(0, end));
    pointer.remove_prefix(end);
    for (std::size_t i = 0; (i = step.find('~', i)) != std::string::npos; ++i) {
      step.replace(i, 2, step.compare(i, 2, "~1") == 0 ? "/" : "~");
    }
    if (at->is_array()) {
      std::size_t place = 0;
      auto [stop, error] = std::from_chars(step.data(), step.data() + step.size(), place);
      bool is_place = error == std::errc() && stop == step.data() + step.size();
      if (!is_place || place >= at->as_array().size()) return nullptr;
      at = &at->as_array()[place];
    } else {
      if (!at->is_object() || !at->has(step)) return nullptr;
      at = &(*at)[step];
    }
  }
  return at;
}

bool JsonMap::hears(std::string_view topic) const {
  return std::ranges::any_of(
      tags_, [&](const TagAddress& tag) { return matches_topic(tag.topic, topic); });
}

MqttRows JsonMap::read(const Message& message) const {
  MqttRows rows;
  bool is_large = message.payload.size() > kMqttBytesMax;
  Result<Json> json = is_large ? Json() : parse_json(message.payload, kMqttBytesMax);
  if (is_large || !json) {
    ++rows.rejected[is_large ? "too_large" : "bad_json"];
    return rows;
  }
  for (const TagAddress& tag : tags_) {
    if (!matches_topic(tag.topic, message.topic)) continue;
    auto row = row_of(tag, {*json, message, offset_}, rows);
    if (row) rows.values.push_back(*std::move(row));
    else ++rows.rejected[row.error()];
  }
  return rows;
}

}  // namespace anlan::connect

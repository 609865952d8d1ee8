#include "connect/position_map.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <expected>
#include <format>

#include "core/text.h"

namespace anlan::connect {
namespace {

using Reason = std::unexpected<const char*>;
template <class T>
using Read = std::expected<T, const char*>;

constexpr std::size_t kCodeBytesMax = 64;
constexpr double kMetresMax = 100'000;  // as of our own messages
constexpr double kAccuracyMax_m = 10'000;
constexpr double kLatMax = 85, kLonMax = 180;
constexpr double kNoPlace = 1e-9;  // 0 degrees north and east: what receivers say without a fix
constexpr int kLevelsMax = 20;
constexpr double kWholeMost = 9e15;  // doubles hold whole numbers up to here

struct Heard {
  const PositionPlace& place;
  const JsonMap::Message& message;
  const Json& json;
  std::string_view offset;  // of times without one
};

// In the row, else in the message around it. Null where nothing stands.
const Json* member_at(const Json& row, const Heard& heard, std::string_view pointer) {
  if (pointer.empty()) return nullptr;
  const Json* member = at_pointer(row, pointer);
  if (member == nullptr) member = at_pointer(heard.json, pointer);
  return member == nullptr || member->is_null() ? nullptr : member;
}

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= kCodeBytesMax && is_utf8(text) &&
         std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) > ' '; });
}

// Badges are texts, or whole numbers as some systems number their tags.
Read<std::string> badge_of(const Json& row, const Heard& heard) {
  std::string code;
  if (int level = topic_level(heard.place.badge_at)) {
    std::vector<std::string_view> levels = split(heard.message.topic, '/');
    if (static_cast<std::size_t>(level) > levels.size()) return Reason("bad_badge");
    code = levels[static_cast<std::size_t>(level - 1)];
  } else {
    const Json* member = member_at(row, heard, heard.place.badge_at);
    if (member == nullptr) return Reason("bad_badge");
    auto number = member->is_number() ? member->as_double() : std::nullopt;
    bool is_whole =
        number && *number >= 0 && *number < kWholeMost && std::floor(*number) == *number;
    if (is_whole) code = std::format("{:.0f}", *number);
    else if (member->is_text()) code = member->as_text();
  }
  if (!is_code(code)) return Reason("bad_badge");
  return code;
}

std::optional<double> number_at(const Json& row, const Heard& heard, std::string_view pointer,
                                double most) {
  const Json* member = member_at(row, heard, pointer);
  if (member == nullptr || member->is_bool()) return std::nullopt;
  auto number = json_number(*member);
  return number && std::abs(*number) <= most ? number : std::nullopt;
}

// "A" and "V" are valid and void in the sentences of receivers (NMEA 0183, RMC).
Read<bool> has_fix(const Json& row, const Heard& heard) {
  if (heard.place.valid_at.empty()) return true;
  const Json* member = member_at(row, heard, heard.place.valid_at);
  if (member == nullptr) return false;
  std::string word = member->is_text() ? lower_ascii(member->as_text()) : "";
  if (word == "a" || word == "valid" || word == "true") return true;
  auto number = json_number(*member);
  return number && *number != 0;
}

Read<void> place_of(const Json& row, const Heard& heard, twin::Sighting& one) {
  const PositionPlace& place = heard.place;
  if (const Json* zone = member_at(row, heard, place.zone_at)) {
    if (!zone->is_text()) return Reason("bad_place");
    if (!zone->as_text().empty() && !is_code(zone->as_text())) return Reason("bad_place");
    one.zone = zone->as_text();
  }
  auto fix = has_fix(row, heard);
  if (!fix || !*fix) return Reason("no_fix");
  if (!place.lat_at.empty()) {
    auto lat = number_at(row, heard, place.lat_at, kLatMax);
    auto lon = number_at(row, heard, place.lon_at, kLonMax);
    if (!lat || !lon) return Reason("bad_place");
    if (std::abs(*lat) < kNoPlace && std::abs(*lon) < kNoPlace) return Reason("no_fix");
    one.geo = twin::GeoPoint{.lat = *lat, .lon = *lon, .is_gcj02 = place.is_gcj02};
  } else if (!place.x_at.empty()) {
    double most = kMetresMax / place.scale;
    auto x = number_at(row, heard, place.x_at, most);
    auto y = number_at(row, heard, place.y_at, most);
    if (!x || !y) return Reason("bad_place");
    one.at = twin::Point{*x * place.scale, *y * place.scale};
  } else if (one.zone.empty()) {
    return Reason("bad_place");
  }
  if (member_at(row, heard, place.accuracy_at) == nullptr) return {};
  auto accuracy = number_at(row, heard, place.accuracy_at, kAccuracyMax_m);
  if (!accuracy || *accuracy < 0) return Reason("bad_place");
  one.accuracy_m = *accuracy;
  return {};
}

Read<Instant> stamp_of(const Json& row, const Heard& heard, MqttRows& rows) {
  if (heard.place.time_at.empty()) {
    rows.has_own_times = false;
    if (heard.message.is_retained) return Reason("retained");
    return heard.message.received;
  }
  const Json* member = member_at(row, heard, heard.place.time_at);
  auto at = member == nullptr ? std::nullopt : json_time(*member, heard.offset);
  if (!at) return Reason("bad_time");
  if (!rows.newest || *at > *rows.newest) rows.newest = *at;
  if (*at > heard.message.received + kFutureMax) return Reason("future");
  return *at;
}

Read<twin::Sighting> sighting_of(const Json& row, const Heard& heard, MqttRows& rows) {
  if (!row.is_object() && !row.is_array()) return Reason("bad_row");
  twin::Sighting one{.received = heard.message.received};
  auto badge = badge_of(row, heard);
  if (!badge) return Reason(badge.error());
  one.badge = *std::move(badge);
  if (auto placed = place_of(row, heard, one); !placed) return Reason(placed.error());
  auto at = stamp_of(row, heard, rows);
  if (!at) return Reason(at.error());
  one.seen = *at;
  return one;
}

}  // namespace

int topic_level(std::string_view place) {
  constexpr std::string_view kHead = "topic:";
  if (!place.starts_with(kHead)) return 0;
  place.remove_prefix(kHead.size());
  int level = 0;
  auto [end, error] = std::from_chars(place.data(), place.data() + place.size(), level);
  bool is_level = error == std::errc() && end == place.data() + place.size();
  return is_level && level >= 1 && level <= kLevelsMax ? level : 0;
}

bool PositionMap::hears(std::string_view topic) const {
  return !place_.topic.empty() && matches_topic(place_.topic, topic);
}

MqttRows PositionMap::read(const JsonMap::Message& message) const {
  MqttRows rows;
  auto reject = [&rows](const char* reason, std::size_t count = 1) {
    rows.rejected[reason] += static_cast<int64_t>(count);
  };
  if (message.payload.size() > kMqttBytesMax) {
    reject("too_large");
    return rows;
  }
  Result<Json> json = parse_json(message.payload, kMqttBytesMax);
  if (!json) {
    reject("bad_json");
    return rows;
  }
  const Json* found = at_pointer(*json, place_.rows_at);
  if (found == nullptr) {
    reject("bad_row");
    return rows;
  }
  bool is_list = found->is_array();
  std::size_t count = is_list ? found->as_array().size() : 1;
  if (count > kMqttRowsMax) {
    reject("too_many_rows", count);
    return rows;
  }
  Heard heard{place_, message, *json, offset_};
  for (std::size_t i = 0; i < count; ++i) {
    auto one = sighting_of(is_list ? found->as_array()[i] : *found, heard, rows);
    if (one) rows.sightings.push_back(*std::move(one));
    else reject(one.error());
  }
  return rows;
}

}  // namespace anlan::connect

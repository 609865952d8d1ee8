#include "connect/mqtt_wire.h"

#include <algorithm>
#include <cmath>
#include <expected>
#include <limits>
#include <optional>

#include "core/json.h"
#include "core/text.h"

namespace anlan::connect {
namespace {

constexpr std::size_t kCodeBytesMax = 64;
constexpr double kMetresMax = 100'000;  // no plant is larger than 100 km
constexpr double kAccuracyMax_m = 10'000;

using Reason = std::unexpected<const char*>;
template <class T>
using Read = std::expected<T, const char*>;

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= kCodeBytesMax &&
         std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) > ' '; });
}

Read<std::string> code_at(const Json& row, std::string_view name, const char* reason) {
  const Json& member = row[name];
  if (!member.is_text() || !is_code(member.as_text())) return Reason(reason);
  return member.as_text();
}

// May be missing, but not wrong.
Read<std::string> zone_at(const Json& row) {
  if (row["zone"].is_null()) return "";
  if (row["zone"].is_text() && row["zone"].as_text().empty()) return "";
  return code_at(row, "zone", "bad_place");
}

std::optional<double> number_at(const Json& row, std::string_view name, double most) {
  if (!row[name].is_number()) return std::nullopt;
  std::optional<double> value = row[name].as_double();
  if (!value || !(std::abs(*value) <= most)) return std::nullopt;
  return value;
}

Read<twin::GeoPoint> geo_at(const Json& row) {
  auto lat = number_at(row, "lat", 85), lon = number_at(row, "lon", 180);
  if (!lat || !lon) return Reason("bad_place");
  std::string datum = row["datum"].is_null() ? "wgs84" : row.text_or("datum", "");
  if (datum != "wgs84" && datum != "gcj02") return Reason("bad_place");
  return twin::GeoPoint{.lat = *lat, .lon = *lon, .is_gcj02 = datum == "gcj02"};
}

// What all rows of a message share.
struct Heard {
  const Json& message;
  Instant received{};
  std::optional<Instant>& newest;
};

// A row's own time, else that of its message.
Read<Instant> time_of(const Json& row, const Heard& heard) {
  const Json& member = row["at"].is_null() ? heard.message["at"] : row["at"];
  if (!member.is_text()) return Reason("bad_time");
  Result<Instant> at = parse_instant(member.as_text());
  if (!at) return Reason("bad_time");
  if (!heard.newest || *at > *heard.newest) heard.newest = *at;
  if (*at > heard.received + kFutureMax) return Reason("future");
  return *at;
}

Read<twin::Sighting> sighting_of(const Json& row, const Heard& heard) {
  twin::Sighting sighting{.received = heard.received};
  auto badge = code_at(row, "badge", "bad_badge");
  if (!badge) return Reason(badge.error());
  sighting.badge = *badge;
  auto zone = zone_at(row);
  if (!zone) return Reason(zone.error());
  sighting.zone = *zone;
  if (row.has("x") || row.has("y")) {
    auto x = number_at(row, "x", kMetresMax), y = number_at(row, "y", kMetresMax);
    if (!x || !y) return Reason("bad_place");
    sighting.at = twin::Point{*x, *y};
    if (row.has("lat") || row.has("lon")) return Reason("bad_place");  // which of both?
  } else if (row.has("lat") || row.has("lon")) {
    auto geo = geo_at(row);
    if (!geo) return Reason(geo.error());
    sighting.geo = *geo;
  } else if (sighting.zone.empty()) {
    return Reason("bad_place");
  }
  if (!row["accuracy"].is_null()) {
    auto accuracy = number_at(row, "accuracy", kAccuracyMax_m);
    if (!accuracy || *accuracy < 0) return Reason("bad_place");
    sighting.accuracy_m = *accuracy;
  }
  auto seen = time_of(row, heard);
  if (!seen) return Reason(seen.error());
  sighting.seen = *seen;
  return sighting;
}

Read<twin::GatePass> pass_of(const Json& row, const Heard& heard) {
  twin::GatePass pass{.received = heard.received};
  auto badge = code_at(row, "badge", "bad_badge");
  if (!badge) return Reason(badge.error());
  pass.badge = *badge;
  auto gate = code_at(row, "gate", "bad_gate");
  if (!gate) return Reason(gate.error());
  pass.gate = *gate;
  auto zone = zone_at(row);
  if (!zone) return Reason(zone.error());
  pass.zone = *zone;
  if (!row["in"].is_bool() || (row.has("let") && !row["let"].is_bool())) return Reason("bad_gate");
  pass.is_in = row["in"].as_bool();
  pass.was_let = row.bool_or("let", true);
  auto seen = time_of(row, heard);
  if (!seen) return Reason(seen.error());
  pass.seen = *seen;
  return pass;
}

std::optional<history::Quality> quality_of(const Json& row) {
  if (row["quality"].is_null()) return history::Quality::Good;
  std::string word = row.text_or("quality", "");
  if (word == "good") return history::Quality::Good;
  if (word == "uncertain") return history::Quality::Uncertain;
  if (word == "bad") return history::Quality::Bad;
  if (word == "stale") return history::Quality::Stale;
  return std::nullopt;
}

Read<ValueRow> value_of(const Json& row, const Heard& heard) {
  ValueRow read;
  auto tag = code_at(row, "tag", "bad_tag");
  if (!tag) return Reason(tag.error());
  read.tag = *tag;
  auto quality = quality_of(row);
  if (!quality) return Reason("bad_quality");
  read.quality = *quality;
  const Json& value = row["value"];
  if (value.is_bool()) {
    read.value = value.as_bool() ? 1 : 0;
  } else if (value.is_null() && row.has("value")) {
    read.quality = std::max(read.quality, history::Quality::Bad);  // no value is an answer too
  } else {
    auto number = number_at(row, "value", std::numeric_limits<double>::max());
    if (!number) return Reason("bad_value");
    read.value = *number;
  }
  auto at = time_of(row, heard);
  if (!at) return Reason(at.error());
  read.at = *at;
  return read;
}

enum class Kind { Unknown, Positions, Gate, Values };

Kind kind_of(std::string_view topic) {
  std::vector<std::string_view> levels = split(topic, '/');
  if (levels.back() == "positions") return Kind::Positions;
  if (levels.back() == "values") return Kind::Values;
  if (levels.size() >= 2 && levels[levels.size() - 2] == "gates") return Kind::Gate;
  return Kind::Unknown;
}

template <class T, class ReadRow>
void read_rows(const Json& message, std::vector<T>& into, MqttRows& rows, ReadRow read_row) {
  const Json& list = message["rows"];
  if (!list.is_array()) {
    ++rows.rejected["bad_row"];
    return;
  }
  const Json::Array& items = list.as_array();
  if (items.size() > kMqttRowsMax) {
    rows.rejected["too_many_rows"] += static_cast<int64_t>(items.size());
    return;
  }
  for (const Json& item : items) {
    if (!item.is_object()) {
      ++rows.rejected["bad_row"];
      continue;
    }
    auto row = read_row(item);
    if (row) into.push_back(*std::move(row));
    else ++rows.rejected[row.error()];
  }
}

}  // namespace

MqttRows parse_mqtt(std::string_view topic, std::string_view payload, Instant received) {
  MqttRows rows;
  auto reject = [&rows](const char* reason) {
    ++rows.rejected[reason];
    return std::move(rows);
  };
  Kind kind = kind_of(topic);
  if (kind == Kind::Unknown) return reject("unknown_topic");
  if (payload.size() > kMqttBytesMax) return reject("too_large");
  Result<Json> json = parse_json(payload, kMqttBytesMax);
  if (!json) return reject("bad_json");
  const Json& message = *json;
  if (!message.is_object()) return reject("bad_row");
  Heard heard{message, received, rows.newest};
  if (kind == Kind::Positions) {
    read_rows(message, rows.sightings, rows,
              [&](const Json& row) { return sighting_of(row, heard); });
  } else if (kind == Kind::Values) {
    read_rows(message, rows.values, rows, [&](const Json& row) { return value_of(row, heard); });
  } else {
    auto pass = pass_of(message, heard);
    if (!pass) return reject(pass.error());
    rows.passes.push_back(*std::move(pass));
  }
  return rows;
}

}  // namespace anlan::connect

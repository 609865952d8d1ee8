#include "engine/plant_model.h"

#include <algorithm>
#include <format>
#include <thread>

#include "core/limits.h"
#include "engine/retirement.h"

namespace anlan::engine {
namespace {

// Of 100,000 tags a member that nobody reads is 10 MB and some 10 ms of every start.
constexpr std::string_view kTagMembers[] = {"id",
                                            "code",
                                            "name_zh",
                                            "name_en",
                                            "source",
                                            "area",
                                            "device",
                                            "table",
                                            "address",
                                            "path",
                                            "type",
                                            "order",
                                            "scale",
                                            "offset_value",
                                            "unit",
                                            "range_low",
                                            "range_high",
                                            "keep_samples_days",
                                            "keep_minutes_days",
                                            "keep_hours_days",
                                            "keep_class",
                                            "json_topic",
                                            "json_value",
                                            "json_time",
                                            "json_quality",
                                            "org_path",
                                            "state",
                                            "created_by",
                                            "version",
                                            "every_ms",
                                            "purpose",
                                            "substance",
                                            "molar_mass",
                                            "x",
                                            "y"};
// What others ask of a tag's record, and what a scope may look at.
constexpr std::string_view kKeptMembers[] = {
    "device", "purpose", "keep_samples_days", "keep_minutes_days", "keep_hours_days", "keep_class",
    "id",     "code",    "version",           "org_path",          "state",           "created_by",
    "area",   "source"};
constexpr std::string_view kNoPurpose = "other";
constexpr std::string_view kForms[] = {"area",        "source", "tag",
                                       "alarm_limit", "badge",  "retention_class"};

double number_or(const Json& record, std::string_view name, double otherwise) {
  const Json& value = record[name];
  return value.is_number() ? value.as_double().value_or(otherwise) : otherwise;
}

LocalText name_of(const Json& record) {
  std::string zh = record.text_or("name_zh", "");
  std::string en = record.text_or("name_en", "");
  return {.zh = zh, .en = en.empty() ? zh : en};
}

Result<std::vector<Json>> rows_of(store::View& view, const Packs& packs, std::string_view form_id) {
  const records::Form* form = packs.forms.find(form_id);
  if (form == nullptr) return std::vector<Json>{};
  return records::all_whole(view, *form, Filter{}, kPlantRowsMax);
}

Json kept_of(const Json& row) {
  Json kept = Json::object();
  for (std::string_view name : kKeptMembers) {
    if (!row[name].is_null()) kept.set(std::string(name), row[name]);
  }
  return kept;
}

// What connect reads of a tag; its number is known when all tags are.
Json address_of(const Json& row) {
  Json address = Json::object({{"index", 0}, {"code", row["code"]}});
  for (const char* name : {"table", "address", "type", "order", "scale", "every_ms", "path",
                           "json_topic", "json_value", "json_time", "json_quality"}) {
    if (!row[name].is_null()) address.set(name, row[name]);
  }
  if (!row["offset_value"].is_null()) address.set("offset", row["offset_value"]);
  return address;
}

template <class Map, class Key, class Items>
auto find_in(const Map& map, const Key& key, const Items& items) -> decltype(items.data()) {
  auto found = map.find(key);
  return found == map.end() ? nullptr : &items[found->second];
}

twin::PlaceRule place_rule_of(const Json& area) {
  const Json& most = area["position_accuracy_m"];
  return {.accuracy_max_m = most.is_number() ? most.as_double().value_or(0) : 0,
          .is_zone_only = area.text_or("position_mode", "") == "zone"};
}

}  // namespace

Result<std::optional<std::string>> PlantModel::stamp(store::View& view, const Packs& packs,
                                                     Instant now) {
  std::string stamp = TRY(GasRules::edition(packs, now));
  stamp += ";";
  for (std::string_view id : kForms) {
    const records::Form* form = packs.forms.find(id);
    if (form == nullptr) continue;
    std::optional<uint64_t> one = records::stamp_of(view, *form);
    if (!one) return std::nullopt;
    stamp += std::format("{};", *one);
  }
  std::string retired = TRY(retirement_stamp(view));
  return stamp + retired;
}

Result<std::shared_ptr<const PlantModel>> PlantModel::load(store::View& view, store::View& beside,
                                                           const Packs& packs, Instant now,
                                                           const NumbersOf& numbers_of) {
  // Tags and limits are most of a large plant, and most of the time until it is watched again.
  Result<std::vector<Json>> limits;
  std::jthread reading([&] { limits = active_limits(beside, packs); });
  auto model = std::make_shared<PlantModel>();  // shared: readers hold it while a new one is made
  if (!packs.plan.is_null()) model->plan_ = TRY(twin::Plan::parse(packs.plan));
  TRY(model->load_retired(view));
  TRY(model->load_areas(view, packs));
  TRY(model->load_sources(view, packs));
  TRY(model->load_tags(view, packs, numbers_of));
  reading.join();
  std::vector<Json> asked = TRY(std::move(limits));
  model->add_alarms(asked);
  TRY(model->add_gas_limits(packs, now));
  model->check_causes();
  model->arrange_alarms();
  TRY(model->load_badges(view, packs));
  return std::shared_ptr<const PlantModel>(std::move(model));  // shared: see above
}

Result<void> PlantModel::load_retired(store::View& view) {
  for (Retired& one : TRY(retired_now(view))) retired_[one.id.text()] = std::move(one.reason);
  return {};
}

Result<void> PlantModel::load_areas(store::View& view, const Packs& packs) {
  for (const Json& row : TRY(rows_of(view, packs, "area"))) {
    area_places_[row.text_or("code", "")] = areas_.size();
    area_ids_[row.text_or("id", "")] = areas_.size();
    RecordId id = TRY(RecordId::parse(row.text_or("id", "")));
    areas_.push_back({.id = id,
                      .code = row.text_or("code", ""),
                      .name = name_of(row),
                      .org_path = row.text_or("org_path", "/"),
                      .risk = row.text_or("risk", ""),
                      .lat = row["lat"].is_number() ? row["lat"].as_double() : std::nullopt,
                      .lon = row["lon"].is_number() ? row["lon"].as_double() : std::nullopt,
                      .needs_permit = row.bool_or("needs_permit", false),
                      .positions = place_rule_of(row)});
  }
  return {};
}

Result<void> PlantModel::load_sources(store::View& view, const Packs& packs) {
  for (const Json& row : TRY(rows_of(view, packs, "source"))) {
    Json source = Json::object({{"tags", Json::array()}});
    for (const char* name :
         {"code",        "protocol",      "host",      "port",      "unit_id",         "gap_max",
          "time_out_ms", "in_flight_max", "late_s",    "skew_s",    "mqtt_version",    "topic",
          "host_id",     "url_path",      "security",  "file",      "speed",           "replay_as",
          "is_endless",  "step_ms",       "transport", "pos_topic", "pos_rows",        "pos_badge",
          "pos_lat",     "pos_lon",       "pos_x",     "pos_y",     "pos_accuracy",    "pos_zone",
          "pos_time",    "pos_valid",     "pos_datum", "pos_scale", "time_zone_offset"}) {
      if (!row[name].is_null()) source.set(name, row[name]);
    }
    std::string code = row.text_or("code", "");
    source_ids_[row.text_or("id", "")] = {code, row.bool_or("is_simulated", false)};
    LocalText name = name_of(row);
    source_names_.set(code, Json::object({{"zh", name.zh}, {"en", name.en}}));
    if (!retired_.contains(row.text_or("id", ""))) sources_.push(std::move(source));
  }
  return {};
}

Result<void> PlantModel::add_tag(const Json& row, Addresses& addresses) {
  TagInfo tag{.id = TRY(RecordId::parse(row.text_or("id", ""))),
              .index = {},
              .code = row.text_or("code", ""),
              .name = name_of(row),
              .unit = row.text_or("unit", ""),
              .purpose = row.text_or("purpose", kNoPurpose),
              .substance = row.text_or("substance", ""),
              .low = number_or(row, "range_low", 0),
              .high = number_or(row, "range_high", 0),
              .molar_mass = number_or(row, "molar_mass", 0),
              .record = kept_of(row)};
  if (row["x"].is_number() && row["y"].is_number()) {
    tag.at = twin::Point{number_or(row, "x", 0), number_or(row, "y", 0)};
  }
  if (const AreaInfo* area = area_by_id(row.text_or("area", ""))) tag.area = area->code;
  auto source = source_ids_.find(row.text_or("source", ""));
  if (source != source_ids_.end()) {
    tag.source = source->second.first;
    tag.is_simulated = source->second.second;
  }
  if (auto gone = retired_.find(row.text_or("source", "")); gone != retired_.end()) {
    tag.is_retired = true;
    retired_.try_emplace(row.text_or("id", ""), gone->second);
  }
  if (retired_.contains(row.text_or("id", ""))) tag.is_retired = true;
  bool is_read = source != source_ids_.end() && !tag.is_retired;
  if (is_read) addresses[tag.source].emplace_back(tags_.size(), address_of(row));
  tag_ids_[row.text_or("id", "")] = tags_.size();
  tags_.push_back(std::move(tag));
  return {};
}

Result<void> PlantModel::load_tags(store::View& view, const Packs& packs,
                                   const NumbersOf& numbers_of) {
  const records::Form* form = packs.forms.find("tag");
  if (form == nullptr) return {};
  Addresses addresses;
  auto add = [&](const Json& row) { return add_tag(row, addresses); };
  TRY(records::visit_partly(view, *form, Filter{}, kPlantRowsMax, kTagMembers, add));
  std::vector<std::string> codes;
  codes.reserve(tags_.size());
  for (const TagInfo& tag : tags_) codes.push_back(tag.code);
  std::vector<history::TagIndex> numbers = TRY(numbers_of(codes));
  tag_places_.reserve(tags_.size());
  tag_numbers_.reserve(tags_.size());
  for (std::size_t i = 0; i < tags_.size(); ++i) {
    tags_[i].index = numbers[i];
    tag_places_[std::move(codes[i])] = i;
    tag_numbers_[numbers[i]] = i;
    bool is_for_something = tags_[i].purpose != kNoPurpose && !tags_[i].is_retired;
    if (is_for_something) purposes_[tags_[i].purpose].push_back(i);
  }
  for (Json& source : sources_.as_array()) {
    // What comes over a one-way link or plain MQTT names its tags itself, but where JSON is mapped.
    if (source["protocol"] == Json("diode")) continue;
    bool is_mapped_only = source["protocol"] == Json("mqtt");
    Json::Array list;
    for (auto& [place, address] : addresses[source.text_or("code", "")]) {
      if (is_mapped_only && address.text_or("json_topic", "").empty()) continue;
      address.set("index", static_cast<int64_t>(numbers[place]));
      list.push_back(std::move(address));
    }
    source.set("tags", std::move(list));
  }
  return {};
}

Result<void> PlantModel::load_badges(store::View& view, const Packs& packs) {
  for (const Json& row : TRY(rows_of(view, packs, "badge"))) {
    BadgeInfo badge{.id = TRY(RecordId::parse(row.text_or("id", ""))),
                    .code = row.text_or("code", ""),
                    .holder = row.text_or("holder", ""),
                    .kind = row.text_or("kind", "staff"),
                    .is_on_site = row.text_or("state", "on_site") == "on_site",
                    .since = TRY(parse_instant(row.text_or("created_at", "")))};
    if (auto person = PersonId::parse(row.text_or("person", ""))) badge.person = *person;
    badge_places_[badge.code] = badges_.size();
    badge_ids_[badge.id] = badges_.size();
    if (!badge.person.is_nil()) badge_people_[badge.person] = badges_.size();
    badges_.push_back(std::move(badge));
  }
  return {};
}

const AreaInfo* PlantModel::area(std::string_view code) const {
  return find_in(area_places_, code, areas_);
}
const AreaInfo* PlantModel::area_by_id(std::string_view id) const {
  return find_in(area_ids_, id, areas_);
}
const TagInfo* PlantModel::tag(std::string_view code) const {
  return find_in(tag_places_, code, tags_);
}
const TagInfo* PlantModel::tag(history::TagIndex index) const {
  return find_in(tag_numbers_, index, tags_);
}
std::vector<const TagInfo*> PlantModel::tags_for(const FitsPurpose& fits) const {
  std::vector<std::size_t> places;
  for (const auto& [purpose, its] : purposes_) {
    if (fits(purpose)) places.insert(places.end(), its.begin(), its.end());
  }
  std::ranges::sort(places);
  std::vector<const TagInfo*> tags;
  tags.reserve(places.size());
  for (std::size_t place : places) tags.push_back(&tags_[place]);
  return tags;
}
const alarms::Definition* PlantModel::alarm(RecordId id) const {
  return find_in(alarm_places_, id, alarms_);
}
const std::string* PlantModel::retired_reason(RecordId alarm) const {
  auto found = retired_alarms_.find(alarm);
  return found == retired_alarms_.end() ? nullptr : &found->second;
}
const std::string& PlantModel::procedure_of(RecordId alarm) const {
  static const std::string none;
  auto found = procedures_.find(alarm);
  return found == procedures_.end() ? none : found->second;
}
const BadgeInfo* PlantModel::badge(std::string_view code) const {
  return find_in(badge_places_, code, badges_);
}
const BadgeInfo* PlantModel::badge(RecordId id) const { return find_in(badge_ids_, id, badges_); }
const BadgeInfo* PlantModel::badge_of(PersonId person) const {
  return find_in(badge_people_, person, badges_);
}

}  // namespace anlan::engine

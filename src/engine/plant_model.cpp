#include "engine/plant_model.h"

#include "core/limits.h"
#include "core/log.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kCausesMax = 16;  // one behind the other
// Of one form: as many as history has numbers for tags. Whoever watches a part of the plant only
// would not know which.
constexpr std::size_t kRowsMax = 1'000'000;
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
                                            "every_ms",
                                            "purpose",
                                            "substance",
                                            "molar_mass",
                                            "x",
                                            "y"};
constexpr std::string_view kLimitMembers[] = {
    "id",         "state",        "code",          "name_zh",     "name_en",
    "tag",        "area",         "kind",          "limit_value", "deadband",
    "on_delay_s", "off_delay_s",  "window_s",      "reference",   "votes",
    "votes_of",   "priority",     "is_latching",   "is_safety",   "gas_level",
    "formula",    "formula_tags", "loosen_reason", "cause",       "first_out_group",
    "procedure"};
constexpr std::string_view kKeptMembers[] = {"device", "purpose", "keep_samples_days",
                                             "keep_minutes_days", "keep_hours_days"};
constexpr std::string_view kForms[] = {"area", "source", "tag", "alarm_limit", "badge"};

double number_or(const Json& record, std::string_view name, double otherwise) {
  const Json& value = record[name];
  return value.is_number() ? value.as_double().value_or(otherwise) : otherwise;
}

LocalText name_of(const Json& record) {
  std::string zh = record.text_or("name_zh", "");
  std::string en = record.text_or("name_en", "");
  return {.zh = zh, .en = en.empty() ? zh : en};
}

// Only these members, or all of them where none is named.
Result<std::vector<Json>> rows_of(store::View& view, const Packs& packs, std::string_view form_id,
                                  std::span<const std::string_view> members = {}) {
  const records::Form* form = packs.forms.find(form_id);
  if (form == nullptr) return std::vector<Json>{};
  if (members.empty()) return records::all_whole(view, *form, Filter{}, kRowsMax);
  return records::all_partly(view, *form, Filter{}, kRowsMax, members);
}

Json kept_of(const Json& row) {
  Json kept = Json::object();
  for (std::string_view name : kKeptMembers) {
    if (!row[name].is_null()) kept.set(std::string(name), row[name]);
  }
  return kept;
}

Duration seconds_of(const Json& record, std::string_view name) {
  return Duration::milliseconds(static_cast<int64_t>(number_or(record, name, 0) * 1000));
}

template <class Map, class Key, class Items>
auto find_in(const Map& map, const Key& key, const Items& items) -> decltype(items.data()) {
  auto found = map.find(key);
  return found == map.end() ? nullptr : &items[found->second];
}

}  // namespace

Result<std::string> PlantModel::stamp(store::View& view, const Packs& packs, Instant now) {
  std::string stamp = TRY(GasRules::edition(packs, now));
  stamp += ";";
  for (std::string_view id : kForms) {
    const records::Form* form = packs.forms.find(id);
    if (form == nullptr) continue;
    std::string one = TRY(records::stamp_of(view, *form));
    stamp += one + ";";
  }
  return stamp;
}

Result<std::shared_ptr<const PlantModel>> PlantModel::load(store::View& view, const Packs& packs,
                                                           Instant now,
                                                           const NumbersOf& numbers_of) {
  auto model = std::make_shared<PlantModel>();  // shared: readers hold it while a new one is made
  if (!packs.plan.is_null()) model->plan_ = TRY(twin::Plan::parse(packs.plan));
  TRY(model->load_areas(view, packs));
  TRY(model->load_sources(view, packs));
  TRY(model->load_tags(view, packs, numbers_of));
  TRY(model->load_alarms(view, packs));
  TRY(model->add_gas_limits(packs, now));
  model->check_causes();
  model->arrange_alarms();
  TRY(model->load_badges(view, packs));
  return std::shared_ptr<const PlantModel>(std::move(model));  // shared: see above
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
                      .needs_permit = row.bool_or("needs_permit", false)});
  }
  return {};
}

Result<void> PlantModel::load_sources(store::View& view, const Packs& packs) {
  for (const Json& row : TRY(rows_of(view, packs, "source"))) {
    Json source = Json::object({{"tags", Json::array()}});
    for (const char* name :
         {"code", "protocol", "host", "port", "unit_id", "gap_max", "topic", "host_id", "url_path",
          "security", "file", "speed", "replay_as", "is_endless", "step_ms", "transport"}) {
      if (!row[name].is_null()) source.set(name, row[name]);
    }
    std::string code = row.text_or("code", "");
    source_ids_[row.text_or("id", "")] = {code, row.bool_or("is_simulated", false)};
    LocalText name = name_of(row);
    source_names_.set(code, Json::object({{"zh", name.zh}, {"en", name.en}}));
    sources_.push(std::move(source));
  }
  return {};
}

Result<void> PlantModel::load_tags(store::View& view, const Packs& packs,
                                   const NumbersOf& numbers_of) {
  std::vector<Json> rows = TRY(rows_of(view, packs, "tag", kTagMembers));
  std::vector<std::string> codes;
  for (const Json& row : rows) codes.push_back(row.text_or("code", ""));
  std::vector<history::TagIndex> numbers = TRY(numbers_of(codes));
  std::map<std::string, Json::Array> addresses;  // by source
  tags_.reserve(rows.size());
  for (auto* places : {&tag_places_, &tag_ids_}) places->reserve(rows.size());
  tag_numbers_.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Json& row = rows[i];
    const std::string& code = codes[i];
    TagInfo tag{.id = TRY(RecordId::parse(row.text_or("id", ""))),
                .index = numbers[i],
                .code = code,
                .name = name_of(row),
                .unit = row.text_or("unit", ""),
                .purpose = row.text_or("purpose", "other"),
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
      Json address = Json::object({{"index", static_cast<int64_t>(tag.index)}, {"code", code}});
      for (const char* name : {"table", "address", "type", "order", "scale", "every_ms", "path"}) {
        if (!row[name].is_null()) address.set(name, row[name]);
      }
      if (!row["offset_value"].is_null()) address.set("offset", row["offset_value"]);
      addresses[tag.source].push_back(std::move(address));
    }
    tag_places_[code] = tags_.size();
    tag_ids_[row.text_or("id", "")] = tags_.size();
    tag_numbers_[tag.index] = tags_.size();
    tags_.push_back(std::move(tag));
  }
  for (Json& source : sources_.as_array()) {
    // What comes over plain MQTT or a one-way link names its tags itself.
    if (source["protocol"] == Json("mqtt") || source["protocol"] == Json("diode")) continue;
    source.set("tags", std::move(addresses[source.text_or("code", "")]));
  }
  return {};
}

Result<void> PlantModel::load_alarms(store::View& view, const Packs& packs) {
  for (const Json& row : TRY(rows_of(view, packs, "alarm_limit", kLimitMembers))) {
    if (row.text_or("state", "active") != "active") continue;
    const TagInfo* tag = find_in(tag_ids_, row.text_or("tag", ""), tags_);
    if (tag == nullptr) continue;
    const AreaInfo* area = area_by_id(row.text_or("area", ""));
    if (area == nullptr) area = this->area(tag->area);
    alarms::Definition definition{.id = TRY(RecordId::parse(row.text_or("id", ""))),
                                  .code = row.text_or("code", ""),
                                  .name = name_of(row),
                                  .tag_code = tag->code,
                                  .tag = tag->index,
                                  .kind = TRY(alarms::parse_kind(row.text_or("kind", "h"))),
                                  .limit = number_or(row, "limit_value", 0),
                                  .deadband = number_or(row, "deadband", 0),
                                  .on_delay = seconds_of(row, "on_delay_s"),
                                  .off_delay = seconds_of(row, "off_delay_s"),
                                  .window = seconds_of(row, "window_s"),
                                  .votes = static_cast<int>(number_or(row, "votes", 1)),
                                  .of = static_cast<int>(number_or(row, "votes_of", 1)),
                                  .priority = static_cast<int>(number_or(row, "priority", 3)),
                                  .is_latching = row.bool_or("is_latching", false),
                                  .is_safety = row.bool_or("is_safety", false),
                                  .gas_level = static_cast<int>(number_or(row, "gas_level", 0)),
                                  .unit = tag->unit,
                                  .area = area == nullptr ? std::string() : area->code,
                                  .org_path = area == nullptr ? std::string("/") : area->org_path};
    const TagInfo* reference = find_in(tag_ids_, row.text_or("reference", ""), tags_);
    if (reference != nullptr) definition.reference = reference->index;
    else if (definition.kind == alarms::Kind::Deviation) definition.reference = definition.tag;
    definition.group = row.text_or("first_out_group", "");
    if (auto cause = RecordId::parse(row.text_or("cause", ""))) definition.cause = *cause;
    if (definition.kind == alarms::Kind::Formula && !has_formula(row, definition)) continue;
    std::string procedure = row.text_or("procedure", "");
    if (!procedure.empty()) procedures_[definition.id] = std::move(procedure);
    alarm_places_[definition.id] = alarms_.size();
    std::string reason = row.text_or("loosen_reason", "");
    if (!reason.empty()) loosen_reasons_[definition.id] = std::move(reason);
    alarms_.push_back(std::move(definition));
  }
  return {};
}

Result<std::vector<alarms::FormulaInput>> PlantModel::formula_inputs(std::string_view text) const {
  std::vector<alarms::FormulaInput> inputs;
  for (std::string_view part : split(text, ',')) {
    std::size_t sign = part.find('=');
    if (sign == std::string_view::npos) {
      return refuse(ErrorCode::BadField, "name=tag, name=tag", "formula_tags");
    }
    std::string name(trim(part.substr(0, sign)));
    const TagInfo* tag = this->tag(trim(part.substr(sign + 1)));
    if (tag == nullptr) return refuse(ErrorCode::BadField, "no such tag", "formula_tags");
    inputs.push_back({std::move(name), tag->index});
  }
  return inputs;
}

// One that can't be judged any more (a tag was taken away) is left out, and the log says so: it
// must not take all others with it.
bool PlantModel::has_formula(const Json& row, alarms::Definition& definition) const {
  definition.formula = row.text_or("formula", "");
  auto inputs = formula_inputs(row.text_or("formula_tags", ""));
  if (inputs) definition.inputs = std::move(*inputs);
  if (inputs && alarms::check_definition(definition)) return true;
  log(LogLevel::Error, "an alarm's formula can't be judged and is left out",
      Json::object({{"alarm", definition.code}}));
  return false;
}

// A cause that is its own consequence would silence both: such a ring suppresses nothing. What
// guards people is never suppressed either, however it came to have a cause.
void PlantModel::check_causes() {
  std::vector<std::size_t> without;
  for (std::size_t i = 0; i < alarms_.size(); ++i) {
    const alarms::Definition* one = &alarms_[i];
    bool is_wrong = one->is_safety || one->gas_level > 0;
    for (std::size_t step = 0; one != nullptr && !one->cause.is_nil() && !is_wrong; ++step) {
      is_wrong = one->cause == alarms_[i].id || step == kCausesMax;
      one = alarm(one->cause);
    }
    if (is_wrong && !alarms_[i].cause.is_nil()) without.push_back(i);
  }
  for (std::size_t i : without) {
    log(LogLevel::Error, "an alarm's cause is left out: it guards people, or is its own cause",
        Json::object({{"alarm", alarms_[i].code}}));
    alarms_[i].cause = RecordId{};
  }
  for (std::size_t i = 0; i < alarms_.size(); ++i) {
    if (!alarms_[i].cause.is_nil()) effects_.emplace(alarms_[i].cause, i);
  }
}

void PlantModel::arrange_alarms() {
  tag_alarms_.reserve(tags_.size());
  for (std::size_t i = 0; i < alarms_.size(); ++i) {
    tag_alarms_[alarms_[i].tag].push_back(static_cast<uint32_t>(i));
  }
}

std::span<const uint32_t> PlantModel::alarms_of(history::TagIndex tag) const {
  auto found = tag_alarms_.find(tag);
  if (found == tag_alarms_.end()) return {};
  return found->second;
}

std::vector<const alarms::Definition*> PlantModel::effects_of(RecordId alarm) const {
  std::vector<const alarms::Definition*> found;
  auto [first, last] = effects_.equal_range(alarm);
  for (auto one = first; one != last; ++one) found.push_back(&alarms_[one->second]);
  return found;
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
const alarms::Definition* PlantModel::alarm(RecordId id) const {
  return find_in(alarm_places_, id, alarms_);
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

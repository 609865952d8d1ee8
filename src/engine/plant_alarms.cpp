// Alarm limits of the plant: records become definitions. One that can't be judged is left out and
// shown; it never takes the others with it.

#include <algorithm>
#include <array>

#include "core/log.h"
#include "engine/plant_model.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kCausesMax = 16;  // one behind the other

constexpr std::string_view kLimitMembers[] = {
    "id",         "state",        "code",          "name_zh",     "name_en",
    "tag",        "area",         "kind",          "limit_value", "deadband",
    "on_delay_s", "off_delay_s",  "window_s",      "reference",   "votes",
    "votes_of",   "priority",     "is_latching",   "is_safety",   "gas_level",
    "formula",    "formula_tags", "loosen_reason", "cause",       "first_out_group",
    "procedure"};

// Member of a definition, field of the form.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kFields{
    {{"on_delay", "on_delay_s"},
     {"off_delay", "off_delay_s"},
     {"window", "window_s"},
     {"limit", "limit_value"},
     {"of", "votes_of"},
     {"id", "code"}}};

double number_or(const Json& record, std::string_view name, double otherwise) {
  const Json& value = record[name];
  return value.is_number() ? value.as_double().value_or(otherwise) : otherwise;
}

int whole_or(const Json& record, std::string_view name, int otherwise) {
  return static_cast<int>(std::clamp<int64_t>(record.int_or(name, otherwise), -1, 1'000'000));
}

Duration seconds_of(const Json& record, std::string_view name) {
  double seconds = std::clamp(number_or(record, name, 0), -1.0, 1e9);
  return Duration::milliseconds(static_cast<int64_t>(seconds * 1000));
}

}  // namespace

std::string_view field_of(std::string_view member) {
  auto found =
      std::ranges::find(kFields, member, &std::pair<std::string_view, std::string_view>::first);
  return found == kFields.end() ? member : found->second;
}

Result<std::vector<alarms::FormulaInput>> formula_inputs(std::string_view text,
                                                         const TagOf& tag_of) {
  std::vector<alarms::FormulaInput> inputs;
  for (std::string_view part : split(text, ',')) {
    std::size_t sign = part.find('=');
    if (sign == std::string_view::npos) {
      return refuse(ErrorCode::BadField, "name=tag, name=tag", "formula_tags");
    }
    std::string name(trim(part.substr(0, sign)));
    auto tag = tag_of(trim(part.substr(sign + 1)));
    if (!tag) return refuse(ErrorCode::BadField, "no such tag", "formula_tags");
    inputs.push_back({std::move(name), *tag});
  }
  return inputs;
}

Result<alarms::Definition> limit_of(const Json& record) {
  std::string zh = record.text_or("name_zh", "");
  std::string en = record.text_or("name_en", "");
  RecordId id = TRY(RecordId::parse(record.text_or("id", "")));
  alarms::Kind kind = TRY(alarms::parse_kind(record.text_or("kind", "h")));
  alarms::Definition made{.id = id,
                          .code = record.text_or("code", ""),
                          .name = {.zh = zh, .en = en.empty() ? zh : en},
                          .kind = kind,
                          .limit = number_or(record, "limit_value", 0),
                          .deadband = number_or(record, "deadband", 0),
                          .on_delay = seconds_of(record, "on_delay_s"),
                          .off_delay = seconds_of(record, "off_delay_s"),
                          .window = seconds_of(record, "window_s"),
                          .formula = record.text_or("formula", ""),
                          .votes = whole_or(record, "votes", 1),
                          .of = whole_or(record, "votes_of", 1),
                          .priority = whole_or(record, "priority", 3),
                          .is_latching = record.bool_or("is_latching", false),
                          .is_safety = record.bool_or("is_safety", false),
                          .gas_level = whole_or(record, "gas_level", 0),
                          .group = record.text_or("first_out_group", "")};
  // A member that its kind has no use for says nothing.
  if (made.kind != alarms::Kind::Formula) made.formula.clear();
  if (auto cause = RecordId::parse(record.text_or("cause", ""))) made.cause = *cause;
  return made;
}

Result<std::vector<Json>> active_limits(store::View& view, const Packs& packs) {
  std::vector<Json> limits;
  const records::Form* form = packs.forms.find("alarm_limit");
  if (form == nullptr) return limits;
  TRY(records::visit_partly(view, *form, Filter{}, kPlantRowsMax, kLimitMembers,
                            [&limits](Json limit) -> Result<void> {
                              bool is_active = limit.text_or("state", "active") == "active";
                              if (is_active) limits.push_back(std::move(limit));
                              return {};
                            }));
  return limits;
}

void PlantModel::add_alarms(std::span<const Json> limits) {
  alarms_.reserve(limits.size());
  alarm_places_.reserve(limits.size());
  for (const Json& limit : limits) {
    auto added = add_alarm(limit);
    if (!added) leave_out(limit, added.error());
  }
}

Result<void> PlantModel::add_alarm(const Json& row) {
  auto tag_place = tag_ids_.find(row.text_or("tag", ""));
  if (tag_place == tag_ids_.end()) return {};  // its tag was taken out of use, and it with it
  const TagInfo& tag = tags_[tag_place->second];
  alarms::Definition definition = TRY(limit_of(row));
  if (tag.is_retired) {
    retired_alarms_[definition.id] = retired_[tag.id.text()];
    return {};
  }
  const AreaInfo* area = area_by_id(row.text_or("area", ""));
  if (area == nullptr) area = this->area(tag.area);
  definition.tag_code = tag.code;
  definition.tag = tag.index;
  definition.unit = tag.unit;
  definition.area = area == nullptr ? std::string() : area->code;
  definition.org_path = area == nullptr ? std::string("/") : area->org_path;
  auto reference = tag_ids_.find(row.text_or("reference", ""));
  if (reference != tag_ids_.end()) definition.reference = tags_[reference->second].index;
  else if (definition.kind == alarms::Kind::Deviation) definition.reference = definition.tag;
  if (definition.kind == alarms::Kind::Formula) TRY(find_inputs(row, definition));
  bool is_guard = definition.is_safety || definition.gas_level > 0;
  RecordId cause = definition.cause;
  if (is_guard) definition.cause = {};  // check_causes drops it: what guards people goes on
  TRY(alarms::check_definition(definition));
  definition.cause = cause;
  if (!alarm_codes_.insert(definition.code).second) {
    return refuse(ErrorCode::BadField, "the code is there twice", "code");
  }
  std::string procedure = row.text_or("procedure", "");
  if (!procedure.empty()) procedures_[definition.id] = std::move(procedure);
  alarm_places_[definition.id] = alarms_.size();
  std::string reason = row.text_or("loosen_reason", "");
  if (!reason.empty()) loosen_reasons_[definition.id] = std::move(reason);
  alarms_.push_back(std::move(definition));
  return {};
}

void PlantModel::leave_out(const Json& row, const Error& error, bool is_of_pack) {
  const AreaInfo* area = area_by_id(row.text_or("area", ""));
  LeftOut one{.code = row.text_or("code", ""),
              .area = area == nullptr ? std::string() : area->code,
              .org_path = area == nullptr ? std::string("/") : area->org_path,
              .field = std::string(field_of(error.field)),
              .why = error.detail,
              .is_of_pack = is_of_pack};
  if (auto id = RecordId::parse(row.text_or("id", ""))) one.id = *id;
  log(LogLevel::Error, "an alarm limit can't be judged and is left out",
      Json::object({{"alarm", one.code}, {"field", one.field}, {"why", one.why}}));
  left_out_.push_back(std::move(one));
}

Result<void> PlantModel::find_inputs(const Json& row, alarms::Definition& definition) const {
  auto tag_of = [&](std::string_view code) -> std::optional<history::TagIndex> {
    const TagInfo* tag = this->tag(code);
    bool is_there = tag != nullptr && !tag->is_retired;
    return is_there ? std::optional(tag->index) : std::nullopt;
  };
  definition.inputs = TRY(formula_inputs(row.text_or("formula_tags", ""), tag_of));
  return {};
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

}  // namespace anlan::engine

// Gas detectors of the plant held against the rule pack of gas alarms.

#include "core/hash.h"
#include "engine/plant_model.h"

namespace anlan::engine {
namespace {

using alarms::Kind;

bool is_low(Kind kind) { return kind == Kind::Low || kind == Kind::LowLow; }

// A record that nobody made: its id is always the same for one set point of one tag (UUID of form
// 8, RFC 9562 5.8: own bits).
RecordId id_of(const TagInfo& tag, const GasSetPoint& asked) {
  std::string hash = sha256("gas_limit " + tag.id.text() + " " + std::to_string(asked.level) + " " +
                            std::string(alarms::kind_text(asked.kind)));
  RecordId id;
  for (std::size_t i = 0; i < id.uuid.bytes.size(); ++i) {
    id.uuid.bytes[i] = static_cast<uint8_t>(hash[i]);
  }
  id.uuid.bytes[6] = static_cast<uint8_t>((id.uuid.bytes[6] & 0x0F) | 0x80);
  id.uuid.bytes[8] = static_cast<uint8_t>((id.uuid.bytes[8] & 0x3F) | 0x80);
  return id;
}

std::string code_of(const TagInfo& tag, Kind kind) {
  std::string code = tag.code + ".";
  for (char c : alarms::kind_text(kind)) code.push_back(static_cast<char>(c - 'a' + 'A'));
  return code;
}

LocalText name_of(const Packs& packs, const TagInfo& tag, const GasSetPoint& asked) {
  auto text = packs.texts.find("gas_limit." + std::string(alarms::kind_text(asked.kind)));
  if (text == packs.texts.end()) return tag.name;
  return {.zh = fill_text(text->second.zh, Json::object({{"name", tag.name.zh}})),
          .en = fill_text(text->second.en, Json::object({{"name", tag.name.en}}))};
}

}  // namespace

Result<void> PlantModel::add_gas_limits(const Packs& packs, Instant now) {
  std::multimap<history::TagIndex, std::size_t> known;
  for (std::size_t i = 0; i < alarms_.size(); ++i) {
    if (alarms_[i].gas_level > 0) known.emplace(alarms_[i].tag, i);
  }
  GasRules rules(packs, now);
  for (const TagInfo& tag : tags_) {
    if (tag.purpose != "gas") continue;
    auto asked = rules.of({tag.substance, tag.unit, tag.molar_mass});
    if (!asked && tag.is_retired) continue;
    if (!asked) {
      leave_out(tag.record, asked.error(), true);
      continue;
    }
    if (tag.is_retired) {
      for (const GasSetPoint& point : *asked) {
        retired_alarms_[id_of(tag, point)] = retired_[tag.id.text()];
      }
      continue;
    }
    auto [first, last] = known.equal_range(tag.index);
    for (const GasSetPoint& point : *asked) {
      bool is_set = false;
      for (auto one = first; one != last; ++one) {
        const alarms::Definition& set = alarms_[one->second];
        if (set.gas_level != point.level || is_low(set.kind) != is_low(point.kind)) continue;
        is_set = true;
        auto reason = loosen_reasons_.find(set.id);
        bool is_less = is_looser(set.kind, set.limit, point) || !set.is_latching;
        gas_bases_[set.id] = {
            .asked = point,
            .is_looser = is_less,
            .reason = reason == loosen_reasons_.end() ? std::string() : reason->second};
      }
      if (!is_set) add_gas_limit(packs, tag, point);
    }
  }
  return {};
}

void PlantModel::add_gas_limit(const Packs& packs, const TagInfo& tag, const GasSetPoint& asked) {
  const AreaInfo* area = this->area(tag.area);
  std::string code = code_of(tag, asked.kind);
  while (!alarm_codes_.insert(code).second) code += "*";
  alarms::Definition made{.id = id_of(tag, asked),
                          .code = code,
                          .name = name_of(packs, tag, asked),
                          .tag_code = tag.code,
                          .tag = tag.index,
                          .kind = asked.kind,
                          .limit = asked.value,
                          .deadband = asked.deadband,
                          .priority = asked.level == 2 ? 1 : 2,
                          .is_latching = true,
                          .is_safety = true,
                          .gas_level = asked.level,
                          .unit = tag.unit,
                          .area = tag.area,
                          .org_path = area == nullptr ? std::string("/") : area->org_path};
  if (auto checked = alarms::check_definition(made); !checked) {
    return leave_out(tag.record, checked.error(), true);
  }
  gas_bases_[made.id] = {.asked = asked, .is_of_pack = true};
  alarm_places_[made.id] = alarms_.size();
  alarms_.push_back(std::move(made));
}

const GasBasis* PlantModel::gas_basis(RecordId alarm) const {
  auto found = gas_bases_.find(alarm);
  return found == gas_bases_.end() ? nullptr : &found->second;
}

}  // namespace anlan::engine

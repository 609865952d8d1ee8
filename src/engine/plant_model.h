#pragma once
// The plant as records and packs describe it: plan, areas, tags, alarm limits, badges, sources.
// Made anew whenever one of those records changes; never changed once made.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "alarms/alarms.h"
#include "engine/gas_rules.h"
#include "engine/packs.h"
#include "history/history.h"
#include "store/store.h"
#include "twin/twin.h"

namespace anlan::engine {

// Of one form: as many as history has numbers for tags. Whoever watches a part of the plant only
// would not know which.
inline constexpr std::size_t kPlantRowsMax = 1'000'000;

struct AreaInfo {
  RecordId id{};
  std::string code;
  LocalText name;
  std::string org_path;
  std::string risk;
  std::optional<double> lat{}, lon{};  // of the middle of its zone, WGS 84
  bool needs_permit = false;           // its gate lets in only people of active permits
  twin::PlaceRule positions{};
};

struct TagInfo {
  RecordId id{};
  history::TagIndex index = 0;
  std::string code;
  LocalText name;
  std::string source;  // code
  std::string area;    // code
  std::string unit;
  std::string purpose;    // "gas", "wind_speed", ...
  std::string substance;  // of a gas detector
  double low = 0, high = 0;
  double molar_mass = 0;  // g/mol, 0 where it is not known
  std::optional<twin::Point> at{};
  bool is_simulated = false;  // its source is a simulator
  bool is_retired = false;    // it, or its source, is out of use: only its history is left
  Json record;                // of its record what others ask for, and scopes
};

struct BadgeInfo {
  RecordId id{};
  std::string code;
  std::string holder;
  std::string kind;  // "staff", "contractor", "visitor", "vehicle"
  PersonId person{};
  bool is_on_site = true;
  Instant since{};  // when the record was made: a visitor's arrival
};

// A limit that can't be judged as it stands: it is shown until somebody mends it, and takes no
// other with it.
struct LeftOut {
  RecordId id{};
  std::string code;
  std::string area;      // code
  std::string org_path;  // of the area
  std::string field;     // of the form
  std::string why;
  bool is_of_pack = false;  // not one limit: what the rules of gas say about a tag
};

// What a record of `alarm_limit` says by itself: no tag, no area, no inputs of a formula. BadField.
Result<alarms::Definition> limit_of(const Json& record);
// Records of the limits that are in use, with the members that a definition is made of.
Result<std::vector<Json>> active_limits(store::View& view, const Packs& packs);
// The field of the form that a member of a definition is read from.
std::string_view field_of(std::string_view member);

// "flow=FI-101, level=LI-102": tags under the names of a formula. BadField formula_tags.
using TagOf = std::function<std::optional<history::TagIndex>(std::string_view code)>;
Result<std::vector<alarms::FormulaInput>> formula_inputs(std::string_view text,
                                                         const TagOf& tag_of);

class PlantModel {
 public:
  using NumbersOf =
      std::function<Result<std::vector<history::TagIndex>>(std::span<const std::string> codes)>;
  // shared: readers on many threads hold one while the next is made
  // `now` says which rows of a dated rule pack hold. `beside` is a view as new as `view` or newer,
  // for what is read on a second core meanwhile.
  static Result<std::shared_ptr<const PlantModel>> load(store::View& view, store::View& beside,
                                                        const Packs& packs, Instant now,
                                                        const NumbersOf& numbers_of);
  // Differs whenever load would answer another model; costs no look at the records. Nothing where
  // they are being changed at this moment.
  static Result<std::optional<std::string>> stamp(store::View& view, const Packs& packs,
                                                  Instant now);

  const twin::Plan& plan() const { return plan_; }
  const std::vector<AreaInfo>& areas() const { return areas_; }
  const std::vector<TagInfo>& tags() const { return tags_; }
  const std::vector<alarms::Definition>& alarms() const { return alarms_; }
  const std::vector<BadgeInfo>& badges() const { return badges_; }
  const AreaInfo* area(std::string_view code) const;
  const AreaInfo* area_by_id(std::string_view id) const;
  const TagInfo* tag(std::string_view code) const;
  const TagInfo* tag(history::TagIndex index) const;
  // The tags whose purpose fits, in the order of tags(); they live as long as the model. Looks at
  // no other tag. Never those of the purpose "other", nor those out of use.
  using FitsPurpose = std::function<bool(std::string_view purpose)>;
  std::vector<const TagInfo*> tags_for(const FitsPurpose& fits) const;
  const alarms::Definition* alarm(RecordId id) const;
  const std::vector<LeftOut>& left_out() const { return left_out_; }
  // Why the tag of an alarm went out of use; null for any other alarm.
  const std::string* retired_reason(RecordId alarm) const;
  // Places in alarms() of what looks at this tag, in their order.
  std::span<const uint32_t> alarms_of(history::TagIndex tag) const;
  // The alarms that are suppressed by design while this one is active.
  std::vector<const alarms::Definition*> effects_of(RecordId alarm) const;
  // What the rule pack asks of a gas alarm; null where it says nothing about it.
  const GasBasis* gas_basis(RecordId alarm) const;
  const std::string& procedure_of(RecordId alarm) const;  // as its limit wishes; may be empty
  const BadgeInfo* badge(std::string_view code) const;
  const BadgeInfo* badge(RecordId id) const;
  const BadgeInfo* badge_of(PersonId person) const;
  // What connect reads from where (connect/plant_config.h).
  const Json& sources() const { return sources_; }
  const Json& source_names() const { return source_names_; }

 private:
  Result<void> load_retired(store::View& view);
  Result<void> load_areas(store::View& view, const Packs& packs);
  Result<void> load_sources(store::View& view, const Packs& packs);
  // Where the sources find their tags, by source: place of the tag, what connect is told of it.
  using Addresses = std::map<std::string, std::vector<std::pair<std::size_t, Json>>, std::less<>>;
  Result<void> load_tags(store::View& view, const Packs& packs, const NumbersOf& numbers_of);
  Result<void> add_tag(const Json& row, Addresses& addresses);
  void add_alarms(std::span<const Json> limits);
  // A gas detector whose limits nobody set gets the pack's, latching and guarding people.
  Result<void> add_gas_limits(const Packs& packs, Instant now);
  void add_gas_limit(const Packs& packs, const TagInfo& tag, const GasSetPoint& asked);
  Result<void> add_alarm(const Json& row);
  Result<void> find_inputs(const Json& row, alarms::Definition& definition) const;
  void leave_out(const Json& row, const Error& error, bool is_of_pack = false);
  void check_causes();
  void arrange_alarms();
  Result<void> load_badges(store::View& view, const Packs& packs);

  // By text without making one.
  struct HashOf : std::hash<std::string_view>, std::hash<history::TagIndex>, std::hash<RecordId> {
    using is_transparent = void;
    using std::hash<std::string_view>::operator();
    using std::hash<history::TagIndex>::operator();
    using std::hash<RecordId>::operator();
  };
  template <class Key>
  using Places = std::unordered_map<Key, std::size_t, HashOf, std::equal_to<>>;
  twin::Plan plan_;
  std::vector<AreaInfo> areas_;
  std::vector<TagInfo> tags_;
  std::vector<alarms::Definition> alarms_;
  std::vector<LeftOut> left_out_;
  std::unordered_set<std::string> alarm_codes_;
  std::vector<BadgeInfo> badges_;
  Places<std::string> area_places_, area_ids_, tag_places_, tag_ids_, badge_places_;
  Places<history::TagIndex> tag_numbers_;
  // Of tags that are for something: of 100,000 most are not, and somebody asks four times a second.
  std::map<std::string, std::vector<std::size_t>> purposes_;
  Places<RecordId> alarm_places_, badge_ids_;
  std::map<PersonId, std::size_t> badge_people_;
  std::unordered_map<history::TagIndex, std::vector<uint32_t>> tag_alarms_;
  std::map<RecordId, std::string> procedures_;
  std::map<RecordId, std::string> loosen_reasons_;
  std::map<std::string, std::string> retired_;      // ids of records -> why they went
  std::map<RecordId, std::string> retired_alarms_;  // of tags that are out of use
  std::map<RecordId, GasBasis> gas_bases_;
  std::multimap<RecordId, std::size_t> effects_;                    // by their cause
  std::map<std::string, std::pair<std::string, bool>> source_ids_;  // id -> code, is_simulated
  Json sources_ = Json::array();
  Json source_names_ = Json::object();
};

}  // namespace anlan::engine

// Who would miss a tag: limits of other tags, what is suppressed by it, interlocks, permits that
// are watched with it, and responses that its alarm began.

#include <algorithm>

#include "core/limits.h"
#include "engine/retirement.h"

namespace anlan::engine {
namespace {

constexpr std::string_view kMembers[] = {"id",        "code",  "name_zh",   "name_en",
                                         "tag",       "kind",  "reference", "formula_tags",
                                         "procedure", "cause", "is_safety", "state"};
constexpr std::string_view kStatePurpose = "state_";

// Codes behind the signs of "flow=FI-101, level=LI-102".
std::vector<std::string> codes_of(std::string_view inputs) {
  std::vector<std::string> codes;
  for (std::string_view part : split(inputs, ',')) {
    std::size_t sign = part.find('=');
    if (sign != std::string_view::npos) codes.emplace_back(trim(part.substr(sign + 1)));
  }
  return codes;
}

LocalText name_in(const Json& record) {
  std::string zh = record.text_or("name_zh", "");
  std::string en = record.text_or("name_en", "");
  return {.zh = zh, .en = en.empty() ? zh : en};
}

struct Need {
  std::string_view why, form;
  std::string id, code;
  LocalText name{};
};
void add(Json& rows, const Json& tag, const Need& need) {
  if (rows.as_array().size() >= TagNeeds::kNeedsMax) return;
  rows.push(Json::object({{"why", need.why},
                          {"form", need.form},
                          {"id", need.id},
                          {"code", need.code},
                          {"name", Json::object({{"zh", need.name.zh}, {"en", need.name.en}})},
                          {"tag", tag["code"]}}));
}

bool is_asked_of(const ehs::LivePermit& permit, std::string_view substance) {
  std::string of = lower_ascii(substance);
  if (of == "combustible") return permit.limits.lel_max.has_value();
  if (of == "o2") return permit.limits.o2_low || permit.limits.o2_high;
  return !of.empty() && of == lower_ascii(permit.toxic_substance);
}

bool is_in_reach(const ehs::LivePermit& permit, const TagInfo& tag) {
  if (!permit.at || !tag.at) return true;
  return twin::distance_m(*permit.at, *tag.at) <= ehs::kWindReachM;
}

}  // namespace

Result<Json> TagNeeds::of(const Json& tag) {
  if (!is_read_) TRY(read());
  Json rows = Json::array();
  ask_limits(tag, rows);
  ask_permits(tag, rows);
  TRY(ask_responses(tag, rows));
  return rows;
}

Result<void> TagNeeds::read() {
  auto gone = TRY(retired_now(desk_.view));
  for (const Retired& one : gone) gone_.insert(one.id.text());
  TRY(read_limits());
  TRY(read_permits());
  is_read_ = true;
  return {};
}

Result<void> TagNeeds::read_limits() {
  const records::Form* form = desk_.packs.forms.find("alarm_limit");
  if (form == nullptr) return {};
  auto take = [this](const Json& row) -> Result<void> {
    std::string tag = row.text_or("tag", "");
    if (row.text_or("state", "active") != "active" || gone_.contains(tag)) return {};
    Limit one{.id = row.text_or("id", ""),
              .code = row.text_or("code", ""),
              .tag = tag,
              .reference = row.text_or("reference", ""),
              .kind = row.text_or("kind", ""),
              .cause = row.text_or("cause", ""),
              .procedure = row.text_or("procedure", ""),
              .name = name_in(row),
              .inputs = {},
              .is_safety = row.bool_or("is_safety", false)};
    if (one.kind == "formula") one.inputs = codes_of(row.text_or("formula_tags", ""));
    limits_.push_back(std::move(one));
    return {};
  };
  return records::visit_partly(desk_.view, *form, Filter{}, kPlantRowsMax, kMembers, take);
}

// What was approved and is not over, whether work goes on just now or not.
Result<void> TagNeeds::read_permits() {
  if (desk_.packs.forms.find("permit") == nullptr) return {};
  auto standing = TRY(permits_standing(desk_));
  for (const Json& permit : *standing) {
    auto live = live_permit(desk_, permit);
    if (!live) return std::unexpected(live.error());
    permits_.push_back(std::move(*live));
  }
  return {};
}

void TagNeeds::ask_limits(const Json& tag, Json& rows) const {
  std::string id = tag.text_or("id", ""), code = tag.text_or("code", "");
  bool is_interlock = tag.text_or("purpose", "") == "interlock";
  std::set<std::string> own;  // limits that go with the tag
  for (const Limit& one : limits_) {
    if (one.tag == id) own.insert(one.id);
  }
  for (const Limit& one : limits_) {
    bool is_own = one.tag == id;
    bool goes = is_own || going_.contains(one.tag);
    std::string_view why;
    if (!goes && one.kind == "deviation" && one.reference == id) why = "reference";
    else if (!goes && std::ranges::contains(one.inputs, code)) why = "formula";
    else if (!goes && own.contains(one.cause)) why = "cause";
    else if (is_own && (!one.procedure.empty() || (is_interlock && one.is_safety))) {
      why = "interlock";
    }
    if (!why.empty()) add(rows, tag, {why, "alarm_limit", one.id, one.code, one.name});
  }
}

bool TagNeeds::is_needed_by(const ehs::LivePermit& permit, const TagInfo& tag) const {
  if (tag.purpose == "gas") {
    return is_asked_of(permit, tag.substance) && ehs::is_near(permit, tag.area, tag.at);
  }
  if (tag.purpose == "wind_speed") {
    return permit.limits.wind_force_max && permit.is_outdoor && is_in_reach(permit, tag);
  }
  if (tag.purpose == "rain" || tag.purpose == "fog" || tag.purpose == "storm") {
    return permit.limits.rain_stops && permit.is_outdoor;
  }
  if (!tag.purpose.starts_with(kStatePurpose)) return false;
  ehs::PermitPlace state{.kind = "state:" + tag.purpose.substr(kStatePurpose.size()),
                         .area = tag.area,
                         .at = tag.at,
                         .to = Instant{INT64_MAX},
                         .name = tag.code};
  return neighbours_by(desk_, {&state, 1})(permit).has_value();
}

void TagNeeds::ask_permits(const Json& tag, Json& rows) const {
  // One that was made a moment ago is not in the model: no permit is watched with it yet.
  const TagInfo* known = desk_.plant.tag(tag.text_or("code", ""));
  if (known == nullptr) return;
  for (const ehs::LivePermit& permit : permits_) {
    if (is_needed_by(permit, *known)) {
      add(rows, tag, {"permit", "permit", permit.id.text(), permit.number});
    }
  }
}

Result<void> TagNeeds::ask_responses(const Json& tag, Json& rows) const {
  const records::Form* form = desk_.packs.forms.find("response");
  const TagInfo* known = desk_.plant.tag(tag.text_or("code", ""));
  if (form == nullptr || known == nullptr) return {};
  Filter open{.kind = Filter::Kind::In,
              .field = "state",
              .values = {Json("asked"), Json("responding"), Json("all_counted")}};
  auto responses = TRY(records::all_whole(desk_.view, *form, open, limits::kListItemsMax));
  for (uint32_t place : desk_.plant.alarms_of(known->index)) {
    const alarms::Definition& alarm = desk_.plant.alarms()[place];
    for (const Json& one : responses) {
      if (one.text_or("alarm_code", "") != alarm.code) continue;
      add(rows, tag,
          {"response", "response", one.text_or("id", ""), one.text_or("number", ""), alarm.name});
    }
  }
  return {};
}

}  // namespace anlan::engine

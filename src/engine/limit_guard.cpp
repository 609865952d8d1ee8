// The guard of alarm limits: looser than the rule pack asks only with a reason, and nothing that
// the evaluator can't judge.

#include "engine/guards.h"
#include "engine/retirement.h"

namespace anlan::engine {
namespace {

bool is_low(alarms::Kind kind) { return kind == alarms::Kind::Low || kind == alarms::Kind::LowLow; }

double number(const Json& record, std::string_view name) {
  const Json& value = record[name];
  return value.is_number() ? value.as_double().value_or(0) : 0;
}

// A tag by itself, or with its source.
Result<bool> is_out_of_use(const GuardCall& call, const Json& tag) {
  store::View& view = call.desk.permits.view;
  if (TRY(is_retired(view, "tag", tag.text_or("id", "")))) return true;
  return is_retired(view, "source", tag.text_or("source", ""));
}

Result<Json> tag_of(const GuardCall& call, const std::string& field) {
  const records::Form* form = call.desk.permits.packs.forms.find("tag");
  auto id = RecordId::parse(call.ask.record.text_or(field, ""));
  if (form == nullptr || !id) return refuse(ErrorCode::MissingField, "no tag", field);
  Json tag = TRY(records::read_whole(call.desk.permits.view, *form, *id));
  bool is_out = TRY(is_out_of_use(call, tag));
  if (is_out) return refuse(ErrorCode::BadField, "out of use", field);
  return tag;
}

Result<void> ask_gas(const GuardCall& call, const Json& tag) {
  const Json& limit = call.ask.record;
  auto level = static_cast<int>(number(limit, "gas_level"));
  if (level == 0 || tag.text_or("purpose", "") != "gas") return {};
  alarms::Kind kind = TRY(alarms::parse_kind(limit.text_or("kind", "h")));
  GasRules rules(call.desk.permits.packs, call.desk.permits.now);
  auto asked = TRY(rules.of({.substance = tag.text_or("substance", ""),
                             .unit = tag.text_or("unit", ""),
                             .molar_mass = number(tag, "molar_mass")}));
  for (const GasSetPoint& point : asked) {
    if (point.level != level || is_low(point.kind) != is_low(kind)) continue;
    bool is_less = is_looser(kind, number(limit, "limit_value"), point) ||
                   !limit.bool_or("is_latching", false);
    if (!is_less || !trim(limit.text_or("loosen_reason", "")).empty()) continue;
    return refuse_with(
        ErrorCode::MissingField, "loosen_reason",
        Json::object({{"asked", point.value}, {"unit", tag["unit"]}, {"source", point.source}}),
        "looser than " + point.source);
  }
  return {};
}

// A tag that was made a moment ago is not in the model yet: it is judged as one that is nobody
// else's.
constexpr history::TagIndex kNewTag = alarms::kTagsMax - 1;
constexpr history::TagIndex kOtherTag = alarms::kTagsMax - 2;

Result<history::TagIndex> reference_of(const GuardCall& call, const Json& tag) {
  const Json& limit = call.ask.record;
  std::string id = limit.text_or("reference", "");
  if (id.empty()) return history::TagIndex{0};
  TRY(tag_of(call, "reference"));
  return id == tag.text_or("id", "") ? kNewTag : kOtherTag;
}

Result<bool> is_tag(const GuardCall& call, std::string_view code) {
  const records::Form* form = call.desk.permits.packs.forms.find("tag");
  if (form == nullptr) return false;
  Filter same{.kind = Filter::Kind::Eq, .field = "code", .values = {Json(std::string(code))}};
  auto rows = TRY(records::all_whole(call.desk.permits.view, *form, same, 1));
  if (rows.empty()) return false;
  bool is_out = TRY(is_out_of_use(call, rows[0]));
  return !is_out;
}

// By records, as the model does not know yet what a seed or an import brought together with it.
Result<std::vector<alarms::FormulaInput>> inputs_of(const GuardCall& call, const Json& tag) {
  std::map<std::string, history::TagIndex, std::less<>> known{{tag.text_or("code", ""), kNewTag}};
  Result<void> read;
  auto tag_of = [&](std::string_view code) -> std::optional<history::TagIndex> {
    if (auto found = known.find(code); found != known.end()) return found->second;
    auto is_there = is_tag(call, code);
    if (!is_there) read = std::unexpected(is_there.error());
    if (!is_there || !*is_there) return std::nullopt;
    history::TagIndex place = kOtherTag - static_cast<history::TagIndex>(known.size());
    return known.emplace(std::string(code), place).first->second;
  };
  auto inputs = formula_inputs(call.ask.record.text_or("formula_tags", ""), tag_of);
  TRY(read);
  return inputs;
}

// What the evaluator would refuse later is refused here, at the field that is wrong.
Result<void> ask_evaluator(const GuardCall& call, const Json& tag) {
  const Json& limit = call.ask.record;
  alarms::Definition made = TRY(limit_of(limit));
  made.tag = kNewTag;
  made.reference = TRY(reference_of(call, tag));
  if (made.kind == alarms::Kind::Formula) made.inputs = TRY(inputs_of(call, tag));
  auto checked = alarms::check_definition(made);
  if (checked) return {};
  Error error = std::move(checked).error();
  error.field = field_of(error.field);
  return std::unexpected(std::move(error));
}

}  // namespace

Result<Json> guard_alarm_limit(const GuardCall& call) {
  Json tag = TRY(tag_of(call, "tag"));
  TRY(ask_gas(call, tag));
  TRY(ask_evaluator(call, tag));
  return Json::object();
}

}  // namespace anlan::engine

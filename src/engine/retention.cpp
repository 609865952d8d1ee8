#include "engine/retention.h"

#include <algorithm>

#include "rules/rules.h"

namespace anlan::engine {
namespace {

constexpr std::string_view kModel = "retention";
constexpr std::string_view kForm = "retention_class";
constexpr std::size_t kClassesMax = 100;
constexpr std::string_view kSamples = "keep_samples_days";
constexpr std::string_view kOther = "other";

Result<Json> ask(const Packs& packs, std::string_view decision, const Json& inputs, Instant now) {
  const rules::Model* model = packs.library.decision(std::string(kModel), 0);
  if (model == nullptr) return Json();
  rules::Outcome outcome =
      TRY(model->decide(decision, rules::context_from_json(inputs), {.now = now}));
  return rules::json_from_value(outcome.value);
}

// Of the tag, else of its class, else the plant's.
Duration days_of(const Json& tag, const Json& of_class, std::string_view field,
                 Duration otherwise) {
  int64_t said = tag.int_or(field, 0);
  if (said <= 0) said = of_class.int_or(field, 0);
  return said > 0 ? Duration::days(said) : otherwise;
}

}  // namespace

Result<RetentionTable> RetentionTable::read(store::View& view, const Packs& packs, Instant now) {
  RetentionTable table(packs, now);
  TRY(table.read_floors());
  const records::Form* form = packs.forms.find(kForm);
  if (form == nullptr) return table;
  auto rows = TRY(records::all_whole(view, *form, Filter{}, kClassesMax));
  for (Json& row : rows) {
    std::string code = row.text_or("code", "");
    table.classes_[code] = std::move(row);
  }
  return table;
}

Result<void> RetentionTable::read_floors() {
  Json rows = TRY(ask(*packs_, "floors", Json::object({}), now_));
  if (!rows.is_array()) return {};
  std::string today = format_instant(now_).substr(0, 10);
  for (const Json& row : rows.as_array()) {
    std::string from = row.text_or("from", "");
    if (from > today) continue;
    RetentionFloor floor{
        .days = row.int_or("days", 0),
        .from = std::move(from),
        .mark = row.text_or("mark", "draft"),
        .source = {.zh = row.text_or("source", ""), .en = row.text_or("source_en", "")}};
    RetentionFloor& known = floors_[row.text_or("class", "")];
    if (floor.days > known.days) known = std::move(floor);
  }
  return {};
}

Result<std::string> RetentionTable::class_of(const Json& tag) {
  std::string own = tag.text_or("keep_class", "");
  if (!own.empty()) return own;
  std::string purpose = tag.text_or("purpose", kOther);
  auto found = known_.find(purpose);
  if (found != known_.end()) return found->second;
  Json answer = TRY(ask(*packs_, "class_of", Json::object({{"purpose", purpose}}), now_));
  std::string word = answer.is_text() ? answer.as_text() : std::string(kOther);
  return known_.emplace(purpose, std::move(word)).first->second;
}

const RetentionFloor* RetentionTable::floor_of(const std::string& of_class) const {
  auto found = floors_.find(of_class);
  return found == floors_.end() ? nullptr : &found->second;
}

Result<history::Retention> RetentionTable::of(const Json& tag) {
  static const Json none = Json::object({});
  std::string word = TRY(class_of(tag));
  auto found = classes_.find(word);
  const Json& of_class = found == classes_.end() ? none : found->second;
  history::Retention kept;
  kept.samples = days_of(tag, of_class, kSamples, kept.samples);
  kept.minutes = days_of(tag, of_class, "keep_minutes_days", kept.minutes);
  kept.hours = days_of(tag, of_class, "keep_hours_days", kept.hours);
  kept.minutes = std::max(kept.minutes, kept.samples);
  kept.hours = std::max(kept.hours, kept.minutes);
  return kept;
}

Result<Json> guard_retention(const GuardCall& call) {
  const PermitDesk& desk = call.desk.permits;
  const Json& record = call.ask.record;
  int64_t days = record.int_or(kSamples, 0);
  if (days <= 0) return Json::object();  // what its class, or the plant, says
  RetentionTable table = TRY(RetentionTable::read(desk.view, desk.packs, desk.now));
  std::string word =
      call.ask.form == kForm ? record.text_or("code", "") : TRY(table.class_of(record));
  const RetentionFloor* floor = table.floor_of(word);
  if (floor == nullptr || days >= floor->days) return Json::object();
  Json about = Json::object({{"days", floor->days},
                             {"from", floor->from},
                             {"mark", floor->mark},
                             {"zh", floor->source.zh},
                             {"en", floor->source.en}});
  auto said = desk.packs.texts.find("retention.too_short." + floor->mark);
  LocalText text = said == desk.packs.texts.end() ? floor->source : said->second;
  return std::unexpected(Error{.code = ErrorCode::CheckFailed,
                               .detail = "the law asks for more",
                               .field = std::string(kSamples),
                               .message_zh = fill_text(text.zh, about),
                               .message_en = fill_text(text.en, about),
                               .params = write_json(Json::object({{"floor", about}}))});
}

}  // namespace anlan::engine

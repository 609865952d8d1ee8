#include "engine/tracing.h"

#include <algorithm>

namespace anlan::engine {
namespace {

using Kind = Filter::Kind;

constexpr std::size_t kTagsMax = 1'000;     // of one device
constexpr std::size_t kHazardsMax = 5'000;  // of one device in a year
constexpr std::size_t kShownMax = 60;       // occurrences in the report: it holds 16 KB
constexpr std::size_t kLinesMax = 40;       // of each history in the report
constexpr std::size_t kLineChars = 90;      // 40 of them fit into the 4,000 of the field
constexpr Duration kHistory = Duration::days(365);

Filter is(std::string field, Json value) {
  return {.kind = Kind::Eq, .field = std::move(field), .values = {std::move(value)}};
}
Filter since(std::string field, Instant from) {
  return {.kind = Kind::Ge, .field = std::move(field), .values = {Json(format_instant(from))}};
}

bool is_void(const Json& hazard) {
  std::string state = hazard.text_or("state", "");
  return state == "invalid" || state == "merged";
}

Result<Json> decided(const Packs& packs, std::string_view file, std::string_view decision,
                     const Json& inputs, Instant now) {
  const rules::Model* model = packs.library.decision(file, 0);
  if (model == nullptr) return Json();
  rules::Outcome outcome =
      TRY(model->decide(decision, rules::context_from_json(inputs), {.now = now}));
  return rules::json_from_value(outcome.value);
}

Result<std::string> category_of_alarm(const Packs& packs, const Json& tag, std::string_view kind,
                                      Instant now) {
  Json inputs = Json::object({{"purpose", tag["purpose"]}, {"kind", kind}});
  Json answer = TRY(decided(packs, "alarm_problem", "problem", inputs, now));
  if (answer.is_object()) answer = Json(answer.text_or("category", ""));
  return answer.is_text() ? answer.as_text() : tag.text_or("purpose", "");
}

// The limits of a device's tags that speak of this problem.
struct Limit {
  std::string id, code, name, unit;
};
Result<std::vector<Limit>> limits_of(store::View& view, const Packs& packs, const Problem& problem,
                                     Instant now) {
  std::vector<Limit> limits;
  const records::Form* tags = packs.forms.find("tag");
  const records::Form* alarms = packs.forms.find("alarm_limit");
  if (tags == nullptr || alarms == nullptr || tags->find("device") == nullptr) return limits;
  auto of_device = TRY(records::all_whole(view, *tags, is("device", problem.device), kTagsMax));
  for (const Json& tag : of_device) {
    auto rows = TRY(records::all_whole(view, *alarms, is("tag", tag["id"]), kTagsMax));
    for (const Json& row : rows) {
      std::string category = TRY(category_of_alarm(packs, tag, row.text_or("kind", ""), now));
      if (category != problem.category) continue;
      limits.push_back({row.text_or("id", ""), row.text_or("code", ""), row.text_or("name_zh", ""),
                        tag.text_or("unit", "")});
    }
  }
  return limits;
}

struct Raise {
  const Limit* limit;
  Instant at{};
  double value = 0;
};
Result<std::vector<Raise>> raises_of(store::View& view, const std::vector<Limit>& limits,
                                     Instant from) {
  std::vector<Raise> raises;
  for (const Limit& limit : limits) {
    auto rows =
        TRY(view.query({"SELECT at, value FROM alarm_journal WHERE definition = ? "
                        "AND at >= ? AND act = 'alarm.raise' ORDER BY at",
                        {limit.id, from.ns}}));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      raises.push_back({&limit, {rows[i].int64("at")}, std::get<double>(rows[i]["value"])});
    }
  }
  std::ranges::sort(raises, std::ranges::greater{}, &Raise::at);
  return raises;
}

Result<std::vector<Json>> hazards_of(store::View& view, const records::Form& form,
                                     const Problem& problem, Instant from) {
  Filter filter = both(is("device", problem.device), is("category", problem.category));
  return records::all_whole(view, form, both(std::move(filter), since("created_at", from)),
                            kHazardsMax);
}

// When this problem was last found to be repaired on this device.
Result<Instant> repaired_at(store::View& view, const records::Form& form, const Problem& problem,
                            Instant from) {
  Filter filter = both(is("device", problem.device), is("category", problem.category));
  auto rows = TRY(records::all_whole(
      view, form, both(std::move(filter), since("verified_at", from)), kHazardsMax));
  Instant last{};
  for (const Json& row : rows) {
    if (is_void(row)) continue;
    Instant at = TRY(parse_instant(row.text_or("verified_at", "")));
    last = std::max(last, at);
  }
  return last;
}

Result<void> read_limits(const Packs& packs, const Problem& problem, Instant now, Traced& traced) {
  Json inputs = Json::object({{"category", problem.category}});
  Json table = TRY(decided(packs, "hazard_tracing", "tracing", inputs, now));
  if (!table.is_object()) return {};
  traced.limit = table.int_or("count", 0);
  traced.window = TRY(parse_duration(table.text_or("window", "PT0S")));
  return {};
}

std::string day(Instant at) { return format_instant(at).substr(0, 10); }

// Cut by characters, not by bytes.
std::string shortened(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  while (count_chars(text) > kLineChars) {
    do text.pop_back();
    while (!text.empty() && !is_utf8(text));
  }
  return text;
}

void add_line(std::string& text, std::size_t& lines, std::string line) {
  if (lines++ >= kLinesMax) return;
  text += (text.empty() ? "" : "\n") + shortened(std::move(line));
}

std::string choice_text(const records::Form& form, std::string_view field, const Json& value) {
  const records::Field* found = form.find(field);
  if (found == nullptr || !value.is_text()) return {};
  for (const auto& [word, text] : found->choices) {
    if (word == value.as_text()) return text.zh;
  }
  return value.as_text();
}

// What was repaired on this device in a year, whatever the problem was.
Result<std::string> repair_history(store::View& view, const records::Form& form,
                                   const std::string& device, Instant from) {
  auto rows = TRY(records::all_whole(
      view, form, both(is("device", device), since("verified_at", from)), kHazardsMax));
  std::ranges::sort(rows, std::ranges::greater{},
                    [](const Json& row) { return row.text_or("verified_at", ""); });
  std::string text;
  std::size_t lines = 0;
  for (const Json& row : rows) {
    std::string line = row.text_or("verified_at", "").substr(0, 10);
    line += "  " + row.text_or("number", "");
    for (const std::string& part :
         {choice_text(form, "category", row["category"]), choice_text(form, "cause", row["cause"]),
          row.text_or("repair_note", row.text_or("measure", ""))}) {
      if (!part.empty()) line += "  " + part;
    }
    add_line(text, lines, std::move(line));
  }
  return text;
}

std::string alarm_history(const std::vector<Raise>& raises) {
  std::string text;
  std::size_t lines = 0;
  for (const Raise& raise : raises) {
    add_line(text, lines,
             day(raise.at) + "  " + raise.limit->code + "  " + raise.limit->name + "  " +
                 write_json(Json(raise.value)) + " " + raise.limit->unit);
  }
  return text;
}

}  // namespace

Result<Traced> tracing_due(store::View& view, const Packs& packs, const Problem& problem,
                           Instant now) {
  Traced traced;
  const records::Form* form = packs.forms.find("hazard");
  TRY(read_limits(packs, problem, now, traced));
  if (form == nullptr || traced.limit <= 0) return traced;
  Instant from = now - traced.window;
  for (const Json& hazard : TRY(hazards_of(view, *form, problem, from))) {
    if (is_void(hazard) || !hazard["verified_at"].is_null()) continue;
    traced.occurrences.push(Json::object({{"kind", "hazard"},
                                          {"id", hazard["id"]},
                                          {"number", hazard["number"]},
                                          {"at", hazard["created_at"]}}));
  }
  Instant repaired = TRY(repaired_at(view, *form, problem, from));
  auto limits = TRY(limits_of(view, packs, problem, now));
  for (const Raise& raise : TRY(raises_of(view, limits, std::max(from, repaired)))) {
    traced.occurrences.push(Json::object({{"kind", "alarm"},
                                          {"id", raise.limit->id},
                                          {"number", raise.limit->code},
                                          {"at", format_instant(raise.at)}}));
  }
  Json::Array& all = traced.occurrences.as_array();
  traced.count = static_cast<int64_t>(all.size());
  std::ranges::sort(all, std::ranges::greater{},
                    [](const Json& one) { return one.text_or("at", ""); });
  return traced;
}

Result<void> Tracing::after_hazard(RecordId hazard) {
  const records::Form* form = execution_.around_.packs.forms.find("hazard");
  if (form == nullptr || form->find("device") == nullptr) return {};
  Json record = TRY(records::read_whole(execution_.transaction_, *form, hazard));
  if (!record["device"].is_text() || !record["category"].is_text()) return {};
  return look_at({record["device"].as_text(), record["category"].as_text()});
}

Result<void> Tracing::after_alarm(const alarms::Definition& definition) {
  const TagInfo* tag = execution_.around_.plant->tag(definition.tag);
  if (tag == nullptr || !tag->record["device"].is_text()) return {};
  std::string category =
      TRY(category_of_alarm(execution_.around_.packs, tag->record,
                            alarms::kind_text(definition.kind), execution_.around_.now));
  return look_at({tag->record["device"].as_text(), std::move(category)});
}

Result<void> Tracing::look_at(const Problem& problem) {
  const Packs& packs = execution_.around_.packs;
  const records::Form* form = packs.forms.find("tracing");
  if (form == nullptr) return {};
  Filter same = both(is("device", problem.device), is("category", problem.category));
  Filter open = {.kind = Kind::Ne, .field = "state", .values = {Json("done")}};
  records::Query query{.filter = both(std::move(same), std::move(open)),
                       .modes = {.fallback = access::FieldMode::Read}};
  if (TRY(records::count(execution_.transaction_, *form, query)) > 0) return {};
  Traced traced = TRY(tracing_due(execution_.transaction_, packs, problem, execution_.around_.now));
  return traced.is_due() ? begin(*form, problem, traced) : Result<void>{};
}

Result<void> Tracing::begin(const records::Form& form, const Problem& problem,
                            const Traced& traced) {
  const Packs& packs = execution_.around_.packs;
  const records::Form* devices = packs.forms.find("device");
  const records::Form* hazards = packs.forms.find("hazard");
  if (devices == nullptr || hazards == nullptr) return {};
  store::View& view = execution_.transaction_;
  Instant now = execution_.around_.now;
  RecordId device_id = TRY(RecordId::parse(problem.device));
  Json device = TRY(records::read_whole(view, *devices, device_id));
  auto limits = TRY(limits_of(view, packs, problem, now));
  auto raises = TRY(raises_of(view, limits, now - kHistory));
  Json shown = traced.occurrences;
  if (shown.as_array().size() > kShownMax) shown.as_array().resize(kShownMax);
  Json fields = Json::object({{"device", problem.device},
                              {"area", device["area"]},
                              {"category", problem.category},
                              {"count", traced.count},
                              {"window_days", traced.window.ns / Duration::days(1).ns},
                              {"occurrences", Json::object({{"rows", std::move(shown)}})},
                              {"alarm_history", alarm_history(raises)}});
  fields.set("repair_history", TRY(repair_history(view, *hazards, problem.device, now - kHistory)));
  // Nobody asked for it: the system begins it.
  Command by_system{.by = system_subject(), .what = {}};
  const Command* before = execution_.command_;
  execution_.command_ = &by_system;
  auto made =
      execution_.create_with(form, fields, std::nullopt, {.fallback = access::FieldMode::Write});
  execution_.command_ = before;
  if (!made) return std::unexpected(made.error());
  return {};
}

}  // namespace anlan::engine

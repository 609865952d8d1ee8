#include "engine/flow_answers.h"

#include "alarms/alarms.h"
#include "engine/duty.h"
#include "engine/evidence.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kTagsMax = 200;  // measuring points of one device

const access::FieldModes kEverything{.fallback = access::FieldMode::Write};

Result<int64_t> count_rows(const records::Writing& at, const records::Form& form,
                           const Filter& filter) {
  Json counts =
      TRY(records::count_by(at.view, form, "state", {.filter = filter, .modes = kEverything}));
  int64_t total = 0;
  for (const Json& row : counts.as_array()) total += row.int_or("count", 0);
  return total;
}

Filter equals(std::string field, Json value) {
  return {.kind = Filter::Kind::Eq, .field = std::move(field), .values = {std::move(value)}};
}

Filter one_of(std::string field, const std::vector<Json>& rows) {
  Filter filter{.kind = Filter::Kind::In, .field = std::move(field)};
  for (const Json& row : rows) filter.values.push_back(row["id"]);
  return filter;
}

// Alarms are no records: {"device","since"} counts the times that one of the device began.
Result<int64_t> count_alarms(const records::Writing& at, const Json& where) {
  Instant since = TRY(parse_instant(where.text_or("since", "")));
  const records::Form* tag = at.forms.find("tag");
  const records::Form* limit = at.forms.find("alarm_limit");
  bool is_known = tag != nullptr && limit != nullptr && tag->find("device") != nullptr;
  if (!is_known || where["device"].is_null()) return 0;
  auto tags = TRY(records::all_whole(at.view, *tag, equals("device", where["device"]), kTagsMax));
  if (tags.empty()) return 0;
  auto limits = TRY(records::all_whole(at.view, *limit, one_of("tag", tags), kTagsMax * 8));
  int64_t total = 0;
  for (const Json& one : limits) {
    RecordId id = TRY(RecordId::parse(one.text_or("id", "")));
    total += TRY(alarms::occurrences_since(at.view, id, since));
  }
  return total;
}

Result<int64_t> count(const records::Writing& at, const flow::CountAsk& ask) {
  if (ask.form == "alarm") return count_alarms(at, ask.where);
  const records::Form* form = at.forms.find(ask.form);
  if (form == nullptr) return refuse(ErrorCode::BadModel, "there is no form '" + ask.form + "'");
  // A list of filters means all of them.
  bool is_list = ask.where.is_array() && !ask.where.as_array().empty() &&
                 ask.where.as_array().front().is_array();
  Json words = is_list ? Json::array({"and"}) : ask.where;
  if (is_list) {
    for (const Json& part : ask.where.as_array()) words.push(part);
  }
  Filter filter = TRY(parse_filter(words));
  if (ask.form == ask.own_form) {
    Filter own{.kind = Filter::Kind::Ne, .field = "id", .values = {Json(ask.own_id.text())}};
    filter = both(std::move(filter), std::move(own));
  }
  return count_rows(at, *form, filter);
}

// Decided as the making of it will be, and thrown away.
Result<void> can_create(const records::Writing& at, std::string_view form_id, const Json& fields) {
  const records::Form* form = at.forms.find(form_id);
  if (form == nullptr) {
    return refuse(ErrorCode::BadModel, "there is no form '" + std::string(form_id) + "'");
  }
  records::Writing by_system = at;
  by_system.actor = {};
  TRY(records::create(by_system, *form, fields, kEverything));
  return {};
}

}  // namespace

std::shared_ptr<const flow::Answers> answers_for(const records::Writing& writing, Guard guard) {
  auto answers = std::make_shared<flow::Answers>();  // shared: see flow::Around
  answers->guard = std::move(guard);
  answers->host = writing.host;
  answers->count = [writing](const flow::CountAsk& ask) { return count(writing, ask); };
  answers->can_create = [writing](std::string_view form, const Json& fields) {
    return can_create(writing, form, fields);
  };
  answers->is_doubtful = [writing](std::string_view form_id, RecordId id) -> Result<bool> {
    const records::Form* form = writing.forms.find(form_id);
    if (form == nullptr) return false;
    return is_evidence_doubtful(writing.view, *form, id);
  };
  answers->on_duty = [writing](std::string_view role, std::string_view org_path) {
    return duty::on_duty(duty::Ask{writing.view, writing.forms, writing.now}, role, org_path);
  };
  answers->away = duty::asker({writing.view, writing.forms, writing.now});
  return answers;
}

}  // namespace anlan::engine

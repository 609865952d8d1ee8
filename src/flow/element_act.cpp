// Service and business rule tasks: they do something at once and go on.

#include <algorithm>

#include "core/limits.h"
#include "flow/assign.h"
#include "flow/inside.h"
#include "flow/machine.h"
#include "flow/xml.h"

namespace anlan::flow {

namespace {

// Ids of people stay, anything else is a role that is held over the record's place.
Result<void> add_addressee(Machine& machine, const std::string& who, bool is_by_duty,
                           std::vector<PersonId>& to) {
  auto person = PersonId::parse(who);
  std::vector<PersonId> found;
  if (person) {
    found.push_back(*person);
  } else {
    found = TRY(role_people(machine, who, is_by_duty));
  }
  for (PersonId one : found) {
    if (!std::ranges::contains(to, one)) to.push_back(one);
  }
  return {};
}

Result<std::vector<std::string>> texts_of(const rules::Value& value) {
  if (value.is_null()) return std::vector<std::string>{};
  if (value.as_string()) return xml::words(*value.as_string());
  std::vector<std::string> texts;
  if (!value.as_list()) return refuse(ErrorCode::BadExpression, "'to' must be a list of text");
  for (const rules::Value& item : *value.as_list()) {
    if (item.is_null()) continue;
    if (!item.as_string()) return refuse(ErrorCode::BadExpression, "'to' must be a list of text");
    texts.push_back(*item.as_string());
  }
  return texts;
}

Result<Notice> make_notice(Machine& machine, const Token& token, const Notify& notify) {
  Notice notice{.persons = {}, .kind = notify.kind, .level = "", .node = token.node, .data = {}};
  std::vector<std::string> to;
  if (!notify.to.is_empty()) to = TRY(texts_of(TRY(machine.evaluate(notify.to, token))));
  if (!notify.role.empty()) to.push_back(notify.role);
  for (const std::string& who : to) {
    TRY(add_addressee(machine, who, notify.is_by_duty, notice.persons));
  }
  notice.persons = TRY(without_absent(machine, std::move(notice.persons)));
  if (!notify.level.is_empty()) {
    rules::Value level = TRY(machine.evaluate(notify.level, token));
    if (!level.is_null()) notice.level = rules::text_of(level);
  }
  if (!notify.data.is_empty()) {
    notice.data = rules::json_from_value(TRY(machine.evaluate(notify.data, token)));
  }
  notice.is_urgent = notify.is_urgent;
  return notice;
}

// record, vars and each field of the record by its name.
rules::Context inputs_of(Machine& machine, const Token& token) {
  rules::Context names = machine.names_for(token);
  rules::Context inputs;
  if (machine.record().is_object()) inputs = rules::context_from_json(machine.record());
  inputs.set("record", *names.find("record"));
  inputs.set("vars", *names.find("vars"));
  return inputs;
}

Json matched_json(const rules::Outcome& outcome) {
  Json rules = Json::array();
  for (const rules::Matched& matched : outcome.matched) {
    rules.push(Json::object({{"id", matched.rule_id}, {"annotation", matched.annotation}}));
  }
  return rules;
}

// Why it was decided so, for the timeline: by decision what its tables looked at and which rules
// fired, by their place from 1. The values stay out: who reads a timeline may not read every field.
Json explained_json(const rules::Outcome& outcome) {
  Json asked = Json::array();
  for (const rules::Asked& one : outcome.asked) {
    asked.push(Json::object({{"decision", one.decision_id}, {"input", one.input}}));
  }
  Json fired = Json::array();
  for (const rules::Matched& one : outcome.matched) {
    fired.push(Json::object({{"decision", one.decision_id},
                             {"rule", one.rule_id},
                             {"row", one.index + 1},
                             {"annotation", one.annotation}}));
  }
  Json warnings = Json::array();
  for (const std::string& warning : outcome.warnings) warnings.push(warning);
  return Json::object({{"asked", std::move(asked)},
                       {"fired", std::move(fired)},
                       {"warnings", std::move(warnings)}});
}

// Counts stand first: what follows in the same task sees them. A filter of null counts nothing.
Result<void> count_records(Machine& machine, const Token& token, const CountSpec& spec) {
  CountAsk ask{.form = spec.form,
               .where = rules::json_from_value(TRY(machine.evaluate(spec.where, token))),
               .own_form = machine.state.row.form,
               .own_id = machine.state.row.record_id};
  int64_t found = 0;
  if (!ask.where.is_null()) {
    const Answers* answers = machine.around.answers.get();
    if (answers == nullptr || !answers->count) {
      return refuse(ErrorCode::BadModel, "nobody here can count records");
    }
    found = TRY(answers->count(ask));
  }
  return machine.set_var(token, spec.var, found);
}

// Whatever would refuse the record later is an incident here, where it can be tried again.
Result<NewRecord> make_record(Machine& machine, const Token& token, const RecordSpec& spec) {
  Json fields = rules::json_from_value(TRY(machine.evaluate(spec.fields, token)));
  if (!fields.is_object()) {
    return refuse(ErrorCode::BadExpression, "the fields of a new record must be a context");
  }
  Json given = Json::object();
  for (const auto& [key, value] : fields.as_object()) {
    if (!value.is_null()) given.set(key, value);
  }
  const Answers* answers = machine.around.answers.get();
  if (answers == nullptr || !answers->can_create) {
    return refuse(ErrorCode::BadModel, "nobody here can make records");
  }
  TRY(answers->can_create(spec.form, given));
  return NewRecord{.form = spec.form,
                   .id = machine.around.ids.next_id<RecordKind>(),
                   .fields = std::move(given),
                   .node = token.node};
}

// Nothing where there is no record to tell.
Result<std::optional<Letter>> make_letter(Machine& machine, const Token& token,
                                          const LetterSpec& spec) {
  Letter letter{.form = spec.form, .record = {}, .name = spec.name, .data = {}, .node = token.node};
  if (!spec.form.empty()) {
    rules::Value to = TRY(machine.evaluate(spec.record, token));
    if (to.is_null()) return std::nullopt;
    auto record = to.as_string() ? RecordId::parse(*to.as_string())
                                 : Result<RecordId>(refuse(ErrorCode::BadExpression));
    if (!record) return refuse(ErrorCode::BadExpression, rules::text_of(to) + " is no record");
    letter.record = *record;
  }
  letter.data = rules::json_from_value(TRY(machine.evaluate_or_null(spec.data, token)));
  auto readable = parse_json(write_json(letter.data), limits::kObjectBytesMax);
  if (!readable) return refuse(ErrorCode::TooLarge, "the data of a message is too large");
  return letter;
}

// What a service task asks for, whole before any of it is handed on.
struct Wishes {
  std::vector<NewRecord> records;
  std::vector<Letter> letters;
  std::vector<Notice> notices;
  std::vector<Job> jobs;
};

Result<Wishes> wishes_of(Machine& machine, const Token& token, const Node& node) {
  Wishes wishes;
  for (const CountSpec& count : node.counts) TRY(count_records(machine, token, count));
  for (const RecordSpec& record : node.records) {
    wishes.records.push_back(TRY(make_record(machine, token, record)));
    if (record.var.empty()) continue;
    TRY(machine.set_var(token, record.var, wishes.records.back().id.text()));
  }
  for (const LetterSpec& spec : node.letters) {
    auto letter = TRY(make_letter(machine, token, spec));
    if (letter) wishes.letters.push_back(std::move(*letter));
  }
  for (const Notify& notify : node.notices) {
    wishes.notices.push_back(TRY(make_notice(machine, token, notify)));
  }
  for (const JobSpec& job : node.jobs) {
    rules::Value data = TRY(machine.evaluate_or_null(job.data, token));
    wishes.jobs.push_back(
        {.name = job.name, .node = node.id, .data = rules::json_from_value(data)});
  }
  return wishes;
}

void hand_on(Machine& machine, const Node& node, Wishes wishes) {
  for (NewRecord& record : wishes.records) {
    machine.note("record.make", node.id).detail =
        Json::object({{"form", record.form}, {"record", record.id.text()}});
    machine.records.push_back(std::move(record));
  }
  for (Letter& letter : wishes.letters) {
    machine.note("message.send", node.id).detail = Json::object(
        {{"form", letter.form}, {"record", letter.record.text()}, {"name", letter.name}});
    machine.letters.push_back(std::move(letter));
  }
  for (Notice& notice : wishes.notices) {
    machine.note("notice", node.id).detail =
        Json::object({{"kind", notice.kind},
                      {"level", notice.level},
                      {"persons", static_cast<int64_t>(notice.persons.size())}});
    machine.notices.push_back(std::move(notice));
  }
  for (Job& job : wishes.jobs) {
    machine.note("job", node.id).detail = Json::object({{"job", job.name}});
    machine.jobs.push_back(std::move(job));
  }
}

}  // namespace

Result<void> carry_out_acts(Machine& machine, const Token& token, const Node& node) {
  hand_on(machine, node, TRY(wishes_of(machine, token, node)));
  return {};
}

namespace {

// Settings come between: what they fail at must leave nothing handed on.
Result<void> serve(Machine& machine, const Token& token, const Node& node) {
  Wishes wishes = TRY(wishes_of(machine, token, node));
  TRY(machine.apply_settings(node, token, false));
  hand_on(machine, node, std::move(wishes));
  return {};
}

// An instance sees its item in an activation that lasts for this step only.
Result<void> serve_item(Machine& machine, const Token& token, const Node& node, const Json& item,
                        int64_t number) {
  Token eye = token;
  eye.vars.set("loopCounter", number);
  eye.activation = machine.around.ids.next();
  Activation made{.id = eye.activation, .parent = token.activation, .fork = node.id};
  if (!node.repeated->element.empty()) {
    made.vars = Json::object({{node.repeated->element, item}});
  }
  machine.state.activations.push_back(std::move(made));
  auto served = serve(machine, eye, node);
  machine.state.activations.pop_back();
  return served;
}

Result<void> serve_each(Machine& machine, const Token& token, const Node& node) {
  Json items = TRY(instance_items(machine, token, node));
  auto total = static_cast<int64_t>(items.as_array().size());
  for (int64_t i = 0; i < total; ++i) {
    const Json& item = items.as_array()[static_cast<std::size_t>(i)];
    TRY(serve_item(machine, token, node, item, i + 1));
    if (TRY(completes(machine, token, node, {total, i + 1, 0}))) break;
  }
  return {};
}

}  // namespace

Result<void> enter_service(Machine& machine, Token& token, const Node& node) {
  if (node.repeated) TRY(serve_each(machine, token, node));
  else TRY(serve(machine, token, node));
  machine.schedule(token, Token::Phase::Leave);
  return {};
}

// The version is the one that was newest when the case began.
Result<void> enter_rule(Machine& machine, Token& token, const Node& node) {
  const DecisionCall& call = *node.call;
  TRY(machine.apply_settings(node, token, false));
  auto version = machine.state.row.decisions[call.file].as_int64();
  const rules::Model* model =
      version ? machine.around.library.decision(call.file, *version) : nullptr;
  if (!model) {
    return refuse(ErrorCode::BadModel, "decision file '" + call.file + "' is not deployed");
  }
  const CaseHost host = machine.host();
  rules::Outcome outcome =
      TRY(model->decide(call.decision, inputs_of(machine, token), machine.environment(host)));
  if (outcome.value.is_null()) {
    std::string why = outcome.warnings.empty() ? "no rule fits" : outcome.warnings.front();
    return refuse(ErrorCode::BadExpression, "decision '" + call.decision + "': " + why);
  }
  Json value = rules::json_from_value(outcome.value);
  Json reason = matched_json(outcome);
  TRY(machine.set_var(token, call.result, value));
  TRY(machine.set_var(token, call.result + "_reason", reason));
  machine.note("rule.decide", node.id).detail = Json::object({{"decision", call.decision},
                                                              {"version", *version},
                                                              {"result", std::move(value)},
                                                              {"rules", std::move(reason)},
                                                              {"why", explained_json(outcome)}});
  machine.schedule(token, Token::Phase::Leave);
  return {};
}

}  // namespace anlan::flow

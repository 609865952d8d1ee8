// Service and business rule tasks: they do something at once and go on.

#include <algorithm>

#include "flow/machine.h"
#include "flow/xml.h"

namespace anlan::flow {

namespace {

// Ids of people stay, anything else is a role that is held over the record's place.
Result<void> add_addressee(Machine& machine, const std::string& who, std::vector<PersonId>& to) {
  auto person = PersonId::parse(who);
  std::vector<PersonId> found;
  if (person) {
    found.push_back(*person);
  } else {
    found = TRY(access::holders(machine.around.view, who, machine.state.row.org_path));
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
  for (const std::string& who : to) TRY(add_addressee(machine, who, notice.persons));
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

}  // namespace

Result<void> enter_service(Machine& machine, Token& token, const Node& node) {
  std::vector<Notice> notices;
  for (const Notify& notify : node.notices) {
    notices.push_back(TRY(make_notice(machine, token, notify)));
  }
  std::vector<Job> jobs;
  for (const JobSpec& job : node.jobs) {
    rules::Value data;
    if (!job.data.is_empty()) data = TRY(machine.evaluate(job.data, token));
    jobs.push_back({.name = job.name, .node = node.id, .data = rules::json_from_value(data)});
  }
  TRY(machine.apply_settings(node, token, false));
  for (Notice& notice : notices) {
    machine.note("notice", node.id).detail =
        Json::object({{"kind", notice.kind},
                      {"level", notice.level},
                      {"persons", static_cast<int64_t>(notice.persons.size())}});
    machine.notices.push_back(std::move(notice));
  }
  for (Job& job : jobs) {
    machine.note("job", node.id).detail = Json::object({{"job", job.name}});
    machine.jobs.push_back(std::move(job));
  }
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
  rules::Outcome outcome =
      TRY(model->decide(call.decision, inputs_of(machine, token), {.now = machine.now()}));
  if (outcome.value.is_null()) {
    std::string why = outcome.warnings.empty() ? "no rule fits" : outcome.warnings.front();
    return refuse(ErrorCode::BadExpression, "decision '" + call.decision + "': " + why);
  }
  Json value = rules::json_from_value(outcome.value);
  Json reason = matched_json(outcome);
  TRY(machine.set_var(call.result, value));
  TRY(machine.set_var(call.result + "_reason", reason));
  machine.note("rule.decide", node.id).detail = Json::object({{"decision", call.decision},
                                                              {"version", *version},
                                                              {"result", std::move(value)},
                                                              {"rules", std::move(reason)}});
  machine.schedule(token, Token::Phase::Leave);
  return {};
}

}  // namespace anlan::flow

// The extension elements of a user task: docs/formats/flow.md, "User task".

#include "core/text.h"
#include "flow/read_parts.h"

namespace anlan::flow {

namespace {

void read_assign(Reading& reading, pugi::xml_node assign, Node& node, const std::string& element) {
  UserTask& user = *node.user;
  std::vector<std::string> names;
  if (!element.empty()) names.push_back(element);
  std::string kind = xml::attribute(assign, "kind");
  std::string role = xml::attribute(assign, "role");
  bool is_role_named = role.starts_with('=');
  Assign made{.role = is_role_named ? "" : role,
              .role_named = read_formula(reading, node.id, is_role_named ? role : "", names),
              .person = read_formula(reading, node.id, xml::attribute(assign, "person"), names)};
  bool is_complete = true;
  if (is_found_kind(kind)) {
    is_complete = read_found_kind(reading, assign, node.id, made);
  } else if (kind == "role") {
    made.kind = Assign::Kind::Role;
    is_complete = !role.empty();
  } else if (kind == "person" || kind == "candidates") {
    made.kind = kind == "person" ? Assign::Kind::Person : Assign::Kind::Candidates;
    is_complete = !made.person.is_empty();
  } else if (kind == "initiator") {
    made.kind = Assign::Kind::Initiator;
  } else {
    is_complete = false;
  }
  if (!is_complete) {
    reading.find_fault(node.id, FindingKind::AssignWho, {node.id, kind});
  }
  for (std::string& excluded : xml::words(xml::attribute(assign, "exclude"))) {
    user.excluded.push_back(std::move(excluded));
  }
  std::string except = xml::attribute(assign, "except");
  if (!except.empty()) user.exceptions.push_back(read_formula(reading, node.id, except));
  made.is_by_duty = read_flag(reading, node.id, xml::attribute(assign, "duty"), false);
  made.field = xml::attribute(assign, "field");
  if (made.kind == Assign::Kind::Field) made.field.clear();
  bool is_for_one = made.field.empty() || made.kind == Assign::Kind::Person;
  if (!is_for_one || (made.is_by_duty && made.kind != Assign::Kind::Role)) {
    reading.find_fault(node.id, FindingKind::AssignWords, {node.id});
  }
  made.is_told = read_flag(reading, node.id, xml::attribute(assign, "told"), true);
  std::string on_empty = xml::attribute(assign, "onEmpty");
  if (on_empty.starts_with("role:")) {
    user.fallback_role = on_empty.substr(5);
  }
  read_policies(reading, assign, node);
  user.assigns.push_back(std::move(made));
}

void read_outcomes(Reading& reading, pugi::xml_node element, Node& node) {
  UserTask& user = *node.user;
  pugi::xml_node outcomes = xml::extension(element, "outcomes");
  for (pugi::xml_node outcome : xml::children(outcomes, xml::kAnlan, "outcome")) {
    std::string doubt = xml::attribute(outcome, "doubt");
    if (!doubt.empty() && doubt != "comment") {
      reading.find_fault(node.id, FindingKind::DoubtWords, {node.id});
    }
    user.outcomes.push_back(
        {.id = xml::attribute(outcome, "id"),
         .name = {.zh = xml::attribute(outcome, "zh"), .en = xml::attribute(outcome, "en")},
         .needs_comment = xml::attribute(outcome, "comment") == "required",
         .needs_comment_in_doubt = xml::attribute(outcome, "doubt") == "comment",
         .fields = xml::words(xml::attribute(outcome, "fields")),
         .guards = xml::words(xml::attribute(outcome, "guard"))});
  }
}

std::optional<access::FieldMode> field_mode(std::string_view text) {
  if (text == "hidden") return access::FieldMode::Hidden;
  if (text == "mask" || text == "masked") return access::FieldMode::Masked;
  if (text == "read") return access::FieldMode::Read;
  if (text == "write") return access::FieldMode::Write;
  return std::nullopt;
}

access::FieldMode read_mode(Reading& reading, const Node& node, const std::string& text) {
  auto mode = field_mode(text);
  if (!mode) {
    reading.find_fault(node.id, FindingKind::FieldMode, {text, node.id});
  }
  return mode.value_or(access::FieldMode::Hidden);
}

void read_rights(Reading& reading, pugi::xml_node element, Node& node) {
  UserTask& user = *node.user;
  pugi::xml_node fields = xml::extension(element, "fields");
  std::string fallback = xml::attribute(fields, "default");
  user.rights.fields.fallback = read_mode(reading, node, fallback.empty() ? "read" : fallback);
  for (pugi::xml_node field : xml::children(fields, xml::kAnlan, "f")) {
    user.rights.fields.named[xml::attribute(field, "key")] =
        read_mode(reading, node, xml::attribute(field, "mode"));
  }
  for (pugi::xml_node button :
       xml::children(xml::extension(element, "buttons"), xml::kAnlan, "b")) {
    user.rights.buttons.push_back(xml::attribute(button, "key"));
  }
}

// "0.6" to 600000; nothing outside (0, 1].
std::optional<int64_t> millionths(const std::string& text) {
  auto number = rules::Decimal::parse(text);
  if (!number) return std::nullopt;
  auto scaled = rules::Decimal::multiply(*number, rules::Decimal(1'000'000));
  auto whole = scaled ? scaled->to_int64() : std::nullopt;
  if (!whole || *whole <= 0 || *whole > 1'000'000) return std::nullopt;
  return whole;
}

std::optional<Approval::Mode> approval_mode(std::string_view text) {
  if (text.empty() || text == "all") return Approval::Mode::All;
  if (text == "any") return Approval::Mode::Any;
  if (text == "sequence") return Approval::Mode::Sequence;
  if (text == "vote") return Approval::Mode::Vote;
  return std::nullopt;
}

// A vote ends when it can no longer pass, everything else with the first refusal.
std::optional<Approval::RejectRule> reject_rule_of(std::string_view text, Approval::Mode mode) {
  using Rule = Approval::RejectRule;
  if (text.empty()) return mode == Approval::Mode::Vote ? Rule::Ratio : Rule::First;
  if (text == "first") return Rule::First;
  if (text == "ratio") return Rule::Ratio;
  if (text == "waitAll") return Rule::WaitAll;
  return std::nullopt;
}

Approval read_approval(Reading& reading, pugi::xml_node element, const Node& node) {
  Approval approval;
  pugi::xml_node from = xml::extension(element, "approval");
  auto mode = approval_mode(xml::attribute(from, "mode"));
  std::string pass = xml::attribute(from, "pass");
  std::string reject_rule = xml::attribute(from, "rejectRule");
  auto ratio = pass.empty() ? std::optional<int64_t>(1'000'000) : millionths(pass);
  auto rule = reject_rule_of(reject_rule, mode.value_or(Approval::Mode::All));
  bool is_rule_known = rule.has_value();
  if (!mode || !ratio || !is_rule_known) {
    reading.find_fault(node.id, FindingKind::ApprovalWords, {node.id});
  }
  approval.mode = mode.value_or(Approval::Mode::All);
  approval.pass_millionths = ratio.value_or(1'000'000);
  approval.reject_rule = rule.value_or(Approval::RejectRule::First);
  const std::vector<std::string> names = {"person"};
  approval.weight = read_formula(reading, node.id, xml::attribute(from, "weight"), names);
  approval.agreeing = xml::words(xml::attribute(from, "agree"));
  bool has_default = approval.agreeing.empty() && !node.user->outcomes.empty();
  if (has_default) approval.agreeing.push_back(node.user->outcomes.front().id);
  return approval;
}

// BPMN 2.0.2, 10.3.8 (multi-instance): instances come from camunda:collection or from one instance
// per assignment; a cardinality or an own completion condition is refused.
void read_multi(Reading& reading, pugi::xml_node element, Node& node) {
  pugi::xml_node loop = xml::child(element, xml::kBpmn, "multiInstanceLoopCharacteristics");
  if (!loop) {
    if (xml::extension(element, "approval")) {
      reading.find_fault(node.id, FindingKind::ApprovalAlone, {node.id});
    }
    return;
  }
  for (std::string_view part : {"loopCardinality", "completionCondition"}) {
    if (xml::child(loop, xml::kBpmn, part)) {
      reading.find_fault(node.id, FindingKind::CantRun, {node.id, std::string(part)});
    }
  }
  Multi multi{.is_sequential = xml::attribute(loop, "isSequential") == "true",
              .collection =
                  read_formula(reading, node.id, xml::attribute(loop, xml::kCamunda, "collection")),
              .element = xml::attribute(loop, xml::kCamunda, "elementVariable"),
              .approval = read_approval(reading, element, node)};
  if (multi.approval.mode == Approval::Mode::Sequence) multi.is_sequential = true;
  node.user->multi = std::move(multi);
}

void read_notice(Reading& reading, pugi::xml_node element, Node& node) {
  pugi::xml_node from = xml::extension(element, "notice");
  OpenNotice& notice = node.user->notice;
  std::string kind = xml::attribute(from, "kind");
  if (!kind.empty()) notice.kind = std::move(kind);
  notice.is_urgent = read_flag(reading, node.id, xml::attribute(from, "urgent"), false);
  notice.data = read_formula(reading, node.id, xml::attribute(from, "data"));
}

void add_buttons(UserTask& user) {
  for (const Outcome& outcome : user.outcomes) user.rights.buttons.push_back(outcome.id);
  if (user.outcomes.empty()) user.rights.buttons.emplace_back("complete");
  if (!user.return_targets.empty()) user.rights.buttons.emplace_back("return");
  if (user.rejection) user.rights.buttons.emplace_back("reject");
}

}  // namespace

void read_user_task(Reading& reading, pugi::xml_node element, Node& node) {
  UserTask& user = node.user.emplace();
  read_outcomes(reading, element, node);
  read_multi(reading, element, node);
  std::string item = user.multi ? user.multi->element : "";
  for (pugi::xml_node assign : xml::extensions(element, "assign")) {
    read_assign(reading, assign, node, item);
  }
  for (pugi::xml_node requires_ : xml::extensions(element, "requires")) {
    for (std::string& field : xml::words(xml::attribute(requires_, "fields"))) {
      user.required.push_back(std::move(field));
    }
  }
  user.return_targets = xml::words(xml::attribute(xml::extension(element, "return"), "targets"));
  pugi::xml_node due = xml::extension(element, "due");
  user.due = {.within = read_formula(reading, node.id, xml::attribute(due, "within")),
              .from = read_formula(reading, node.id, xml::attribute(due, "from")),
              .calendar = read_formula(reading, node.id, xml::attribute(due, "calendar"))};
  user.level =
      read_formula(reading, node.id, xml::attribute(xml::extension(element, "level"), "value"));
  read_foreign(reading, element, node);
  if (user.assigns.empty()) {
    reading.find_fault(node.id, FindingKind::NoAssignment, {node.id});
  }
  read_rights(reading, element, node);
  read_notice(reading, element, node);
  read_acts(reading, element, node);
  add_buttons(user);
}

}  // namespace anlan::flow

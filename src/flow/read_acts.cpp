// What the model says of approval: docs/formats/approval.md.

#include <algorithm>
#include <charconv>

#include "flow/read_parts.h"

namespace anlan::flow {

namespace {

constexpr int64_t kLevelMax = 10;  // of managers
constexpr std::size_t kRemindersMax = 10;

std::optional<int64_t> whole(const std::string& text) {
  int64_t number = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool is_whole = fault == std::errc() && end == text.data() + text.size();
  return is_whole ? std::optional(number) : std::nullopt;
}

std::vector<Setting> read_sets(Reading& reading, pugi::xml_node of, const std::string& id) {
  std::vector<Setting> settings;
  for (pugi::xml_node set : xml::children(of, xml::kAnlan, "set")) {
    read_setting(reading, set, id, settings);
  }
  return settings;
}

void read_ops(Reading& reading, pugi::xml_node element, Node& node) {
  pugi::xml_node from = xml::extension(element, "ops");
  Ops& ops = node.user->ops;
  auto flag = [&](const char* name) {
    return read_flag(reading, node.id, xml::attribute(from, name), false);
  };
  ops = {.transfers = flag("transfer"),
         .delegates = flag("delegate"),
         .retracts = flag("retract"),
         .copies = flag("cc"),
         .removes_signs = flag("removeSign"),
         .add_sign = xml::words(xml::attribute(from, "addSign"))};
  for (const std::string& when : ops.add_sign) {
    if (when == "before" || when == "parallel" || when == "after") continue;
    reading.find_fault(node.id, FindingKind::AddSign, {node.id});
  }
}

void read_rejection(Reading& reading, pugi::xml_node element, Node& node) {
  pugi::xml_node from = xml::extension(element, "reject");
  if (!from) return;
  std::string what = xml::attribute(from, "do");
  if (!what.empty() && what != "end" && what != "return") {
    reading.find_fault(node.id, FindingKind::RejectDo, {node.id});
  }
  Rejection rejection{.returns = what == "return",
                      .to = xml::attribute(from, "to"),
                      .settings = read_sets(reading, from, node.id)};
  if (rejection.to.empty()) rejection.to = "initiator";
  node.user->rejection = std::move(rejection);
}

void read_escalation(Reading& reading, const std::string& to, const std::string& id, Sla& sla) {
  if (to == "manager") {
    sla.escalates_to_manager = true;
  } else if (to.starts_with("role:")) {
    sla.escalate_role = to.substr(5);
  } else {
    sla.escalate_to = read_formula(reading, id, to);
  }
}

void read_sla(Reading& reading, pugi::xml_node element, Node& node) {
  pugi::xml_node from = xml::extension(element, "sla");
  if (!from) return;
  Sla sla;
  for (const std::string& word : xml::words(xml::attribute(from, "remind"))) {
    auto length = parse_duration(word);
    if (length && *length > Duration{}) {
      sla.reminders.push_back(*length);
    } else {
      reading.find_fault(node.id, FindingKind::SlaDuration, {word, node.id});
    }
  }
  sla.within = {.within = read_formula(reading, node.id, xml::attribute(from, "within")),
                .from = read_formula(reading, node.id, xml::attribute(from, "from")),
                .calendar = read_formula(reading, node.id, xml::attribute(from, "calendar"))};
  std::string what = xml::attribute(from, "onTimeout");
  std::string to = xml::attribute(from, "escalateTo");
  if (what == "escalate") sla.on_timeout = Sla::OnTimeout::Escalate;
  if (what == "suspend") sla.on_timeout = Sla::OnTimeout::Suspend;
  bool is_known = what.empty() || what == "remind" || what == "escalate" || what == "suspend";
  if (!is_known || sla.reminders.size() > kRemindersMax) {
    reading.find_fault(node.id, FindingKind::SlaReminders, {node.id});
  }
  if ((what == "escalate") == to.empty()) {
    reading.find_fault(node.id, FindingKind::SlaEscalate, {node.id});
  }
  read_escalation(reading, to, node.id, sla);
  node.user->sla = std::move(sla);
}

void read_copies(Reading& reading, pugi::xml_node element, Node& node) {
  for (pugi::xml_node from : xml::extensions(element, "cc")) {
    std::string on = xml::attribute(from, "on");
    Copy copy{.to = read_formula(reading, node.id, xml::attribute(from, "to")),
              .role = xml::attribute(from, "toRole"),
              .on_complete = on != "open"};
    bool is_said = !copy.to.is_empty() || !copy.role.empty();
    if (!is_said || (!on.empty() && on != "open" && on != "complete")) {
      reading.find_fault(node.id, FindingKind::CcWords, {node.id});
    }
    node.user->copies.push_back(std::move(copy));
  }
}

bool read_required(Reading& reading, pugi::xml_node from, const Node& node, const char* name) {
  std::string text = xml::attribute(from, name);
  if (!text.empty() && text != "required") {
    reading.find_fault(node.id, FindingKind::OnlyRequired, {std::string(name), node.id});
  }
  return text == "required";
}

template <class Enum>
void read_word(Reading& reading, const Node& node, const std::string& text,
               std::initializer_list<std::pair<std::string_view, Enum>> words, Enum& into) {
  if (text.empty()) return;
  for (const auto& [word, value] : words) {
    if (word != text) continue;
    into = value;
    return;
  }
  reading.find_fault(node.id, FindingKind::NoPolicy, {text, node.id});
}

}  // namespace

bool is_found_kind(std::string_view kind) {
  return kind == "manager" || kind == "department" || kind == "field" || kind == "choice";
}

bool read_found_kind(Reading& reading, pugi::xml_node assign, const std::string& element_id,
                     Assign& into) {
  std::string kind = xml::attribute(assign, "kind");
  if (kind == "choice") {
    into.kind = Assign::Kind::Choice;
    return true;
  }
  if (kind == "field") {
    into.kind = Assign::Kind::Field;
    into.from = xml::attribute(assign, "field");
    return !into.from.empty();
  }
  if (kind == "department") {
    into.kind = Assign::Kind::Department;
    into.person = read_formula(reading, element_id, xml::attribute(assign, "unit"));
    return !into.person.is_empty();
  }
  into.kind = Assign::Kind::Manager;
  std::string from = xml::attribute(assign, "from");
  into.from = from == "initiator" ? "" : from;
  into.until = xml::attribute(assign, "multiLevelUntil");
  std::string level = xml::attribute(assign, "level");
  auto number = level.empty() ? std::optional<int64_t>(1) : whole(level);
  into.level = number.value_or(0);
  return into.level >= 1 && into.level <= kLevelMax;
}

void read_policies(Reading& reading, pugi::xml_node assign, Node& node) {
  Policies& policies = node.user->policies;
  std::string on_empty = xml::attribute(assign, "onEmpty");
  if (!on_empty.starts_with("role:")) {
    using OnEmpty = Policies::OnEmpty;
    read_word<OnEmpty>(reading, node, on_empty,
                       {{"admin", OnEmpty::Admin},
                        {"skip", OnEmpty::Skip},
                        {"stop", OnEmpty::Stop},
                        {"toManager", OnEmpty::Manager}},
                       policies.on_empty);
  }
  using Dedupe = Policies::Dedupe;
  read_word<Dedupe>(reading, node, xml::attribute(assign, "dedupe"),
                    {{"adjacent", Dedupe::Adjacent}, {"all", Dedupe::All}, {"no", Dedupe::No}},
                    policies.dedupe);
  using Self = Policies::SelfApprove;
  read_word<Self>(
      reading, node, xml::attribute(assign, "selfApprove"),
      {{"yes", Self::Yes}, {"no", Self::No}, {"skip", Self::Skip}, {"toManager", Self::Manager}},
      policies.self_approve);
}

void read_acts(Reading& reading, pugi::xml_node element, Node& node) {
  UserTask& user = *node.user;
  read_ops(reading, element, node);
  read_rejection(reading, element, node);
  read_sla(reading, element, node);
  read_copies(reading, element, node);
  std::string after = xml::attribute(xml::extension(element, "return"), "after");
  if (!after.empty() && after != "redo" && after != "jumpBack") {
    reading.find_fault(node.id, FindingKind::ReturnAfter, {node.id});
  }
  user.jumps_back = after == "jumpBack";
  pugi::xml_node task = xml::extension(element, "task");
  user.needs_signature = read_required(reading, task, node, "signature");
  user.needs_attachment = read_required(reading, task, node, "attachment");
  user.needs_comment = read_required(reading, task, node, "comment");
}

void read_process_rules(Reading& reading, pugi::xml_node process) {
  pugi::xml_node from = xml::extension(process, "process");
  if (!from) return;
  ProcessRules& rules = reading.graph.rules;
  const std::string& id = reading.graph.id;
  std::string withdraw = xml::attribute(from, "withdraw");
  if (withdraw == "untilFirst") rules.withdraw = ProcessRules::Withdraw::UntilFirst;
  if (withdraw == "always") rules.withdraw = ProcessRules::Withdraw::Always;
  std::string kind = xml::attribute(from, "kind");
  bool is_known =
      rules.withdraw != ProcessRules::Withdraw::No || withdraw.empty() || withdraw == "no";
  if (!is_known || (!kind.empty() && kind != "permit")) {
    reading.find_fault(id, FindingKind::ProcessWords, {id});
  }
  rules.is_permit = kind == "permit";
  rules.on_withdraw = read_sets(reading, from, id);
}

}  // namespace anlan::flow

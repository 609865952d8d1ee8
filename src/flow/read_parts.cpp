#include "flow/read_parts.h"

namespace anlan::flow {

LocalText read_name(pugi::xml_node element) {
  LocalText name{.zh = xml::attribute(element, "name"),
                 .en = xml::attribute(element, xml::kAnlan, "en")};
  if (name.en.empty()) name.en = name.zh;
  return name;
}

Formula read_formula(Reading& reading, std::string_view element_id, std::string_view source,
                     std::span<const std::string> names) {
  auto compiled = Formula::compile(source, names);
  if (compiled) return *compiled;
  reading.find_fault(element_id, FindingKind::Expression,
                     {std::string(source), std::string(element_id), compiled.error().detail});
  return {};
}

bool read_flag(Reading& reading, std::string_view element_id, const std::string& text,
               bool otherwise) {
  if (text.empty()) return otherwise;
  if (text != "true" && text != "false") {
    reading.find_fault(element_id, FindingKind::TrueFalse, {text, std::string(element_id)});
  }
  return text == "true";
}

Formula read_feel(Reading& reading, std::string_view element_id, std::string_view source) {
  bool is_marked = source.starts_with('=');
  return read_formula(reading, element_id,
                      is_marked ? std::string(source) : "=" + std::string(source));
}

void read_setting(Reading& reading, pugi::xml_node set, const std::string& element_id,
                  std::vector<Setting>& into) {
  std::string field = xml::attribute(set, "field");
  std::string var = xml::attribute(set, "var");
  std::string on = xml::attribute(set, "on");
  bool is_one = field.empty() != var.empty();
  bool is_time_known = on.empty() || on == "enter" || on == "complete";
  if (!is_one || !is_time_known) {
    reading.find_fault(element_id, FindingKind::SetWords, {element_id});
    return;
  }
  Setting setting{.name = field.empty() ? var : field,
                  .value = read_formula(reading, element_id, xml::attribute(set, "value")),
                  .is_field = !field.empty(),
                  .on_complete = on == "complete"};
  into.push_back(std::move(setting));
}

void read_settings(Reading& reading, pugi::xml_node element, Node& node) {
  for (pugi::xml_node set : xml::extensions(element, "set")) {
    read_setting(reading, set, node.id, node.settings);
  }
}

namespace {

// "R3/PT10M": as often as it says, "R/PT10M" without end.
struct Cycle {
  std::string every;
  std::string times;
};
std::optional<Cycle> cycle_of(std::string_view text) {
  std::size_t slash = text.find('/');
  if (!text.starts_with('R') || slash == std::string_view::npos) return std::nullopt;
  return Cycle{.every = std::string(text.substr(slash + 1)),
               .times = std::string(text.substr(1, slash - 1))};
}

// What the standard's own elements say, as ours would.
struct Plain {
  std::string first;
  Cycle cycle;
};
Plain plain_timer(pugi::xml_node definition) {
  Plain plain{.first = xml::text(xml::child(definition, xml::kBpmn, "timeDuration"))};
  if (plain.first.empty()) plain.first = xml::text(xml::child(definition, xml::kBpmn, "timeDate"));
  if (!plain.first.empty()) return plain;
  auto cycle = cycle_of(xml::text(xml::child(definition, xml::kBpmn, "timeCycle")));
  if (cycle) plain = {.first = cycle->every, .cycle = *cycle};
  return plain;
}

bool may_repeat(const Node& node) {
  if (node.kind == NodeKind::Boundary) return !node.is_interrupting;
  if (node.kind != NodeKind::Start) return false;
  return node.container == kNone || !node.is_interrupting;
}

}  // namespace

// BPMN 2.0.2, 10.5.5.5 (timer).
void read_timer(Reading& reading, pugi::xml_node element, pugi::xml_node definition, Node& node) {
  TimerSpec spec;
  pugi::xml_node own = xml::extension(element, "timer");
  Plain plain = own ? Plain{.first = xml::attribute(own, "first"),
                            .cycle = {xml::attribute(own, "every"), xml::attribute(own, "times")}}
                    : plain_timer(definition);
  const std::string& first = plain.first;
  if (first.empty()) {
    reading.find_fault(node.id, FindingKind::TimerLacks, {node.id});
    return;
  }
  std::string calendar = own ? xml::attribute(own, "calendar") : "";
  if (calendar.empty()) calendar = xml::attribute(element, xml::kAnlan, "calendar");
  spec.first = {.within = read_formula(reading, node.id, first),
                .from = read_formula(reading, node.id, xml::attribute(own, "from")),
                .calendar = read_formula(reading, node.id, calendar)};
  bool is_literal = !first.starts_with('=');
  if (is_literal && !when_of(rules::Value(first))) {
    reading.find_fault(node.id, FindingKind::TimerDuration, {node.id, first});
  }
  spec.every = read_formula(reading, node.id, plain.cycle.every);
  spec.times = read_formula(reading, node.id, plain.cycle.times);
  spec.done = read_formula(reading, node.id, xml::attribute(own, "done"));
  bool repeats = !spec.every.is_empty();
  if (!repeats && !spec.done.is_empty()) {
    reading.find_fault(node.id, FindingKind::DoneWithout, {node.id});
  }
  if (repeats && !may_repeat(node)) {
    reading.find_fault(node.id, FindingKind::TimerRepeats, {node.id});
  }
  node.timer = std::move(spec);
}

namespace {

void read_notify(Reading& reading, pugi::xml_node act, Node& node) {
  Notify notify{.to = read_formula(reading, node.id, xml::attribute(act, "to")),
                .role = xml::attribute(act, "toRole"),
                .kind = xml::attribute(act, "kind"),
                .level = read_formula(reading, node.id, xml::attribute(act, "level")),
                .data = read_formula(reading, node.id, xml::attribute(act, "data"))};
  notify.is_urgent = read_flag(reading, node.id, xml::attribute(act, "urgent"), false);
  notify.is_by_duty = read_flag(reading, node.id, xml::attribute(act, "duty"), false);
  if (notify.to.is_empty() && notify.role.empty()) {
    reading.find_fault(node.id, FindingKind::NoticeNobody, {node.id});
  }
  node.notices.push_back(std::move(notify));
}

void read_job(Reading& reading, pugi::xml_node act, Node& node) {
  JobSpec job{.name = xml::attribute(act, "job"),
              .data = read_formula(reading, node.id, xml::attribute(act, "data"))};
  if (job.name.empty()) reading.find_fault(node.id, FindingKind::JobName, {node.id});
  node.jobs.push_back(std::move(job));
}

void read_count(Reading& reading, pugi::xml_node act, Node& node) {
  CountSpec count{.var = xml::attribute(act, "var"),
                  .form = xml::attribute(act, "form"),
                  .where = read_formula(reading, node.id, xml::attribute(act, "where"))};
  if (count.var.empty() || count.form.empty() || count.where.is_empty()) {
    reading.find_fault(node.id, FindingKind::CountWords, {node.id});
  }
  node.counts.push_back(std::move(count));
}

void read_record(Reading& reading, pugi::xml_node act, Node& node) {
  RecordSpec record{.form = xml::attribute(act, "form"),
                    .var = xml::attribute(act, "var"),
                    .fields = read_formula(reading, node.id, xml::attribute(act, "fields"))};
  if (record.form.empty() || record.fields.is_empty()) {
    reading.find_fault(node.id, FindingKind::RecordWords, {node.id});
  }
  node.records.push_back(std::move(record));
}

void read_letter(Reading& reading, pugi::xml_node act, Node& node) {
  LetterSpec letter{.form = xml::attribute(act, "form"),
                    .name = xml::attribute(act, "name"),
                    .record = read_formula(reading, node.id, xml::attribute(act, "record")),
                    .data = read_formula(reading, node.id, xml::attribute(act, "data"))};
  bool begins = letter.form.empty() && letter.record.is_empty();
  bool is_addressed = !letter.form.empty() && !letter.record.is_empty();
  if (letter.name.empty() || (!begins && !is_addressed)) {
    reading.find_fault(node.id, FindingKind::MessageWords, {node.id});
  }
  node.letters.push_back(std::move(letter));
}

}  // namespace

void read_acts(Reading& reading, pugi::xml_node element, Node& node, std::string_view only) {
  std::vector<pugi::xml_node> acts = xml::extensions(element, "act");
  if (acts.empty()) {
    std::string what = node.kind == NodeKind::Service ? "service task" : "element";
    reading.find_fault(node.id, FindingKind::NoAct, {what, node.id});
  }
  for (pugi::xml_node act : acts) {
    std::string topic = xml::attribute(act, "topic");
    if (!only.empty() && topic != only) {
      reading.find_fault(node.id, FindingKind::ActTopic, {node.id, std::string(only)});
    } else if (topic == "notify") {
      read_notify(reading, act, node);
    } else if (topic == "job") {
      read_job(reading, act, node);
    } else if (topic == "count") {
      read_count(reading, act, node);
    } else if (topic == "record") {
      read_record(reading, act, node);
    } else if (topic == "message") {
      read_letter(reading, act, node);
    } else if (topic == "set") {
      for (pugi::xml_node set : xml::children(act, xml::kAnlan, "set")) {
        read_setting(reading, set, node.id, node.settings);
      }
      if (node.settings.empty()) {
        reading.find_fault(node.id, FindingKind::SetsNothing, {node.id});
      }
    } else {
      reading.find_fault(node.id, FindingKind::UnknownTopic, {node.id, topic});
    }
  }
}

void read_decision(Reading& reading, pugi::xml_node element, Node& node) {
  DecisionCall call{.file = xml::attribute(element, xml::kAnlan, "decisions"),
                    .decision = xml::attribute(element, xml::kCamunda, "decisionRef"),
                    .result = xml::attribute(element, xml::kCamunda, "resultVariable")};
  if (call.file.empty()) call.file = call.decision;
  if (call.decision.empty() || call.result.empty()) {
    reading.find_fault(node.id, FindingKind::RuleWords, {node.id});
    return;
  }
  node.call = std::move(call);
}

// Only assignments: a script of any language is refused.
void read_script(Reading& reading, pugi::xml_node element, Node& node) {
  bool has_script = static_cast<bool>(xml::child(element, xml::kBpmn, "script"));
  if (has_script || node.settings.empty()) {
    reading.find_fault(node.id, FindingKind::ScriptWords, {node.id});
  }
}

}  // namespace anlan::flow

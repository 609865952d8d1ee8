#pragma once
// For text cases: plays the commands of one case and tells what came out. The words are described
// in docs/formats/flow.md.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/text.h"
#include "flow/test_acts.h"
#include "flow/test_answers.h"
#include "flow/test_line.h"
#include "flow/test_model.h"
#include "flow/test_world.h"

namespace anlan::flow {

inline constexpr const char* kModelId = "model";

class Player {
 public:
  explicit Player(store::Dialect dialect) : world_(dialect) {}

  void begin_model(const std::string& id) {
    filling_ = id;
    models_[id].clear();
  }
  void add_model_line(const std::string& line) { models_[filling_].push_back(line); }
  void add_table_line(const std::string& line) { table_ += line + "\n"; }

  // The trace of one command.
  std::vector<std::string> play(const std::string& text) {
    out_.clear();
    line_ = parse_line(with_ids(text));
    const std::string& verb = line_.words[0];
    if (verb == "lint") {
      lint();
    } else if (verb == "start") {
      deploy();
      if (has(2)) world_.record = need(parse_json(word(2)));
      tell(world_.start_case(kModelId, word(1)));
    } else if (verb == "complete") {
      complete();
    } else if (verb == "claim" || verb == "unclaim") {
      claim(verb == "claim");
    } else if (verb == "return") {
      return_to();
    } else if (verb == "race") {
      race();
    } else {
      play_more(verb);
    }
    return out_;
  }

 private:
  void play_more(const std::string& verb) {
    ActWords acts{world_, line_.words, case_id_,
                  [this](std::string node) { return task_at(node); }};
    if (auto step = acts.play()) {
      tell(*step);
    } else if (auto said = acts.ask()) {
      for (const std::string& one : *said) out_.push_back(with_names(one));
    } else if (verb == "set") {
      change_record(word(1));
    } else if (verb == "changed") {
      change_record(word(1));
      look_again();
    } else if (verb == "wait") {
      wait(word(1));
    } else if (verb == "fire") {
      fire(last_timer_);
    } else if (verb == "early") {
      fire_early();
    } else if (verb == "reopen") {
      world_.reopen();
    } else if (verb == "retry") {
      tell(world_.act(
          {}, [&](const Around& around) { return retry(around, case_id_, world_.record); }));
    } else if (verb == "message") {
      Json data = has(2) ? need(parse_json(word(2))) : Json();
      tell(world_.act({}, [&](const Around& around) {
        return message(around, {case_id_, word(1), data, world_.record});
      }));
    } else if (verb == "signal") {
      Json data = has(2) ? need(parse_json(word(2))) : Json();
      deliver({.name = word(1), .data = data}, world_.ids.next_id<CaseKind>());
    } else {
      play_world(verb);
    }
  }

  void play_world(const std::string& verb) {
    if (verb == "migrate") {
      Json mapping = has(2) ? need(parse_json(word(2))) : Json();
      MigrateCommand command{
          .case_id = case_id_, .mapping = mapping, .comment = word(1), .record = world_.record};
      tell(world_.act({}, [&](const Around& around) { return migrate_case(around, command); }));
    } else if (verb == "starts") {
      begin_flows();
    } else if (verb == "turn") {
      turn_to(word(1));
    } else if (verb == "redeploy") {
      deploy();
    } else if (verb == "now") {
      world_.clock.set(need(parse_instant(word(1))));
    } else if (verb == "calendar") {
      rules::Calendars calendars;
      calendars.add(need(rules::Calendar::parse(need(parse_json(word(1))))));
      world_.library.set_calendars(std::move(calendars));
    } else if (verb == "answer") {
      set_answer(*world_.answers, word(1), need(parse_json(word(2))));
    } else {
      ask(verb);
    }
  }

  void ask(const std::string& verb) {
    auto view = world_.view();
    if (verb == "tasks") {
      Json tasks =
          need(tasks_of(*view, world_.library, world_.subject(word(1)), 100, world_.answers->away));
      for (const Json& task : tasks.as_array()) {
        out_.push_back(task.text_or("node", "") + " " + task.text_or("state", "") +
                       (task.bool_or("is_mine", false) ? " mine" : ""));
      }
    } else if (verb == "clocks") {
      Json all = need(clocks(*view, world_.library, "hazard", world_.record_id));
      for (const Json& clock : all.as_array()) {
        Instant due = need(parse_instant(clock.text_or("due", "")));
        out_.push_back(clock.text_or("node", "") + " " + clock.text_or("kind", "") + " in " +
                       format_duration(due - world_.clock.now()) + " firing " +
                       std::to_string(clock.int_or("firing", -1)));
      }
    } else if (verb == "timeline") {
      Json all = need(timeline(*view, world_.library, "hazard", world_.record_id));
      for (const Json& row : all.as_array()) {
        out_.push_back(row.text_or("act", "") + " " + row.text_or("node", "") + " " +
                       row["actor"].text_or("kind", "") +
                       (row.bool_or("superseded", false) ? " superseded" : ""));
      }
    } else if (verb == "vars") {
      store::Rows rows =
          need(view->query({"SELECT vars FROM flow_case WHERE id = ?", {case_id_.text()}}));
      out_.push_back(with_names(rows[0].text("vars")));
    } else if (verb == "why") {
      store::Rows rows = need(
          view->query({"SELECT detail FROM flow_history WHERE case_id = ? AND act = 'rule.decide'",
                       {case_id_.text()}}));
      out_.push_back(write_json(need(parse_json(rows[0].text("detail")))["why"]));
    } else if (verb == "rights") {
      auto rights = need(rights_on(*view, world_.library, world_.subject(word(1)), "hazard",
                                   world_.record_id, world_.answers->away));
      out_.push_back(rights ? rights_text(*rights, word(2)) : "none");
    } else {
      ADD_FAILURE() << "unknown command " << verb;
    }
  }

  static std::string rights_text(const access::NodeRights& rights, const std::string& field) {
    static constexpr std::array kModes = {"hidden", "masked", "read", "write"};
    std::string text =
        field + " " + kModes[static_cast<std::size_t>(rights.fields.of(field))] + ";";
    for (const std::string& button : rights.buttons) text += " " + button;
    return text;
  }

  bool has(std::size_t i) const { return i < line_.words.size(); }
  std::string word(std::size_t i) const { return has(i) ? line_.words[i] : ""; }

  // "@li" stands for the person's id, in both directions.
  std::string with_ids(std::string text) {
    for (const auto& [login, id] : world_.people) replace(text, "@" + login, id.text());
    return text;
  }
  std::string with_names(std::string text) {
    for (const auto& [login, id] : world_.people) replace(text, id.text(), "@" + login);
    return text;
  }
  static void replace(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
      text.replace(at, from.size(), to);
    }
  }

  std::string xml(const std::string& id) {
    std::vector<std::string> lines;
    for (const std::string& line : models_[id]) lines.push_back(with_ids(line));
    return ShortModel::to_xml(id, lines);
  }
  void lint() {
    for (const Finding& finding : Model::lint(xml(kModelId))) {
      out_.push_back(finding.element_id + ": " + finding.text);
    }
    if (out_.empty()) out_.push_back("fine");
  }
  void deploy() {
    if (!table_.empty()) {
      world_.library.add_decision("levels", version_, need(rules::Model::parse(table_)));
    }
    for (const auto& [id, lines] : models_) {
      world_.library.add_model(id, version_, need(Model::parse(xml(id))));
    }
    ++version_;
  }

  void change_record(const std::string& json) {
    Json change = need(parse_json(json));
    for (const auto& [key, value] : change.as_object()) world_.record.set(key, value);
  }
  // What the engine does when somebody has changed the record.
  void look_again() {
    std::optional<Step> step;
    auto looked = world_.act({}, [&](const Around& around) -> Result<Step> {
      step = TRY(record_changed(around, case_id_, world_.record));
      if (!step) return refuse(ErrorCode::WrongState);
      return *step;
    });
    if (step) tell(looked);
    else out_.push_back("nothing");
  }

  // The first task at the node that is open, else the last one that was there.
  TaskId task_at(std::string node) {
    std::size_t number = 0;
    std::size_t mark = node.find('#');
    if (mark != std::string::npos) {
      number = static_cast<std::size_t>(std::stoi(node.substr(mark + 1))) - 1;
      node.resize(mark);
    }
    std::size_t slash = node.rfind('/') + 1;
    store::Rows rows = need(world_.view()->query(
        {"SELECT id, state FROM flow_task WHERE record_id = ? AND node = ? AND path = ? ORDER BY "
         "id",
         {world_.record_id.text(), node.substr(slash), node.substr(0, slash)}}));
    std::vector<std::string> open;
    std::string last;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      last = rows[i].text("id");
      bool is_open = rows[i].text("state") == "open" || rows[i].text("state") == "claimed";
      if (is_open || mark != std::string::npos) open.push_back(last);
    }
    if (number < open.size()) last = open[number];
    if (last.empty()) return world_.ids.next_id<TaskKind>();
    return need(TaskId::parse(last));
  }

  void complete() {
    access::Subject by = world_.subject(word(1));
    CompleteCommand command{.task = task_at(word(2)),
                            .outcome = word(3) == "-" ? "" : word(3),
                            .comment = word(4).starts_with('{') ? "" : word(4),
                            .record = world_.record};
    const std::string& last = line_.words.back();
    if (last.starts_with('{')) {
      Json more = need(parse_json(last));
      for (const auto& [key, value] : more.as_object()) command.record.set(key, value);
    }
    auto step = world_.act(
        by.actor, [&](const Around& around) { return flow::complete(around, by, command); });
    if (step) {
      Json patched = command.record;
      if (step->record_patch.is_object()) {
        for (const auto& [key, value] : step->record_patch.as_object()) patched.set(key, value);
      }
      world_.record = std::move(patched);
    }
    tell(step);
  }

  void claim(bool is_claim) {
    access::Subject by = world_.subject(word(1));
    TaskId task = task_at(word(2));
    tell(world_.act(by.actor, [&](const Around& around) {
      return is_claim ? flow::claim(around, by, task) : flow::unclaim(around, by, task);
    }));
  }

  void return_to() {
    access::Subject by = world_.subject(word(1));
    ReturnCommand command{
        .task = task_at(word(2)), .to_node = word(3), .comment = word(4), .record = world_.record};
    tell(world_.act(by.actor,
                    [&](const Around& around) { return flow::return_to(around, by, command); }));
  }

  // Both decide on the same state, then both commit: one must lose.
  void race() {
    TaskId task = task_at(word(3));
    std::vector<Result<Step>> steps;
    for (const std::string& login : {word(1), word(2)}) {
      access::Subject by = world_.subject(login);
      steps.push_back(world_.decide(
          by.actor, [&](const Around& around) { return flow::claim(around, by, task); }));
    }
    for (Result<Step>& step : steps) {
      auto written = world_.commit(need(std::move(step)).change);
      out_.push_back(written ? "written" : "refused " + refusal(written.error()));
    }
    tell_rows();
  }

  void wait(const std::string& length) {
    world_.clock.advance(need(parse_duration(length)));
    for (int i = 0; i < 200; ++i) {
      auto due = need(due_timers(*world_.view(), world_.clock.now(), 1));
      if (due.empty()) return;
      fire(due[0].id);
    }
    ADD_FAILURE() << "timers without end";
  }
  void fire(TimerId timer) {
    last_timer_ = timer;
    tell(world_.act(
        {}, [&](const Around& around) { return fire_timer(around, timer, world_.record); }));
  }
  void fire_early() {
    store::Rows rows = need(world_.view()->query({"SELECT id FROM flow_timer ORDER BY due, id"}));
    if (!rows.empty()) fire(need(TimerId::parse(rows[0].text("id"))));
  }

  static std::string refusal(const Error& error) {
    return std::string(error_text(error.code).code) + (error.field.empty() ? "" : " ") +
           error.field;
  }

  void tell(const Result<Step>& step) {
    if (!step) {
      out_.push_back("refused " + refusal(step.error()));
      return;
    }
    case_id_ = step->case_id;
    tell_rows();
    for (const Notice& notice : step->notices) {
      if (notice.kind == "task" && !notice.is_urgent) continue;
      std::set<std::string> names;
      for (PersonId person : notice.persons) names.insert(with_names(person.text()));
      std::string text = notice.is_urgent ? "urgent " : "";
      text += "tell " + notice.kind + " " + notice.level + ":";
      for (const std::string& name : names) text += " " + name;
      if (!notice.data.is_null() && !notice.data.has("task")) text += " " + write_json(notice.data);
      out_.push_back(text);
    }
    for (const NewRecord& record : step->records) {
      out_.push_back("make " + record.form + " " + with_names(write_json(record.fields)));
    }
    for (const Letter& letter : step->letters) {
      out_.push_back("send " + letter.name + " to " + letter.form + " " + write_json(letter.data));
    }
    for (const Job& job : step->jobs) {
      out_.push_back("job " + job.name + " " + with_names(write_json(job.data)));
    }
    if (!step->record_patch.is_null()) {
      out_.push_back("patch " + with_names(write_json(step->record_patch)));
    }
    for (const Signal& signal : step->signals) deliver(signal, step->case_id);
  }

  // Clocks and messages that begin a flow: what the engine would make.
  void begin_flows() {
    auto make = [&](const std::vector<NewRecord>& made) {
      for (const NewRecord& record : made) {
        out_.push_back("make " + record.form + " " + write_json(record.fields) + " at " +
                       record.start);
      }
    };
    if (has(1)) {
      Json data = has(2) ? need(parse_json(word(2))) : Json();
      auto view = world_.view();
      Around around{*view, {}, world_.clock.now(), world_.ids, world_.library};
      return make(need(started_by(around, word(1), data)));
    }
    store::Change planned;
    {
      auto view = world_.view();
      Around around{*view, {}, world_.clock.now(), world_.ids, world_.library};
      planned = need(plan_starts(around));
    }
    if (!planned.rows.empty()) need(world_.commit(planned).transform([] { return 0; }));
    for (const DueStart& due : need(due_starts(*world_.view(), world_.clock.now(), 10))) {
      Actor time_out{.kind = Actor::Kind::SystemTimeout};
      make(need(world_.act(time_out, [&](const Around& around) {
             return fire_start(around, due.id);
           })).records);
    }
    auto next = need(next_start(*world_.view()));
    out_.push_back(next ? "next in " + format_duration(*next - world_.clock.now()) : "no next");
  }

  // As the engine does, though each in a transaction of its own.
  void deliver(const Signal& signal, CaseId from) {
    std::string before = current_;
    for (const Listener& listener :
         need(listeners(*world_.view(), post(world_.ids, signal, from), 100))) {
      for (const auto& [name, other] : std::map<std::string, Other>(others_)) {
        if (other.case_id == listener.case_id) turn_to(name);
      }
      out_.push_back("case " + current_);
      tell(world_.act({}, [&](const Around& around) {
        return flow::signal(around, {listener.case_id, signal.name, signal.data, world_.record});
      }));
    }
    turn_to(before);
  }

  // Another record, made at its first mention.
  void turn_to(const std::string& name) {
    others_[current_] = {world_.record_id, world_.record, case_id_};
    auto found = others_.find(name);
    if (found == others_.end()) {
      found = others_.emplace(name, Other{world_.ids.next_id<RecordKind>(), Json::object()}).first;
    }
    current_ = name;
    world_.record_id = found->second.record_id;
    world_.record = found->second.record;
    case_id_ = found->second.case_id;
  }

  void tell_rows() {
    auto view = world_.view();
    store::Rows rows =
        need(view->query({"SELECT * FROM flow_history WHERE case_id = ? AND seq > ? ORDER BY seq",
                          {case_id_.text(), seen_[case_id_]}}));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      store::Row row = rows[i];
      seen_[case_id_] = row.int64("seq");
      std::string text = row.text("act");
      std::string path = row.is_null("path") ? "" : row.text("path");
      if (!row.text("node").empty()) text += " " + path + row.text("node");
      if (!row.text("outcome").empty()) text += " " + row.text("outcome");
      if (row.text("actor_kind") != "person") text += " (" + row.text("actor_kind") + ")";
      Json detail = need(parse_json(row.text("detail")));
      if (row.text("act") == "incident") text += ": " + detail.text_or("text", "");
      if (detail.has("reason")) text += " " + detail.text_or("reason", "");
      if (detail.has("people")) text += " " + write_json(detail["people"]);
      if (detail.has("firing")) text += " " + std::to_string(detail.int_or("firing", 0));
      if (detail.has("guards")) text += " " + write_json(detail["guards"]);
      if (detail.has("rules")) text += " " + write_json(detail["rules"]);
      if (detail.has("from")) {
        text += " " + detail.text_or("from", "") + " to " +
                detail.text_or("to", detail.text_or("role", "nobody"));
      }
      out_.push_back(with_names(text));
    }
    out_.push_back("at " + places(*view));
  }

  std::string places(store::View& view) const {
    std::string id = case_id_.text();
    store::Rows cases = need(view.query({"SELECT state FROM flow_case WHERE id = ?", {id}}));
    if (cases[0].text("state") == "ended") return "end";
    store::Rows rows = need(view.query(
        {"SELECT node, state FROM flow_token WHERE case_id = ? ORDER BY node, id", {id}}));
    std::string text;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::string& state = rows[i].text("state");
      text += (text.empty() ? "" : " ") + rows[i].text("node");
      if (state != "waiting") text += "(" + state + ")";
    }
    return text;
  }

  World world_;
  std::map<std::string, std::vector<std::string>> models_;
  std::string filling_;  // the model whose lines come now
  std::string table_;
  std::vector<std::string> out_;
  Line line_;
  CaseId case_id_{};
  TimerId last_timer_{};
  std::map<CaseId, int64_t> seen_;  // the last row of the timeline that was told
  // Records beside the first one, by the names that the script gives them.
  struct Other {
    RecordId record_id{};
    Json record;
    CaseId case_id{};
  };
  std::map<std::string, Other> others_;
  std::string current_ = "first";
  int64_t version_ = 1;
};

}  // namespace anlan::flow

// Plays tests/flow/*.case: a model, an event script, the trace that must come out. The format is
// described in docs/formats/flow.md. With ANLAN_UPDATE_CASES=1 the files are written anew with
// what really came out.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "core/text.h"
#include "flow/test_acts.h"
#include "flow/test_answers.h"
#include "flow/test_model.h"
#include "flow/test_world.h"

namespace anlan::flow {
namespace {

constexpr const char* kFolder = "tests/flow";
constexpr const char* kModelId = "model";

struct Line {
  std::string text;
  std::vector<std::string> words;
};

// Words; "quoted text" and a JSON object at the end are one word each.
Line parse_line(const std::string& text) {
  Line line{.text = text, .words = {}};
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == ' ') {
      ++at;
    } else if (text[at] == '{') {
      line.words.push_back(text.substr(at));
      break;
    } else if (text[at] == '"') {
      std::size_t end = text.find('"', at + 1);
      line.words.push_back(text.substr(at + 1, end - at - 1));
      at = end + 1;
    } else {
      std::size_t end = std::min(text.find(' ', at), text.size());
      line.words.push_back(text.substr(at, end - at));
      at = end;
    }
  }
  return line;
}

class Player {
 public:
  explicit Player(store::Dialect dialect) : world_(dialect) {}

  void begin_model() { model_.clear(); }
  void add_model_line(const std::string& line) { model_.push_back(line); }
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
    } else if (verb == "comment") {
      access::Subject by = world_.subject(word(1));
      tell(world_.act(
          by.actor, [&](const Around& around) { return comment(around, by, case_id_, word(2)); }));
    } else if (verb == "set") {
      change_record(word(1));
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
    } else if (verb == "grant") {
      world_.grant(word(1), {{word(2), word(3)}});
    } else if (verb == "redeploy") {
      deploy();
    } else if (verb == "handover") {
      hand_over();
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
      store::Rows rows = need(view->query({"SELECT vars FROM flow_case"}));
      out_.push_back(with_names(rows[0].text("vars")));
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

  std::string xml() {
    std::vector<std::string> lines;
    for (const std::string& line : model_) lines.push_back(with_ids(line));
    return ShortModel::to_xml(kModelId, lines);
  }
  void lint() {
    for (const Finding& finding : Model::lint(xml())) {
      out_.push_back(finding.element_id + ": " + finding.text);
    }
    if (out_.empty()) out_.push_back("fine");
  }
  void deploy() {
    if (!table_.empty()) {
      world_.library.add_decision("levels", version_, need(rules::Model::parse(table_)));
    }
    world_.library.add_model(kModelId, version_++, need(Model::parse(xml())));
  }

  void change_record(const std::string& json) {
    Json change = need(parse_json(json));
    for (const auto& [key, value] : change.as_object()) world_.record.set(key, value);
  }

  // The first task at the node that is open, else the last one that was there.
  TaskId task_at(std::string node) {
    std::size_t number = 0;
    std::size_t mark = node.find('#');
    if (mark != std::string::npos) {
      number = static_cast<std::size_t>(std::stoi(node.substr(mark + 1))) - 1;
      node.resize(mark);
    }
    store::Rows rows = need(world_.view()->query(
        {"SELECT id, state FROM flow_task WHERE node = ? ORDER BY id", {node}}));
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

  void hand_over() {
    access::Subject by = world_.subject(word(1));
    HandOverCommand command{.task = task_at(word(2)),
                            .to = world_.subject(word(3)),
                            .is_near = word(4) == "near",
                            .comment = word(5)};
    tell(world_.act(by.actor,
                    [&](const Around& around) { return flow::hand_over(around, by, command); }));
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
  }

  void tell_rows() {
    auto view = world_.view();
    store::Rows rows =
        need(view->query({"SELECT * FROM flow_history WHERE seq > ? ORDER BY seq", {seen_}}));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      store::Row row = rows[i];
      seen_ = row.int64("seq");
      std::string text = row.text("act");
      if (!row.text("node").empty()) text += " " + row.text("node");
      if (!row.text("outcome").empty()) text += " " + row.text("outcome");
      if (row.text("actor_kind") != "person") text += " (" + row.text("actor_kind") + ")";
      Json detail = need(parse_json(row.text("detail")));
      if (row.text("act") == "incident") text += ": " + detail.text_or("text", "");
      if (detail.has("reason")) text += " " + detail.text_or("reason", "");
      if (detail.has("people")) text += " " + write_json(detail["people"]);
      if (detail.has("firing")) text += " " + std::to_string(detail.int_or("firing", 0));
      if (detail.has("rules")) text += " " + write_json(detail["rules"]);
      if (detail.has("from")) {
        text += " " + detail.text_or("from", "") + " to " +
                detail.text_or("to", detail.text_or("role", "nobody"));
      }
      out_.push_back(with_names(text));
    }
    out_.push_back("at " + places(*view));
  }

  static std::string places(store::View& view) {
    store::Rows cases = need(view.query({"SELECT state FROM flow_case"}));
    if (cases[0].text("state") == "ended") return "end";
    store::Rows rows = need(view.query({"SELECT node, state FROM flow_token ORDER BY node, id"}));
    std::string text;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::string& state = rows[i].text("state");
      text += (text.empty() ? "" : " ") + rows[i].text("node");
      if (state != "waiting") text += "(" + state + ")";
    }
    return text;
  }

  World world_;
  std::vector<std::string> model_;
  std::string table_;
  std::vector<std::string> out_;
  Line line_;
  CaseId case_id_{};
  TimerId last_timer_{};
  int64_t seen_ = 0;
  int64_t version_ = 1;
};

struct Played {
  std::vector<std::string> lines;  // the file as it should be
  std::vector<std::string> faults;
  int cases = 0;
};

std::vector<std::string> read_lines(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// "case NAME", then "model" or "table" and indented lines, then commands, each followed by "| "
// lines: what must come out.
Played play_file(const std::filesystem::path& path, store::Dialect dialect) {
  Played result;
  std::unique_ptr<Player> player;
  std::string name;
  std::string block;
  std::vector<std::string> lines = read_lines(path);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (line.starts_with("| ")) continue;
    result.lines.push_back(line);
    if (line.empty() || line.starts_with('#')) continue;
    if (line.starts_with("case ")) {
      ++result.cases;
      name = line.substr(5);
      player = std::make_unique<Player>(dialect);
    } else if (line.starts_with(' ')) {
      if (block == "model") player->add_model_line(line);
      if (block == "table") player->add_table_line(line);
    } else if (line == "model" || line == "table") {
      block = line;
      if (block == "model") player->begin_model();
    } else {
      std::vector<std::string> expected;
      for (std::size_t j = i + 1; j < lines.size() && lines[j].starts_with("| "); ++j) {
        expected.push_back(lines[j].substr(2));
      }
      std::vector<std::string> actual = player->play(line);
      for (const std::string& trace : actual) result.lines.push_back("| " + trace);
      if (actual == expected) continue;
      std::string fault = name + ", line " + std::to_string(i + 1) + ": " + line + "\n came out:\n";
      for (const std::string& trace : actual) fault += "| " + trace + "\n";
      result.faults.push_back(fault);
    }
  }
  return result;
}

class CaseFiles : public testing::TestWithParam<store::Dialect> {};

TEST_P(CaseFiles, EveryCaseGivesItsTrace) {
  bool needs_server = GetParam() == store::Dialect::Postgres;
  if (needs_server && !test::postgres_server()) GTEST_SKIP() << "no PostgreSQL here";
  bool is_update = std::getenv("ANLAN_UPDATE_CASES") != nullptr;
  int cases = 0;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".case") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const std::filesystem::path& file : files) {
    Played played = play_file(file, GetParam());
    cases += played.cases;
    for (const std::string& fault : played.faults) ADD_FAILURE() << file << ": " << fault;
    if (!is_update || played.faults.empty()) continue;
    std::ofstream out(file);
    for (const std::string& line : played.lines) out << line << "\n";
  }
  EXPECT_GE(cases, 30);
  std::cout << "played " << cases << " cases\n";
}

INSTANTIATE_TEST_SUITE_P(Databases, CaseFiles,
                         testing::Values(store::Dialect::Sqlite, store::Dialect::Postgres),
                         [](const auto& each) {
                           return each.param == store::Dialect::Sqlite ? "Sqlite" : "Postgres";
                         });

}  // namespace
}  // namespace anlan::flow

#include "tests/cases/runner.h"

#include <algorithm>
#include <fstream>

#include "tests/cases/isolate.h"

namespace anlan::test {
namespace {

// Every member that is expected must be there and match; lists must have the same length. A text
// "*" matches anything but null.
bool matches(const Json& expected, const Json& actual) {
  if (expected == Json("*")) return !actual.is_null();
  if (expected.is_object()) {
    if (!actual.is_object()) return false;
    for (const Json::Member& member : expected.as_object()) {
      if (!matches(member.second, actual[member.first])) return false;
    }
    return true;
  }
  if (expected.is_array()) {
    if (!actual.is_array() || actual.as_array().size() != expected.as_array().size()) return false;
    for (std::size_t i = 0; i < expected.as_array().size(); ++i) {
      if (!matches(expected.as_array()[i], actual.as_array()[i])) return false;
    }
    return true;
  }
  return expected == actual;
}

class Run {
 public:
  explicit Run(std::unique_ptr<Plant> plant) : plant_(std::move(plant)) {
    variables_["jsa"] = R"([{"hazard":"机械伤害","control":"停机挂牌","who":"作业负责人"}])";
    for (const std::string side : {"crew", "owner"}) {
      Json list = Json::object();
      for (const char* line : {"_tools", "_isolations", "_clean", "_watch"}) {
        list.set(side + line, true);
      }
      variables_[side] = write_json(list);
    }
  }

  // Empty, or what was wrong.
  std::string line(std::string_view text) {
    text = trim(text);
    if (text.empty() || text.front() == '#') return check_unexpected_refusal(text);
    std::size_t space = text.find(' ');
    std::string_view word = text.substr(0, space);
    auto rest = fill(space == std::string_view::npos ? "" : trim(text.substr(space + 1)));
    if (!rest) return rest.error().detail;
    if (word == "expect") return expect(*rest);
    if (word == "refused") return refused(*rest);
    if (auto wrong = check_unexpected_refusal(text); !wrong.empty()) return wrong;
    if (word == "let") return let(*rest);
    return act(word, *rest);
  }
  std::string end() { return check_unexpected_refusal("end"); }

 private:
  std::string check_unexpected_refusal(std::string_view) {
    if (answer_ || is_refusal_seen_) return {};
    return "refused: " + std::string(error_text(answer_.error().code).code) + " " +
           answer_.error().field + " " + answer_.error().detail;
  }

  // $name is a variable, @kind:code the id behind a code.
  Result<std::string> fill(std::string_view text) {
    std::string out;
    while (!text.empty()) {
      std::size_t mark = text.find_first_of("$@");
      out += text.substr(0, mark);
      if (mark == std::string_view::npos) break;
      bool is_code = text[mark] == '@';
      text.remove_prefix(mark + 1);
      std::size_t size = 0;
      while (size < text.size() && (std::isalnum(static_cast<unsigned char>(text[size])) != 0 ||
                                    text[size] == '_' || text[size] == '-' || text[size] == ':')) {
        ++size;
      }
      std::string name(text.substr(0, size));
      text.remove_prefix(size);
      if (is_code && name.find(':') != std::string::npos) {
        std::size_t colon = name.find(':');
        out += TRY(plant_->id_of(name.substr(0, colon), name.substr(colon + 1)));
      } else if (auto known = variables_.find(name); !is_code && known != variables_.end()) {
        out += known->second;
      } else {
        return refuse(ErrorCode::BadRequest, "unknown name " + name);
      }
    }
    return out;
  }

  std::string expect(const std::string& text) {
    if (auto wrong = check_unexpected_refusal(text); !wrong.empty()) return wrong;
    auto expected = parse_json(text);
    if (!expected) return "the expectation is not JSON: " + expected.error().detail;
    if (matches(*expected, *answer_)) return {};
    return "expected " + text + "\n  got " + write_json(*answer_);
  }

  std::string refused(const std::string& text) {
    if (answer_) return "expected a refusal, got " + write_json(*answer_);
    is_refusal_seen_ = true;
    std::string got(error_text(answer_.error().code).code);
    if (!answer_.error().field.empty()) got += " " + answer_.error().field;
    bool same =
        text.find(' ') == std::string::npos ? got.substr(0, got.find(' ')) == text : got == text;
    return same ? "" : "expected refusal " + text + ", got " + got + " " + answer_.error().detail;
  }

  // let name = member.member.0
  std::string let(const std::string& text) {
    std::size_t equals = text.find(" = ");
    if (equals == std::string::npos) return "let name = path";
    Json value = *answer_;
    for (std::string_view step : split(std::string_view(text).substr(equals + 3), '.')) {
      bool is_index = !step.empty() && std::isdigit(static_cast<unsigned char>(step[0])) != 0;
      std::size_t index = is_index ? std::stoul(std::string(step)) : 0;
      if (is_index && (!value.is_array() || index >= value.as_array().size()))
        return "no such item";
      value = is_index ? Json(value.as_array()[index]) : Json(value[step]);
    }
    variables_[text.substr(0, equals)] = value.is_text() ? value.as_text() : write_json(value);
    return {};
  }

  std::string act(std::string_view word, const std::string& rest) {
    if (word == "as") return become(rest);
    if (word == "wait") return wait(rest);
    if (word == "reopen") return reopen();
    if (word == "isolate" || word == "unisolate") {
      auto id = RecordId::parse(rest);
      auto done = id ? (word == "isolate" ? isolate(*plant_, *id) : unisolate(*plant_, *id))
                     : Result<void>(std::unexpected(id.error()));
      return done ? "" : std::string(word) + ": " + done.error().detail + done.error().field;
    }
    is_refusal_seen_ = false;
    std::size_t space = rest.find(' ');
    std::string first = rest.substr(0, space);
    std::string second = space == std::string::npos ? "" : rest.substr(space + 1);
    if (word == "each") return each(first, second);
    if (word == "row") return row(first, second);
    if (word == "steps") return steps(first);
    Json body = Json::object();
    if (second.starts_with("{") || second.starts_with("[")) {
      auto parsed = parse_json(second);
      if (!parsed) return "not JSON: " + second;
      body = *parsed;
    }
    if (word == "upload") return upload(first, second);
    auto answer = ask(word, first, second, body);
    if (!answer) return "unknown word " + std::string(word);
    answer_ = std::move(*answer);
    return {};
  }

  std::optional<Result<Json>> ask(std::string_view word, const std::string& first,
                                  const std::string& second, const Json& body) {
    engine::Engine& engine = plant_->engine();
    if (word == "create") return run(engine::CreateRecord{.form = first, .fields = body});
    if (word == "import") {
      return run(engine::ImportRecords{.form = first, .rows = body, .is_dry_run = false});
    }
    if (word == "tasks") return engine.tasks(by_);
    if (word == "notices") return engine.notices(by_);
    if (word == "list") {
      auto filter = parse_filter(body.is_array() ? body : Json());
      if (!filter) return std::unexpected(filter.error());
      return engine.list_records(by_, first, {.filter = *filter});
    }
    if (word == "search") return engine.list_records(by_, first, {.search = second});
    if (word == "act") return act(first, second);
    if (word == "sample") return sample(first, second);
    if (word == "alarm") return alarm(first);
    if (word == "order") return order(first, second);
    if (word == "claim" || word == "unclaim" || word == "complete" || word == "return" ||
        word == "hand_over") {
      return on_task(word, first, body);
    }
    auto id = RecordId::parse(second.substr(0, second.find(' ')));
    if (!id) return std::unexpected(id.error());
    if (word == "get") return engine.record(by_, first, *id);
    if (word == "history") return engine.history(by_, first, *id);
    if (word == "timeline") return engine.timeline(by_, first, *id);
    if (word == "proof") return engine.proof(by_, first, *id);
    std::size_t space = second.find(' ');
    std::string tail = space == std::string::npos ? "" : second.substr(space + 1);
    if (word == "comment") return run(engine::CommentRecord{first, *id, tail});
    if (word == "stop") return run(engine::SuspendPermit{.permit = *id, .reason = tail});
    if (word == "suspend") return suspend(*id, first);
    if (word == "withdraw") {
      return run(engine::ActOnCase{.form = first, .id = *id, .act = "withdraw", .comment = tail});
    }
    if (word == "say") return run(engine::WriteMessage{first, *id, tail});
    if (word == "not_fixed") return run(engine::WriteMessage{first, *id, tail, true});
    if (word == "update") {
      auto patch = parse_json(tail);
      if (!patch) return std::unexpected(patch.error());
      return run(engine::UpdateRecord{first, *id, patch->int_or("version", 0), (*patch)["fields"]});
    }
    return std::nullopt;
  }

  // act ACT NODE-or-ID {"to":[person],"comment",...}
  Result<Json> act(const std::string& act, const std::string& rest) {
    std::size_t space = rest.find(' ');
    auto body = parse_json(space == std::string::npos ? "{}" : rest.substr(space + 1));
    if (!body) return std::unexpected(body.error());
    auto id = TRY(task_called(rest.substr(0, space)));
    engine::ActOnTask what{.task = id,
                           .act = act,
                           .comment = body->text_or("comment", ""),
                           .when = body->text_or("when", ""),
                           .mode = body->text_or("mode", "all")};
    if ((*body)["to"].is_array()) {
      for (const Json& one : (*body)["to"].as_array()) {
        what.to.push_back(TRY(PersonId::parse(one.is_text() ? one.as_text() : "")));
      }
    }
    return run(std::move(what));
  }

  // What a driver delivers, and everything that comes of it.
  Result<Json> sample(const std::string& tag, const std::string& value) {
    plant_->engine().watch();  // tags as the records say now
    plant_->engine().turn();
    auto number = parse_json(value);
    auto index = plant_->engine().sensing().find_tag(tag);
    if (!number || !number->is_number() || !index) return refuse(ErrorCode::BadField, tag, "tag");
    Instant now = plant_->clock().now();
    history::Sample one{
        .tag = *index, .at = now, .received = now, .value = number->as_double().value_or(0)};
    TRY(plant_->engine().sensing().samples({&one, 1}));
    plant_->engine().turn();
    return Json::object();
  }

  // An alarm of the list by its code.
  Result<Json> alarm(const std::string& code) {
    Json list = TRY(plant_->engine().alarms(by_));
    for (const Json& row : list["rows"].as_array()) {
      if (row["code"] == Json(code)) return row;
    }
    return refuse(ErrorCode::NotFound, code);
  }

  Result<Json> order(const std::string& code, const std::string& reason) {
    Json row = TRY(alarm(code));
    RecordId id = TRY(RecordId::parse(row.text_or("id", "")));
    return run(engine::OrderWork{id, row.text_or("occurrence", ""), reason});
  }

  // What the watch does when it finds a reason.
  Result<Json> suspend(RecordId permit, const std::string& reason) {
    engine::SuspendPermits what;
    what.suspensions.push_back({.permit = permit, .reason = reason, .detail = Json::object()});
    return plant_->engine().run({.what = std::move(what)});
  }

  // each NAME {members} [FIELD INSTANT STEP]: the list $NAME with these members in each row, and
  // the field a step later in each.
  std::string each(const std::string& name, const std::string& rest) {
    std::size_t end = rest.rfind('}');
    auto members = parse_json(rest.substr(0, end == std::string::npos ? 0 : end + 1));
    auto rows = parse_json(variables_[name]);
    if (!members || !rows || !rows->is_array()) return "each NAME {members} [FIELD INSTANT STEP]";
    std::vector<std::string_view> words = split(trim(std::string_view(rest).substr(end + 1)), ' ');
    bool is_timed = words.size() == 3;
    auto at = is_timed ? parse_instant(words[1]) : Result<Instant>(Instant{});
    auto step = is_timed ? parse_duration(words[2]) : Result<Duration>(Duration{});
    if (!at || !step) return "not an instant and a duration: " + rest.substr(end + 1);
    Json out = Json::array();
    for (Json row : rows->as_array()) {
      for (const Json::Member& member : members->as_object()) row.set(member.first, member.second);
      if (is_timed) row.set(std::string(words[0]), format_instant(*at));
      *at = *at + *step;
      out.push(std::move(row));
    }
    variables_[name] = write_json(out);
    return {};
  }

  // steps NAME: in each row of the list $NAME a time for each step of its guide, a second apart,
  // the last when the row was done.
  std::string steps(const std::string& name) {
    auto rows = parse_json(variables_[name]);
    if (!rows || !rows->is_array()) return "steps NAME";
    Json out = Json::array();
    for (Json row : rows->as_array()) {
      auto at = parse_instant(row.text_or("device_at", ""));
      std::string guide = row.text_or("steps_zh", ""), times;
      auto left = std::ranges::count(guide, '\n');
      for (; at && !guide.empty() && left >= 0; --left) {
        times += (times.empty() ? "" : "\n") + format_instant(*at - Duration::seconds(left));
      }
      if (!times.empty()) row.set("steps_at", times);
      out.push(std::move(row));
    }
    variables_[name] = write_json(out);
    return {};
  }

  // row NAME PLACE {members}: the list $NAME with these members in that row.
  std::string row(const std::string& name, const std::string& rest) {
    std::size_t space = rest.find(' ');
    auto members = parse_json(space == std::string::npos ? "" : rest.substr(space + 1));
    auto rows = parse_json(variables_[name]);
    std::size_t place = std::strtoul(rest.c_str(), nullptr, 10);
    bool is_there = rows && rows->is_array() && place < rows->as_array().size();
    if (!members || !members->is_object() || !is_there) return "row NAME PLACE {members}";
    Json out = Json::array();
    for (const Json& one : rows->as_array()) {
      Json changed = one;
      if (out.as_array().size() == place) {
        for (const Json::Member& member : members->as_object()) {
          changed.set(member.first, member.second);
        }
      }
      out.push(std::move(changed));
    }
    variables_[name] = write_json(out);
    return {};
  }

  // Tasks are named by their node or by their id.
  Result<TaskId> task_called(const std::string& which) {
    auto id = TaskId::parse(which);
    if (id) return *id;
    Json tasks = TRY(plant_->engine().tasks(by_));
    for (const Json& task : tasks["rows"].as_array()) {
      if (task["node"] == Json(which)) return TaskId::parse(task.text_or("id", ""));
    }
    return refuse(ErrorCode::NotFound, "no open task " + which);
  }
  Result<Json> on_task(std::string_view word, const std::string& which, const Json& body) {
    auto id = task_called(which);
    if (!id) return refuse(ErrorCode::NotFound, "no open task " + which);
    if (word == "claim") return run(engine::ClaimTask{*id});
    if (word == "unclaim") return run(engine::UnclaimTask{*id});
    if (word == "hand_over") {
      PersonId to = TRY(PersonId::parse(body.text_or("to", "")));
      return run(engine::HandOver{.task = *id, .to = to, .comment = body.text_or("comment", "")});
    }
    if (word == "return") {
      return run(engine::ReturnTask{*id, body.text_or("to", ""), body.text_or("comment", "")});
    }
    return run(engine::CompleteTask{.task = *id,
                                    .outcome = body.text_or("outcome", ""),
                                    .comment = body.text_or("comment", ""),
                                    .fields = body["fields"],
                                    .position = body["position"]});
  }

  Result<Json> run(engine::What what) { return plant_->run(by_, std::move(what)); }

  std::string become(const std::string& login) {
    auto subject = plant_->as(login);
    if (!subject) return "no person " + login;
    by_ = *subject;
    return {};
  }
  std::string wait(const std::string& text) {
    auto length = parse_duration(text);
    if (!length) return "not a duration: " + text;
    plant_->wait(*length);
    return {};
  }
  std::string reopen() {
    auto opened = plant_->reopen();
    return opened ? "" : "reopen: " + opened.error().detail;
  }
  std::string upload(const std::string& name, const std::string& salt) {
    auto sha = plant_->upload(by_, photo(salt.empty() ? name : salt));
    if (!sha) return "upload: " + sha.error().detail;
    variables_[name] = *sha;
    answer_ = Json();
    return {};
  }

  std::unique_ptr<Plant> plant_;
  access::Subject by_;
  Result<Json> answer_ = Json();
  bool is_refusal_seen_ = false;
  std::map<std::string, std::string> variables_;
};

}  // namespace

std::string run_case(const std::string& file, const PlantOptions& options) {
  auto plant = Plant::create(options);
  if (!plant) {
    return file + ": no plant: " + plant.error().detail + " " + plant.error().field;
  }
  Run run(std::move(*plant));
  std::ifstream in(file);
  if (!in) return file + ": can't be read";
  std::string text;
  std::string more;
  int number = 0;
  while (std::getline(in, more)) {
    ++number;
    // A line that ends in a backslash goes on.
    if (!more.empty() && more.back() == '\\') {
      text += more.substr(0, more.size() - 1);
      continue;
    }
    std::string wrong = run.line(text + more);
    text.clear();
    if (!wrong.empty()) return file + ":" + std::to_string(number) + ": " + wrong;
  }
  std::string wrong = run.end();
  return wrong.empty() ? "" : file + ": " + wrong;
}

}  // namespace anlan::test

// What a step of a flow costs without the disk; run by tools/bench/flow.mjs.
// complete_mem_rps: the case is in memory, people and roles are known, the step with all its rows
// is decided and thrown away. completes: decide and commit, SQLite without sync.

#include <algorithm>
#include <chrono>
#include <iostream>
#include <unordered_map>

#include "flow/case_state.h"
#include "flow/check.h"
#include "flow/test_model.h"
#include "flow/test_world.h"

namespace anlan::flow {
namespace {

constexpr int kCases = 200;
constexpr int kRuns = 5;

std::vector<std::string> model_lines() {
  std::string task =
      "<extensionElements><anlan:assign kind=\"role\" role=\"leader\"/>"
      "</extensionElements></userTask>";
  return {"<startEvent id=\"s\"/>",
          "<userTask id=\"a\">" + task,
          "<boundaryEvent id=\"late\" attachedToRef=\"a\"><timerEventDefinition><timeDuration>PT2H"
          "</timeDuration></timerEventDefinition></boundaryEvent>",
          "<exclusiveGateway id=\"x\"/>",
          "<userTask id=\"b\">" + task,
          "<endEvent id=\"e\"/>",
          "<endEvent id=\"e2\"/>",
          "s -> a -> x",
          "x -> b : record.level = \"red\"",
          "x -> e : default",
          "b -> e",
          "late -> e2"};
}

std::vector<CaseId> start_cases(World& world) {
  std::vector<CaseId> cases;
  for (int i = 0; i < kCases; ++i) {
    world.record_id = world.ids.next_id<RecordKind>();
    cases.push_back(need(world.start_case("bench", "wang")).case_id);
  }
  return cases;
}

TaskId open_task(World& world, CaseId id) {
  store::Rows rows = need(world.view()->query(
      {"SELECT id FROM flow_task WHERE case_id = ? AND state = 'open'", {id.text()}}));
  return need(TaskId::parse(rows[0].text("id")));
}

double completes_per_second(World& world, std::size_t group) {
  std::vector<TaskId> tasks;
  for (CaseId id : start_cases(world)) tasks.push_back(open_task(world, id));
  access::Subject li = world.subject("li");
  auto begin = std::chrono::steady_clock::now();
  for (std::size_t at = 0; at < tasks.size(); at += group) {
    std::vector<store::Work> works;
    for (std::size_t i = at; i < std::min(at + group, tasks.size()); ++i) {
      works.push_back([&, i](store::Transaction& transaction) -> Result<void> {
        Around around{transaction, li.actor, world.clock.now(), world.ids, world.library};
        Step step = TRY(complete(
            around, li, {.task = tasks[i], .outcome = "", .comment = "", .record = world.record}));
        return transaction.apply(step.change);
      });
    }
    for (auto& answer : need(world.db->commit_group(works))) {
      need(std::move(answer).transform([] { return 0; }));
    }
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return static_cast<double>(tasks.size()) / took.count();
}

// Asks the database once and then knows: what is measured is the token game.
class KnowingView final : public store::View {
 public:
  explicit KnowingView(store::View& view) : view_(view) {}

  Result<store::Rows> query(const store::Sql& sql) override {
    std::string key = sql.text;
    for (const store::Value& value : sql.params) {
      key += '\0';
      if (const auto* text = std::get_if<std::string>(&value)) key += *text;
      if (const auto* number = std::get_if<int64_t>(&value)) key += std::to_string(*number);
    }
    auto found = known_.find(key);
    if (found != known_.end()) return found->second;
    store::Rows rows = TRY(view_.query(sql));
    known_.emplace(std::move(key), rows);
    return rows;
  }
  store::Dialect dialect() const override { return view_.dialect(); }

 private:
  store::View& view_;
  std::unordered_map<std::string, store::Rows> known_;
};

double memory_completes_per_second(World& world) {
  constexpr int kSteps = 20'000;
  world.record_id = world.ids.next_id<RecordKind>();
  CaseId id = need(world.start_case("bench", "wang")).case_id;
  TaskId task = open_task(world, id);
  access::Subject li = world.subject("li");
  auto snapshot = world.view();
  KnowingView view(*snapshot);
  CaseState state = need(load_case(view, id));
  CompleteCommand command{.task = task, .outcome = "", .comment = "", .record = world.record};
  Around around{view, li.actor, world.clock.now(), world.ids, world.library};
  auto once = [&] {
    Machine machine = need(machine_of(around, state, command.record, li.actor));
    need(complete_in(machine, li, command));
  };
  once();
  auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < kSteps; ++i) once();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return kSteps / took.count();
}

double task_list_us(World& world) {
  access::Subject li = world.subject("li");
  auto view = world.view();
  auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) need(tasks_of(*view, world.library, li, 50));
  std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
  return took.count() / 20;
}

struct Figure {
  std::string metric;
  std::string variant;
  std::string unit;
  std::string better;
};

void print_median(const Figure& figure, std::vector<double> runs) {
  std::ranges::sort(runs);
  std::cout << write_json(Json::object({{"bench", "flow"},
                                        {"metric", figure.metric},
                                        {"variant", figure.variant},
                                        {"value", runs[runs.size() / 2]},
                                        {"unit", figure.unit},
                                        {"better", figure.better}}))
            << "\n";
}

void run() {
  World world;
  world.record = Json::object({{"level", "red"}});
  std::string xml = ShortModel::to_xml("bench", model_lines());
  world.library.add_model("bench", 1, need(Model::parse(xml)));
  for (std::size_t group : {std::size_t{1}, std::size_t{64}}) {
    completes_per_second(world, group);  // warm-up
    std::vector<double> runs;
    for (int i = 0; i < kRuns; ++i) runs.push_back(completes_per_second(world, group));
    print_median({"completes", "sqlite, group of " + std::to_string(group), "1/s", "higher"}, runs);
  }
  std::vector<double> memory;
  for (int i = 0; i < kRuns; ++i) memory.push_back(memory_completes_per_second(world));
  print_median({"complete_mem_rps", "decided in memory", "1/s", "higher"}, memory);
  std::vector<double> lists;
  for (int i = 0; i < kRuns; ++i) lists.push_back(task_list_us(world));
  print_median({"tasks_of", "50 of the open ones", "us", "lower"}, lists);
}

}  // namespace
}  // namespace anlan::flow

int main() { anlan::flow::run(); }

// How many tasks a minute can be completed: decide and commit, SQLite without sync, so that the
// figure is ours and not the disk's.

#include <algorithm>
#include <chrono>
#include <iostream>

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
  std::vector<double> lists;
  for (int i = 0; i < kRuns; ++i) lists.push_back(task_list_us(world));
  print_median({"tasks_of", "50 of the open ones", "us", "lower"}, lists);
}

}  // namespace
}  // namespace anlan::flow

int main() { anlan::flow::run(); }

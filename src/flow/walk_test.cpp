// A seeded walk over generated block-structured models: no case gets stuck, every join fires once
// for each time its block is entered, every case ends, and replaying the change log gives the same
// rows.

#include <gtest/gtest.h>

#include "flow/test_model.h"
#include "flow/test_world.h"

namespace anlan::flow {
namespace {

// Makes a random process of nested blocks: tasks, sequences, choices, parallels, loops, events.
class Generator {
 public:
  explicit Generator(Random& random) : random_(random) {}

  std::vector<std::string> make() {
    lines_ = {"<startEvent id=\"s\"/>", "<endEvent id=\"e\"/>",
              "<signal id=\"bell\" name=\"bell\"/>", "<signal id=\"halt\" name=\"halt\"/>"};
    std::string last = "s";
    for (int i = 0; i < 3; ++i) {
      Ends part = block(4);
      lines_.push_back(last + " -> " + part.first);
      last = part.last;
    }
    lines_.push_back(last + " -> e");
    return lines_;
  }
  const std::vector<std::string>& joins() const { return joins_; }

 private:
  struct Ends {
    std::string first;
    std::string last;
  };

  std::string fresh(const std::string& kind) { return kind + std::to_string(++count_); }

  std::string add_task(const std::string& more) {
    std::string id = fresh("t");
    lines_.push_back("<userTask id=\"" + id +
                     "\"><extensionElements><anlan:assign kind=\"role\" role=\"leader\"/>"
                     "<anlan:outcomes><anlan:outcome id=\"go\"/><anlan:outcome id=\"again\"/>"
                     "</anlan:outcomes>" +
                     more + "</extensionElements></userTask>");
    return id;
  }

  Ends block(int depth) {
    uint64_t what = depth == 0 ? 1 : 1 + random_.below(10);
    if (what == 1) return task();
    if (what == 2) return sequence(depth);
    if (what == 3) return choice(depth);
    if (what == 4) return loop(depth);
    if (what == 5) return events(depth);
    if (what == 6) return inclusive(depth);
    if (what <= 8) return sub_process(depth);
    return parallel(depth);
  }

  void add_boundary(const std::string& id, const std::string& host, const std::string& more,
                    const std::string& definition) {
    lines_.push_back("<boundaryEvent id=\"" + id + "\" attachedToRef=\"" + host + "\"" + more +
                     ">" + definition + "</boundaryEvent>");
  }

  // Once or twice at a time; its borders end it or start something beside it.
  Ends sub_process(int depth) {
    std::string id = fresh("u");
    std::vector<std::string> around = std::move(lines_);
    lines_ = {"<subProcess id=\"" + id + "\">"};
    if (random_.below(3) == 0) {
      std::string order = random_.below(2) == 0 ? " isSequential=\"true\"" : "";
      lines_.push_back("<multiInstanceLoopCharacteristics" + order +
                       "><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>");
    }
    std::string start = fresh("us");
    std::string end = fresh("ue");
    lines_.push_back("<startEvent id=\"" + start + "\"/>");
    lines_.push_back("<endEvent id=\"" + end + "\"/>");
    Ends inside = block(depth - 1);
    lines_.push_back(start + " -> " + inside.first);
    lines_.push_back(inside.last + " -> " + end);
    lines_.push_back("</subProcess>");
    around.insert(around.end(), lines_.begin(), lines_.end());
    lines_ = std::move(around);
    if (random_.below(2) == 0) add_bell(id);
    return random_.below(2) == 0 ? with_ends(id) : Ends{id, id};
  }

  void add_bell(const std::string& host) {
    std::string bell = fresh("b");
    std::string end = fresh("be");
    add_boundary(bell, host, " cancelActivity=\"false\"",
                 "<signalEventDefinition signalRef=\"bell\"/>");
    std::string task = add_task("");
    lines_.push_back("<endEvent id=\"" + end + "\"/>");
    lines_.push_back(bell + " -> " + task + " -> " + end);
  }

  Ends with_ends(const std::string& host) {
    std::string late = fresh("i");
    std::string halt = fresh("i");
    std::string merge = fresh("m");
    add_boundary(
        late, host, "",
        "<timerEventDefinition><timeDuration>PT150M</timeDuration></timerEventDefinition>");
    add_boundary(halt, host, "", "<signalEventDefinition signalRef=\"halt\"/>");
    lines_.push_back("<exclusiveGateway id=\"" + merge + "\"/>");
    lines_.push_back(host + " -> " + merge);
    lines_.push_back(late + " -> " + merge);
    lines_.push_back(halt + " -> " + merge);
    return {host, merge};
  }

  Ends inclusive(int depth) {
    Ends block_ends = fork_and_join("inclusiveGateway");
    Ends a = block(depth - 1);
    Ends b = block(depth - 1);
    lines_.push_back(block_ends.first + " -> " + a.first +
                     " : task != null and task.outcome = \"go\"");
    lines_.push_back(block_ends.first + " -> " + b.first + " : default");
    Ends c = block(depth - 1);
    lines_.push_back(block_ends.first + " -> " + c.first +
                     " : task = null or task.outcome = \"go\"");
    for (const Ends& branch : {a, b, c}) {
      lines_.push_back(branch.last + " -> " + block_ends.last);
    }
    return block_ends;
  }

  // Both count how often they happen.
  Ends fork_and_join(const std::string& kind) {
    std::string fork = fresh("f");
    std::string join = fresh("j");
    for (const std::string& id : {fork, join}) {
      lines_.push_back("<" + kind + " id=\"" + id + "\"><extensionElements>" + counter(id) +
                       "</extensionElements></" + kind + ">");
    }
    joins_.push_back(fork + " " + join);
    return {fork, join};
  }

  Ends task() {
    std::string id = add_task("");
    if (random_.below(3) == 0) {
      std::string timer = fresh("b");
      std::string end = fresh("be");
      lines_.push_back("<boundaryEvent id=\"" + timer + "\" attachedToRef=\"" + id +
                       "\" cancelActivity=\"false\"><timerEventDefinition><timeDuration>PT1H"
                       "</timeDuration></timerEventDefinition></boundaryEvent>");
      lines_.push_back("<endEvent id=\"" + end + "\"/>");
      lines_.push_back(timer + " -> " + end);
    }
    return {id, id};
  }

  // The second task may go back to the first one of its own scope.
  Ends sequence(int depth) {
    std::string first = add_task("");
    Ends middle = block(depth - 1);
    std::string last = add_task("<anlan:return targets=\"" + first + "\"/>");
    lines_.push_back(first + " -> " + middle.first);
    lines_.push_back(middle.last + " -> " + last);
    return {first, last};
  }

  Ends choice(int depth) {
    std::string split = fresh("x");
    std::string merge = fresh("m");
    lines_.push_back("<exclusiveGateway id=\"" + split + "\"/>");
    lines_.push_back("<exclusiveGateway id=\"" + merge + "\"/>");
    Ends a = block(depth - 1);
    Ends b = block(depth - 1);
    lines_.push_back(split + " -> " + a.first + " : task != null and task.outcome = \"again\"");
    lines_.push_back(split + " -> " + b.first + " : default");
    lines_.push_back(a.last + " -> " + merge);
    lines_.push_back(b.last + " -> " + merge);
    return {split, merge};
  }

  Ends loop(int depth) {
    std::string merge = fresh("m");
    std::string split = fresh("x");
    std::string decide = add_task("");
    lines_.push_back("<exclusiveGateway id=\"" + split + "\"/>");
    lines_.push_back("<exclusiveGateway id=\"" + merge + "\"/>");
    std::string out = add_task("");
    Ends body = block(depth - 1);
    lines_.push_back(merge + " -> " + body.first);
    lines_.push_back(body.last + " -> " + decide + " -> " + split);
    lines_.push_back(split + " -> " + merge + " : task.outcome = \"again\"");
    lines_.push_back(split + " -> " + out + " : default");
    return {merge, out};
  }

  // The shorter clock wins, unless both are due when somebody looks.
  Ends events(int depth) {
    std::string gateway = fresh("v");
    std::string merge = fresh("m");
    lines_.push_back("<eventBasedGateway id=\"" + gateway + "\"/>");
    lines_.push_back("<exclusiveGateway id=\"" + merge + "\"/>");
    for (const char* length : {"PT1H", "PT90M"}) {
      std::string event = fresh("c");
      lines_.push_back("<intermediateCatchEvent id=\"" + event +
                       "\"><timerEventDefinition><timeDuration>" + length +
                       "</timeDuration></timerEventDefinition></intermediateCatchEvent>");
      Ends way = block(depth - 1);
      lines_.push_back(gateway + " -> " + event + " -> " + way.first);
      lines_.push_back(way.last + " -> " + merge);
    }
    return {gateway, merge};
  }

  Ends parallel(int depth) {
    auto [fork, join] = fork_and_join("parallelGateway");
    for (uint64_t i = 0; i < 2 + random_.below(2); ++i) {
      Ends branch = block(depth - 1);
      lines_.push_back(fork + " -> " + branch.first);
      lines_.push_back(branch.last + " -> " + join);
    }
    return {fork, join};
  }

  static std::string counter(const std::string& id) {
    return "<anlan:set var=\"" + id + "\" value=\"=if vars." + id + " = null then 1 else vars." +
           id + " + 1\"/>";
  }

  Random& random_;
  std::vector<std::string> lines_;
  std::vector<std::string> joins_;
  int count_ = 0;
};

struct Walk {
  bool has_ended = false;
  bool has_left = false;  // a return or an event left blocks before their joins
  CaseId case_id{};
  int steps = 0;
};

Result<Step> take_step(World& world, Random& random, const Json& tasks, bool is_late, Walk& walk) {
  access::Subject li = world.subject("li");
  const Json& task = tasks.as_array()[random.below(tasks.as_array().size())];
  TaskId id = need(TaskId::parse(task.text_or("id", "")));
  const Json& targets = task["return_targets"];
  bool returns = !is_late && !targets.as_array().empty() && random.below(4) == 0;
  if (returns) {
    walk.has_left = true;
    ReturnCommand back{.task = id,
                       .to_node = targets.as_array()[0].text_or("id", ""),
                       .comment = "again",
                       .record = world.record};
    return world.act(li.actor, [&](const Around& around) { return return_to(around, li, back); });
  }
  bool again = !is_late && random.below(4) == 0;
  CompleteCommand command{
      .task = id, .outcome = again ? "again" : "go", .comment = "", .record = world.record};
  return world.act(li.actor, [&](const Around& around) { return complete(around, li, command); });
}

// Whether the case ended by it.
bool fire_due(World& world) {
  world.clock.advance(Duration::hours(1));
  for (;;) {
    auto due = need(due_timers(*world.view(), world.clock.now(), 1));
    if (due.empty()) return false;
    auto step = world.act(
        {}, [&](const Around& around) { return fire_timer(around, due[0].id, world.record); });
    EXPECT_TRUE(step) << step.error().detail;
    if (!step || step->is_ended) return true;
  }
}

// Whether the case ended by it. Nobody need listen.
bool send_signal(World& world, Random& random, const Walk& walk) {
  std::string name = random.below(3) == 0 ? "halt" : "bell";
  auto step = world.act({}, [&](const Around& around) {
    return flow::signal(around, {walk.case_id, name, Json(), world.record});
  });
  if (!step) {
    EXPECT_EQ(step.error().code, ErrorCode::WrongState) << step.error().detail;
  }
  return step && step->is_ended;
}

bool was_interrupted(World& world, const Walk& walk) {
  store::Rows rows = need(
      world.view()->query({"SELECT 1 AS one FROM flow_history WHERE case_id = ? AND node LIKE 'i%'",
                           {walk.case_id.text()}}));
  return !rows.empty();
}

Walk walk_case(World& world, Random& random, const std::string& model) {
  Walk walk;
  Step step = need(world.start_case(model, "wang"));
  walk.case_id = step.case_id;
  bool is_over = step.is_ended;
  int waits = 0;
  while (!is_over) {
    if (random.below(3) == 0) is_over = fire_due(world);
    if (!is_over && walk.steps < 60 && random.below(10) == 0) {
      is_over = send_signal(world, random, walk);
    }
    if (is_over) break;
    Json tasks = need(tasks_of_record(*world.view(), world.library, world.subject("li"), "hazard",
                                      world.record_id));
    if (tasks.as_array().empty()) {
      if (++waits > 200) return walk;
      is_over = fire_due(world);
      continue;
    }
    bool is_late = ++walk.steps > 60;
    auto taken = take_step(world, random, tasks, is_late, walk);
    if (!taken) {
      ADD_FAILURE() << taken.error().detail;
      return walk;
    }
    is_over = taken->is_ended;
  }
  walk.has_ended = true;
  return walk;
}

TEST(WalkTest, GeneratedModelsNeverGetStuckAndEveryJoinFiresOnce) {
  constexpr uint64_t kSeeds = 40;
  World world;
  int steps = 0;
  int joins = 0;
  int ended = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    Generator generator(random);
    std::string id = "walk" + std::to_string(seed);
    auto model = Model::parse(ShortModel::to_xml(id, generator.make()));
    ASSERT_TRUE(model) << model.error().detail << "\n";
    world.library.add_model(id, 1, *model);
    world.record_id = world.ids.next_id<RecordKind>();
    Walk walk = walk_case(world, random, id);
    ASSERT_TRUE(walk.has_ended) << model->xml();
    walk.has_left = walk.has_left || was_interrupted(world, walk);
    ++ended;
    steps += walk.steps;
    store::Rows rows = need(world.view()->query(
        {"SELECT vars FROM flow_case WHERE record_id = ?", {world.record_id.text()}}));
    Json vars = need(parse_json(rows[0].text("vars")));
    for (const std::string& pair : generator.joins()) {
      std::string fork = pair.substr(0, pair.find(' '));
      std::string join = pair.substr(pair.find(' ') + 1);
      // What is left or interrupted never comes to its join; otherwise every entry is joined once.
      if (walk.has_left) {
        EXPECT_LE(vars.int_or(join, 0), vars.int_or(fork, 0));
      } else {
        EXPECT_EQ(vars.int_or(join, 0), vars.int_or(fork, 0));
      }
      joins += static_cast<int>(vars.int_or(join, 0));
    }
  }
  auto view = world.view();
  for (const char* table :
       {"flow_token", "flow_activation", "flow_candidate", "flow_timer", "flow_listener"}) {
    store::Rows left = need(view->query({std::string("SELECT * FROM ") + table}));
    EXPECT_EQ(left.size(), 0U) << table;
  }
  World copy(store::Dialect::Sqlite, World::Start::Empty);
  auto replayed = store::replay(*view, *copy.db);
  ASSERT_TRUE(replayed) << replayed.error().detail;
  auto other = copy.view();
  for (const char* table :
       {"flow_case", "flow_task", "flow_history", "flow_token", "flow_activation"}) {
    EXPECT_EQ(need(store::table_digest(*view, table)), need(store::table_digest(*other, table)))
        << table;
  }
  std::cout << ended << " cases, " << steps << " steps, " << joins << " joins\n";
}

}  // namespace
}  // namespace anlan::flow

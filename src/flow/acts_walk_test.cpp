// Seeded random acts on random approval models: whatever people do, no token is lost or stuck,
// every case can end, joins fire at most once for each entry of their block, nobody signs twice or
// against separation of duty, and replaying the change log gives the same rows.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "flow/test_model.h"
#include "flow/test_world.h"

namespace anlan::flow {
namespace {

constexpr std::array kLogins = {"wang", "li", "zhao", "chen", "sun", "qian", "zhou", "both"};

// A sequence of approvals, some of them side by side.
class Models {
 public:
  explicit Models(Random& random) : random_(random) {}

  std::vector<std::string> make() {
    lines_ = {R"(<extensionElements><anlan:process withdraw="always"/></extensionElements>)",
              R"(<startEvent id="s"/>)", R"(<endEvent id="e"/>)",
              R"(<userTask id="fill"><extensionElements><anlan:assign kind="initiator"/>)"
              R"(</extensionElements></userTask>)",
              "s -> fill"};
    std::string last = "fill";
    uint64_t parts = 2 + random_.below(3);
    for (uint64_t i = 0; i < parts; ++i) {
      last = random_.below(3) == 0 ? parallel(last) : task(last);
    }
    lines_.push_back(last + " -> e");
    return lines_;
  }

 private:
  template <class T, std::size_t N>
  const char* one_of(const std::array<T, N>& words) {
    return words[random_.below(N)];
  }
  std::string fresh(const std::string& kind) { return kind + std::to_string(++count_); }

  std::string who() {
    constexpr std::array kWho = {
        R"(<anlan:assign kind="role" role="leader")", R"(<anlan:assign kind="role" role="safety")",
        R"(<anlan:assign kind="person" person="=record.crew")",
        R"(<anlan:assign kind="field" field="owner")", R"(<anlan:assign kind="manager")"};
    constexpr std::array kPolicies = {"", R"( dedupe="adjacent")", R"( dedupe="all")",
                                      R"( selfApprove="toManager")", R"( selfApprove="skip")"};
    return std::string(one_of(kWho)) + R"( onEmpty="role:safety")" + one_of(kPolicies) + "/>";
  }

  std::string signers() {
    constexpr std::array kModes = {
        R"(mode="all")",
        R"(mode="any")",
        R"(mode="sequence")",
        R"(mode="vote" pass="0.5")",
        R"(mode="all" rejectRule="waitAll")",
        R"(mode="vote" pass="0.6" weight="=if person = null then 2 else 1")"};
    return std::string(R"(<anlan:approval )") + one_of(kModes) + "/>";
  }

  std::string task(const std::string& after) {
    constexpr std::array kReturns = {"", R"(<anlan:return targets="any" after="jumpBack"/>)",
                                     R"(<anlan:return targets="any"/>)",
                                     R"(<anlan:return targets="previous initiator"/>)"};
    constexpr std::array kRejects = {"", R"(<anlan:reject/>)", R"(<anlan:reject do="return"/>)"};
    std::string id = fresh("t");
    bool is_multi = random_.below(2) == 0;
    lines_.push_back(
        "<userTask id=\"" + id + "\">" + (is_multi ? "<multiInstanceLoopCharacteristics/>" : "") +
        "<extensionElements>" + who() + (is_multi ? who() + signers() : "") +
        R"(<anlan:outcomes><anlan:outcome id="yes"/><anlan:outcome id="no"/></anlan:outcomes>)"
        R"(<anlan:ops transfer="true" delegate="true" retract="true" cc="true" removeSign="true")"
        R"( addSign="before,parallel,after"/>)" +
        one_of(kReturns) + one_of(kRejects) +
        (random_.below(3) == 0 ? R"(<anlan:sla remind="PT10M" within="PT1H"/>)" : "") +
        "</extensionElements></userTask>");
    lines_.push_back(after + " -> " + id);
    return id;
  }

  std::string parallel(const std::string& after) {
    std::string fork = fresh("f");
    std::string join = fresh("j");
    for (const std::string& id : {fork, join}) {
      lines_.push_back("<parallelGateway id=\"" + id + "\"><extensionElements><anlan:set var=\"" +
                       id + "\" value=\"=if vars." + id + " = null then 1 else vars." + id +
                       " + 1\"/></extensionElements></parallelGateway>");
    }
    lines_.push_back(after + " -> " + fork);
    for (uint64_t i = 0; i < 2; ++i) {
      std::string last = task(fork);
      if (random_.below(2) == 0) last = task(last);
      lines_.push_back(last + " -> " + join);
    }
    return join;
  }

  Random& random_;
  std::vector<std::string> lines_;
  int count_ = 0;
};

class ActsWalk : public testing::TestWithParam<store::Dialect> {
 protected:
  void SetUp() override {
    bool needs_server = GetParam() == store::Dialect::Postgres;
    if (needs_server && !test::postgres_server()) GTEST_SKIP() << "no PostgreSQL here";
    world_ = std::make_unique<World>(GetParam());
    auto view = world_->view();
    access::Desk desk{*view, {}, world_->clock.now(), world_->ids};
    need(world_->commit(need(access::set_head(desk, "WS1", world_->people.at("li")))).transform([] {
      return 0;
    }));
  }

  access::Subject somebody() { return world_->subject(kLogins[random_->below(kLogins.size())]); }
  Receiver receiver() { return {somebody(), random_->below(8) != 0}; }

  Json open_tasks(const access::Subject& by) {
    return need(tasks_of_record(*world_->view(), world_->library, by, "hazard", world_->record_id));
  }

  // One act on a task; refusals are as good as anything else.
  Result<Step> act(const Around& around, const access::Subject& by, const Json& task,
                   bool is_late) {
    TaskId id = need(TaskId::parse(task.text_or("id", "")));
    uint64_t what = is_late ? 0 : random_->below(14);
    constexpr std::array kWhen = {"before", "parallel", "after"};
    constexpr std::array kModes = {"all", "any", "sequence"};
    switch (what) {
      case 1: return transfer(around, by, {id, receiver(), "t"});
      case 2: return delegate(around, by, {id, receiver(), "d"});
      case 3:
      case 4:
      case 5: {
        AddSignCommand add{.task = id,
                           .when = kWhen[random_->below(3)],
                           .mode = kModes[random_->below(3)],
                           .to = {receiver(), receiver()},
                           .comment = "a"};
        return add_sign(around, by, add);
      }
      case 6: return remove_sign(around, by, {id, somebody().person, "r", world_->record});
      case 7: return send_back(around, by, id, task);
      case 8: return reject(around, by, {id, "no", world_->record});
      case 9: return retract(around, by, case_id_, "oops", world_->record);
      case 10: return claim(around, by, id);
      default: break;
    }
    if (task.has("owner")) return resolve(around, by, id, "fine");
    bool is_no = !is_late && random_->below(5) == 0;
    std::string outcome = task["outcomes"].as_array().empty() ? "" : is_no ? "no" : "yes";
    return complete(around, by, {id, outcome, "c", world_->record});
  }

  Result<Step> send_back(const Around& around, const access::Subject& by, TaskId id,
                         const Json& task) {
    const Json& targets = task["return_targets"];
    std::string to = targets.as_array().empty() ? "none" : targets.as_array()[0].text_or("id", "");
    return return_to(around, by, {id, to, "back", world_->record});
  }

  // True when the case has ended.
  bool step(bool is_late) {
    for (const char* login : kLogins) {
      access::Subject by = is_late ? world_->subject(login) : somebody();
      Json tasks = open_tasks(by);
      std::vector<Json> mine;
      for (const Json& task : tasks.as_array()) {
        bool is_his = task.bool_or("may_take", false) || task.bool_or("is_mine", false);
        if (is_his && (!is_late || task["state"] != Json("suspended"))) mine.push_back(task);
      }
      if (mine.empty()) continue;
      const Json& task = mine[random_->below(mine.size())];
      auto done = world_->act(by.actor,
                              [&](const Around& around) { return act(around, by, task, is_late); });
      if (!done) {
        check_refusal(done.error());
        continue;
      }
      ++acts_[done->change.act];
      return done->is_ended;
    }
    if (++idle_ % 5 == 0) grant_all();
    return false;
  }

  // Where everybody who held a role has signed already, others get it.
  void grant_all() {
    for (const char* login : kLogins) {
      world_->grant(login, {{"leader", "/"}, {"safety", "/"}, {"manager", "/"}});
    }
  }

  static void check_refusal(const Error& error) {
    bool is_known = error.code == ErrorCode::Forbidden || error.code == ErrorCode::WrongState ||
                    error.code == ErrorCode::SeparationOfDuty ||
                    error.code == ErrorCode::BadField || error.code == ErrorCode::LimitReached;
    EXPECT_TRUE(is_known) << error_text(error.code).code << " " << error.detail;
  }

  void fire_due() {
    world_->clock.advance(Duration::minutes(7));
    for (;;) {
      auto due = need(due_timers(*world_->view(), world_->clock.now(), 1));
      if (due.empty()) return;
      need(world_->act(
          {}, [&](const Around& around) { return fire_timer(around, due[0].id, world_->record); }));
    }
  }

  // No incident, and every token that waits at a task has one that somebody could do.
  void check_state() {
    auto view = world_->view();
    store::Rows stuck = need(view->query(
        {"SELECT t.node FROM flow_token t JOIN flow_case c ON c.id = t.case_id"
         " WHERE c.record_id = ? AND t.state <> 'joining' AND NOT EXISTS (SELECT 1 FROM flow_task k"
         " WHERE k.token_id = t.id AND k.visit = t.visit AND k.state IN ('open', 'claimed'))",
         {world_->record_id.text()}}));
    ASSERT_EQ(stuck.size(), 0U) << stuck[0].text("node") << "\n" << what_is_open();
    store::Rows twice =
        need(view->query({"SELECT token_id, visit, completed_by FROM flow_task WHERE record_id = ?"
                          " AND completed_by IS NOT NULL GROUP BY token_id, visit, completed_by"
                          " HAVING count(*) > 1",
                          {world_->record_id.text()}}));
    ASSERT_EQ(twice.size(), 0U) << "somebody signed twice";
  }

  std::string what_is_open() {
    auto view = world_->view();
    std::string text;
    store::Rows rows = need(view->query(
        {"SELECT t.id, t.node, t.state, t.assignee, t.signing, k.pending FROM flow_task t"
         " JOIN flow_token k ON k.id = t.token_id AND k.visit = t.visit"
         " WHERE t.record_id = ? AND t.state <> 'cancelled'",
         {world_->record_id.text()}}));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      store::Row row = rows[i];
      text += row.text("node") + " " + row.text("state") + " " +
              (row.is_null("assignee") ? "" : row.text("assignee")) + " " +
              (row.is_null("signing") ? "" : row.text("signing")) + " " + row.text("pending");
      store::Rows who = need(view->query(
          {"SELECT kind, who FROM flow_candidate WHERE task_id = ?", {row.text("id")}}));
      for (std::size_t j = 0; j < who.size(); ++j) {
        text += " " + who[j].text("kind") + ":" + who[j].text("who");
      }
      text += "\n";
    }
    for (const auto& [login, id] : world_->people) {
      std::string wanted = id.text();
      for (std::size_t at = text.find(wanted); at != std::string::npos;
           at = text.find(wanted, at)) {
        text.replace(at, wanted.size(), login);
      }
    }
    return text;
  }

  void walk(uint64_t seed) {
    SeededRandom random(seed);
    random_ = &random;
    std::string id = "acts" + std::to_string(seed);
    auto model = Model::parse(ShortModel::to_xml(id, Models(random).make()));
    ASSERT_TRUE(model) << model.error().detail;
    world_->library.add_model(id, 1, *model);
    world_->record_id = world_->ids.next_id<RecordKind>();
    world_->record = Json::object({{"owner", world_->people.at("sun").text()},
                                   {"crew", Json::array({world_->people.at("chen").text(),
                                                         world_->people.at("zhou").text()})}});
    Step begun = need(world_->start_case(id, "wang"));
    case_id_ = begun.case_id;
    bool is_over = begun.is_ended;
    for (int i = 0; i < 400 && !is_over; ++i) {
      if (random.below(6) == 0) fire_due();
      is_over = step(i > 60);
      if (!is_over) check_state();
      if (HasFatalFailure()) return;
    }
    ASSERT_TRUE(is_over) << model->xml() << what_is_open();
    check_joins(id);
  }

  void check_joins(const std::string& model) {
    auto view = world_->view();
    store::Rows rows =
        need(view->query({"SELECT vars FROM flow_case WHERE model_id = ?", {model}}));
    Json vars = need(parse_json(rows[0].text("vars")));
    for (const auto& [name, count] : vars.as_object()) {
      if (!name.starts_with("j")) continue;
      std::string fork = "f" + std::to_string(std::stoi(name.substr(1)) - 1);
      EXPECT_LE(count.as_int64().value_or(0), vars.int_or(fork, 0)) << name;
    }
  }

  std::unique_ptr<World> world_;
  Random* random_ = nullptr;
  CaseId case_id_{};
  std::map<std::string, int> acts_;
  int idle_ = 0;
};

TEST_P(ActsWalk, NoActLosesOrSticksAToken) {
  uint64_t seeds = GetParam() == store::Dialect::Sqlite ? 40 : 4;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    walk(seed);
    if (HasFatalFailure()) return;
  }
  auto view = world_->view();
  for (const char* table : {"flow_token", "flow_activation", "flow_candidate", "flow_timer"}) {
    EXPECT_EQ(need(view->query({std::string("SELECT * FROM ") + table})).size(), 0U) << table;
  }
  World copy(store::Dialect::Sqlite, World::Start::Empty);
  auto replayed = store::replay(*view, *copy.db);
  ASSERT_TRUE(replayed) << replayed.error().detail;
  auto other = copy.view();
  for (const char* table : {"flow_case", "flow_task", "flow_history", "flow_token"}) {
    EXPECT_EQ(need(store::table_digest(*view, table)), need(store::table_digest(*other, table)))
        << table;
  }
  if (GetParam() != store::Dialect::Sqlite) return;
  for (const char* name : {"task.transfer", "task.delegate", "task.resolve", "task.add_sign",
                           "task.remove_sign", "task.return", "task.reject", "task.retract"}) {
    EXPECT_GT(acts_[name], 0) << name;
  }
  for (const auto& [name, count] : acts_) std::cout << name << " " << count << "\n";
}

INSTANTIATE_TEST_SUITE_P(Databases, ActsWalk,
                         testing::Values(store::Dialect::Sqlite, store::Dialect::Postgres),
                         [](const auto& each) {
                           return each.param == store::Dialect::Sqlite ? "Sqlite" : "Postgres";
                         });

}  // namespace
}  // namespace anlan::flow

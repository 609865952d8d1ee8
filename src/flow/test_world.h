#pragma once
// For the tests of this room: a database with people and roles, a clock to move, a library of
// models, and commits as engine does them. The bench uses it too.

#include <array>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "access/access.h"
#include "flow/flow.h"
#include "store/store.h"
#include "tests/support/need.h"
#include "tests/support/postgres.h"
#include "tests/support/temp_folder.h"

namespace anlan::flow {

using test::need;

class World {
 public:
  enum class Start { Plant, Empty };

  explicit World(store::Dialect dialect = store::Dialect::Sqlite, Start from = Start::Plant) {
    bool is_sqlite = dialect == store::Dialect::Sqlite;
    database_ = is_sqlite ? "sqlite:" + folder_.path() + "/anlan.db"
                          : "postgres:" + test::postgres_server()->fresh_database();
    reopen();
    if (from == Start::Plant) add_plant();
  }
  ~World() { db.reset(); }  // before its folder
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void reopen() {
    db.reset();
    db = need(store::Database::open({.database = database_,
                                     .folder = folder_.path(),
                                     .plant = "test",
                                     .clock = clock,
                                     .random = store_random_,
                                     .sync = false}));
    std::vector<store::Migration> all = access::migrations();
    for (store::Migration& migration : migrations()) all.push_back(std::move(migration));
    need(db->migrate(all).transform([] { return 0; }));
  }

  // Decides and commits in one transaction; the step, or the refusal of either.
  Result<Step> act(const Actor& actor, const std::function<Result<Step>(const Around&)>& decide) {
    Result<Step> step = refuse(ErrorCode::Internal);
    store::Work work = [&](store::Transaction& transaction) -> Result<void> {
      step = decide(Around{transaction, actor, clock.now(), ids, library, answers});
      if (!step) return std::unexpected(step.error());
      return transaction.apply(step->change);
    };
    Result<void> answer = need(db->commit_group(std::span(&work, 1))).front();
    if (!answer) return std::unexpected(answer.error());
    for (const auto& [field, value] : patch_of(*step)) record.set(field, value);
    return step;
  }
  // Decides on what is there now, without committing: for races.
  Result<Step> decide(const Actor& actor,
                      const std::function<Result<Step>(const Around&)>& decider) {
    auto snapshot = view();
    return decider(Around{*snapshot, actor, clock.now(), ids, library, answers});
  }
  Result<void> commit(const store::Change& change) {
    store::Work work = [&](store::Transaction& transaction) { return transaction.apply(change); };
    return need(db->commit_group(std::span(&work, 1))).front();
  }
  std::unique_ptr<store::View> view() { return need(db->snapshot()); }

  access::Subject subject(const std::string& login) {
    auto found = people.find(login);
    if (found == people.end()) {
      std::cerr << "no person " << login << "\n";
      std::abort();
    }
    access::Subject subject = need(access::subject_of(*view(), found->second));
    subject.actor = {.kind = Actor::Kind::Person, .person = found->second};
    return subject;
  }
  static Actor as_actor(const access::Subject& subject) { return subject.actor; }

  void grant(const std::string& login, std::vector<access::Grant> grants) {
    auto snapshot = view();
    access::Desk desk{*snapshot, {}, clock.now(), ids};
    need(commit(need(access::set_grants(desk, people.at(login), std::move(grants)))).transform([] {
      return 0;
    }));
  }

  Result<Step> start_case(const std::string& model_id, const std::string& login) {
    StartCommand command{.model_id = model_id,
                         .form = "hazard",
                         .record_id = record_id,
                         .record = record,
                         .org_path = "/AL/WS1/"};
    return act(as_actor(subject(login)),
               [&](const Around& around) { return start(around, command); });
  }

  ManualClock clock{{1'795'248'000'000'000'000}};
  SeededRandom random{7};
  IdMaker ids{clock, random};
  std::unique_ptr<store::Database> db;
  Library library;
  std::shared_ptr<Answers> answers = std::make_shared<Answers>();  // shared: see Around
  std::map<std::string, PersonId> people;
  RecordId record_id{};
  Json record = Json::object();

 private:
  static Json::Object patch_of(const Step& step) {
    return step.record_patch.is_object() ? step.record_patch.as_object() : Json::Object{};
  }
  void run_desk(const std::function<Result<store::Change>(const access::Desk&)>& decider) {
    auto snapshot = view();
    access::Desk desk{*snapshot, {}, clock.now(), ids};
    need(commit(need(decider(desk))).transform([] { return 0; }));
  }
  void add_plant() {
    record_id = ids.next_id<RecordKind>();
    for (auto [code, kind, parent] :
         {std::array{"AL", "plant", ""}, {"WS1", "workshop", "AL"}, {"WS2", "workshop", "AL"}}) {
      access::OrgUnit unit{
          .code = code, .kind = kind, .name = {"单位", "Unit"}, .parent_code = parent};
      run_desk([&](const access::Desk& desk) { return access::create_org(desk, unit); });
    }
    add_person("wang", {{"worker", "/AL/WS1/"}});
    add_person("li", {{"leader", "/AL/WS1/"}});
    add_person("zhao", {{"leader", "/AL/"}});
    add_person("other", {{"leader", "/AL/WS2/"}});
    add_person("chen", {{"fixer", "/AL/WS1/"}});
    add_person("sun", {{"fixer", "/AL/WS1/"}});
    add_person("qian", {{"safety", "/"}});
    add_person("zhou", {{"manager", "/"}});
    add_person("both", {{"safety", "/"}, {"manager", "/"}});
  }
  void add_person(const std::string& login, std::vector<access::Grant> grants) {
    access::NewPerson person{.person = {.id = ids.next_id<PersonKind>(),
                                        .login = login,
                                        .name = "员工 " + login,
                                        .org_path = "/AL/WS1/"},
                             .password_hash = "",
                             .grants = std::move(grants)};
    people[login] = person.person.id;
    run_desk([&](const access::Desk& desk) { return access::create_person(desk, person); });
  }

  test::TempFolder folder_{"flow"};
  std::string database_;
  SeededRandom store_random_{8};
};

}  // namespace anlan::flow

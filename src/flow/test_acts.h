#pragma once
// For text cases: what people do with tasks and cases beside completing them; heads, grants,
// delegations.

#include <optional>
#include <string>
#include <vector>

#include "core/text.h"
#include "flow/test_world.h"

namespace anlan::flow {

struct ActWords {
  World& world;
  const std::vector<std::string>& words;
  CaseId case_id;
  std::function<TaskId(std::string)> task_at;

  std::string word(std::size_t i) const { return i < words.size() ? words[i] : ""; }

  // The step of an act, or nothing where the first word is none.
  std::optional<Result<Step>> play() {
    const std::string& verb = words[0];
    if (verb == "transfer" || verb == "delegate" || verb == "resolve" || verb == "reject" ||
        verb == "sign" || verb == "urge" || verb == "cc") {
      return on_task(verb);
    }
    if (verb == "handover") return hand_on();
    if (verb == "addsign") return add();
    if (verb == "unsign") return remove();
    if (verb == "withdraw" || verb == "retract" || verb == "comment") return on_case(verb);
    return std::nullopt;
  }

  // What it says, or nothing where the first word is no question and no setting.
  std::optional<std::vector<std::string>> ask() {
    const std::string& verb = words[0];
    if (verb == "acts") return std::vector{acts()};
    if (verb == "found") return found();
    if (verb == "head") return set_head();
    if (verb == "grant") {
      world.grant(word(1), {{word(2), word(3)}});
      return std::vector<std::string>{};
    }
    if (verb == "standin") return stand_in();
    if (verb == "draft") return draft();
    return std::nullopt;
  }

 private:
  Receiver receiver(const std::string& login) {
    bool may_read = !login.starts_with('!');  // "!li": may not read the record
    return {world.subject(may_read ? login : login.substr(1)), may_read};
  }
  std::vector<Receiver> receivers(const std::string& list) {
    std::vector<Receiver> all;
    for (std::size_t at = 0; at < list.size();) {
      std::size_t end = std::min(list.find(',', at), list.size());
      all.push_back(receiver(list.substr(at, end - at)));
      at = end + 1;
    }
    return all;
  }

  Result<Step> on_task(const std::string& verb) {
    access::Subject by = world.subject(word(1));
    TaskId task = task_at(word(2));
    return world.act(by.actor, [&](const Around& around) -> Result<Step> {
      if (verb == "resolve") return resolve(around, by, task, word(3));
      if (verb == "urge") return urge(around, by, task, word(3));
      if (verb == "reject") return reject(around, by, {task, word(3), world.record});
      if (verb == "cc") return copy_to(around, by, task, receivers(word(3)), word(4));
      if (verb == "sign") {
        Proof proof{.signature = Signature{std::string(64, 'a'), std::string(64, 'b')}};
        return complete(around, by, {task, word(3), word(4), world.record, proof});
      }
      TransferCommand command{task, receiver(word(3)), word(4)};
      return verb == "transfer" ? transfer(around, by, command) : delegate(around, by, command);
    });
  }

  Result<Step> add() {
    access::Subject by = world.subject(word(1));
    AddSignCommand command{.task = task_at(word(2)),
                           .when = word(3),
                           .mode = word(4),
                           .to = receivers(word(5)),
                           .comment = word(6)};
    return world.act(by.actor, [&](const Around& around) { return add_sign(around, by, command); });
  }

  Result<Step> remove() {
    access::Subject by = world.subject(word(1));
    RemoveSignCommand command{.task = task_at(word(2)),
                              .person = world.people.at(word(3)),
                              .comment = word(4),
                              .record = world.record};
    return world.act(by.actor,
                     [&](const Around& around) { return remove_sign(around, by, command); });
  }

  Result<Step> hand_on() {
    access::Subject by = world.subject(word(1));
    HandOverCommand command{.task = task_at(word(2)),
                            .to = world.subject(word(3)),
                            .is_near = word(4) == "near",
                            .comment = word(5)};
    return world.act(by.actor,
                     [&](const Around& around) { return hand_over(around, by, command); });
  }

  Result<Step> on_case(const std::string& verb) {
    access::Subject by = world.subject(word(1));
    return world.act(by.actor, [&](const Around& around) {
      if (verb == "comment") return comment(around, by, case_id, word(2));
      return verb == "withdraw" ? withdraw(around, by, case_id, word(2), world.record)
                                : retract(around, by, case_id, word(2), world.record);
    });
  }

  static std::string line(const Json& names) {
    std::string text;
    for (const Json& name : names.as_array()) text += (text.empty() ? "" : " ") + name.as_text();
    return text.empty() ? "none" : text;
  }
  std::string acts() {
    access::Subject by = world.subject(word(1));
    auto view = world.view();
    if (word(2).empty()) return line(need(acts_on_case(*view, world.library, by, case_id)));
    return line(
        need(acts_on_task(*view, world.library, by, task_at(word(2)), world.answers->away)));
  }

  // How the people of the open tasks were found.
  std::vector<std::string> found() {
    std::vector<std::string> lines;
    store::Rows rows = need(world.view()->query(
        {"SELECT h.detail, h.node FROM flow_history h JOIN flow_task t ON t.id = h.task_id"
         " WHERE h.act = 'task.open' AND t.state IN ('open', 'claimed') ORDER BY h.seq"}));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Json detail = need(parse_json(rows[i].text("detail")));
      std::string text = rows[i].text("node") + ":";
      for (const Json& one : detail["found"].as_array()) {
        text += " " + one.as_array()[0].as_text() + "=" + one.as_array()[1].as_text();
      }
      lines.push_back(text);
    }
    return lines;
  }

  std::vector<std::string> set_head() {
    auto view = world.view();
    access::Desk desk{*view, {}, world.clock.now(), world.ids};
    std::optional<PersonId> head;
    if (word(2) != "-") head = world.people.at(word(2));
    need(world.commit(need(access::set_head(desk, word(1), head))).transform([] { return 0; }));
    return {};
  }

  // standin PERSON DEPUTY LENGTH [FORM]
  std::vector<std::string> stand_in() {
    auto view = world.view();
    access::Desk desk{*view, world.subject(word(1)).actor, world.clock.now(), world.ids};
    Delegation made{.deputy = world.people.at(word(2)),
                    .forms = {},
                    .from = world.clock.now(),
                    .until = world.clock.now() + need(parse_duration(word(3))),
                    .reason = ""};
    if (!word(4).empty()) made.forms.push_back(word(4));
    auto set = set_delegation(desk, world.people.at(word(1)), made);
    if (!set) return {std::string("refused ") + std::string(error_text(set.error().code).code)};
    need(world.commit(set->change).transform([] { return 0; }));
    return {};
  }

  // draft PERSON NODE [{...}]: saves, or shows what is saved.
  std::vector<std::string> draft() {
    auto view = world.view();
    PersonId person = world.people.at(word(1));
    TaskId task = task_at(word(2));
    if (word(3).empty()) {
      Json kept = need(find_draft(*view, person, task));
      return {kept.is_null() ? "none" : write_json(kept["content"])};
    }
    access::Desk desk{*view, {}, world.clock.now(), world.ids};
    auto change = need(save_draft(desk, person, task, need(parse_json(word(3)))));
    need(world.commit(change).transform([] { return 0; }));
    return {};
  }
};

}  // namespace anlan::flow

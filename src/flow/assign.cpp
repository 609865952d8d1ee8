#include "flow/assign.h"

#include <algorithm>

#include "core/limits.h"

namespace anlan::flow {

namespace {

Result<std::vector<PersonId>> persons_from(const rules::Value& value) {
  std::vector<PersonId> persons;
  auto add = [&](const rules::Value& item) -> Result<void> {
    if (item.is_null()) return {};
    auto person = item.as_string() ? PersonId::parse(*item.as_string())
                                   : Result<PersonId>(refuse(ErrorCode::BadExpression));
    if (!person) {
      return refuse(ErrorCode::BadExpression, "'" + rules::text_of(item) + "' is no person");
    }
    persons.push_back(*person);
    return {};
  };
  if (!value.as_list()) {
    TRY(add(value));
    return persons;
  }
  for (const rules::Value& item : *value.as_list()) TRY(add(item));
  return persons;
}

Result<std::vector<Candidate>> candidates_of(Machine& machine, const Token& token,
                                             const Assign& assign, const ExtraName* extra) {
  std::vector<Candidate> found;
  switch (assign.kind) {
    case Assign::Kind::Role: found.push_back({"role", assign.role}); break;
    case Assign::Kind::Initiator:
      if (machine.state.row.initiator) {
        found.push_back({"person", machine.state.row.initiator->text()});
      }
      break;
    case Assign::Kind::Person:
    case Assign::Kind::Candidates: {
      rules::Value named = TRY(machine.evaluate(assign.person, token, extra));
      for (PersonId person : TRY(persons_from(named))) found.push_back({"person", person.text()});
      break;
    }
  }
  return found;
}

void merge(std::vector<Candidate>& into, std::vector<Candidate> more) {
  for (Candidate& candidate : more) {
    if (!std::ranges::contains(into, candidate)) into.push_back(std::move(candidate));
  }
}

bool names_one_person(const UserTask& user, const Instance& instance) {
  bool is_naming = std::ranges::all_of(user.assigns, [](const Assign& assign) {
    return assign.kind == Assign::Kind::Person || assign.kind == Assign::Kind::Initiator;
  });
  return is_naming && instance.candidates.size() == 1;
}

Result<Instance> union_of(Machine& machine, const Token& token, const Node& node,
                          const ExtraName* extra) {
  Instance instance;
  for (const Assign& assign : node.user->assigns) {
    merge(instance.candidates, TRY(candidates_of(machine, token, assign, extra)));
  }
  instance.is_direct = names_one_person(*node.user, instance);
  return instance;
}

Result<std::vector<Instance>> instances_of_collection(Machine& machine, const Token& token,
                                                      const Node& node) {
  rules::Value collection = TRY(machine.evaluate(node.user->multi->collection, token));
  if (!collection.as_list() || collection.as_list()->empty()) {
    return refuse(ErrorCode::BadExpression, "the collection of '" + node.id + "' is no list");
  }
  if (collection.as_list()->size() > limits::kPageRowsMax) {
    return refuse(ErrorCode::LimitReached, "'" + node.id + "' asks for too many signatures");
  }
  std::vector<Instance> instances;
  for (const rules::Value& item : *collection.as_list()) {
    ExtraName extra{node.user->multi->element, item};
    instances.push_back(TRY(union_of(machine, token, node, &extra)));
  }
  return instances;
}

Result<std::vector<Instance>> instances_of_assigns(Machine& machine, const Token& token,
                                                   const Node& node) {
  std::vector<Instance> instances;
  for (const Assign& assign : node.user->assigns) {
    std::vector<Candidate> found = TRY(candidates_of(machine, token, assign, nullptr));
    if (assign.kind != Assign::Kind::Person) {
      bool is_direct = assign.kind == Assign::Kind::Initiator && found.size() == 1;
      instances.push_back({std::move(found), is_direct});
      continue;
    }
    for (Candidate& person : found) instances.push_back({{std::move(person)}, true});
  }
  if (instances.empty()) {
    return refuse(ErrorCode::BadExpression, "'" + node.id + "' has nobody to sign");
  }
  return instances;
}

Result<bool> is_active(store::View& view, PersonId id) {
  auto person = access::find_person(view, id);
  if (person) return person->state == "active";
  if (person.error().code == ErrorCode::NotFound) return false;
  return std::unexpected(person.error());
}

bool is_excluded(std::span<const Candidate> candidates, PersonId person) {
  return std::ranges::contains(candidates, Candidate{"excluded", person.text()});
}

// People behind candidates, without those who are excluded.
template <class RolePeople>
Result<std::vector<PersonId>> gather(Machine& machine, std::span<const Candidate> candidates,
                                     const RolePeople& people_of_role) {
  std::vector<PersonId> people;
  auto add = [&](PersonId person) {
    if (is_excluded(candidates, person) || std::ranges::contains(people, person)) return;
    people.push_back(person);
  };
  for (const Candidate& candidate : candidates) {
    if (candidate.kind == "role") {
      auto holders = TRY(people_of_role(candidate.who));
      for (PersonId person : holders) add(person);
    } else if (candidate.kind == "person") {
      PersonId person = TRY(PersonId::parse(candidate.who));
      if (TRY(is_active(machine.around.view, person))) add(person);
    }
  }
  return people;
}

// A task of somebody who is away goes to the deputy, who acts in his own name and must be allowed
// to. Without one it stays, and the fallback role may take it too: no clock waits for a holiday.
Result<void> put_deputies(Machine& machine, const Node& node, Instance& instance) {
  std::vector<Candidate> made;
  bool has_role = std::ranges::contains(instance.candidates, "role", &Candidate::kind);
  for (const Candidate& candidate : instance.candidates) {
    auto person = candidate.kind == "person" ? PersonId::parse(candidate.who)
                                             : Result<PersonId>(refuse(ErrorCode::NotFound));
    auto stand_in = person ? TRY(stand_in_of(machine, *person)) : StandIn{};
    if (!stand_in.is_away) {
      merge(made, {candidate});
      continue;
    }
    bool is_usable =
        !stand_in.deputy.is_nil() && !is_excluded(instance.candidates, stand_in.deputy);
    if (is_usable) is_usable = TRY(is_active(machine.around.view, stand_in.deputy));
    const std::string& fallback = node.user->fallback_role;
    Json detail = Json::object({{"from", candidate.who}});
    if (is_usable) {
      merge(made, {{"person", stand_in.deputy.text()}});
      detail.set("to", stand_in.deputy.text());
    } else {
      merge(made, {candidate});
      if (!fallback.empty() && !has_role) merge(made, {{"role", fallback}});
      detail.set("to", Json()).set("role", fallback);
    }
    machine.note("task.deputy", node.id).detail = std::move(detail);
  }
  instance.candidates = std::move(made);
  return {};
}

}  // namespace

Result<std::vector<PersonId>> role_people(Machine& machine, std::string_view role,
                                          bool is_by_duty) {
  const CaseRow& row = machine.state.row;
  auto holders = TRY(access::holders(machine.around.view, role, row.org_path));
  const Answers* answers = machine.around.answers.get();
  if (!is_by_duty || answers == nullptr || !answers->on_duty) return holders;
  auto rostered = TRY(answers->on_duty(role, row.org_path));
  std::vector<PersonId> both;
  std::ranges::copy_if(holders, std::back_inserter(both),
                       [&](PersonId person) { return std::ranges::contains(rostered, person); });
  return both.empty() ? holders : both;
}

Result<StandIn> stand_in_of(Machine& machine, PersonId person) {
  return stand_in_of(TRY(machine.away()), person);
}

StandIn stand_in_of(std::span<const Away> away, PersonId person) {
  StandIn found;
  PersonId at = person;
  // A deputy may be away too; three of them in a row is nobody.
  for (int i = 0; i < 3; ++i) {
    auto absence = std::ranges::find(away, at, &Away::person);
    if (absence == away.end()) break;
    found = {.is_away = true, .deputy = absence->deputy};
    at = absence->deputy;
  }
  bool is_deputy_away = found.is_away && std::ranges::contains(away, found.deputy, &Away::person);
  if (is_deputy_away) found.deputy = {};
  return found;
}

Result<std::vector<PersonId>> without_absent(Machine& machine, std::vector<PersonId> people) {
  std::vector<PersonId> present;
  for (PersonId person : people) {
    StandIn stand_in = TRY(stand_in_of(machine, person));
    PersonId told = stand_in.is_away ? stand_in.deputy : person;
    if (told.is_nil() || std::ranges::contains(present, told)) continue;
    present.push_back(told);
  }
  return present.empty() ? people : present;
}

Result<std::vector<Instance>> plan_instances(Machine& machine, const Token& token,
                                             const Node& node) {
  const UserTask& user = *node.user;
  std::vector<Instance> instances;
  if (!user.multi) {
    instances.push_back(TRY(union_of(machine, token, node, nullptr)));
  } else if (!user.multi->collection.is_empty()) {
    instances = TRY(instances_of_collection(machine, token, node));
  } else {
    instances = TRY(instances_of_assigns(machine, token, node));
  }
  for (const Formula& exception : user.exceptions) {
    rules::Value named = TRY(machine.evaluate(exception, token));
    std::vector<PersonId> persons = TRY(persons_from(named));
    for (Instance& instance : instances) {
      for (PersonId person : persons) {
        merge(instance.candidates, {{"excluded", person.text()}});
      }
    }
  }
  return instances;
}

std::vector<access::Participation> participations(const CaseState& state) {
  std::vector<access::Participation> past;
  for (const TaskRow& task : state.tasks) {
    if (task.completed_by) past.push_back({task.node, *task.completed_by});
  }
  return past;
}

Result<std::vector<PersonId>> people_of(Machine& machine, std::span<const Candidate> candidates) {
  return gather(machine, candidates,
                [&](const std::string& role) { return role_people(machine, role, false); });
}

Result<std::vector<PersonId>> people_to_tell(Machine& machine, const Node& node,
                                             std::span<const Candidate> candidates) {
  auto is_of_role = [&](const Candidate& candidate, bool Assign::* member, bool value) {
    return candidate.kind == "role" &&
           std::ranges::any_of(node.user->assigns, [&](const Assign& assign) {
             return assign.role == candidate.who && assign.*member == value;
           });
  };
  std::vector<Candidate> told;
  std::ranges::copy_if(candidates, std::back_inserter(told), [&](const Candidate& candidate) {
    return !is_of_role(candidate, &Assign::is_told, false);
  });
  auto people = TRY(gather(machine, told, [&](const std::string& role) {
    return role_people(machine, role, is_of_role({"role", role}, &Assign::is_by_duty, true));
  }));
  people = TRY(without_absent(machine, std::move(people)));
  std::erase_if(people, [&](PersonId person) { return is_excluded(candidates, person); });
  return people.empty() ? people_of(machine, candidates) : people;
}

Result<void> make_sure_of_somebody(Machine& machine, const Node& node, Instance& instance) {
  for (const access::Participation& past : participations(machine.state)) {
    Candidate excluded{"excluded", past.person.text()};
    bool is_meant = std::ranges::contains(node.user->excluded, past.node);
    if (is_meant) merge(instance.candidates, {excluded});
  }
  TRY(put_deputies(machine, node, instance));
  std::vector<PersonId> people = TRY(people_of(machine, instance.candidates));
  instance.is_direct = instance.is_direct && people.size() == 1;
  if (!people.empty()) return {};
  const std::string& fallback = node.user->fallback_role;
  if (!fallback.empty()) merge(instance.candidates, {{"role", fallback}});
  bool has_role = std::ranges::contains(instance.candidates, "role", &Candidate::kind);
  if (!has_role) return refuse(ErrorCode::NotFound, "nobody can do '" + node.id + "'");
  machine.note("incident", node.id).detail =
      Json::object({{"code", error_text(ErrorCode::NotFound).code},
                    {"text", "nobody can do '" + node.id + "'"},
                    {"fallback", fallback}});
  return {};
}

Json instances_json(std::span<const Instance> instances) {
  Json all = Json::array();
  for (const Instance& instance : instances) {
    Json candidates = Json::array();
    for (const Candidate& candidate : instance.candidates) {
      candidates.push(Json::array({candidate.kind, candidate.who}));
    }
    all.push(
        Json::object({{"candidates", std::move(candidates)}, {"is_direct", instance.is_direct}}));
  }
  return all;
}

Result<std::vector<Instance>> instances_from_json(const Json& json) {
  std::vector<Instance> instances;
  if (!json.is_array()) return instances;
  for (const Json& item : json.as_array()) {
    Instance instance{.candidates = {}, .is_direct = item.bool_or("is_direct", false)};
    if (!item["candidates"].is_array()) return refuse(ErrorCode::StoreFailed, "pending is broken");
    for (const Json& pair : item["candidates"].as_array()) {
      bool is_pair = pair.is_array() && pair.as_array().size() == 2 &&
                     pair.as_array()[0].is_text() && pair.as_array()[1].is_text();
      if (!is_pair) return refuse(ErrorCode::StoreFailed, "pending is broken");
      instance.candidates.push_back({pair.as_array()[0].as_text(), pair.as_array()[1].as_text()});
    }
    instances.push_back(std::move(instance));
  }
  return instances;
}

}  // namespace anlan::flow

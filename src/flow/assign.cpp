#include "flow/assign.h"

#include <algorithm>

#include "core/limits.h"

namespace anlan::flow {

namespace {

constexpr int64_t kMillion = 1'000'000;
constexpr int64_t kWeightMax = 1'000;
constexpr std::size_t kMembersMax = 500;  // of a department that is asked; more are not told

std::string rule_of(const Assign& assign) {
  switch (assign.kind) {
    case Assign::Kind::Role: return "role";
    case Assign::Kind::Person: return "person";
    case Assign::Kind::Candidates: return "candidates";
    case Assign::Kind::Initiator: return "initiator";
    case Assign::Kind::Department: return "department";
    case Assign::Kind::Choice: return "choice";
    case Assign::Kind::Field: return "field:" + assign.from;
    case Assign::Kind::Manager: break;
  }
  return "manager:" + (assign.until.empty() ? std::to_string(assign.level) : assign.until);
}

// From the own unit upward: the one at `level`, or everybody until a kind of unit or a role.
Result<std::vector<PersonId>> managers(Machine& machine, const Assign& assign) {
  std::optional<PersonId> of = machine.state.row.initiator;
  if (!assign.from.empty()) {
    const Json& field = machine.record()[assign.from];
    auto person = PersonId::parse(field.is_text() ? field.as_text() : "");
    of = person ? std::optional(*person) : std::nullopt;
  }
  std::vector<PersonId> found;
  if (!of) return found;
  auto chain = TRY(access::superiors(machine.around.view, *of));
  for (std::size_t i = 0; i < chain.size(); ++i) {
    bool is_wanted = !assign.until.empty() || i + 1 == static_cast<std::size_t>(assign.level);
    if (is_wanted && !std::ranges::contains(found, chain[i].person)) {
      found.push_back(chain[i].person);
    }
    if (assign.until == chain[i].unit_kind) break;
    if (!assign.until.starts_with("role:")) continue;
    auto subject = TRY(access::subject_of(machine.around.view, chain[i].person));
    if (subject.holds(assign.until.substr(5))) break;
  }
  return found;
}

Result<std::vector<PersonId>> named_people(Machine& machine, const Token& token,
                                           const Assign& assign, const ExtraName* extra) {
  std::vector<PersonId> none;
  switch (assign.kind) {
    case Assign::Kind::Initiator:
      if (machine.state.row.initiator) none.push_back(*machine.state.row.initiator);
      return none;
    case Assign::Kind::Manager: return managers(machine, assign);
    case Assign::Kind::Field:
      return persons_from(rules::value_from_json(machine.record()[assign.from]));
    case Assign::Kind::Choice:
      return persons_from(rules::value_from_json(machine.state.row.vars["chosen"][token.node]));
    case Assign::Kind::Person:
    case Assign::Kind::Candidates: {
      rules::Value named = TRY(machine.evaluate(assign.person, token, extra));
      return persons_from(named);
    }
    case Assign::Kind::Role:
    case Assign::Kind::Department: break;
  }
  return none;
}

// The roles that a formula names: one id, a list of ids, or null for nobody.
Result<std::vector<Candidate>> roles_named(Machine& machine, const Token& token,
                                           const Assign& assign, const ExtraName* extra) {
  rules::Value named = TRY(machine.evaluate(assign.role_named, token, extra));
  std::vector<Candidate> roles;
  auto add = [&](const rules::Value& item) -> Result<void> {
    if (item.is_null()) return {};
    if (!item.as_string() || item.as_string()->empty()) {
      return refuse(ErrorCode::BadExpression, "'" + rules::text_of(item) + "' is no role");
    }
    merge(roles, {{"role", *item.as_string()}});
    return {};
  };
  if (!named.as_list()) {
    TRY(add(named));
    return roles;
  }
  for (const rules::Value& item : *named.as_list()) TRY(add(item));
  return roles;
}

Result<std::vector<Candidate>> candidates_of(Machine& machine, const Token& token,
                                             const Assign& assign, const ExtraName* extra) {
  if (!assign.role_named.is_empty()) return roles_named(machine, token, assign, extra);
  if (assign.kind == Assign::Kind::Role) return std::vector<Candidate>{{"role", assign.role}};
  std::vector<Candidate> found;
  if (assign.kind == Assign::Kind::Department) {
    rules::Value unit = TRY(machine.evaluate(assign.person, token, extra));
    if (!unit.as_string()) return found;
    auto path = access::unit_path(machine.around.view, *unit.as_string());
    if (!path) return refuse(ErrorCode::BadExpression, "there is no unit " + *unit.as_string());
    found.push_back({"unit", *path});
    return found;
  }
  auto people = TRY(named_people(machine, token, assign, extra));
  for (PersonId person : people) found.push_back({"person", person.text()});
  return found;
}

void note_found(Instance& instance, const Assign& assign, std::span<const Candidate> candidates) {
  for (const Candidate& one : candidates) {
    instance.found.push(Json::array({rule_of(assign), one.kind + ":" + one.who}));
  }
}

bool names_one_person(const UserTask& user, const Instance& instance) {
  bool is_naming = std::ranges::all_of(user.assigns, [](const Assign& assign) {
    return assign.kind != Assign::Kind::Role && assign.kind != Assign::Kind::Department &&
           assign.kind != Assign::Kind::Candidates;
  });
  return is_naming && instance.candidates.size() == 1;
}

Result<Instance> union_of(Machine& machine, const Token& token, const Node& node,
                          const ExtraName* extra) {
  Instance instance;
  for (const Assign& assign : node.user->assigns) {
    auto found = TRY(candidates_of(machine, token, assign, extra));
    note_found(instance, assign, found);
    merge(instance.candidates, std::move(found));
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
    bool is_together = assign.kind == Assign::Kind::Role ||
                       assign.kind == Assign::Kind::Department ||
                       assign.kind == Assign::Kind::Candidates;
    if (is_together) {
      Instance together{.candidates = found};
      note_found(together, assign, found);
      instances.push_back(std::move(together));
      continue;
    }
    for (const Candidate& person : found) {
      Instance one{.candidates = {person}, .is_direct = true};
      note_found(one, assign, std::span(&person, 1));
      instances.push_back(std::move(one));
    }
  }
  if (!instances.empty()) return instances;
  using OnEmpty = Policies::OnEmpty;
  bool is_stop =
      node.user->policies.on_empty == OnEmpty::Stop ||
      (node.user->policies.on_empty == OnEmpty::Role && node.user->fallback_role.empty());
  if (is_stop) return refuse(ErrorCode::BadExpression, "'" + node.id + "' has nobody to sign");
  instances.push_back({});  // for the policy to fill
  return instances;
}

// What each signature weighs; `person` is who is named for it, null for a role.
Result<void> weigh(Machine& machine, const Token& token, const Node& node,
                   std::vector<Instance>& instances) {
  if (!node.user->multi || node.user->multi->approval.weight.is_empty()) return {};
  const Formula& formula = node.user->multi->approval.weight;
  for (Instance& instance : instances) {
    bool is_one = instance.candidates.size() == 1 && instance.candidates[0].kind == "person";
    ExtraName person{"person", is_one ? rules::Value(instance.candidates[0].who) : rules::Value()};
    rules::Value weight = TRY(machine.evaluate(formula, token, &person));
    auto scaled = weight.as_number()
                      ? rules::Decimal::multiply(*weight.as_number(), rules::Decimal(kMillion))
                      : std::nullopt;
    auto whole = scaled ? scaled->to_int64() : std::nullopt;
    if (!whole || *whole <= 0 || *whole > kWeightMax * kMillion) {
      return refuse(ErrorCode::BadExpression, "a weight of '" + node.id + "' is not in (0, 1000]");
    }
    instance.weight = *whole;
  }
  return {};
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
    } else if (candidate.kind == "unit") {
      auto members = TRY(access::people_under(machine.around.view, candidate.who, kMembersMax));
      for (PersonId person : members) add(person);
    } else if (candidate.kind == "person") {
      PersonId person = TRY(PersonId::parse(candidate.who));
      if (TRY(is_active(machine.around.view, person))) add(person);
    }
  }
  return people;
}

}  // namespace

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

void merge(std::vector<Candidate>& into, std::vector<Candidate> more) {
  for (Candidate& candidate : more) {
    if (!std::ranges::contains(into, candidate)) into.push_back(std::move(candidate));
  }
}

Result<bool> is_active(store::View& view, PersonId id) {
  auto person = access::find_person(view, id);
  if (person) return person->state == "active";
  if (person.error().code == ErrorCode::NotFound) return false;
  return std::unexpected(person.error());
}

std::vector<std::string> agreeing_outcomes(const UserTask& user) {
  if (user.multi) return user.multi->approval.agreeing;
  std::vector<std::string> first;
  if (!user.outcomes.empty()) first.push_back(user.outcomes.front().id);
  return first;
}

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
  TRY(weigh(machine, token, node, instances));
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
    for (PersonId helper : task.signing.helpers) past.push_back({task.node, helper});
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
             bool is_meant = assign.role == candidate.who || !assign.role_named.is_empty();
             return is_meant && assign.*member == value;
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

Json instances_json(std::span<const Instance> instances) {
  Json all = Json::array();
  for (const Instance& instance : instances) {
    Json candidates = Json::array();
    for (const Candidate& candidate : instance.candidates) {
      candidates.push(Json::array({candidate.kind, candidate.who}));
    }
    Json json =
        Json::object({{"candidates", std::move(candidates)}, {"is_direct", instance.is_direct}});
    if (instance.weight != 0) json.set("weight", instance.weight);
    json.set("found", instance.found);
    all.push(std::move(json));
  }
  return all;
}

Result<std::vector<Instance>> instances_from_json(const Json& json) {
  std::vector<Instance> instances;
  if (!json.is_array()) return instances;
  for (const Json& item : json.as_array()) {
    Instance instance{.candidates = {},
                      .is_direct = item.bool_or("is_direct", false),
                      .weight = item.int_or("weight", 0)};
    if (item["found"].is_array()) instance.found = item["found"];
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

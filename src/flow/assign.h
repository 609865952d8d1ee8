#pragma once
// Who is asked to do a task. Roles are kept as roles: whoever gets one later also sees the task.
// Inside the room only.

#include <span>
#include <vector>

#include "flow/machine.h"

namespace anlan::flow {

// What one signature needs: any of these.
struct Instance {
  std::vector<Candidate> candidates;
  bool is_direct = false;  // exactly one person was named: the task is theirs at once
};

// One instance for a plain task; for multi-instance one for each item of the collection, else one
// for each person named and for each other assignment.
Result<std::vector<Instance>> plan_instances(Machine& machine, const Token& token,
                                             const Node& node);
// Takes away whom separation of duty excludes; when nobody is left the fallback role gets it and
// the timeline says so. Refused when there is not even a role to wait for.
Result<void> make_sure_of_somebody(Machine& machine, const Node& node, Instance& instance);
// Active people who could take a task with these candidates, excluded ones left out.
Result<std::vector<PersonId>> people_of(Machine& machine, std::span<const Candidate> candidates);
// Holders of a role over the record's place; by duty only those on the roster, unless it is empty.
Result<std::vector<PersonId>> role_people(Machine& machine, std::string_view role, bool is_by_duty);
struct StandIn {
  bool is_away = false;
  PersonId deputy{};  // who is there; nil for nobody
};
StandIn stand_in_of(std::span<const Away> away, PersonId person);
Result<StandIn> stand_in_of(Machine& machine, PersonId person);
// The deputies of those who are away in their place; everybody when nobody at all is there.
Result<std::vector<PersonId>> without_absent(Machine& machine, std::vector<PersonId> people);

// Those of them who get the notice when the task opens; everybody when nobody else is left.
Result<std::vector<PersonId>> people_to_tell(Machine& machine, const Node& node,
                                             std::span<const Candidate> candidates);

// Who completed which node in this case, including this step.
std::vector<access::Participation> participations(const CaseState& state);

Json instances_json(std::span<const Instance> instances);
Result<std::vector<Instance>> instances_from_json(const Json& json);

}  // namespace anlan::flow

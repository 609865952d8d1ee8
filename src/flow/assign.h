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
  bool is_direct = false;        // exactly one person was named: the task is theirs at once
  int64_t weight = 0;            // millionths, where signatures are weighed
  Json found = Json::array();    // [[rule, "kind:who"]]: how they were found, for the timeline
  std::vector<PersonId> told{};  // when it opens; not stored
};

// A signature that is not asked for, by a policy of the model.
struct Skip {
  std::string reason;  // "empty", "duplicate", "self"; empty: it is asked for
  Json person{};       // whom it would have been
  explicit operator bool() const { return !reason.empty(); }
};

// One instance for a plain task; for multi-instance one for each item of the collection, else one
// for each person named and for each other assignment.
Result<std::vector<Instance>> plan_instances(Machine& machine, const Token& token,
                                             const Node& node);
// The policies of the task for one signature: takes away whom separation of duty excludes, puts
// deputies and superiors, finds somebody where nobody is left and says so in the timeline. Refused
// when there is not even a role to wait for.
Result<Skip> settle_instance(Machine& machine, const Token& token, const Node& node,
                             Instance& instance);
Result<std::vector<PersonId>> persons_from(const rules::Value& value);
Result<bool> is_active(store::View& view, PersonId id);
void merge(std::vector<Candidate>& into, std::vector<Candidate> more);
// Outcomes of a user task that count as a yes; none listed means all of them.
std::vector<std::string> agreeing_outcomes(const UserTask& user);
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

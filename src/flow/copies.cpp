#include "flow/copies.h"

#include "flow/assign.h"

namespace anlan::flow {

void tell_copy(Machine& machine, const Node& node, std::vector<PersonId> people,
               std::string_view comment) {
  if (people.empty()) return;
  Json to = Json::array();
  for (PersonId person : people) to.push(person.text());
  HistoryRow& row = machine.note("task.cc", node.id);
  row.comment = std::string(comment);
  row.detail = Json::object({{"people", std::move(to)}});
  machine.notices.push_back(
      {.persons = std::move(people),
       .kind = "cc",
       .level = "",
       .node = node.id,
       .data = Json::object(
           {{"name_zh", node.name.zh}, {"name_en", node.name.en}, {"comment", comment}})});
}

Result<void> tell_copies(Machine& machine, const Token& token, const Node& node, CopyTime time) {
  for (const Copy& copy : node.user->copies) {
    if (copy.on_complete != (time == CopyTime::Complete)) continue;
    std::vector<Candidate> to;
    if (!copy.role.empty()) to.push_back({"role", copy.role});
    rules::Value named = TRY(machine.evaluate_or_null(copy.to, token));
    auto persons = TRY(persons_from(named));
    for (PersonId person : persons) to.push_back({"person", person.text()});
    auto people = TRY(people_of(machine, to));
    tell_copy(machine, node, std::move(people), "");
  }
  return {};
}

}  // namespace anlan::flow

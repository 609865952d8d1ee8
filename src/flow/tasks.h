#pragma once
// Questions about tasks and cases, for screens and for the engine.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "access/access.h"
#include "core/json.h"
#include "core/result.h"
#include "flow/library.h"
#include "store/store.h"

namespace anlan::flow {

struct Away {
  PersonId person{};
  PersonId deputy{};  // nil for none
};
// Who is away now. What they have claimed is open to others who could do it, and to a deputy.
using AwayAsk = std::function<Result<std::vector<Away>>()>;

struct Task {
  TaskId id{};
  CaseId case_id{};
  std::string model_id;
  int64_t model_version = 0;
  std::string node;
  std::string form;
  RecordId record_id{};
  std::string state;  // "open", "claimed", "done", "cancelled"
  std::optional<PersonId> assignee;
  Instant created{};
  std::optional<Instant> due;
};

Result<Task> find_task(store::View& view, TaskId id);  // NotFound
// Open tasks that are this person's and nobody else's, oldest first.
Result<std::vector<TaskId>> tasks_held(store::View& view, PersonId person, std::size_t count);
// Open tasks that the person holds or could take, soonest due first:
// [{"id","node","name":{"zh","en"},"form","record_id","state","assignee","created","due","level",
//   "is_mine","outcomes":[{"id","name":{"zh","en"}}],"requires":[...],"return_targets":[...]}]
Result<Json> tasks_of(store::View& view, const Library& library, const access::Subject& subject,
                      std::size_t count, const AwayAsk& away = {});
Result<Json> tasks_of_record(store::View& view, const Library& library,
                             const access::Subject& subject, std::string_view form, RecordId id,
                             const AwayAsk& away = {});
// The open task on this record that gives the subject extra rights, if any: its node's rights.
Result<std::optional<access::NodeRights>> rights_on(store::View& view, const Library& library,
                                                    const access::Subject& subject,
                                                    std::string_view form, RecordId id,
                                                    const AwayAsk& away = {});
// What happened, oldest first: [{"at","actor":{"kind","person"},"act","node","name","outcome",
// "comment","detail","superseded"}].
Result<Json> timeline(store::View& view, const Library& library, std::string_view form,
                      RecordId id);
// Open clocks of a record: [{"node","name","due","kind","firing"}], for countdowns.
Result<Json> clocks(store::View& view, const Library& library, std::string_view form, RecordId id);

}  // namespace anlan::flow

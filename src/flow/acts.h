#pragma once
// What may be done with a task or a case beside claiming and completing: the acts of Chinese
// approval practice, as the model allows them (docs/formats/approval.md, "Acts"); each is one step.
// Refusals of all: NotFound, WrongState, Forbidden (model or person), SeparationOfDuty.

#include <string>
#include <string_view>
#include <vector>

#include "flow/step.h"

namespace anlan::flow {

// Somebody who is to get something. engine knows whether he may read the form, and that he is here.
struct Receiver {
  access::Subject subject;
  bool may_read = false;
};

// The receiver decides, and the flow goes on with it. A task that asks for a role goes to a holder.
struct TransferCommand {
  TaskId task;
  Receiver to;
  std::string comment;
};
Result<Step> transfer(const Around& around, const access::Subject& by,
                      const TransferCommand& command);
// The receiver gives an opinion (`resolve`) and the task comes back to who decides.
Result<Step> delegate(const Around& around, const access::Subject& by,
                      const TransferCommand& command);
// By the delegate, or by the owner who takes it back.
Result<Step> resolve(const Around& around, const access::Subject& by, TaskId task,
                     std::string_view comment);

// Ends the case as rejected or goes back, as the model says; one of several signatures counts as a
// refusal first.
struct RejectCommand {
  TaskId task;
  std::string comment;  // required
  Json record;
};
Result<Step> reject(const Around& around, const access::Subject& by, const RejectCommand& command);

struct AddSignCommand {
  TaskId task;
  std::string when;          // "before", "parallel", "after"
  std::string mode;          // among the added: "all", "any", "sequence"
  std::vector<Receiver> to;  // BadField (to): may not read, signs already, nobody
  std::string comment;
};
Result<Step> add_sign(const Around& around, const access::Subject& by,
                      const AddSignCommand& command);
// By who has a signature of the same visit. Only of added people or, where the model says so, of
// several that have not decided; never the last one.
struct RemoveSignCommand {
  TaskId task;  // the caller's
  PersonId person{};
  std::string comment;
  Json record;
};
Result<Step> remove_sign(const Around& around, const access::Subject& by,
                         const RemoveSignCommand& command);

// The initiator ends his case.
Result<Step> withdraw(const Around& around, const access::Subject& by, CaseId id,
                      std::string_view comment, const Json& record);
// The last one who decided takes it back while nobody has acted on what followed.
Result<Step> retract(const Around& around, const access::Subject& by, CaseId id,
                     std::string_view comment, const Json& record);
// The initiator, or who signed before, reminds whoever has the task. TooManyRequests.
Result<Step> urge(const Around& around, const access::Subject& by, TaskId task,
                  std::string_view comment);
// People who may read the record are told of it.
Result<Step> copy_to(const Around& around, const access::Subject& by, TaskId task,
                     const std::vector<Receiver>& to, std::string_view comment);

// Of a task: "complete", "claim", "unclaim", "return", "reject", "transfer", "delegate", "resolve",
// "add_sign", "remove_sign", "cc", "urge", "hand_over". Of a case: "withdraw", "retract".
Result<Json> acts_on_task(store::View& view, const Library& library, const access::Subject& by,
                          TaskId task, const AwayAsk& away = {});
Result<Json> acts_on_case(store::View& view, const Library& library, const access::Subject& by,
                          CaseId id);

}  // namespace anlan::flow

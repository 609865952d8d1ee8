// Which acts somebody has: what a screen offers is what the step would not refuse for his person.

#include <algorithm>

#include "flow/acts.h"
#include "flow/acts_common.h"
#include "flow/assign.h"
#include "flow/visit.h"

namespace anlan::flow {

namespace {

struct Offer {
  Machine& machine;
  const access::Subject& by;
  TaskRow& task;
  const UserTask& user;
  Json acts = Json::array();

  void add(bool is_offered, const char* act) {
    if (is_offered) acts.push(act);
  }
};

void offer_deciding(Offer& offer) {
  const Ops& ops = offer.user.ops;
  bool is_his = offer.task.assignee == offer.by.person;
  offer.add(true, "complete");
  offer.add(!is_his, "claim");
  offer.add(is_his && offer.task.signing.group == 0, "unclaim");
  offer.add(!offer.user.return_targets.empty(), "return");
  offer.add(offer.user.rejection.has_value(), "reject");
  offer.add(ops.transfers, "transfer");
  offer.add(ops.delegates, "delegate");
  offer.add(!ops.add_sign.empty(), "add_sign");
  offer.add(true, "hand_over");
}

Result<void> offer_removal(Offer& offer) {
  if (offer.task.assignee != offer.by.person) return {};
  Token* token = offer.machine.state.token(offer.task.token);
  if (!token) return {};
  Visit visit = TRY(visit_of(*token));
  bool has_added = std::ranges::any_of(visit.groups, [&](const AddedGroup& group) {
    return group.by == offer.by.person || offer.user.ops.removes_signs;
  });
  bool is_several =
      offer.user.multi && offer.user.ops.removes_signs && !offer.machine.graph.rules.is_permit;
  offer.add(has_added || is_several, "remove_sign");
  return {};
}

}  // namespace

Result<Json> acts_on_task(store::View& view, const Library& library, const access::Subject& by,
                          TaskId id, const AwayAsk& away) {
  NoIds none;
  Around around = none.around(view, library, away);
  auto desk = open_desk(around, id, {});
  if (!desk && desk.error().code == ErrorCode::WrongState) return Json::array();
  if (!desk) return std::unexpected(desk.error());
  Offer offer{desk->machine, by, desk->task(), *desk->node().user};
  bool may_do = check_may_do(desk->machine, by, &offer.task).has_value();
  bool is_delegated = offer.task.signing.owner.has_value();
  if (may_do && !is_delegated) offer_deciding(offer);
  bool is_owner = offer.task.signing.owner == by.person;
  offer.add((may_do && is_delegated) || is_owner, "resolve");
  offer.add(may_do && offer.user.ops.copies, "cc");
  TRY(offer_removal(offer));
  bool waits = desk->machine.state.row.initiator == by.person ||
               std::ranges::any_of(desk->machine.state.tasks, [&](const TaskRow& task) {
                 return task.completed_by == by.person;
               });
  offer.add(waits && offer.task.assignee != by.person, "urge");
  return std::move(offer.acts);
}

}  // namespace anlan::flow

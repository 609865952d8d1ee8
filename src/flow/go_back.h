#pragma once
// Ways back and out of a user task: return, jump back, reject, withdraw. Inside the room only.

#include <optional>
#include <string>
#include <vector>

#include "flow/machine.h"

namespace anlan::flow {

// Node ids a task at `from` may return to now: the words of the model's `targets` made plain.
Result<std::vector<std::string>> return_targets(store::View& view, const Graph& graph, CaseId id,
                                                const Node& from);

struct WayBack {
  std::string to;       // node id
  std::string outcome;  // what task.outcome says there
  std::string comment;
  PersonId by{};
  bool may_jump = false;  // come straight back, where the model asks for it
};
// The token's task is noted already. WrongState: the target lies in another branch.
Result<void> send_back(Machine& machine, Token& token, const WayBack& way);
// `back` is what a visit remembers: the token goes to the node it names.
void jump_back(Machine& machine, Token& token, const Json& back);
// Puts a token of this activation at the node again, everything inside the node's scope gone.
Result<void> begin_again(Machine& machine, const Uuid& activation, const Node& node, Json vars,
                         PersonId wanted);

// Everything of the case stops under this name.
void end_case(Machine& machine, const std::string& ending);
Result<void> carry_out_rejection(Machine& machine, Token& token, const TaskRow& task);
// All are evaluated before the first is written, as <anlan:set> of a node.
Result<void> apply_all(Machine& machine, const std::vector<Setting>& settings, const Token& token);

}  // namespace anlan::flow

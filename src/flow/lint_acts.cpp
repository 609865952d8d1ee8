// What must hold of approval before a case may run: above all, that nothing passes by itself where
// the flow is of a permit.

#include <algorithm>

#include "flow/graph.h"

namespace anlan::flow {

namespace {

void lint_permit(Reading& reading, const Node& node) {
  if (!reading.graph.rules.is_permit) return;
  const Policies& policies = node.user->policies;
  auto forbid = [&](bool is_there, const char* what) {
    if (!is_there) return;
    reading.find_fault(node.id, FindingKind::PermitPolicy, {std::string(what), node.id});
  };
  forbid(policies.on_empty == Policies::OnEmpty::Skip, "onEmpty=\"skip\"");
  forbid(policies.dedupe != Policies::Dedupe::No, "dedupe");
  forbid(policies.self_approve == Policies::SelfApprove::Yes, "selfApprove=\"yes\"");
  forbid(policies.self_approve == Policies::SelfApprove::Skip, "selfApprove=\"skip\"");
}

const Node* initiator_task(const Graph& graph, const Node& from) {
  for (const Node& node : graph.nodes) {
    if (!node.user || &node == &from || !graph.is_scope_within(from.scope, node.scope)) continue;
    bool is_asked =
        std::ranges::contains(node.user->assigns, Assign::Kind::Initiator, &Assign::kind);
    if (is_asked) return &node;
  }
  return nullptr;
}

void lint_word(Reading& reading, const Node& node, const std::string& word) {
  if (word != "initiator" || initiator_task(reading.graph, node)) return;
  reading.find_fault(node.id, FindingKind::ReturnInitiator, {node.id});
}

// Coming straight back into a parallel block would find its other branches gone.
void lint_jump(Reading& reading, const Node& node) {
  if (!node.user->jumps_back) return;
  if (node.user->return_targets.empty()) {
    reading.find_fault(node.id, FindingKind::JumpsWithout, {node.id});
  }
  for (const std::string& word : node.user->return_targets) {
    const Node* target = reading.graph.find(word);
    if (!target || target->scope == node.scope) continue;
    reading.find_fault(node.id, FindingKind::JumpOutside, {node.id, word});
  }
}

void lint_rejection(Reading& reading, const Node& node) {
  if (!node.user->rejection) return;
  if (node.user->outcome("reject")) {
    reading.find_fault(node.id, FindingKind::RejectTwice, {node.id});
  }
  if (!node.user->rejection->returns) return;
  const std::string& to = node.user->rejection->to;
  lint_word(reading, node, to);
  const Node* target = reading.graph.find(to);
  bool is_fit = is_target_word(to) || (target && target->kind == NodeKind::User &&
                                       reading.graph.is_scope_within(node.scope, target->scope));
  if (is_fit) return;
  reading.find_fault(node.id, FindingKind::RejectTarget, {node.id, to});
}

void lint_sla(Reading& reading, const Node& node) {
  if (!node.user->sla) return;
  const Sla& sla = *node.user->sla;
  bool has_end = !sla.within.within.is_empty() || !node.user->due.within.is_empty();
  bool needs_end = sla.on_timeout != Sla::OnTimeout::Remind || sla.reminders.empty();
  if (has_end || !needs_end) return;
  reading.find_fault(node.id, FindingKind::SlaTime, {node.id});
}

}  // namespace

void lint_acts(Reading& reading) {
  for (const Node& node : reading.graph.nodes) {
    if (!node.user) continue;
    lint_permit(reading, node);
    for (const std::string& word : node.user->return_targets) lint_word(reading, node, word);
    lint_jump(reading, node);
    lint_rejection(reading, node);
    lint_sla(reading, node);
  }
}

}  // namespace anlan::flow

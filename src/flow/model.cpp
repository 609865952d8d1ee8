#include "flow/model.h"

#include <algorithm>

#include "flow/graph.h"
#include "flow/screen.h"

namespace anlan::flow {

const Outcome* UserTask::outcome(std::string_view wanted) const {
  for (const Outcome& outcome : outcomes) {
    if (outcome.id == wanted) return &outcome;
  }
  return nullptr;
}

const Node* Graph::find(std::string_view node_id) const {
  auto found = by_id.find(node_id);
  return found == by_id.end() ? nullptr : &nodes[found->second];
}

Part Graph::part_of(std::string_view node_id, Part own) const {
  std::size_t slash = node_id.rfind('/');
  if (slash == std::string_view::npos) return own;
  auto found = parts.find(node_id.substr(0, slash + 1));
  return found == parts.end() ? own : found->second;
}

std::size_t Graph::block_of_fork(std::size_t node) const {
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].fork == node) return i;
  }
  return kNone;
}

std::size_t Graph::block_of_join(std::size_t node) const {
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].join == node) return i;
  }
  return kNone;
}

bool Graph::is_scope_within(std::size_t inner, std::size_t outer) const {
  while (inner != outer && inner != kRootScope) inner = scopes[inner].parent;
  return inner == outer;
}

bool is_target_word(std::string_view target) {
  return target == "initiator" || target == "previous" || target == "any";
}

const Node* Graph::events_before(const Node& event) const {
  if (event.kind != NodeKind::Catch || event.in.empty()) return nullptr;
  const Node& before = nodes[edges[event.in[0]].from];
  return before.kind == NodeKind::Events ? &before : nullptr;
}

namespace {

Result<Reading> read_and_lint(std::string_view xml) {
  Reading reading = TRY(read_graph(xml));
  find_scopes(reading.graph);
  lint_graph(reading);
  return reading;
}

}  // namespace

Result<Model> Model::parse(std::string_view xml) {
  Reading reading = TRY(read_and_lint(xml));
  if (!reading.findings.empty()) {
    const ToldFinding& first = reading.findings.front();
    return refuse(ErrorCode::BadModel, first.text.en, first.element_id);
  }
  Model model;
  model.graph_ = std::make_shared<const Graph>(std::move(reading.graph));
  return model;
}

std::vector<Finding> Model::lint(std::string_view xml) {
  std::vector<Finding> findings;
  for (const ToldFinding& told : lint_told(xml)) {
    findings.push_back({told.element_id, told.text.en});
  }
  return findings;
}

std::vector<ToldFinding> lint_told(std::string_view xml) {
  auto reading = read_and_lint(xml);
  if (reading) return std::move(reading->findings);
  return {finding_of("", FindingKind::NotReadable, {reading.error().detail})};
}

const std::string& Model::id() const { return graph_->id; }
LocalText Model::title() const { return graph_->title; }
const std::string& Model::xml() const { return graph_->xml; }

access::NodeRights Model::rights(std::string_view node_id) const {
  const Node* node = graph_->find(node_id);
  return node && node->user ? node->user->rights : access::NodeRights{};
}

LocalText Model::name_of(std::string_view node_id) const {
  const Node* node = graph_->find(node_id);
  if (node == nullptr) return {std::string(node_id), std::string(node_id)};
  return node->name;
}

namespace {

std::vector<std::string> roles_of(const UserTask& task) {
  std::vector<std::string> roles;
  for (const Assign& assign : task.assigns) {
    if (assign.kind == Assign::Kind::Role && !assign.role.empty()) roles.push_back(assign.role);
  }
  return roles;
}

}  // namespace

std::vector<std::string> Model::guards() const {
  std::vector<std::string> all;
  for (const Node& node : graph_->nodes) {
    if (!node.user) continue;
    for (const Outcome& outcome : node.user->outcomes) {
      for (const std::string& guard : outcome.guards) {
        if (!std::ranges::contains(all, guard)) all.push_back(guard);
      }
    }
  }
  return all;
}

Json Model::describe() const {
  Json tasks = Json::array();
  for (const Node& node : graph_->nodes) {
    if (!node.user) continue;
    bool is_chosen = std::ranges::contains(node.user->assigns, Assign::Kind::Choice, &Assign::kind);
    tasks.push(Json::object({{"id", node.id},
                             {"name", local_json(node.name)},
                             {"chosen", is_chosen},
                             {"several", is_chosen && node.user->multi.has_value()},
                             {"outcomes", outcomes_json(*node.user)},
                             {"requires", names_json(node.user->required)},
                             {"roles", names_json(roles_of(*node.user))}}));
  }
  return tasks;
}

}  // namespace anlan::flow

#include "flow/library.h"

#include <algorithm>

#include "flow/graph.h"

namespace anlan::flow {

namespace {

template <class Versions>
const typename Versions::mapped_type* find_version(
    const std::map<std::string, Versions, std::less<>>& all, std::string_view id, int64_t version) {
  auto versions = all.find(id);
  if (versions == all.end() || versions->second.empty()) return nullptr;
  if (version == 0) return &versions->second.rbegin()->second;
  auto found = versions->second.find(version);
  return found == versions->second.end() ? nullptr : &found->second;
}

}  // namespace

void Library::add_model(std::string id, int64_t version, Model model) {
  models_[std::move(id)].insert_or_assign(version, std::move(model));
}

void Library::add_decision(std::string id, int64_t version, rules::Model model) {
  decisions_[std::move(id)].insert_or_assign(version, std::move(model));
}

Library::Versioned Library::newest(std::string_view id) const {
  auto versions = models_.find(id);
  if (versions == models_.end() || versions->second.empty()) return {};
  const auto& [version, model] = *versions->second.rbegin();
  return {&model, version};
}

std::vector<std::string> Library::models() const {
  std::vector<std::string> ids;
  for (const auto& [id, versions] : models_) ids.push_back(id);
  return ids;
}

bool Library::watches_records(std::string_view id) const {
  auto versions = models_.find(id);
  if (versions == models_.end()) return false;
  return std::ranges::any_of(versions->second, [](const auto& version) {
    const Graph& graph = version.second.graph();
    bool calls =
        std::ranges::any_of(graph.nodes, [](const Node& node) { return node.calls.has_value(); });
    return calls || graph.has_conditions;
  });
}

const Model* Library::model(std::string_view id, int64_t version) const {
  return find_version(models_, id, version);
}

const rules::Model* Library::decision(std::string_view id, int64_t version) const {
  return find_version(decisions_, id, version);
}

Result<rules::Outcome> Library::decide(const Decision& asked, const rules::Context& inputs,
                                       const rules::Environment& environment) const {
  std::string_view file = asked.id.substr(0, asked.id.find('/'));
  const rules::Model* found = decision(file, asked.version);
  if (found == nullptr)
    return refuse(ErrorCode::NotFound, "no decisions '" + std::string(file) + "'");
  if (file.size() < asked.id.size()) {
    return found->decide(asked.id.substr(file.size() + 1), inputs, environment);
  }
  std::vector<rules::Model::Element> all = found->decisions();
  return found->decide(all.size() == 1 ? std::string_view(all.front().id) : file, inputs,
                       environment);
}

int64_t Library::newest_decision(std::string_view id) const {
  auto versions = decisions_.find(id);
  if (versions == decisions_.end() || versions->second.empty()) return 0;
  return versions->second.rbegin()->first;
}

}  // namespace anlan::flow

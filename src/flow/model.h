#pragma once
// A BPMN model, parsed and linted. Whoever holds a Model can run it.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "core/result.h"
#include "core/text.h"

namespace anlan::flow {

struct Finding {
  std::string element_id;
  std::string text;  // a plain sentence, English
};

struct Graph;  // nodes and edges, inside this room only

class Model {
 public:
  // BadModel: the first finding in detail, its element in field. All elements that can't be
  // executed are refused by name.
  static Result<Model> parse(std::string_view xml);
  static std::vector<Finding> lint(std::string_view xml);

  const std::string& id() const;  // process id
  LocalText title() const;
  const std::string& xml() const;                     // as given
  LocalText name_of(std::string_view node_id) const;  // the id itself where there is no such node
  // What a person with an open task at this node may see and press: <anlan:fields>,
  // <anlan:buttons>.
  access::NodeRights rights(std::string_view node_id) const;
  // Task nodes for screens:
  // [{"id","name":{"zh","en"},"outcomes":[{"id","name"}],"requires":[...],"roles":[...]}].
  Json describe() const;
  // Names of the guards that its outcomes ask, each once.
  std::vector<std::string> guards() const;
  const Graph& graph() const { return *graph_; }
  std::shared_ptr<const Graph> shared_graph() const { return graph_; }  // shared: see graph_

 private:
  std::shared_ptr<const Graph> graph_;  // shared: a Model is copied freely, its graph never changes
};

}  // namespace anlan::flow

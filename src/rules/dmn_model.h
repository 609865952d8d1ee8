#pragma once
// The compiled model behind dmn.h: one flat set of elements, imported ones included, found by
// "namespace#id". Inside the room only.

#include <map>
#include <string>
#include <vector>

#include "rules/ast.h"
#include "rules/dmn.h"
#include "rules/function.h"

namespace anlan::rules {

struct ModelData {
  struct Drg {
    enum class Kind { Input, Decision, Knowledge, Service };

    Kind kind = Kind::Input;
    std::string id{};
    std::string name{};
    std::string space{};  // of the model it stands in
    std::string type_name{};
    TypePtr type{};
    NodePtr logic{};  // of a decision; a function of a knowledge model; null if none is given
    std::vector<const Drg*> requires_elements{};
    std::vector<const Drg*> outputs{};     // of a service
    std::vector<const Drg*> parameters{};  // of a service: input data, then input decisions
  };

  std::string name{};
  std::string space{};
  std::map<std::string, Drg, std::less<>> elements{};  // by "namespace#id"
  std::vector<std::string> order{};                    // keys as they stand in the file
  std::map<std::string, std::map<std::string, std::string>> import_names{};  // space, space: name
  std::vector<std::string> warnings{};

  // By name first, then by id; only elements of the main model, then of imported ones.
  const Drg* find(Drg::Kind kind, std::string_view name_or_id) const;
};

}  // namespace anlan::rules

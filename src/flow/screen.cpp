#include "flow/screen.h"

#include <algorithm>

namespace anlan::flow {

Json local_json(const LocalText& text) { return Json::object({{"zh", text.zh}, {"en", text.en}}); }

Json names_json(const std::vector<std::string>& names) {
  Json all = Json::array();
  for (const std::string& name : names) all.push(name);
  return all;
}

Json outcomes_json(const UserTask& user) {
  Json all = Json::array();
  for (const Outcome& outcome : user.outcomes) {
    Json one = Json::object({{"id", outcome.id},
                             {"name", local_json(outcome.name)},
                             {"needs_comment", outcome.needs_comment},
                             {"fields", names_json(outcome.fields)}});
    if (outcome.needs_comment_in_doubt) one.set("doubt", "comment");
    if (!outcome.guards.empty()) one.set("guards", names_json(outcome.guards));
    all.push(std::move(one));
  }
  return all;
}

const Node* node_of(const Library& library, std::string_view model_id, int64_t version,
                    std::string_view node) {
  const Model* model = library.model(model_id, version);
  return model ? model->graph().find(node) : nullptr;
}

}  // namespace anlan::flow

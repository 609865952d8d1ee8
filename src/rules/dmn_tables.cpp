#include "rules/dmn_tables.h"

#include <string>

#include "rules/xml.h"

namespace anlan::rules {
namespace {

Json cells_of(const Xml& rule, std::string_view kind) {
  Json cells = Json::array();
  for (const Xml* cell : rule.all(kind)) cells.push(std::string(cell->text_of("text")));
  return cells;
}

Json inputs_of(const Xml& table) {
  Json inputs = Json::array();
  for (const Xml* input : table.all("input")) {
    const Xml* expression = input->child("inputExpression");
    inputs.push(std::string(expression ? expression->text_of("text") : ""));
  }
  return inputs;
}

Json rules_of(const Xml& table) {
  Json rules = Json::array();
  for (const Xml* rule : table.all("rule")) {
    Json annotations = cells_of(*rule, "annotationEntry");
    std::string annotation;
    for (const Json& one : annotations.as_array()) {
      if (!annotation.empty()) annotation += "; ";
      annotation += one.as_text();
    }
    rules.push(Json::object({{"inputs", cells_of(*rule, "inputEntry")},
                             {"outputs", cells_of(*rule, "outputEntry")},
                             {"annotation", annotation}}));
  }
  return rules;
}

// An output without a name is the decision's own.
Json outputs_of(const Xml& table, const std::string& decision) {
  Json outputs = Json::array();
  for (const Xml* output : table.all("output")) {
    std::string name(output->attribute("name"));
    outputs.push(name.empty() ? decision : name);
  }
  return outputs;
}

}  // namespace

Result<Json> decision_tables(std::string_view xml) {
  Xml root = TRY(Xml::parse(xml));
  if (root.name != "definitions") return refuse(ErrorCode::BadModel, "no DMN definitions");
  Json tables = Json::array();
  for (const Xml* decision : root.all("decision")) {
    const Xml* table = decision->child("decisionTable");
    if (table == nullptr) continue;
    std::string name(decision->attribute("name"));
    std::string policy(table->attribute("hitPolicy"));
    // DMN 1.5, 8.2.8: without a hit policy it is UNIQUE.
    tables.push(Json::object({{"id", std::string(decision->attribute("id"))},
                              {"name", name},
                              {"hit_policy", policy.empty() ? "UNIQUE" : policy},
                              {"inputs", inputs_of(*table)},
                              {"outputs", outputs_of(*table, name)},
                              {"rules", rules_of(*table)}}));
  }
  return tables;
}

}  // namespace anlan::rules

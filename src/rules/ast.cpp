#include "rules/ast.h"

#include <set>

#include "rules/table.h"

namespace anlan::rules {

namespace {

void collect(const Node* node, std::set<std::string>& out);

void collect(const Table& table, std::set<std::string>& out) {
  for (const Table::Input& input : table.inputs) {
    collect(input.expression.get(), out);
    collect(input.allowed.get(), out);
  }
  for (const Table::Output& output : table.outputs) {
    collect(output.allowed.get(), out);
    collect(output.otherwise.get(), out);
    for (const NodePtr& value : output.order) collect(value.get(), out);
  }
  for (const Table::Rule& rule : table.rules) {
    for (const NodePtr& test : rule.tests) collect(test.get(), out);
    for (const NodePtr& result : rule.results) collect(result.get(), out);
  }
}

void collect(const Node* node, std::set<std::string>& out) {
  if (node == nullptr) return;
  if (node->op == Op::Name) out.insert(node->text);
  for (const NodePtr& part : node->parts) collect(part.get(), out);
  if (node->table) collect(*node->table, out);
}

}  // namespace

std::vector<std::string> names_in(const Node& node) {
  std::set<std::string> out;
  collect(&node, out);
  return {out.begin(), out.end()};
}

}  // namespace anlan::rules

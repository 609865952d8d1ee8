#pragma once
// A compiled decision table (DMN 1.5, 8). Inside the room only.

#include <optional>
#include <string>
#include <vector>

#include "rules/ast.h"
#include "rules/table_index.h"

namespace anlan::rules {

struct Table {
  enum class HitPolicy { Unique, Any, Priority, First, RuleOrder, OutputOrder, Collect };
  enum class Aggregation { None, Sum, Min, Max, Count };

  struct Input {
    NodePtr expression;
    std::string text{};  // of the expression
    NodePtr allowed{};   // unary tests, null if none are given
    TypePtr type{};
  };
  struct Output {
    std::string name;
    TypePtr type{};
    NodePtr allowed{};
    std::vector<NodePtr> order{};  // the allowed values one by one, highest priority first
    NodePtr otherwise{};
  };
  struct Rule {
    std::string id;
    std::string annotation;
    std::vector<NodePtr> tests;
    std::vector<NodePtr> results;
  };

  HitPolicy hit_policy = HitPolicy::Unique;
  Aggregation aggregation = Aggregation::None;
  std::vector<Input> inputs{};
  std::vector<Output> outputs{};
  std::vector<Rule> rules{};
  TableIndex index{};
};

}  // namespace anlan::rules

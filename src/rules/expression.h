#pragma once
// A FEEL expression or unary tests, compiled once and evaluated as often as wanted. Copies share
// the compiled form.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "rules/context.h"

namespace anlan::rules {

struct Node;

class Expression {
 public:
  // `names` are those the context will have; they may hold spaces, then the longest is taken.
  // BadExpression says in its detail what is wrong and at which character.
  static Result<Expression> compile(std::string_view text, std::span<const std::string> names);
  static Result<Expression> compile(std::string_view text,
                                    std::initializer_list<std::string> names);
  // The contents of a decision table's input cell: "< 5, [10..20]", "not(\"a\")", "-".
  static Result<Expression> compile_unary_tests(std::string_view text,
                                                std::span<const std::string> names);

  // Errors inside give null and a warning in the environment; of unary tests, whether "?" in the
  // context satisfies them.
  Value evaluate(const Context& context, const Environment& environment) const;
  // Whether the input satisfies the unary tests; unknown (null) is false.
  bool test(const Value& input, const Context& context, const Environment& environment) const;

  // The names of the context that it reads, sorted.
  std::vector<std::string> names_used() const { return names_used_; }
  // Names that nobody has: null when evaluated. A designer shows them as mistakes.
  std::vector<std::string> names_unknown() const { return names_unknown_; }

 private:
  std::shared_ptr<const Node> root_;  // shared by copies and by function values; immutable
  std::vector<std::string> names_used_;
  std::vector<std::string> names_unknown_;
};

}  // namespace anlan::rules

#pragma once
// Compiles boxed expressions (DMN 1.5, 10.2.1 and 10.2.2) into the tree of ast.h. Inside the room
// only.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/ast.h"
#include "rules/parser.h"
#include "rules/table.h"
#include "rules/xml.h"

namespace anlan::rules {

class BoxedReader {
 public:
  explicit BoxedReader(bool keep_broken) : keep_broken_(keep_broken) {}

  // Null after a failure, see error().
  NodePtr expression(const Xml& xml, const Surroundings& around);
  // A functionDefinition or the encapsulatedLogic of a knowledge model.
  NodePtr function(const Xml& xml, const Surroundings& around, TypePtr result);
  NodePtr tests(const Xml& element, std::string_view text, const Surroundings& around);
  TypePtr type(std::string_view text, const Surroundings& around, const Xml& element);
  // The first child that is a boxed expression; null if there is none.
  static const Xml* first_expression(const Xml& parent);

  const std::optional<Error>& error() const { return error_; }
  std::vector<std::string> warnings{};

 private:
  NodePtr fail(const Xml& element, std::string why);
  NodePtr text(const Xml& element, std::string_view text, const Surroundings& around);
  NodePtr dispatch(const Xml& xml, const Surroundings& around);
  NodePtr child(const Xml* parent, const Xml& at, const Surroundings& around);
  NodePtr literal(const Xml& xml, const Surroundings& around);
  NodePtr context(const Xml& xml, const Surroundings& around);
  NodePtr list(const Xml& xml, const Surroundings& around);
  NodePtr relation(const Xml& xml, const Surroundings& around);
  NodePtr invocation(const Xml& xml, const Surroundings& around);
  NodePtr conditional(const Xml& xml, const Surroundings& around);
  NodePtr filter(const Xml& xml, const Surroundings& around);
  NodePtr iterator(const Xml& xml, const Surroundings& around, Op op);
  NodePtr table(const Xml& xml, const Surroundings& around);
  bool table_columns(const Xml& xml, const Surroundings& around, Table& out);
  bool table_rule(const Xml& xml, const Surroundings& around, Table& out);

  bool keep_broken_;
  int depth_ = 0;
  std::optional<Error> error_{};
};

}  // namespace anlan::rules

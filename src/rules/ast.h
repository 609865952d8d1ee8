#pragma once
// The compiled form of FEEL: one tree for text and for boxed expressions. A node owns its parts.
// Inside the room only.

#include <memory>
#include <string>
#include <vector>

#include "rules/type.h"
#include "rules/value.h"

namespace anlan::rules {

struct Builtin;
struct Table;
struct Node;
using NodePtr = std::shared_ptr<const Node>;  // shared: function values keep their body alive

enum class Op {
  Constant,     // value
  Name,         // text
  Path,         // part 0 . text
  Filter,       // part 0 [ part 1 ]
  Call,         // part 0 is the callee, the rest arguments; names if they are named
  CallBuiltin,  // builtin, parts are arguments; names if they are named
  Negate,
  Add,
  Subtract,
  Multiply,
  Divide,
  Power,
  And,
  Or,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Between,  // part 0 between part 1 and part 2
  In,       // part 0, tests
  If,       // condition, then, else
  For,      // names, their sources, body last
  Some,
  Every,       // like For
  Span,        // part 0 .. part 1 in a for: the whole numbers or days between
  InstanceOf,  // part 0, type 0
  List,        // parts
  Context,     // names, types, parts; text "=" where the last part is the result
  Function,    // names, types, part 0 body; type after the names is the result
  External,    // a function in another language: always null
  Interval,    // part 0, part 1, closed flags
  Compare,     // a range with one end: comparison, part 0
  Tests,       // unary tests; any part fits
  NotTests,    // none of the parts fits
  Anything,    // "-"
  Predicate,   // a unary test that speaks of "?": part 0 must be true
  Table,       // a decision table
  Typed,       // part 0 coerced to type 0
  Broken,      // text could not be compiled; null with text as warning
};

struct Node {
  Op op = Op::Constant;
  Value value{};
  std::string text{};
  std::vector<NodePtr> parts{};
  std::vector<std::string> names{};
  std::vector<TypePtr> types{};
  std::vector<std::string> captures{};  // of a function: the names its body reads
  const Builtin* builtin = nullptr;
  std::shared_ptr<const Table> table{};
  Op comparison = Op::Equal;
  bool is_low_closed = false;
  bool is_high_closed = false;
  bool strict_filter = false;  // a boxed filter: never an index
  bool uses_partial = false;   // a for whose body reads "partial"
  int depth = 1;
};

// Every name read anywhere inside, once each.
std::vector<std::string> names_in(const Node& node);

}  // namespace anlan::rules

#pragma once
// Ranges and functions as values. Inside the room only.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rules/context.h"
#include "rules/type.h"
#include "rules/value.h"

namespace anlan::rules {

class Evaluator;
struct Builtin;
struct Node;

struct Range {  // a null end is unbounded
  Value low{};
  Value high{};
  bool is_low_closed = false;
  bool is_high_closed = false;
  bool is_comparison = false;  // written "< 10": not equal to "(null..10)"
};

struct Parameter {
  std::string name;
  TypePtr type{};  // null: any
};

// One of: a built-in, a closure (body), or a native of the model (decision service).
struct Function {
  std::vector<Parameter> parameters{};
  const Builtin* builtin = nullptr;
  std::shared_ptr<const Node> body{};  // shared: the function may outlive its expression
  Context captured{};
  std::string self_name{};  // under which the body may call itself
  TypePtr result{};
  std::function<Value(Evaluator&, std::span<const Value>)> native{};
};

}  // namespace anlan::rules

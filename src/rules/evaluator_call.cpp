// Calls, function values and coercion.

#include <algorithm>

#include "core/limits.h"
#include "rules/builtins.h"
#include "rules/evaluator.h"

namespace anlan::rules {

Value Evaluator::function(const Node& node, const Scope& scope) {
  Function out;
  for (std::size_t i = 0; i < node.names.size(); ++i) {
    out.parameters.push_back({node.names[i], i < node.types.size() ? node.types[i] : nullptr});
  }
  if (node.types.size() > node.names.size()) out.result = node.types.back();
  out.body = node.parts[0];
  for (const std::string& name : node.captures) {
    if (const Value* value = scope.find(name)) out.captured.set(name, *value);
  }
  if (out.captured.depth() > limits::kExpressionDepthMax * 4) return fail("a function too deep");
  return out;
}

Value Evaluator::call_node(const Node& node, const Scope& scope) {
  Value callee = eval(*node.parts[0], scope);
  List arguments;
  for (std::size_t i = 1; i < node.parts.size(); ++i) {
    arguments.push_back(eval(*node.parts[i], scope));
  }
  if (callee.as_function() == nullptr) return fail("what is called is no function");
  if (!node.names.empty()) return call_named(callee, arguments, node.names);
  return call(callee, arguments);
}

Value Evaluator::call_builtin_node(const Node& node, const Scope& scope) {
  List arguments;
  arguments.reserve(node.parts.size());
  for (const NodePtr& part : node.parts) arguments.push_back(eval(*part, scope));
  if (const Value* shadow = node.text.empty() ? nullptr : scope.find(node.text)) {
    if (shadow->as_function() != nullptr) {
      return node.names.empty() ? call(*shadow, arguments)
                                : call_named(*shadow, arguments, node.names);
    }
  }
  return call_builtin(*this, *node.builtin, arguments, node.names);
}

Value Evaluator::call_named(const Value& function, const List& arguments,
                            const std::vector<std::string>& names) {
  const Function& callee = *function.as_function();
  if (callee.builtin != nullptr) return call_builtin(*this, *callee.builtin, arguments, names);
  List ordered;
  for (const Parameter& parameter : callee.parameters) {
    auto found = std::ranges::find(names, parameter.name);
    if (found == names.end()) return fail("the argument '" + parameter.name + "' is missing");
    ordered.push_back(arguments[static_cast<std::size_t>(found - names.begin())]);
  }
  if (ordered.size() != arguments.size()) return fail("an argument has an unknown name");
  return call(function, ordered);
}

Value Evaluator::call(const Value& function, std::span<const Value> arguments) {
  const Function* callee = function.as_function();
  if (callee == nullptr) return fail("what is called is no function");
  if (callee->builtin != nullptr) return call_builtin(*this, *callee->builtin, arguments, {});
  if (arguments.size() != callee->parameters.size()) {
    return fail("a function of " + std::to_string(callee->parameters.size()) +
                " parameters is called with " + std::to_string(arguments.size()));
  }
  Context bound;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    Value argument = coerce(arguments[i], callee->parameters[i].type.get());
    if (argument.is_null() && !arguments[i].is_null()) return {};
    bound.set(callee->parameters[i].name, std::move(argument));
  }
  Value out;
  if (callee->native) {
    List ordered;
    for (const auto& entry : bound.entries()) ordered.push_back(entry.second);
    out = callee->native(*this, ordered);
  } else if (callee->body) {
    Scope self{.context = &callee->captured, .name = callee->self_name, .value = &function};
    out = eval(*callee->body, {.up = &self, .context = &bound});
  }
  return coerce(std::move(out), callee->result.get());
}

bool Evaluator::is_allowed(const Value& value, const Type& type) {
  if (type.allowed) {
    auto fit = fits(*type.allowed, value, {});
    if (!fit || !*fit) return false;
  }
  if (const List* list = value.as_list(); list && type.element) {
    return std::ranges::all_of(*list, [&](const Value& item) {
      return step() && (item.is_null() || is_allowed(item, *type.element));
    });
  }
  if (const Context* context = value.as_context()) {
    return std::ranges::all_of(type.members, [&](const auto& member) {
      const Value* held = context->find(member.first);
      return held == nullptr || held->is_null() || is_allowed(*held, *member.second);
    });
  }
  return true;
}

Value Evaluator::coerce(Value value, const Type* type) {
  if (type == nullptr || value.is_null()) return value;
  step(value.as_list() != nullptr ? value.as_list()->size() : 0);
  const List* list = value.as_list();
  if (!is_instance(value, *type)) {
    bool single = list != nullptr && list->size() == 1 && type->kind != Type::Kind::List;
    if (single) {
      Value only = list->front();
      if (is_instance(only, *type) && !only.is_null()) return coerce(std::move(only), type);
      return fail("the only item of a list does not fit the type wanted");
    }
    if (type->kind == Type::Kind::List && list == nullptr) {
      Value item = coerce(value, type->element.get());
      if (item.is_null()) return {};
      value = List{std::move(item)};
    } else if (type->kind == Type::Kind::DateTime && value.as_date() != nullptr) {
      value = at_midnight(*value.as_date(), {.kind = Zone::Kind::Offset});
    } else {
      return fail("a value of type " + std::string(kind_name(value.kind())) +
                  " does not fit the type wanted");
    }
  }
  return is_allowed(value, *type) ? value : fail("a value is not among the allowed ones");
}

}  // namespace anlan::rules

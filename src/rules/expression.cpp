#include "rules/expression.h"

#include "rules/evaluator.h"
#include "rules/parser.h"

namespace anlan::rules {

namespace {

Surroundings surroundings_of(std::span<const std::string> names) {
  Surroundings out = feel_surroundings();
  for (const std::string& name : names) out.add_name(name);
  return out;
}

}  // namespace

Result<Expression> Expression::compile(std::string_view text, std::span<const std::string> names) {
  Parsed parsed = TRY(parse_expression(text, surroundings_of(names)));
  Expression out;
  out.root_ = std::move(parsed.root);
  out.names_used_.assign(parsed.used.begin(), parsed.used.end());
  out.names_unknown_.assign(parsed.unknown.begin(), parsed.unknown.end());
  return out;
}

Result<Expression> Expression::compile(std::string_view text,
                                       std::initializer_list<std::string> names) {
  return compile(text, std::span(names.begin(), names.size()));
}

Result<Expression> Expression::compile_unary_tests(std::string_view text,
                                                   std::span<const std::string> names) {
  Parsed parsed = TRY(parse_unary_tests(text, surroundings_of(names)));
  Expression out;
  out.root_ = std::move(parsed.root);
  out.names_used_.assign(parsed.used.begin(), parsed.used.end());
  out.names_unknown_.assign(parsed.unknown.begin(), parsed.unknown.end());
  return out;
}

Value Expression::evaluate(const Context& context, const Environment& environment) const {
  Evaluator evaluator(environment);
  return evaluator.eval(*root_, {.context = &context});
}

bool Expression::test(const Value& input, const Context& context,
                      const Environment& environment) const {
  Evaluator evaluator(environment);
  return evaluator.fits(*root_, input, {.context = &context}).value_or(false);
}

}  // namespace anlan::rules

// Any text as an expression and as unary tests; must end within the bounds, whatever it is.

#include <cstdint>
#include <string_view>

#include "rules/expression.h"

using namespace anlan;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> names = {"a", "b c", "list", "text"};
  rules::Context context{{"a", rules::Value(5)},
                         {"b c", rules::Value("x")},
                         {"list", rules::Value(rules::List{rules::Value(1), rules::Value(2)})},
                         {"text", rules::Value("2026-11-21")}};
  rules::Environment environment{.steps_max = 20'000};
  if (auto expression = rules::Expression::compile(text, names)) {
    rules::Value value = expression->evaluate(context, environment);
    static_cast<void>(rules::text_of(value));
  }
  if (auto tests = rules::Expression::compile_unary_tests(text, names)) {
    static_cast<void>(tests->test(rules::Value(5), context, environment));
  }
  return 0;
}

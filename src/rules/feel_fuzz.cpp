// Any text as an expression and as unary tests; must end within the bounds, whatever it is.

#include <cstdint>
#include <string_view>

#include "rules/rules.h"

using namespace anlan;

namespace {

// Answers every decision with the same text evaluated again: what may call itself has to end.
class Echo final : public rules::Host {
 public:
  explicit Echo(const rules::Expression& again) : again_(again) {}

  rules::Value caller(std::string_view name) const override { return rules::Value(name); }
  Result<rules::Outcome> decide(std::string_view, const rules::Context& inputs,
                                const rules::Environment& environment) const override {
    return rules::Outcome{.value = again_.evaluate(inputs, environment),
                          .steps = environment.steps_max / 2};
  }
  Result<rules::Value> look_up(std::string_view, const rules::Value& key) const override {
    return rules::Value(rules::Context{{"key", key}});
  }

 private:
  const rules::Expression& again_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> names = {"a", "b c", "list", "text", "user", "org"};
  rules::Context context{{"a", rules::Value(5)},
                         {"b c", rules::Value("x")},
                         {"list", rules::Value(rules::List{rules::Value(1), rules::Value(2)})},
                         {"text", rules::Value("2026-11-21")}};
  rules::Environment environment{.steps_max = 20'000};
  if (auto expression = rules::Expression::compile(text, names)) {
    Echo echo(*expression);
    rules::Environment asked = environment;
    asked.host = &echo;
    rules::Value value = expression->evaluate(context, asked);
    static_cast<void>(rules::text_of(value));
  }
  if (auto tests = rules::Expression::compile_unary_tests(text, names)) {
    static_cast<void>(tests->test(rules::Value(5), context, environment));
  }
  return 0;
}

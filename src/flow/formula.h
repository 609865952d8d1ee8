#pragma once
// A value in a model: FEEL when it starts with "=", else the text itself. Inside the room only.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "rules/rules.h"

namespace anlan::flow {

class Formula {
 public:
  Formula() = default;
  // Names of flow and of the caller are visible. BadExpression.
  static Result<Formula> compile(std::string_view source, std::span<const std::string> names = {});

  bool is_empty() const { return source_.empty(); }
  const std::string& source() const { return source_; }
  // BadExpression when an error inside made the whole value null: nothing fails silently.
  Result<rules::Value> evaluate(const rules::Context& names,
                                const rules::Environment& environment) const;

 private:
  std::string source_;
  std::shared_ptr<const rules::Expression> feel_;  // shared: copies of a Formula are many
};

// Lengths and points in time that a formula may yield.
struct When {
  bool is_absolute = false;
  Duration length{};
  Instant at{};
};
Result<When> when_of(const rules::Value& value);

}  // namespace anlan::flow

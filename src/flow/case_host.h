#pragma once
// What expressions of a case ask of the plant (rules/host.h): decisions at the versions that the
// case began with, others at their newest; everything else is the engine's to answer. Inside the
// room only.

#include "core/json.h"
#include "flow/step.h"
#include "rules/rules.h"

namespace anlan::flow {

class CaseHost final : public rules::Host {
 public:
  // Both outlive this; `versions` by decision file, null before there is a case.
  CaseHost(const Around& around, const Json& versions) : around_(around), versions_(versions) {}

  rules::Value caller(std::string_view name) const override;
  Result<rules::Outcome> decide(std::string_view id, const rules::Context& inputs,
                                const rules::Environment& environment) const override;
  Result<rules::Value> look_up(std::string_view form, const rules::Value& key) const override;

 private:
  const rules::Host* more() const;

  const Around& around_;
  const Json& versions_;
};

}  // namespace anlan::flow

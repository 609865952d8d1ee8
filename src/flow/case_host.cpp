#include "flow/case_host.h"

namespace anlan::flow {

const rules::Host* CaseHost::more() const {
  return around_.answers ? around_.answers->host.get() : nullptr;
}

rules::Value CaseHost::caller(std::string_view name) const {
  return more() != nullptr ? more()->caller(name) : rules::Value();
}

Result<rules::Outcome> CaseHost::decide(std::string_view id, const rules::Context& inputs,
                                        const rules::Environment& environment) const {
  auto version = versions_[id.substr(0, id.find('/'))].as_int64();
  return around_.library.decide({id, version.value_or(0)}, inputs, environment);
}

Result<rules::Value> CaseHost::look_up(std::string_view form, const rules::Value& key) const {
  if (more() == nullptr) return refuse(ErrorCode::NotFound, "nobody here knows records");
  return more()->look_up(form, key);
}

}  // namespace anlan::flow

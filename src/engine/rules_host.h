#pragma once
// Answers what expressions ask of the plant (rules/host.h) for one command: the caller, deployed
// decisions, the records that the caller may read. The system itself reads everything.

#include "access/access.h"
#include "engine/packs.h"
#include "rules/rules.h"
#include "store/store.h"

namespace anlan::engine {

class RulesHost final : public rules::Host {
 public:
  // All three outlive this.
  RulesHost(store::View& view, const Packs& packs, const access::Subject& by)
      : view_(view), packs_(packs), by_(by) {}

  // `user`: {id, name, org, orgs, roles}; `org`: the unit that the caller belongs to,
  // {path, code, kind, name_zh, name_en}. Null where nobody is logged in.
  rules::Value caller(std::string_view name) const override;
  Result<rules::Outcome> decide(std::string_view id, const rules::Context& inputs,
                                const rules::Environment& environment) const override;
  Result<rules::Value> look_up(std::string_view form, const rules::Value& key) const override;

 private:
  Result<rules::Value> unit() const;
  rules::Value person() const;

  store::View& view_;
  const Packs& packs_;
  const access::Subject& by_;
};

}  // namespace anlan::engine

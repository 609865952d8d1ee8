#pragma once
// Who answers the functions of the namespace `anlan` (docs/formats/rules.md): the deployed
// decisions, the records that the caller may read, the caller. Without a host they are null with a
// warning; FEEL itself asks nobody.

#include <string_view>

#include "core/result.h"
#include "rules/context.h"
#include "rules/dmn.h"

namespace anlan::rules {

class Host {
 public:
  virtual ~Host() = default;

  // `user` or `org`, where nothing in the expression's own names is called so. Null for nobody.
  virtual Value caller(std::string_view name) const = 0;
  // `id` is the decision file's id, or "file/decision" where it holds several. The environment has
  // what is left of the steps. NotFound.
  virtual Result<Outcome> decide(std::string_view id, const Context& inputs,
                                 const Environment& environment) const = 0;
  // The record of a form whose id, number or unique member is `key`, with the members the caller
  // may read. NotFound also for what he may not: existence is not told.
  virtual Result<Value> look_up(std::string_view form, const Value& key) const = 0;
};

}  // namespace anlan::rules

#pragma once
// rules evaluates FEEL expressions and DMN 1.5 models: compile once, evaluate many times. Numbers
// are 34-digit decimals. It is pure: no clock (now is passed in), no input or output, no throw;
// errors inside an expression yield null and a warning, as DMN 1.5, 10.3.2 asks. The same sources
// compile for the browser.
//
//   Expression limit = TRY(Expression::compile("gas.value > 0.5", {"gas"}));
//   Context names; names.set("gas", value_from_json(json));
//   Value over = limit.evaluate(names, {.now = clock.now()});
//
//   Model model = TRY(Model::parse(xml));
//   Outcome grade = TRY(model.decide("hazard_grade", names, {.now = clock.now()}));

#include "rules/calendar.h"
#include "rules/context.h"
#include "rules/decimal.h"
#include "rules/dmn.h"
#include "rules/dmn_tables.h"
#include "rules/expression.h"
#include "rules/filter.h"
#include "rules/host.h"
#include "rules/value.h"

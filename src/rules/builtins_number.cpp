// Number functions and number() (DMN 1.5, 10.3.4.1 and 10.3.4.5), not() and is().

#include <array>

#include "rules/builtins.h"
#include "rules/evaluator.h"

namespace anlan::rules {

namespace {

using Arguments = std::span<const Value>;
using Round = Decimal::Round;

const Decimal& number(Arguments a, std::size_t i) { return *a[i].as_number(); }

Value or_null(Evaluator& evaluator, std::optional<Decimal> out) {
  return out ? Value(*out) : evaluator.fail("a function of numbers has no result");
}

// DMN 1.5, table 76: scales from -6111 to 6176; a fraction of the scale is cut off.
Value rounded(Evaluator& evaluator, Arguments a, Round mode) {
  int64_t scale = 0;
  if (a.size() > 1) {
    auto whole = number(a, 1).rounded(0, Round::Down);
    scale = whole ? whole->to_int64().value_or(INT64_MAX) : INT64_MAX;
  }
  if (scale < -6111 || scale > 6176) return evaluator.fail("a scale out of range");
  return or_null(evaluator, number(a, 0).rounded(static_cast<int>(scale), mode));
}

template <Round kMode>
Value round_to(Evaluator& evaluator, Arguments a) {
  return rounded(evaluator, a, kMode);
}

Value absolute(Evaluator& evaluator, Arguments a) {
  if (a[0].as_number()) return number(a, 0).absolute();
  if (auto* days = a[0].as_days()) return days->seconds < 0 ? Value(negated(*days)) : a[0];
  if (auto* months = a[0].as_months()) {
    return MonthsDuration{months->months < 0 ? -months->months : months->months};
  }
  return evaluator.fail("abs needs a number or a duration");
}

Value modulo(Evaluator& evaluator, Arguments a) {
  return or_null(evaluator, Decimal::modulo(number(a, 0), number(a, 1)));
}
Value square_root(Evaluator& evaluator, Arguments a) {
  return or_null(evaluator, Decimal::square_root(number(a, 0)));
}
Value natural_log(Evaluator& evaluator, Arguments a) {
  return or_null(evaluator, Decimal::natural_log(number(a, 0)));
}
Value exponential(Evaluator& evaluator, Arguments a) {
  return or_null(evaluator, Decimal::exponential(number(a, 0)));
}

bool has_rest(const Decimal& value, bool odd) {
  auto rest = Decimal::modulo(value, Decimal(2));
  return rest && *rest == Decimal(odd ? 1 : 0);
}
Value odd(Evaluator&, Arguments a) { return has_rest(number(a, 0), true); }
Value even(Evaluator&, Arguments a) { return has_rest(number(a, 0), false); }

// number("1 000,5", " ", ","): grouping is taken out, the decimal sign becomes a point.
Value to_number(Evaluator& evaluator, Arguments a) {
  auto separator = [&](std::size_t i) {
    return a.size() > i && a[i].as_string() ? *a[i].as_string() : std::string();
  };
  std::string grouping = separator(1);
  std::string point = separator(2);
  bool known = (grouping.empty() || grouping == " " || grouping == "," || grouping == ".") &&
               (point.empty() || point == "." || point == ",");
  bool given_empty = (a.size() > 1 && a[1].as_string() && grouping.empty()) ||
                     (a.size() > 2 && a[2].as_string() && point.empty());
  if (!known || given_empty || (!point.empty() && grouping == point)) {
    return evaluator.fail("separators that number() does not know");
  }
  std::string plain;
  for (char c : *a[0].as_string()) {
    if (!grouping.empty() && c == grouping[0]) continue;
    plain += !point.empty() && c == point[0] ? '.' : c;
  }
  if (plain.starts_with('+')) return evaluator.fail("a text that is no number");
  auto out = Decimal::parse(plain);
  return out ? Value(*out) : evaluator.fail("a text that is no number");
}

Value number_from_number(Evaluator&, Arguments a) { return a[0]; }

Value negation(Evaluator&, Arguments a) {
  return a[0].as_bool() != nullptr ? Value(!a[0].is_true()) : Value();
}

// DMN 1.5, table 80: the same kind, the same value, and for times also the same zone and fraction.
Value is(Evaluator& evaluator, Arguments a) {
  if (a[0].kind() != a[1].kind()) return false;
  if (a[0].as_date_time() || a[0].as_time()) {
    const Zone& x = a[0].as_time() ? a[0].as_time()->zone : a[0].as_date_time()->time.zone;
    const Zone& y = a[1].as_time() ? a[1].as_time()->zone : a[1].as_date_time()->time.zone;
    if (x.kind != y.kind || x.offset_seconds != y.offset_seconds || x.name != y.name) return false;
    return a[0] == a[1];
  }
  return evaluator.equal(a[0], a[1]).value_or(false);
}

constexpr std::array kRows = {
    Builtin{"decimal", "n:n,scale:n", round_to<Round::HalfEven>},
    Builtin{"floor", "n:n,scale?:n", round_to<Round::Floor>},
    Builtin{"ceiling", "n:n,scale?:n", round_to<Round::Ceiling>},
    Builtin{"round up", "n:n,scale:n", round_to<Round::Up>},
    Builtin{"round down", "n:n,scale:n", round_to<Round::Down>},
    Builtin{"round half up", "n:n,scale:n", round_to<Round::HalfUp>},
    Builtin{"round half down", "n:n,scale:n", round_to<Round::HalfDown>},
    Builtin{"abs", "n:k", absolute},
    Builtin{"modulo", "dividend:n,divisor:n", modulo},
    Builtin{"sqrt", "number:n", square_root},
    Builtin{"log", "number:n", natural_log},
    Builtin{"exp", "number:n", exponential},
    Builtin{"odd", "number:n", odd},
    Builtin{"even", "number:n", even},
    Builtin{"number", "from:n", number_from_number},
    Builtin{"number", "from:s,grouping separator:s0,decimal separator:s0", to_number},
    Builtin{"number", "from:s", to_number},
    Builtin{"not", "negand:a", negation},
    Builtin{"is", "value1:a+,value2:a+", is},
};

}  // namespace

std::span<const Builtin> number_builtins() { return kRows; }

}  // namespace anlan::rules

// Relations of points and ranges (DMN 1.5, 10.3.4.11), range().

#include <algorithm>
#include <array>

#include "rules/builtins.h"
#include "rules/evaluator.h"
#include "rules/parser.h"

namespace anlan::rules {

namespace {

using Arguments = std::span<const Value>;

// A point stands for the closed range of itself alone.
Range range_of(const Value& value) {
  if (const Range* range = value.as_range()) return *range;
  return {.low = value, .high = value, .is_low_closed = true, .is_high_closed = true};
}

// Two ranges whose four ends can all be compared.
struct Pair {
  Range a;
  Range b;
  std::strong_ordering lows = std::strong_ordering::equal;         // a.low to b.low
  std::strong_ordering highs = std::strong_ordering::equal;        // a.high to b.high
  std::strong_ordering low_to_high = std::strong_ordering::equal;  // a.low to b.high
  std::strong_ordering high_to_low = std::strong_ordering::equal;  // a.high to b.low
};

// A missing low end is below everything, a missing high end above everything.
std::optional<std::strong_ordering> order_of(Evaluator& evaluator, const Value& x, bool x_is_low,
                                             const Value& y, bool y_is_low) {
  if (x.is_null() && y.is_null() && x_is_low == y_is_low) return std::strong_ordering::equal;
  if (x.is_null()) return x_is_low ? std::strong_ordering::less : std::strong_ordering::greater;
  if (y.is_null()) return y_is_low ? std::strong_ordering::greater : std::strong_ordering::less;
  return evaluator.compare(x, y);
}

std::optional<Pair> pair_of(Evaluator& evaluator, Arguments v) {
  Pair out{.a = range_of(v[0]), .b = range_of(v[1])};
  auto lows = order_of(evaluator, out.a.low, true, out.b.low, true);
  auto highs = order_of(evaluator, out.a.high, false, out.b.high, false);
  auto low_to_high = order_of(evaluator, out.a.low, true, out.b.high, false);
  auto high_to_low = order_of(evaluator, out.a.high, false, out.b.low, true);
  if (!lows || !highs || !low_to_high || !high_to_low) return std::nullopt;
  out.lows = *lows;
  out.highs = *highs;
  out.low_to_high = *low_to_high;
  out.high_to_low = *high_to_low;
  return out;
}

bool before(const Pair& p) {
  bool touch = p.high_to_low == 0 && (!p.a.is_high_closed || !p.b.is_low_closed);
  return p.high_to_low < 0 || touch;
}
bool after(const Pair& p) {
  bool touch = p.low_to_high == 0 && (!p.a.is_low_closed || !p.b.is_high_closed);
  return p.low_to_high > 0 || touch;
}
bool meets(const Pair& p) { return p.high_to_low == 0 && p.a.is_high_closed && p.b.is_low_closed; }
bool met_by(const Pair& p) { return p.low_to_high == 0 && p.a.is_low_closed && p.b.is_high_closed; }
bool reaches_up(const Pair& p) { return p.high_to_low > 0 || meets(p); }
bool reaches_down(const Pair& p) { return p.low_to_high < 0 || met_by(p); }
bool overlaps(const Pair& p) { return reaches_up(p) && reaches_down(p); }

bool overlaps_before(const Pair& p) {
  bool begins = p.lows < 0 || (p.lows == 0 && p.a.is_low_closed && !p.b.is_low_closed);
  bool ends = p.highs < 0 || (p.highs == 0 && (!p.a.is_high_closed || p.b.is_high_closed));
  return begins && reaches_up(p) && ends;
}
bool overlaps_after(const Pair& p) {
  bool begins = p.lows > 0 || (p.lows == 0 && p.b.is_low_closed && !p.a.is_low_closed);
  bool ends = p.highs > 0 || (p.highs == 0 && (!p.b.is_high_closed || p.a.is_high_closed));
  return begins && reaches_down(p) && ends;
}

bool begins_inside(const Pair& p) {
  return p.lows > 0 || (p.lows == 0 && (!p.a.is_low_closed || p.b.is_low_closed));
}
bool ends_inside(const Pair& p) {
  return p.highs < 0 || (p.highs == 0 && (!p.a.is_high_closed || p.b.is_high_closed));
}
bool holds_begin(const Pair& p) {
  return p.lows < 0 || (p.lows == 0 && (p.a.is_low_closed || !p.b.is_low_closed));
}
bool holds_end(const Pair& p) {
  return p.highs > 0 || (p.highs == 0 && (p.a.is_high_closed || !p.b.is_high_closed));
}

bool same_low(const Pair& p) { return p.lows == 0 && p.a.is_low_closed == p.b.is_low_closed; }
bool same_high(const Pair& p) { return p.highs == 0 && p.a.is_high_closed == p.b.is_high_closed; }

bool finishes(const Pair& p) { return same_high(p) && begins_inside(p); }
bool finished_by(const Pair& p) { return same_high(p) && holds_begin(p); }
bool includes(const Pair& p) { return holds_begin(p) && holds_end(p); }
bool during(const Pair& p) { return begins_inside(p) && ends_inside(p); }
bool starts(const Pair& p) { return same_low(p) && ends_inside(p); }
bool started_by(const Pair& p) { return same_low(p) && holds_end(p); }
bool coincides(const Pair& p) { return same_low(p) && same_high(p); }

template <bool (*kRelation)(const Pair&)>
Value relate(Evaluator& evaluator, Arguments a) {
  auto pair = pair_of(evaluator, a);
  return pair ? Value(kRelation(*pair)) : evaluator.fail("points and ranges of different types");
}

bool is_literal(const Node& node) {
  if (node.op == Op::Constant) return true;
  bool made = node.op == Op::Negate || node.op == Op::CallBuiltin;
  return made && std::ranges::all_of(node.parts, [](const NodePtr& part) {
           bool negative = part->op == Op::Negate && part->parts[0]->op == Op::Constant;
           return negative || part->op == Op::Constant;
         });
}

// range("[1..5]"): literals only, and in order.
Value range_from(Evaluator& evaluator, Arguments a) {
  static const Surroundings feel = feel_surroundings();
  auto parsed = parse_expression(*a[0].as_string(), feel);
  if (!parsed || parsed->root->op != Op::Interval) return evaluator.fail("a text that is no range");
  for (const NodePtr& part : parsed->root->parts) {
    if (!is_literal(*part)) return evaluator.fail("a text that is no range");
  }
  Value out = evaluator.eval(*parsed->root, {});
  const Range* range = out.as_range();
  if (range == nullptr || range->low.is_null() || range->high.is_null()) return out;
  auto order = evaluator.compare(range->low, range->high);
  return order && *order <= 0 ? out : evaluator.fail("a range that runs backwards");
}

constexpr std::string_view kPoints = "point1:k,point2:k";
constexpr std::string_view kPointRange = "point:k,range:r";
constexpr std::string_view kRangePoint = "range:r,point:k";
constexpr std::string_view kRanges = "range1:r,range2:r";

constexpr std::array kRows = {
    Builtin{"before", kPoints, relate<before>},
    Builtin{"before", kPointRange, relate<before>},
    Builtin{"before", kRangePoint, relate<before>},
    Builtin{"before", kRanges, relate<before>},
    Builtin{"after", kPoints, relate<after>},
    Builtin{"after", kPointRange, relate<after>},
    Builtin{"after", kRangePoint, relate<after>},
    Builtin{"after", kRanges, relate<after>},
    Builtin{"meets", kRanges, relate<meets>},
    Builtin{"met by", kRanges, relate<met_by>},
    Builtin{"overlaps", kRanges, relate<overlaps>},
    Builtin{"overlaps before", kRanges, relate<overlaps_before>},
    Builtin{"overlaps after", kRanges, relate<overlaps_after>},
    Builtin{"finishes", kPointRange, relate<finishes>},
    Builtin{"finishes", kRanges, relate<finishes>},
    Builtin{"finished by", kRangePoint, relate<finished_by>},
    Builtin{"finished by", kRanges, relate<finished_by>},
    Builtin{"includes", kRangePoint, relate<includes>},
    Builtin{"includes", kRanges, relate<includes>},
    Builtin{"during", kPointRange, relate<during>},
    Builtin{"during", kRanges, relate<during>},
    Builtin{"starts", kPointRange, relate<starts>},
    Builtin{"starts", kRanges, relate<starts>},
    Builtin{"started by", kRangePoint, relate<started_by>},
    Builtin{"started by", kRanges, relate<started_by>},
    Builtin{"coincides", kPoints, relate<coincides>},
    Builtin{"coincides", kRanges, relate<coincides>},
    Builtin{"range", "from:s", range_from},
};

}  // namespace

std::span<const Builtin> range_builtins() { return kRows; }

}  // namespace anlan::rules

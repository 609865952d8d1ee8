#include "rules/filter.h"

#include <array>
#include <optional>
#include <utility>

#include "rules/builtins.h"
#include "rules/evaluator.h"
#include "rules/parser.h"

namespace anlan::rules {
namespace {

using Kind = Filter::Kind;

std::unexpected<Error> bad(std::string why) {
  return refuse(ErrorCode::BadExpression, std::move(why));
}

std::string_view name_of(const Node& node) {
  switch (node.op) {
    case Op::Path: return "a member of a member";
    case Op::Filter: return "a filter";
    case Op::Call: return node.parts[0]->text;
    case Op::CallBuiltin: return node.builtin != nullptr ? node.builtin->name : "a function";
    case Op::Negate:
    case Op::Add:
    case Op::Subtract:
    case Op::Multiply:
    case Op::Divide:
    case Op::Power: return "arithmetic on a member";
    case Op::If: return "if";
    case Op::For: return "for";
    case Op::Some: return "some";
    case Op::Every: return "every";
    case Op::InstanceOf: return "instance of";
    case Op::List: return "a list";
    case Op::Context: return "a context";
    case Op::Function: return "a function";
    case Op::Interval: return "a range";
    case Op::Constant: return "a constant";
    default: return "this part of the language";
  }
}

bool is_field(const Node& node) { return node.op == Op::Name && node.text != "user"; }

bool reads_clock(const Node& node) {
  bool is_clock = node.op == Op::CallBuiltin && node.builtin != nullptr &&
                  (node.builtin->name == "now" || node.builtin->name == "today");
  if (is_clock) return true;
  for (const NodePtr& part : node.parts) {
    if (part && reads_clock(*part)) return true;
  }
  return false;
}

// What access puts in for the caller: "me", "my_org" or "my_orgs" of core/filter.h.
std::optional<std::string_view> variable_of(const Node& node) {
  if (node.op != Op::Path || node.parts[0]->op != Op::Name) return std::nullopt;
  if (node.parts[0]->text != "user") return std::nullopt;
  if (node.text == "id") return "me";
  if (node.text == "org") return "my_org";
  if (node.text == "orgs") return "my_orgs";
  return std::nullopt;
}

// The comparison that is true where this one is false; of null neither is.
Kind turned(Kind kind) {
  switch (kind) {
    case Kind::Lt: return Kind::Ge;
    case Kind::Le: return Kind::Gt;
    case Kind::Gt: return Kind::Le;
    case Kind::Ge: return Kind::Lt;
    case Kind::Eq: return Kind::Ne;
    case Kind::Ne: return Kind::Eq;
    default: return kind;
  }
}

// a < b as b > a.
Kind mirrored(Kind kind) {
  switch (kind) {
    case Kind::Lt: return Kind::Gt;
    case Kind::Le: return Kind::Ge;
    case Kind::Gt: return Kind::Lt;
    case Kind::Ge: return Kind::Le;
    default: return kind;
  }
}

std::optional<Kind> comparison_of(Op op) {
  switch (op) {
    case Op::Equal: return Kind::Eq;
    case Op::NotEqual: return Kind::Ne;
    case Op::Less: return Kind::Lt;
    case Op::LessEqual: return Kind::Le;
    case Op::Greater: return Kind::Gt;
    case Op::GreaterEqual: return Kind::Ge;
    default: return std::nullopt;
  }
}

Filter leaf(Kind kind, const std::string& field, Json value) {
  Filter out{.kind = kind, .field = field};
  out.values.push_back(std::move(value));
  return out;
}

Filter negated(Filter filter) {
  Filter out{.kind = Kind::Not};
  out.parts.push_back(std::move(filter));
  return out;
}

Filter pair(Kind kind, Filter a, Filter b) {
  Filter out{.kind = kind};
  out.parts.push_back(std::move(a));
  out.parts.push_back(std::move(b));
  return out;
}

Filter null_test(const std::string& field, bool is_null) {
  Filter out{.kind = Kind::Null, .field = field};
  return is_null ? out : negated(std::move(out));
}

// Makes, of each condition, the filter of the records where it is `wanted`: true or false. FEEL
// knows a third truth, so the one is not simply the opposite of the other.
class Compiler {
 public:
  Result<Filter> condition(const Node& node, bool wanted) {
    if (++nodes_ > limits::kFilterNodesMax) return refuse(ErrorCode::LimitReached, "filter");
    if (node.op == Op::Constant) return constant(node, wanted);
    if (is_field(node)) return leaf(Kind::Eq, node.text, wanted);
    if (node.op == Op::And || node.op == Op::Or) {
      Filter left = TRY(condition(*node.parts[0], wanted));
      Filter right = TRY(condition(*node.parts[1], wanted));
      Kind kind = (node.op == Op::And) == wanted ? Kind::And : Kind::Or;
      return pair(kind, std::move(left), std::move(right));
    }
    if (auto kind = comparison_of(node.op)) return comparison(node, *kind, wanted);
    if (node.op == Op::Between) return between(node, wanted);
    if (node.op == Op::In) return membership(node, wanted);
    if (node.op == Op::Call && node.parts[0]->text == "under") return under(node, wanted);
    if (node.op == Op::CallBuiltin && node.builtin != nullptr) return builtin(node, wanted);
    return bad(std::string(name_of(node)) + " can't stand in a condition on rows");
  }

 private:
  Result<Filter> constant(const Node& node, bool wanted) {
    if (!node.value.is_null() && node.value.as_bool() == nullptr) {
      return bad("a constant is neither true nor false");
    }
    bool is_met = node.value.as_bool() != nullptr && *node.value.as_bool() == wanted;
    return Filter{.kind = is_met ? Kind::All : Kind::None};
  }

  // A constant or a variable of the caller; null is itself.
  Result<Json> value(const Node& node) {
    point_.reset();
    if (++nodes_ > limits::kFilterNodesMax) return refuse(ErrorCode::LimitReached, "filter");
    if (auto name = variable_of(node)) {
      return Json::object({{"var", std::string(*name)}});
    }
    if (node.op == Op::Path) return bad("only user.id, user.org and user.orgs are known");
    if (reads_clock(node)) return bad("now() and today() can't stand in a condition on rows");
    std::vector<std::string> names = names_in(node);
    if (!names.empty()) return bad("a member can only be compared with a constant: " + names[0]);
    rules::Context none;
    Environment environment;
    Evaluator evaluator(environment);
    Value known = evaluator.eval(node, {.context = &none});
    bool is_null = known.is_null() && node.op == Op::Constant;
    if (is_null) return Json();
    if (known.as_date_time()) point_ = *known.as_date_time();
    if (known.as_date_time() && !text_of(known).ends_with('Z')) {
      return bad("a point in time is written in UTC, with Z at its end");
    }
    bool is_single = known.as_bool() || known.as_number() || known.as_string() || known.as_date() ||
                     known.as_date_time() || known.as_days();
    if (!is_single) return bad(std::string(name_of(node)) + " is no value to compare with");
    return json_from_value(known);
  }

  // `=` of points in time sees whole seconds (compare.cpp), columns hold fractions.
  Filter same_second(Kind kind, const std::string& field, DateTime at) {
    at.time.nanoseconds = 0;
    auto next = add(at, DaysDuration::of_seconds(1), nullptr);
    Filter within = leaf(Kind::Ge, field, text_of(at));
    if (next) {  // none comes after the last second there is
      within = pair(Kind::And, std::move(within), leaf(Kind::Lt, field, text_of(*next)));
    }
    return kind == Kind::Eq ? within : negated(std::move(within));
  }

  Result<Filter> compared(Kind kind, const std::string& field, const Node& with, bool wanted) {
    Json other = TRY(value(with));
    Kind met = wanted ? kind : turned(kind);
    bool is_equality = met == Kind::Eq || met == Kind::Ne;
    if (is_equality && point_) return same_second(met, field, *point_);
    if (other.is_null()) {
      if (!is_equality) return bad("null is neither smaller nor greater: " + field);
      return null_test(field, met == Kind::Eq);
    }
    return leaf(met, field, std::move(other));
  }

  Result<Filter> comparison(const Node& node, Kind kind, bool wanted) {
    const Node& left = *node.parts[0];
    const Node& right = *node.parts[1];
    if (is_field(left)) return compared(kind, left.text, right, wanted);
    if (is_field(right)) return compared(mirrored(kind), right.text, left, wanted);
    return bad("a comparison needs a member of the record on one side");
  }

  Result<Filter> span(const std::string& field, const Node& low, const Node& high,
                      std::pair<Kind, Kind> kinds, bool wanted) {
    Filter from = TRY(compared(kinds.first, field, low, wanted));
    Filter to = TRY(compared(kinds.second, field, high, wanted));
    return pair(wanted ? Kind::And : Kind::Or, std::move(from), std::move(to));
  }

  Result<Filter> between(const Node& node, bool wanted) {
    if (!is_field(*node.parts[0])) return bad("between needs a member of the record");
    return span(node.parts[0]->text, *node.parts[1], *node.parts[2], {Kind::Ge, Kind::Le}, wanted);
  }

  Result<Filter> membership(const Node& node, bool wanted) {
    if (!is_field(*node.parts[0])) return bad("in needs a member of the record");
    const Node& tests = *node.parts[1];
    if (tests.op != Op::Tests) return bad("in takes values and ranges");
    Filter out{.kind = wanted ? Kind::Or : Kind::And};
    for (const NodePtr& test : tests.parts) {
      out.parts.push_back(TRY(one_test(node.parts[0]->text, *test, wanted)));
    }
    if (out.parts.size() == 1) return std::move(out.parts.front());
    return out;
  }

  Result<Filter> one_test(const std::string& field, const Node& test, bool wanted) {
    if (test.op == Op::Compare) {
      auto kind = comparison_of(test.comparison);
      if (!kind) return bad("in takes values and ranges");
      return compared(*kind, field, *test.parts[0], wanted);
    }
    if (test.op == Op::Interval) {
      std::pair kinds{test.is_low_closed ? Kind::Ge : Kind::Gt,
                      test.is_high_closed ? Kind::Le : Kind::Lt};
      return span(field, *test.parts[0], *test.parts[1], kinds, wanted);
    }
    bool is_list = test.op == Op::List || variable_of(test) == "my_orgs";
    if (!is_list) return compared(Kind::Eq, field, test, wanted);
    Filter out{.kind = Kind::In, .field = field};
    if (test.op == Op::List) {
      for (const NodePtr& part : test.parts) {
        out.values.push_back(TRY(value(*part)));
        if (point_) return one_of(field, test, wanted);
      }
    } else {
      out.values.push_back(TRY(value(test)));
    }
    for (const Json& one : out.values) {
      if (one.is_null()) return bad("null can't stand in a list of values: " + field);
    }
    return wanted ? out : negated(std::move(out));
  }

  Result<Filter> one_of(const std::string& field, const Node& list, bool wanted) {
    Filter out{.kind = wanted ? Kind::Or : Kind::And};
    for (const NodePtr& part : list.parts) {
      out.parts.push_back(TRY(compared(Kind::Eq, field, *part, wanted)));
    }
    return out;
  }

  Result<Filter> under(const Node& node, bool wanted) {
    bool is_right = node.parts.size() == 3 && node.names.empty() && is_field(*node.parts[1]);
    if (!is_right) return bad("under takes a member and a path");
    Json path = TRY(value(*node.parts[2]));
    Filter out = leaf(Kind::Under, node.parts[1]->text, std::move(path));
    if (wanted) return out;
    return pair(Kind::And, null_test(node.parts[1]->text, false), negated(std::move(out)));
  }

  Result<Filter> builtin(const Node& node, bool wanted) {
    if (node.builtin->name == "not" && node.parts.size() == 1) {
      return condition(*node.parts[0], !wanted);
    }
    if (node.builtin->name != "contains") {
      return bad(std::string(node.builtin->name) + "() can't stand in a condition on rows");
    }
    bool is_right = node.parts.size() == 2 && node.names.empty() && is_field(*node.parts[0]);
    if (!is_right) return bad("contains takes a member and a text");
    const std::string& field = node.parts[0]->text;
    Json text = TRY(value(*node.parts[1]));
    if (!text.is_text()) return bad("contains takes a member and a text");
    Filter has = leaf(Kind::Has, field, std::move(text));
    if (wanted) return has;
    return pair(Kind::And, null_test(field, false), negated(std::move(has)));
  }

  std::size_t nodes_ = 0;
  std::optional<DateTime> point_{};  // the value read last, where it is a point in time
};

}  // namespace

Result<Filter> filter_of(std::string_view feel) {
  Surroundings around = feel_surroundings();
  for (const char* name : {"user", "under"}) around.add_name(name);
  Parsed parsed = TRY(parse_expression(feel, around));
  return Compiler().condition(*parsed.root, true);
}

}  // namespace anlan::rules

#include "rules/parser.h"

#include <algorithm>
#include <utility>

#include "core/limits.h"
#include "rules/builtins.h"

namespace anlan::rules {

namespace {

constexpr int kTreeDepthMax = limits::kExpressionDepthMax * 8;  // long chains of + and "and"

}  // namespace

void Surroundings::add_name(std::string_view name) {
  lexicon.add(name);
  names.emplace(name);
}

void Surroundings::add_type(std::string_view name, TypePtr type) {
  lexicon.add(name);
  types.insert_or_assign(std::string(name), std::move(type));
}

Surroundings feel_surroundings() {
  static const Lexicon feel = [] {  // never changes: the names of the language
    Lexicon out;
    for (const Builtin& builtin : builtins()) out.add(builtin.name);
    for (std::string_view name : {"days and time duration", "time offset", "start included",
                                  "end included", "date and time", "years and months duration"}) {
      out.add(name);
    }
    return out;
  }();
  Surroundings out;
  out.lexicon = Lexicon::over(feel);
  return out;
}

Parser::Parser(std::string_view text, const Surroundings& around)
    : text_(text),
      around_(around),
      lexicon_(Lexicon::over(around.lexicon)),
      tokens_left_(text.size() * 20 + 1000) {
  restore(0);
}

Error Parser::error() const {
  return {.code = ErrorCode::BadExpression,
          .detail = why_ + " at character " + std::to_string(why_at_ + 1)};
}

Parsed Parser::parsed(NodePtr root) && {
  out_.root = std::move(root);
  return std::move(out_);
}

void Parser::restore(std::size_t at) {
  // Going back is bounded too: the budget counts every token read.
  if (tokens_left_ == 0) {
    fail("the expression is too intricate");
    now_ = {Token::Kind::End, {}, text_.size(), text_.size()};
    return;
  }
  --tokens_left_;
  now_ = read_token(text_, at, lexicon_);
}

void Parser::advance() { restore(now_.end); }

bool Parser::take(std::string_view symbol) {
  if (!now_.is_symbol(symbol)) return false;
  advance();
  return true;
}

bool Parser::take_keyword(std::string_view word) {
  if (!now_.is_keyword(word)) return false;
  advance();
  return true;
}

bool Parser::expect(std::string_view symbol) {
  if (take(symbol)) return true;
  fail("expected '" + std::string(symbol) + "'");
  return false;
}

bool Parser::expect_keyword(std::string_view word) {
  if (take_keyword(word)) return true;
  fail("expected '" + std::string(word) + "'");
  return false;
}

NodePtr Parser::fail(std::string_view why) {
  if (why_.empty()) {
    why_ = why;
    why_at_ = now_.begin;
  }
  return nullptr;
}

Parser::NodeOut Parser::make(Op op, std::vector<NodePtr> parts) {
  auto out = std::make_shared<Node>();
  out->op = op;
  for (const NodePtr& part : parts) out->depth = std::max(out->depth, part->depth + 1);
  if (out->depth > kTreeDepthMax) fail("the expression is too deep");
  out->parts = std::move(parts);
  return out;
}

NodePtr Parser::literal(Value value) {
  NodeOut out = make(Op::Constant);
  out->value = std::move(value);
  return out;
}

NodePtr Parser::whole_expression() {
  NodePtr out = expression();
  if (!failed() && !at_end()) fail("unexpected text");
  return failed() ? nullptr : out;
}

NodePtr Parser::whole_tests() {
  bind("?");
  std::size_t start = now_.begin;
  if (take("-") && at_end()) return make(Op::Anything);
  restore(start);
  if (now_.kind == Token::Kind::Name && now_.text == "not") {
    advance();
    if (take("(")) {
      NodePtr out = test_list(Op::NotTests);
      if (!failed() && take(")") && at_end()) return out;
    }
    why_.clear();
    restore(start);
  }
  NodePtr out = test_list(Op::Tests);
  if (!failed() && !at_end()) fail("unexpected text");
  return failed() ? nullptr : out;
}

NodePtr Parser::test_list(Op op) {
  std::vector<NodePtr> tests;
  do {
    NodePtr one = test();
    if (failed()) return nullptr;
    tests.push_back(std::move(one));
  } while (take(","));
  return make(op, std::move(tests));
}

NodePtr Parser::test() {
  if (NodePtr out = compare_test(); out || failed()) return out;
  bool outer = std::exchange(saw_question_, false);
  NodePtr out = expression();
  bool asks = std::exchange(saw_question_, outer);
  if (failed()) return nullptr;
  return asks ? NodePtr(make(Op::Predicate, {out})) : out;
}

// "< 5" and its like; null where there is none.
NodePtr Parser::compare_test() {
  static constexpr std::pair<std::string_view, Op> kSigns[] = {
      {"<", Op::Less},          {"<=", Op::LessEqual}, {">", Op::Greater},
      {">=", Op::GreaterEqual}, {"=", Op::Equal},      {"!=", Op::NotEqual}};
  for (const auto& [sign, op] : kSigns) {
    if (!take(sign)) continue;
    NodePtr end = additive();
    if (failed()) return nullptr;
    NodeOut out = make(Op::Compare, {end});
    out->comparison = op;
    return out;
  }
  return nullptr;
}

// An item of a list or of parentheses: an expression or a range with one end.
NodePtr Parser::element() {
  if (NodePtr out = compare_test(); out || failed()) return out;
  return expression();
}

NodePtr Parser::expression() {
  if (++nesting_ > limits::kExpressionDepthMax) return fail("the expression is nested too deeply");
  NodePtr out;
  if (now_.is_keyword("if")) {
    out = if_expression();
  } else if (now_.is_keyword("for")) {
    out = for_expression();
  } else if (now_.is_keyword("some")) {
    out = quantified(Op::Some);
  } else if (now_.is_keyword("every")) {
    out = quantified(Op::Every);
  } else {
    out = disjunction();
  }
  --nesting_;
  return failed() ? nullptr : out;
}

NodePtr Parser::disjunction() {
  NodePtr left = conjunction();
  while (!failed() && take_keyword("or")) {
    NodePtr right = conjunction();
    if (!failed()) left = make(Op::Or, {left, right});
  }
  return failed() ? nullptr : left;
}

NodePtr Parser::conjunction() {
  NodePtr left = comparison();
  while (!failed() && take_keyword("and")) {
    NodePtr right = comparison();
    if (!failed()) left = make(Op::And, {left, right});
  }
  return failed() ? nullptr : left;
}

NodePtr Parser::comparison() {
  static constexpr std::pair<std::string_view, Op> kSigns[] = {
      {"=", Op::Equal},      {"!=", Op::NotEqual}, {"<", Op::Less},
      {"<=", Op::LessEqual}, {">", Op::Greater},   {">=", Op::GreaterEqual}};
  NodePtr left = additive();
  while (!failed()) {
    auto sign =
        std::ranges::find_if(kSigns, [&](const auto& s) { return now_.is_symbol(s.first); });
    if (sign != std::end(kSigns)) {
      advance();
      NodePtr right = additive();
      if (!failed()) left = make(sign->second, {left, right});
    } else if (take_keyword("between")) {
      NodePtr low = additive();
      if (failed() || !expect_keyword("and")) return nullptr;
      NodePtr high = additive();
      if (!failed()) left = make(Op::Between, {left, low, high});
    } else if (take_keyword("in")) {
      left = in_tests(left);
    } else {
      return left;
    }
  }
  return nullptr;
}

NodePtr Parser::in_tests(NodePtr value) {
  std::size_t start = now_.begin;
  if (take("(")) {  // a list of tests, unless it is an interval or an expression
    NodePtr tests = test_list(Op::Tests);
    if (!failed() && now_.is_symbol(")")) {
      advance();
      bool alone = now_.kind != Token::Kind::Symbol || now_.text.find_first_of(",)]}<=>!") == 0;
      if (alone) return make(Op::In, {value, tests});
    }
    if (tokens_left_ == 0) return nullptr;
    why_.clear();
    restore(start);
  }
  NodePtr one = compare_test();
  if (!one && !failed()) one = additive();
  if (failed()) return nullptr;
  return make(Op::In, {value, make(Op::Tests, {one})});
}

NodePtr Parser::additive() {
  NodePtr left = multiplicative();
  while (!failed() && (now_.is_symbol("+") || now_.is_symbol("-"))) {
    Op op = now_.text == "+" ? Op::Add : Op::Subtract;
    advance();
    NodePtr right = multiplicative();
    if (!failed()) left = make(op, {left, right});
  }
  return failed() ? nullptr : left;
}

NodePtr Parser::multiplicative() {
  NodePtr left = power();
  while (!failed() && (now_.is_symbol("*") || now_.is_symbol("/"))) {
    Op op = now_.text == "*" ? Op::Multiply : Op::Divide;
    advance();
    NodePtr right = power();
    if (!failed()) left = make(op, {left, right});
  }
  return failed() ? nullptr : left;
}

NodePtr Parser::power() {
  NodePtr left = negation();
  while (!failed() && take("**")) {
    NodePtr right = negation();
    if (!failed()) left = make(Op::Power, {left, right});
  }
  return failed() ? nullptr : left;
}

NodePtr Parser::negation() {
  bool negate = false;
  std::size_t signs = 0;
  while (take("-")) {
    negate = !negate;
    ++signs;
  }
  NodePtr operand = postfix();
  if (failed() || signs == 0) return operand;
  NodePtr out = make(Op::Negate, {operand});
  return negate || failed() ? out : make(Op::Negate, {out});
}

Result<Parsed> parse_expression(std::string_view text, const Surroundings& around) {
  if (text.size() > limits::kExpressionBytesMax) {
    return refuse(ErrorCode::BadExpression, "the expression is too long");
  }
  Parser parser(text, around);
  NodePtr root = parser.whole_expression();
  if (!root) return std::unexpected(parser.error());
  return std::move(parser).parsed(std::move(root));
}

Result<Parsed> parse_unary_tests(std::string_view text, const Surroundings& around) {
  if (text.size() > limits::kExpressionBytesMax) {
    return refuse(ErrorCode::BadExpression, "the unary tests are too long");
  }
  Parser parser(text, around);
  NodePtr root = parser.whole_tests();
  if (!root) return std::unexpected(parser.error());
  return std::move(parser).parsed(std::move(root));
}

}  // namespace anlan::rules

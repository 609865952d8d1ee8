// Primaries, postfix forms, control expressions and types of the FEEL parser.

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "rules/builtins.h"
#include "rules/parser.h"

namespace anlan::rules {

namespace {

constexpr std::size_t kNameBytesMax = 1000;  // a longer run before a colon is no name

}  // namespace

void Parser::bind(std::string name) {
  lexicon_.add(name);
  bound_.push_back(std::move(name));
}

void Parser::unbind(std::size_t count) { bound_.resize(bound_.size() - count); }

bool Parser::is_bound(std::string_view name) const {
  return std::ranges::find(bound_, name) != bound_.end();
}

NodePtr Parser::postfix() {
  NodePtr out = primary();
  while (!failed()) {
    NodePtr next = postfix_step(out);
    if (!next) break;
    out = std::move(next);
  }
  return failed() ? nullptr : out;
}

// Null where nothing more follows, or on failure.
NodePtr Parser::postfix_step(NodePtr on) {
  if (take(".")) {
    if (now_.kind != Token::Kind::Name && now_.kind != Token::Kind::Keyword) {
      return fail("expected a name");
    }
    NodeOut out = make(Op::Path, {on});
    out->text = normalized_name(now_.text);
    advance();
    return out;
  }
  if (now_.is_symbol("[") && !no_filter_) {
    advance();
    ++in_filter_;
    NodePtr condition = expression();
    --in_filter_;
    if (failed() || !expect("]")) return nullptr;
    return make(Op::Filter, {on, condition});
  }
  if (take("(")) return call(on);
  if (take_keyword("instance")) {
    if (now_.kind != Token::Kind::Name || now_.text != "of") return fail("expected 'of'");
    advance();
    NodeOut out = make(Op::InstanceOf, {on});
    out->types.push_back(type());
    return failed() ? nullptr : out;
  }
  return nullptr;
}

NodePtr Parser::primary() {
  switch (now_.kind) {
    case Token::Kind::Number: {
      auto number = Decimal::parse(now_.text);
      if (!number) return fail("a number out of range");
      advance();
      return literal(*number);
    }
    case Token::Kind::String: {
      std::string text = now_.text;
      advance();
      return literal(std::move(text));
    }
    case Token::Kind::Name: return name();
    case Token::Kind::Keyword:
      if (take_keyword("true")) return literal(true);
      if (take_keyword("false")) return literal(false);
      if (take_keyword("null")) return literal({});
      if (take_keyword("function")) return function_definition();
      if (now_.text == "if" || now_.text == "for" || now_.text == "some" || now_.text == "every") {
        return expression();
      }
      return fail("unexpected word '" + now_.text + "'");
    case Token::Kind::Symbol:
      if (take("(")) return parenthesized();
      if (take("[")) return bracketed();
      if (take("{")) return context();
      if (take("@")) return at_literal();
      if (take("]")) {
        NodePtr low = additive();
        return failed() ? nullptr : interval_end(low, false);
      }
      break;
    case Token::Kind::Bad: return fail("a character or string that does not belong here");
    case Token::Kind::End: return fail("unexpected end");
  }
  return fail("unexpected '" + now_.text + "'");
}

NodePtr Parser::name() {
  NodeOut out = make(Op::Name);
  out->text = normalized_name(now_.text);
  advance();
  if (out->text == "?") saw_question_ = true;
  if (is_bound(out->text)) return out;
  if (around_.names.contains(out->text)) {
    out_.used.insert(out->text);
  } else if (find_builtin(out->text) == nullptr && in_filter_ == 0) {
    out_.unknown.insert(out->text);
  }
  return out;
}

NodePtr Parser::parenthesized() {
  bool outer = std::exchange(no_filter_, false);
  NodePtr inner = element();
  no_filter_ = outer;
  if (failed()) return nullptr;
  if (now_.is_symbol("..")) return interval_end(inner, false);
  return expect(")") ? inner : nullptr;
}

NodePtr Parser::bracketed() {
  bool outer = std::exchange(no_filter_, false);
  std::vector<NodePtr> items;
  NodePtr interval;
  if (!now_.is_symbol("]")) {
    do {
      NodePtr item = element();
      if (failed()) return nullptr;
      items.push_back(std::move(item));
      if (items.size() == 1 && now_.is_symbol("..")) {
        no_filter_ = outer;
        return interval_end(items.front(), true);
      }
    } while (take(","));
  }
  no_filter_ = outer;
  if (!expect("]")) return nullptr;
  return make(Op::List, std::move(items));
}

// The rest of an interval from ".." on. "[" may close it and may also begin a filter: first read
// as a filter, and if that fails, as the end.
NodePtr Parser::interval_end(NodePtr low, bool is_low_closed) {
  if (!expect("..")) return nullptr;
  std::size_t start = now_.begin;
  NodePtr high;
  for (bool no_filter : {false, true}) {
    bool outer = std::exchange(no_filter_, no_filter);
    high = additive();
    no_filter_ = outer;
    bool closes = now_.is_symbol("]") || now_.is_symbol(")") || now_.is_symbol("[");
    if ((!failed() && closes) || no_filter || tokens_left_ == 0) break;
    why_.clear();
    restore(start);
  }
  if (failed()) return nullptr;
  bool is_high_closed = now_.is_symbol("]");
  if (!take("]") && !take(")") && !take("[")) return fail("expected the end of the interval");
  NodeOut out = make(Op::Interval, {low, high});
  out->is_low_closed = is_low_closed;
  out->is_high_closed = is_high_closed;
  return out;
}

NodePtr Parser::at_literal() {
  if (now_.kind != Token::Kind::String) return fail("expected a string after '@'");
  NodePtr text = literal(now_.text);
  advance();
  NodeOut out = make(Op::CallBuiltin, {text});
  out->builtin = find_builtin("@");
  return out;
}

NodePtr Parser::if_expression() {
  advance();
  NodePtr condition = expression();
  if (failed() || !expect_keyword("then")) return nullptr;
  NodePtr yes = expression();
  if (failed() || !expect_keyword("else")) return nullptr;
  NodePtr no = expression();
  return failed() ? nullptr : make(Op::If, {condition, yes, no});
}

std::string Parser::loop_variable() {
  std::size_t begin = now_.begin;
  std::size_t end = begin;
  if (now_.kind != Token::Kind::Name) fail("expected a name");
  while (!failed() && !now_.is_keyword("in")) {
    if (at_end() || now_.begin - begin > kNameBytesMax) fail("expected 'in'");
    end = now_.end;
    advance();
  }
  return normalized_name(text_.substr(begin, end - begin));
}

// "x in list, y in 1..3"; adds names and parts, leaves the names bound.
bool Parser::iterations(Node& out) {
  do {
    std::string variable = loop_variable();
    if (failed() || !expect_keyword("in")) return false;
    NodePtr source = expression();
    if (failed()) return false;
    if (take("..")) {
      NodePtr last = expression();
      if (failed()) return false;
      source = make(Op::Span, {source, last});
    }
    out.depth = std::max(out.depth, source->depth + 1);
    out.parts.push_back(std::move(source));
    out.names.push_back(variable);
    bind(std::move(variable));
  } while (take(","));
  return true;
}

NodePtr Parser::for_expression() {
  advance();
  NodeOut out = make(Op::For);
  std::size_t bound_before = bound_.size();
  if (!iterations(*out) || !expect_keyword("return")) return nullptr;
  bind("partial");
  NodePtr body = expression();
  unbind(bound_.size() - bound_before);
  if (failed()) return nullptr;
  out->depth = std::max(out->depth, body->depth + 1);
  out->uses_partial = std::ranges::contains(names_in(*body), std::string("partial"));
  out->parts.push_back(std::move(body));
  return out;
}

NodePtr Parser::quantified(Op op) {
  advance();
  NodeOut out = make(op);
  std::size_t bound_before = bound_.size();
  if (!iterations(*out) || !expect_keyword("satisfies")) return nullptr;
  NodePtr body = expression();
  unbind(bound_.size() - bound_before);
  if (failed()) return nullptr;
  out->depth = std::max(out->depth, body->depth + 1);
  out->parts.push_back(std::move(body));
  return out;
}

std::string Parser::parameter_name() {
  std::size_t begin = now_.begin;
  std::size_t end = begin;
  if (now_.kind != Token::Kind::Name) fail("expected the name of a parameter");
  while (!failed() && !now_.is_symbol(":") && !now_.is_symbol(",") && !now_.is_symbol(")")) {
    if (at_end()) fail("expected ')'");
    end = now_.end;
    advance();
  }
  return normalized_name(text_.substr(begin, end - begin));
}

NodePtr Parser::function_definition() {
  if (!expect("(")) return nullptr;
  NodeOut out = make(Op::Function);
  if (!now_.is_symbol(")")) {
    do {
      out->names.push_back(parameter_name());
      out->types.push_back(take(":") ? type() : nullptr);
      if (failed()) return nullptr;
    } while (take(","));
  }
  if (!expect(")")) return nullptr;
  bool external = take_keyword("external");
  for (const std::string& parameter : out->names) bind(parameter);
  NodePtr body = expression();
  unbind(out->names.size());
  if (failed()) return nullptr;
  if (external) body = make(Op::External);
  out->depth = body->depth + 1;
  out->captures = names_in(*body);
  out->parts.push_back(std::move(body));
  return out;
}

// A name right before a colon: the key of a context or the name of an argument. Reads on only if
// there is one.
std::optional<std::string> Parser::key_before_colon() {
  std::size_t begin = now_.begin;
  if (now_.kind == Token::Kind::String) {
    std::string key = now_.text;
    advance();
    if (take(":")) return key;
    restore(begin);
    return std::nullopt;
  }
  if (!is_name_start(text_, begin)) return std::nullopt;
  std::size_t at = begin;
  while (at < text_.size() && text_[at] != ':' && at - begin < kNameBytesMax) {
    std::size_t next = std::max(end_of_name_part(text_, at), skip_space(text_, at));
    if (next == at && std::string_view("+-*/'.").find(text_[at]) == std::string_view::npos) break;
    at = std::max(next, at + 1);
  }
  if (at >= text_.size() || text_[at] != ':') return std::nullopt;
  std::string key = normalized_name(text_.substr(begin, at - begin));
  restore(at + 1);
  return key;
}

NodePtr Parser::context() {
  NodeOut out = make(Op::Context);
  bool outer = std::exchange(no_filter_, false);
  if (!now_.is_symbol("}")) {
    do {
      auto key = key_before_colon();
      if (!key) return fail("expected a key");
      if (std::ranges::find(out->names, *key) != out->names.end()) return fail("a key twice");
      NodePtr value = expression();
      if (failed()) return nullptr;
      out->depth = std::max(out->depth, value->depth + 1);
      out->names.push_back(*key);
      out->parts.push_back(std::move(value));
      bind(*key);
    } while (take(","));
  }
  unbind(out->names.size());
  no_filter_ = outer;
  return expect("}") ? out : nullptr;
}

NodePtr Parser::call(NodePtr callee) {
  NodeOut out = make(Op::Call);
  bool outer = std::exchange(no_filter_, false);
  if (!now_.is_symbol(")")) {
    do {
      auto key = key_before_colon();
      if (key) out->names.push_back(*key);
      NodePtr argument = element();
      if (failed()) return nullptr;
      out->depth = std::max(out->depth, argument->depth + 1);
      out->parts.push_back(std::move(argument));
      bool mixed = !out->names.empty() && out->names.size() != out->parts.size();
      if (mixed) return fail("either all arguments are named or none");
    } while (take(","));
  }
  no_filter_ = outer;
  if (!expect(")")) return nullptr;
  bool plain =
      callee->op == Op::Name && !is_bound(callee->text) && !around_.names.contains(callee->text);
  out->builtin = plain ? find_builtin(callee->text) : nullptr;
  if (out->builtin != nullptr) {
    out->op = Op::CallBuiltin;
    out->text = callee->text;
    return out;
  }
  out->depth = std::max(out->depth, callee->depth + 1);
  out->parts.insert(out->parts.begin(), std::move(callee));
  return failed() ? nullptr : out;
}

TypePtr Parser::type() {
  if (++nesting_ > limits::kExpressionDepthMax) {
    fail("the type is nested too deeply");
    return nullptr;
  }
  TypePtr out = named_type();
  --nesting_;
  if (!out) fail("unknown type");
  return failed() ? nullptr : out;
}

TypePtr Parser::named_type() {
  bool word =
      now_.kind == Token::Kind::Name || now_.is_keyword("function") || now_.is_keyword("null");
  if (!word) return nullptr;
  std::string name = normalized_name(now_.text);
  advance();
  while (now_.is_symbol(".")) {
    advance();
    name += "." + normalized_name(now_.text);
    advance();
  }
  if (take("<")) {
    if (name == "function") return function_type();
    if (name == "context") return context_type();
    if (name != "list" && name != "range") return nullptr;
    Type out{.kind = name == "list" ? Type::Kind::List : Type::Kind::Range};
    out.element = type();
    if (failed() || !expect(">")) return nullptr;
    return std::make_shared<Type>(std::move(out));
  }
  auto known = around_.types.find(name);
  return known != around_.types.end() ? known->second : basic_type(name);
}

TypePtr Parser::function_type() {
  Type out{.kind = Type::Kind::Function, .has_signature = true};
  if (!now_.is_symbol(">")) {
    do {
      out.parameters.push_back(type());
      if (failed()) return nullptr;
    } while (take(","));
  }
  if (!expect(">") || !expect("->")) return nullptr;
  out.element = type();
  return failed() ? nullptr : std::make_shared<Type>(std::move(out));
}

TypePtr Parser::context_type() {
  Type out{.kind = Type::Kind::Context};
  if (!now_.is_symbol(">")) {
    do {
      auto key = key_before_colon();
      if (!key) fail("expected a key");
      if (failed()) return nullptr;
      out.members.emplace_back(*key, type());
    } while (!failed() && take(","));
  }
  if (failed() || !expect(">")) return nullptr;
  return std::make_shared<Type>(std::move(out));
}

TypePtr parse_type_name(std::string_view text, const Surroundings& around) {
  std::string_view bare = trim(text);
  auto known = around.types.find(bare);
  if (known != around.types.end()) return known->second;
  if (bare.starts_with("feel:")) bare.remove_prefix(5);
  if (TypePtr basic = basic_type(bare)) return basic;
  Parser parser(bare, around);
  TypePtr out = parser.type();
  return parser.at_end() ? out : nullptr;
}

}  // namespace anlan::rules

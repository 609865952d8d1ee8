#pragma once
// Reads FEEL text into the tree of ast.h (DMN 1.5, 10.3.1.2). Inside the room only.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "rules/ast.h"
#include "rules/lexer.h"

namespace anlan::rules {

// What is known where a text stands. Names of types may be qualified ("import.type").
struct Surroundings {
  Lexicon lexicon{};
  std::set<std::string, std::less<>> names{};
  std::map<std::string, TypePtr, std::less<>> types{};

  void add_name(std::string_view name);
  void add_type(std::string_view name, TypePtr type);
};

// The names and types that FEEL itself brings.
Surroundings feel_surroundings();

struct Parsed {
  NodePtr root;
  std::set<std::string, std::less<>> used;     // names of the surroundings that are read
  std::set<std::string, std::less<>> unknown;  // neither known nor bound; null when evaluated
};

Result<Parsed> parse_expression(std::string_view text, const Surroundings& around);
Result<Parsed> parse_unary_tests(std::string_view text, const Surroundings& around);
// A typeRef of a model, or what stands behind "instance of"; null if it is unknown.
TypePtr parse_type_name(std::string_view text, const Surroundings& around);

class Parser {
 public:
  Parser(std::string_view text, const Surroundings& around);

  NodePtr whole_expression();
  NodePtr whole_tests();
  TypePtr type();
  bool at_end() const { return now_.kind == Token::Kind::End; }
  Error error() const;
  Parsed parsed(NodePtr root) &&;

 private:
  using NodeOut = std::shared_ptr<Node>;  // shared with functions made from the tree

  // Tokens.
  void advance();
  void restore(std::size_t at);
  bool take(std::string_view symbol);
  bool take_keyword(std::string_view word);
  bool expect(std::string_view symbol);
  bool expect_keyword(std::string_view word);
  NodePtr fail(std::string_view why);
  bool failed() const { return !why_.empty(); }
  NodeOut make(Op op, std::vector<NodePtr> parts = {});

  // Expressions by rising precedence.
  NodePtr expression();
  NodePtr disjunction();
  NodePtr conjunction();
  NodePtr comparison();
  NodePtr additive();
  NodePtr multiplicative();
  NodePtr power();
  NodePtr negation();
  NodePtr postfix();
  NodePtr postfix_step(NodePtr on);
  NodePtr primary();

  NodePtr in_tests(NodePtr value);
  NodePtr test();
  NodePtr test_list(Op op);
  NodePtr compare_test();
  NodePtr element();
  NodePtr if_expression();
  NodePtr for_expression();
  NodePtr quantified(Op op);
  bool iterations(Node& out);
  NodePtr function_definition();
  NodePtr parenthesized();
  NodePtr bracketed();
  NodePtr interval_end(NodePtr low, bool is_low_closed);
  NodePtr context();
  NodePtr call(NodePtr callee);
  NodePtr at_literal();
  NodePtr name();
  NodePtr literal(Value value);

  std::optional<std::string> key_before_colon();
  std::string parameter_name();
  std::string loop_variable();
  TypePtr named_type();
  TypePtr function_type();
  TypePtr context_type();
  void bind(std::string name);
  void unbind(std::size_t count);
  bool is_bound(std::string_view name) const;

  std::string_view text_;
  const Surroundings& around_;
  Lexicon lexicon_;
  Token now_;
  std::string why_;
  std::size_t why_at_ = 0;
  std::size_t tokens_left_;
  int nesting_ = 0;
  int in_filter_ = 0;       // names may be members of the filtered items
  bool no_filter_ = false;  // "[" ends an interval here
  bool saw_question_ = false;
  std::vector<std::string> bound_;
  Parsed out_;
};

}  // namespace anlan::rules

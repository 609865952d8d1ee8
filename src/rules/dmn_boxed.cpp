#include "rules/dmn_boxed.h"

#include <algorithm>
#include <array>

#include "core/limits.h"
#include "core/text.h"

namespace anlan::rules {

namespace {

constexpr std::array<std::string_view, 12> kBoxed = {
    "literalExpression",  "context",    "list",          "relation",
    "functionDefinition", "invocation", "decisionTable", "filter",
    "conditional",        "for",        "some",          "every"};

// Shared: expressions hold one tree together, and functions made from it outlive them.
std::shared_ptr<Node> node(Op op, std::vector<NodePtr> parts = {}) {
  auto out = std::make_shared<Node>();
  out->op = op;
  for (const NodePtr& part : parts) {
    if (part) out->depth = std::max(out->depth, part->depth + 1);
  }
  out->parts = std::move(parts);
  return out;
}

std::shared_ptr<Node> broken(std::string why) {
  auto out = node(Op::Broken);
  out->text = std::move(why);
  return out;
}

NodePtr typed(NodePtr inner, TypePtr type) {
  if (!inner || !type || type->kind == Type::Kind::Any) return inner;
  auto out = node(Op::Typed, {std::move(inner)});
  out->types.push_back(std::move(type));
  return out;
}

}  // namespace

const Xml* BoxedReader::first_expression(const Xml& parent) {
  for (const Xml& one : parent.children) {
    if (std::ranges::contains(kBoxed, std::string_view(one.name))) return &one;
  }
  return nullptr;
}

NodePtr BoxedReader::fail(const Xml& element, std::string why) {
  if (keep_broken_) {
    warnings.push_back(why);
    return broken(std::move(why));
  }
  if (!error_) {
    error_ = Error{.code = ErrorCode::BadModel,
                   .detail = std::move(why),
                   .field = std::string(element.attribute("id"))};
  }
  return nullptr;
}

NodePtr BoxedReader::text(const Xml& element, std::string_view text, const Surroundings& around) {
  auto parsed = parse_expression(text, around);
  return parsed ? parsed->root : fail(element, parsed.error().detail);
}

NodePtr BoxedReader::tests(const Xml& element, std::string_view text, const Surroundings& around) {
  if (trim(text).empty()) return node(Op::Anything);
  auto parsed = parse_unary_tests(text, around);
  return parsed ? parsed->root : fail(element, parsed.error().detail);
}

TypePtr BoxedReader::type(std::string_view text, const Surroundings& around, const Xml& element) {
  if (trim(text).empty()) return nullptr;
  if (TypePtr out = parse_type_name(text, around)) return out;
  std::size_t colon = text.find(':');  // DMN 1.1 wrote prefixed names
  if (colon != std::string_view::npos) {
    if (TypePtr out = parse_type_name(text.substr(colon + 1), around)) return out;
  }
  fail(element, "unknown type '" + std::string(text) + "'");
  return nullptr;
}

NodePtr BoxedReader::expression(const Xml& xml, const Surroundings& around) {
  if (++depth_ > limits::kExpressionDepthMax) {
    --depth_;
    return fail(xml, "boxed expressions are nested too deeply");
  }
  NodePtr out = dispatch(xml, around);
  --depth_;
  if (xml.name == "functionDefinition") return out;
  TypePtr wanted = type(xml.attribute("typeRef"), around, xml);
  return error_ ? nullptr : typed(out, wanted);
}

NodePtr BoxedReader::dispatch(const Xml& xml, const Surroundings& around) {
  if (xml.name == "literalExpression") return literal(xml, around);
  if (xml.name == "context") return context(xml, around);
  if (xml.name == "list") return list(xml, around);
  if (xml.name == "relation") return relation(xml, around);
  if (xml.name == "functionDefinition") return function(xml, around, nullptr);
  if (xml.name == "invocation") return invocation(xml, around);
  if (xml.name == "decisionTable") return table(xml, around);
  if (xml.name == "conditional") return conditional(xml, around);
  if (xml.name == "filter") return filter(xml, around);
  if (xml.name == "for") return iterator(xml, around, Op::For);
  if (xml.name == "some") return iterator(xml, around, Op::Some);
  if (xml.name == "every") return iterator(xml, around, Op::Every);
  return fail(xml, "'" + xml.name + "' is no boxed expression");
}

// The expression inside an element such as <in> or <binding>; nothing there is null.
NodePtr BoxedReader::child(const Xml* parent, const Xml& at, const Surroundings& around) {
  const Xml* inner = parent != nullptr ? first_expression(*parent) : nullptr;
  if (parent == nullptr) return fail(at, "'" + at.name + "' is not complete");
  return inner != nullptr ? expression(*inner, around) : node(Op::Constant);
}

NodePtr BoxedReader::literal(const Xml& xml, const Surroundings& around) {
  std::string_view body = xml.text_of("text");
  if (body.empty()) return node(Op::Constant);
  return text(xml, body, around);
}

NodePtr BoxedReader::context(const Xml& xml, const Surroundings& around) {
  auto out = node(Op::Context);
  Surroundings inner = around;
  for (const Xml* entry : xml.all("contextEntry")) {
    const Xml* variable = entry->child("variable");
    NodePtr value = child(entry, *entry, inner);
    if (!value) return nullptr;
    out->depth = std::max(out->depth, value->depth + 1);
    out->parts.push_back(std::move(value));
    if (variable == nullptr) {
      out->text = "=";
      break;
    }
    std::string name = normalized_name(variable->attribute("name"));
    if (std::ranges::contains(out->names, name)) return fail(*entry, "an entry twice: " + name);
    out->types.push_back(type(variable->attribute("typeRef"), around, *variable));
    inner.add_name(name);
    out->names.push_back(std::move(name));
  }
  return out;
}

NodePtr BoxedReader::list(const Xml& xml, const Surroundings& around) {
  std::vector<NodePtr> items;
  for (const Xml& one : xml.children) {
    if (!std::ranges::contains(kBoxed, std::string_view(one.name))) continue;
    items.push_back(expression(one, around));
    if (!items.back()) return nullptr;
  }
  return node(Op::List, std::move(items));
}

NodePtr BoxedReader::relation(const Xml& xml, const Surroundings& around) {
  std::vector<std::string> names;
  std::vector<TypePtr> types;
  for (const Xml* column : xml.all("column")) {
    names.push_back(normalized_name(column->attribute("name")));
    types.push_back(type(column->attribute("typeRef"), around, *column));
  }
  std::vector<NodePtr> rows;
  for (const Xml* row : xml.all("row")) {
    std::vector<NodePtr> cells;
    for (const Xml& one : row->children) {
      if (!std::ranges::contains(kBoxed, std::string_view(one.name))) continue;
      cells.push_back(expression(one, around));
      if (!cells.back()) return nullptr;
    }
    if (cells.size() != names.size())
      return fail(*row, "a row has more or fewer cells than columns");
    auto made = node(Op::Context, std::move(cells));
    made->names = names;
    made->types = types;
    rows.push_back(std::move(made));
  }
  return node(Op::List, std::move(rows));
}

NodePtr BoxedReader::function(const Xml& xml, const Surroundings& around, TypePtr result) {
  auto out = node(Op::Function);
  Surroundings inner = around;
  for (const Xml* parameter : xml.all("formalParameter")) {
    std::string name = normalized_name(parameter->attribute("name"));
    out->types.push_back(type(parameter->attribute("typeRef"), around, *parameter));
    inner.add_name(name);
    out->names.push_back(std::move(name));
  }
  if (result) out->types.push_back(std::move(result));
  std::string_view kind = xml.attribute("kind");
  bool external = !kind.empty() && kind != "FEEL";
  NodePtr body = external ? NodePtr(node(Op::External)) : child(&xml, xml, inner);
  if (!body) return nullptr;
  out->depth = body->depth + 1;
  out->captures = names_in(*body);
  out->parts.push_back(std::move(body));
  return out;
}

NodePtr BoxedReader::invocation(const Xml& xml, const Surroundings& around) {
  NodePtr callee = child(&xml, xml, around);
  if (!callee) return nullptr;
  auto out = node(Op::Call, {callee});
  for (const Xml* binding : xml.all("binding")) {
    const Xml* parameter = binding->child("parameter");
    if (parameter == nullptr) return fail(*binding, "a binding without parameter");
    NodePtr argument = child(binding, *binding, around);
    if (!argument) return nullptr;
    out->depth = std::max(out->depth, argument->depth + 1);
    out->names.push_back(normalized_name(parameter->attribute("name")));
    out->parts.push_back(std::move(argument));
  }
  return out;
}

NodePtr BoxedReader::conditional(const Xml& xml, const Surroundings& around) {
  std::vector<NodePtr> parts;
  for (std::string_view name : {"if", "then", "else"}) {
    parts.push_back(child(xml.child(name), xml, around));
    if (!parts.back()) return nullptr;
  }
  return node(Op::If, std::move(parts));
}

NodePtr BoxedReader::filter(const Xml& xml, const Surroundings& around) {
  NodePtr in = child(xml.child("in"), xml, around);
  Surroundings inner = around;
  inner.add_name("item");
  NodePtr match = child(xml.child("match"), xml, inner);
  if (!in || !match) return nullptr;
  auto out = node(Op::Filter, {in, match});
  out->strict_filter = true;
  return out;
}

NodePtr BoxedReader::iterator(const Xml& xml, const Surroundings& around, Op op) {
  std::string variable = normalized_name(xml.attribute("iteratorVariable"));
  NodePtr in = child(xml.child("in"), xml, around);
  Surroundings inner = around;
  inner.add_name(variable);
  if (op == Op::For) inner.add_name("partial");
  NodePtr body = child(xml.child(op == Op::For ? "return" : "satisfies"), xml, inner);
  if (!in || !body) return nullptr;
  auto out = node(op, {in, body});
  out->names.push_back(std::move(variable));
  out->uses_partial = op == Op::For && std::ranges::contains(names_in(*body), "partial");
  return out;
}

bool BoxedReader::table_columns(const Xml& xml, const Surroundings& around, Table& out) {
  for (const Xml* input : xml.all("input")) {
    const Xml* expression = input->child("inputExpression");
    if (expression == nullptr) return fail(*input, "an input without expression") != nullptr;
    Table::Input made;
    made.text = expression->text_of("text");
    made.expression = text(*expression, made.text, around);
    made.type = type(expression->attribute("typeRef"), around, *expression);
    if (!made.expression) return false;
    const Xml* values = input->child("inputValues");
    if (values != nullptr && !values->text_of("text").empty()) {
      made.allowed = tests(*values, values->text_of("text"), around);
    }
    out.inputs.push_back(std::move(made));
  }
  std::vector<const Xml*> outputs = xml.all("output");
  for (const Xml* output : outputs) {
    Table::Output made;
    made.name = normalized_name(output->attribute("name"));
    made.type = type(output->attribute("typeRef"), around, *output);
    if (made.type && made.type->allowed) made.allowed = made.type->allowed;
    const Xml* values = output->child("outputValues");
    if (values != nullptr && !values->text_of("text").empty()) {
      made.allowed = tests(*values, values->text_of("text"), around);
    }
    if (made.allowed && made.allowed->op == Op::Tests) made.order = made.allowed->parts;
    const Xml* otherwise = output->child("defaultOutputEntry");
    if (otherwise != nullptr && !otherwise->text_of("text").empty()) {
      made.otherwise = text(*otherwise, otherwise->text_of("text"), around);
    }
    out.outputs.push_back(std::move(made));
  }
  if (outputs.empty()) return fail(xml, "a decision table without output") != nullptr;
  return !error_;
}

bool BoxedReader::table_rule(const Xml& xml, const Surroundings& around, Table& out) {
  Table::Rule rule{.id = std::string(xml.attribute("id"))};
  for (const Xml* entry : xml.all("inputEntry")) {
    rule.tests.push_back(tests(*entry, entry->text_of("text"), around));
    if (!rule.tests.back()) return false;
  }
  for (const Xml* entry : xml.all("outputEntry")) {
    std::string_view body = entry->text_of("text");
    bool nothing = body.empty() || body == "-";
    rule.results.push_back(nothing ? NodePtr(node(Op::Constant)) : text(*entry, body, around));
    if (!rule.results.back()) return false;
  }
  if (rule.tests.size() != out.inputs.size() || rule.results.size() != out.outputs.size()) {
    return fail(xml, "a rule has more or fewer entries than the table columns") != nullptr;
  }
  for (const Xml* entry : xml.all("annotationEntry")) {
    std::string_view note = entry->text_of("text");
    if (note.empty()) continue;
    if (!rule.annotation.empty()) rule.annotation += "; ";
    rule.annotation += note;
  }
  if (rule.annotation.empty()) rule.annotation = xml.text_of("description");
  out.rules.push_back(std::move(rule));
  return true;
}

NodePtr BoxedReader::table(const Xml& xml, const Surroundings& around) {
  using Policy = Table::HitPolicy;
  using Aggregation = Table::Aggregation;
  static constexpr std::pair<std::string_view, Policy> kPolicies[] = {
      {"", Policy::Unique},         {"UNIQUE", Policy::Unique},
      {"ANY", Policy::Any},         {"PRIORITY", Policy::Priority},
      {"FIRST", Policy::First},     {"RULE ORDER", Policy::RuleOrder},
      {"COLLECT", Policy::Collect}, {"OUTPUT ORDER", Policy::OutputOrder}};
  static constexpr std::pair<std::string_view, Aggregation> kAggregations[] = {
      {"", Aggregation::None},
      {"SUM", Aggregation::Sum},
      {"MIN", Aggregation::Min},
      {"MAX", Aggregation::Max},
      {"COUNT", Aggregation::Count}};
  auto policy = std::ranges::find(kPolicies, xml.attribute("hitPolicy"),
                                  &std::pair<std::string_view, Policy>::first);
  auto aggregation = std::ranges::find(kAggregations, xml.attribute("aggregation"),
                                       &std::pair<std::string_view, Aggregation>::first);
  if (policy == std::end(kPolicies) || aggregation == std::end(kAggregations)) {
    return fail(xml, "unknown hit policy or aggregation");
  }
  auto made = std::make_shared<Table>();
  made->hit_policy = policy->second;
  made->aggregation = aggregation->second;
  if (!table_columns(xml, around, *made)) return error_ ? nullptr : broken("a broken table");
  for (const Xml* rule : xml.all("rule")) {
    if (table_rule(*rule, around, *made)) continue;
    return error_ ? nullptr : broken("a broken table");
  }
  made->index = TableIndex::over(*made);
  auto out = node(Op::Table);
  out->table = std::move(made);
  return out;
}

}  // namespace anlan::rules

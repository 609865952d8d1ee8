#include "browser/browser.h"

#include <array>
#include <optional>

#include "core/json.h"
#include "core/limits.h"
#include "flow/findings.h"
#include "rules/rules.h"
#include "rules/zones.h"

namespace anlan::browser {

namespace {

// A model of the largest size, its imports beside it, and what JSON adds to both.
constexpr std::size_t kRequestBytesMax = 4 * limits::kXmlBytesMax;

Json names_json(const std::vector<std::string>& names) {
  Json all = Json::array();
  for (const std::string& name : names) all.push(name);
  return all;
}

Result<std::vector<std::string>> texts_of(const Json& request, std::string_view member) {
  std::vector<std::string> texts;
  const Json& given = request[member];
  if (given.is_null()) return texts;
  if (!given.is_array()) return refuse(ErrorCode::BadField, "a list of texts", std::string(member));
  for (const Json& one : given.as_array()) {
    if (!one.is_text()) return refuse(ErrorCode::BadField, "a text", std::string(member));
    texts.push_back(one.as_text());
  }
  return texts;
}

// What an evaluation may know of the world: told by the request, never asked of the machine.
struct World {
  std::optional<rules::Zones> zones{};
  std::vector<std::string> warnings{};
  rules::Environment environment{};

  static Result<World> of(const Json& request) {
    World world;
    if (request.has("now")) {
      std::string now = TRY(request.text_at("now"));
      world.environment.now = TRY(parse_instant(now));
    }
    world.environment.utc_offset_seconds =
        static_cast<int32_t>(request.int_or("utc_offset_seconds", 0));
    if (request.has("zones")) {
      std::string data = TRY(request.text_at("zones"));
      world.zones = TRY(rules::Zones::parse(data));
    }
    return world;
  }
  // Points into this World, which must not move while the answer is in use.
  const rules::Environment& known() {
    environment.zones = zones ? &*zones : nullptr;
    environment.warnings = &warnings;
    return environment;
  }
};

// "context" holds plain JSON, "formulas" a FEEL expression for each name: how a date is given.
Result<rules::Context> context_of(const Json& request, World& world) {
  rules::Context context;
  if (request["context"].is_object()) context = rules::context_from_json(request["context"]);
  if (!request["formulas"].is_object()) return context;
  for (const auto& [name, formula] : request["formulas"].as_object()) {
    if (!formula.is_text()) return refuse(ErrorCode::BadField, "a formula is a text", name);
    auto compiled = rules::Expression::compile(formula.as_text(), {});
    if (!compiled) return refuse(ErrorCode::BadExpression, compiled.error().detail, name);
    context.set(name, compiled->evaluate({}, world.known()));
  }
  return context;
}

std::vector<std::string> names_of(const rules::Context& context) {
  std::vector<std::string> names;
  for (const auto& [name, value] : context.entries()) names.push_back(name);
  return names;
}

Json value_json(const rules::Value& value, const std::vector<std::string>& warnings) {
  return Json::object({{"value", rules::json_from_value(value)},
                       {"text", rules::text_of(value)},
                       {"kind", rules::kind_name(value.kind())},
                       {"warnings", names_json(warnings)}});
}

Result<Json> compile(const Json& request) {
  std::string text = TRY(request.text_at("expression"));
  std::vector<std::string> names = TRY(texts_of(request, "names"));
  rules::Expression expression = TRY(rules::Expression::compile(text, names));
  return Json::object({{"used", names_json(expression.names_used())},
                       {"unknown", names_json(expression.names_unknown())}});
}

Result<Json> evaluate(const Json& request) {
  std::string text = TRY(request.text_at("expression"));
  World world = TRY(World::of(request));
  rules::Context context = TRY(context_of(request, world));
  rules::Expression expression = TRY(rules::Expression::compile(text, names_of(context)));
  rules::Value value = expression.evaluate(context, world.known());
  Json told = value_json(value, world.warnings);
  told.set("unknown", names_json(expression.names_unknown()));
  return told;
}

// Unary tests, the contents of a table's input cell.
Result<Json> test(const Json& request) {
  std::string text = TRY(request.text_at("tests"));
  World world = TRY(World::of(request));
  rules::Context context = TRY(context_of(request, world));
  std::vector<std::string> names = names_of(context);
  rules::Expression tests = TRY(rules::Expression::compile_unary_tests(text, names));
  const rules::Value* input = context.find("?");
  bool holds = tests.test(input ? *input : rules::Value(), context, world.known());
  return Json::object({{"holds", holds}, {"warnings", names_json(world.warnings)}});
}

Result<rules::Model> model_of(const Json& request) {
  std::string xml = TRY(request.text_at("xml"));
  std::vector<std::string> imports = TRY(texts_of(request, "imports"));
  return rules::Model::parse(xml,
                             {.imports = std::move(imports),
                              .keep_broken_expressions = request.bool_or("keep_broken", false)});
}

Json elements_json(const std::vector<rules::Model::Element>& elements) {
  Json all = Json::array();
  for (const rules::Model::Element& one : elements) {
    all.push(Json::object({{"id", one.id}, {"name", one.name}, {"type", one.type}}));
  }
  return all;
}

Result<Json> describe(const Json& request) {
  rules::Model model = TRY(model_of(request));
  return Json::object({{"name", model.name()},
                       {"decisions", elements_json(model.decisions())},
                       {"inputs", elements_json(model.inputs())}});
}

Result<Json> decide(const Json& request) {
  rules::Model model = TRY(model_of(request));
  std::string name = TRY(request.text_at("decision"));
  World world = TRY(World::of(request));
  rules::Context inputs = TRY(context_of(request, world));
  rules::Environment known = world.known();
  known.warnings = nullptr;  // an outcome brings its own
  bool of_service = request.bool_or("service", false);
  rules::Outcome outcome = of_service ? TRY(model.call_service(name, inputs, known))
                                      : TRY(model.decide(name, inputs, known));
  std::vector<std::string> warnings = std::move(world.warnings);
  warnings.insert(warnings.end(), outcome.warnings.begin(), outcome.warnings.end());
  Json matched = Json::array();
  for (const rules::Matched& rule : outcome.matched) {
    matched.push(Json::object({{"decision", rule.decision_id},
                               {"rule", rule.rule_id},
                               {"index", rule.index},
                               {"annotation", rule.annotation}}));
  }
  Json told = value_json(outcome.value, warnings);
  told.set("matched", std::move(matched));
  return told;
}

Result<Json> lint(const Json& request) {
  std::string xml = TRY(request.text_at("xml"));
  Json findings = Json::array();
  for (const flow::ToldFinding& finding : flow::lint_told(xml)) {
    findings.push(
        Json::object({{"element", finding.element_id},
                      {"code", finding.code},
                      {"parts", names_json(finding.parts)},
                      {"text", Json::object({{"zh", finding.text.zh}, {"en", finding.text.en}})}}));
  }
  return Json::object({{"findings", std::move(findings)}});
}

struct Question {
  std::string_view ask;
  Result<Json> (*answer)(const Json& request);
};

constexpr auto kQuestions = std::to_array<Question>({{"compile", compile},
                                                     {"evaluate", evaluate},
                                                     {"test", test},
                                                     {"describe", describe},
                                                     {"decide", decide},
                                                     {"lint", lint}});

Result<Json> ask(std::string_view request_text) {
  Json request = TRY(parse_json(request_text, kRequestBytesMax));
  std::string wanted = TRY(request.text_at("ask"));
  for (const Question& question : kQuestions) {
    if (question.ask == wanted) return question.answer(request);
  }
  return refuse(ErrorCode::BadField, wanted, "ask");
}

}  // namespace

std::string answer(std::string_view request) {
  Result<Json> told = ask(request);
  if (told) return write_json(*told);
  const Error& error = told.error();
  return write_json(Json::object({{"error", Json::object({{"code", error_text(error.code).code},
                                                          {"detail", error.detail},
                                                          {"field", error.field}})}}));
}

}  // namespace anlan::browser

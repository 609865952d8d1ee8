#include "api/routes.h"

#include <algorithm>

#include "api/handlers.h"
#include "api/schema.h"
#include "core/text.h"

namespace anlan::api {
namespace {

const std::vector<Route>& table() {
  static const std::vector<Route> rows = {
#define ANLAN_ROUTE(method, path, who, handler, status, query, request, answer, zh, en) \
  Route{Method::method, path,   Who::who, #handler, &handle::handler, status, query,    \
        request,        answer, zh,       en},
#include "api/routes.def"
#undef ANLAN_ROUTE
  };
  return rows;
}

bool is_param(std::string_view part) { return part.starts_with('{'); }
std::string_view param_name(std::string_view part) { return part.substr(1, part.size() - 2); }

// The parts of each route's path, made once.
struct Pattern {
  const Route* route;
  std::vector<std::string_view> parts;
  int literal = 0;  // parts that are no parameters: "count" beats "{id}"
};

// By how many parts a path has.
const std::vector<std::vector<Pattern>>& patterns() {
  static const std::vector<std::vector<Pattern>> by_size = [] {
    std::vector<std::vector<Pattern>> made;
    for (const Route& route : table()) {
      Pattern pattern{&route, split(route.path, '/')};
      pattern.literal = static_cast<int>(std::ranges::count_if(
          pattern.parts, [](std::string_view part) { return !is_param(part); }));
      if (made.size() <= pattern.parts.size()) made.resize(pattern.parts.size() + 1);
      made[pattern.parts.size()].push_back(std::move(pattern));
    }
    return made;
  }();
  return by_size;
}

bool matches(const Pattern& pattern, const std::vector<std::string_view>& given) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    bool is_same = is_param(pattern.parts[i]) ? !given[i].empty() : pattern.parts[i] == given[i];
    if (!is_same) return false;
  }
  return true;
}

Fields params_of(const Pattern& pattern, const std::vector<std::string_view>& given) {
  Fields params;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (is_param(pattern.parts[i])) params[std::string(param_name(pattern.parts[i]))] = given[i];
  }
  return params;
}

Json ref(std::string_view name) {
  return Json::object({{"$ref", "#/components/schemas/" + std::string(name)}});
}

Json content(std::string_view shape) {
  if (shape == "bytes") {
    return Json::object({{"application/octet-stream", Json::object({{"schema", Json::object()}})}});
  }
  return Json::object({{"application/json", Json::object({{"schema", ref(shape)}})}});
}

Json parameter(std::string_view name, std::string_view place, bool is_required) {
  return Json::object({{"name", name},
                       {"in", place},
                       {"required", is_required},
                       {"schema", Json::object({{"type", "string"}})}});
}

Json parameters(const Route& route) {
  Json list = Json::array();
  for (std::string_view part : split(route.path, '/')) {
    if (is_param(part)) list.push(parameter(param_name(part), "path", true));
  }
  if (!route.query.empty()) {
    for (std::string_view name : split(route.query, ',')) {
      list.push(parameter(name, "query", false));
    }
  }
  if (route.needs_key()) list.push(parameter("Idempotency-Key", "header", true));
  return list;
}

Json operation(const Route& route) {
  Json answers = Json::object();
  Json good = Json::object({{"description", "OK"}});
  if (route.status != 302) good.set("content", content(route.answer));
  answers.set(std::to_string(route.status), std::move(good));
  answers.set("default",
              Json::object({{"description", "A refusal"}, {"content", content("Error")}}));
  Json entry = Json::object({{"operationId", route.name},
                             {"summary", route.en},
                             {"x-summary-zh", route.zh},
                             {"parameters", parameters(route)},
                             {"responses", std::move(answers)}});
  if (!route.request.empty()) {
    Json body = Json::object({{"required", route.has_json_body()}});
    entry.set("requestBody", body.set("content", content(route.request)));
  }
  if (route.who == Who::Public) {
    entry.set("security", Json::array());
  } else if (route.who == Who::Admin) {
    entry.set("x-who", "admin");
  }
  return entry;
}

}  // namespace

std::span<const Route> routes() { return table(); }

Found find_route(Method method, std::string_view decoded_path) {
  Found found;
  std::vector<std::string_view> given = split(decoded_path, '/');
  if (given.size() >= patterns().size()) return found;
  const Pattern* best = nullptr;
  std::vector<std::string_view> methods;
  for (const Pattern& pattern : patterns()[given.size()]) {
    if (!matches(pattern, given)) continue;
    std::string_view text = method_text(pattern.route->method);
    if (std::ranges::find(methods, text) == methods.end()) methods.push_back(text);
    bool is_better = pattern.route->method == method && (!best || pattern.literal > best->literal);
    if (is_better) best = &pattern;
  }
  if (best) return {.route = best->route, .params = params_of(*best, given)};
  for (std::string_view text : methods) {
    found.allowed += (found.allowed.empty() ? "" : ", ") + std::string(text);
  }
  return found;
}

Json openapi_document() {
  Json paths = Json::object();
  for (const Route& route : table()) {
    Json entry = paths[route.path];
    entry.set(lower_ascii(method_text(route.method)), operation(route));
    paths.set(std::string(route.path), std::move(entry));
  }
  Json schemes = Json::object(
      {{"session", Json::object({{"type", "apiKey"}, {"in", "cookie"}, {"name", "anlan"}})},
       {"token", Json::object({{"type", "http"}, {"scheme", "bearer"}})}});
  Json security = Json::array(
      {Json::object({{"session", Json::array()}}), Json::object({{"token", Json::array()}})});
  return Json::object(
      {{"openapi", "3.1.0"},
       {"info", Json::object({{"title", "Anlan"}, {"version", kVersion}})},
       {"security", std::move(security)},
       {"paths", std::move(paths)},
       {"components", Json::object({{"schemas", schemas()}, {"securitySchemes", schemes}})}});
}

}  // namespace anlan::api

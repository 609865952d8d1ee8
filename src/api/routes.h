#pragma once
// The route table (routes.def) and what a handler gets and gives. The same table finds the handler
// of a request and makes the OpenAPI description, so that the two can't differ.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "access/access.h"
#include "api/request.h"
#include "api/services.h"
#include "engine/engine.h"

namespace anlan::api {

// A request on its way, with everything that was found out about it.
struct Call {
  Request request;
  std::string id;  // of the request, for the log and for support
  std::string language;
  Fields params{};  // {form}, {id}, ... of the path
  Fields query{};
  Json body{};
  access::Subject by{};
  std::string token{};  // what the caller proved itself with
};
// Shared between the pool's job and the engine's callback, whichever ends last.
using CallPtr = std::shared_ptr<const Call>;
using Finish = std::function<void(Result<Answer>)>;

using Question = Result<Json> (*)(Services&, const Call&);       // read on the pool
using Fetch = Result<Answer> (*)(Services&, const Call&);        // the same, not JSON
using Order = Result<engine::What> (*)(Services&, const Call&);  // then engine commits it
using Talk = void (*)(Services&, const CallPtr&, Finish);        // several steps
using Handler = std::variant<Question, Fetch, Order, Talk>;

enum class Who { Public, Session, Settling, Admin };

struct Route {
  Method method;
  std::string_view path;
  Who who;
  std::string_view name;
  Handler handler;
  int status;
  std::string_view query;
  std::string_view request;
  std::string_view answer;
  std::string_view zh;
  std::string_view en;

  bool has_json_body() const { return !request.empty() && request != "bytes"; }
  bool needs_key() const {
    return (method == Method::Post || method == Method::Patch) && name != "login" &&
           name != "logout" && name != "anonymous_thread" && name != "anonymous_file" &&
           !path.starts_with("/api/login/") && !path.starts_with("/api/me/second-factor");
  }
  bool changes_something() const { return method != Method::Get; }
};

std::span<const Route> routes();

// Where a path leads: the route, or which methods it would know ("GET, POST"), or nothing.
struct Found {
  const Route* route = nullptr;
  Fields params{};
  std::string allowed{};
};
Found find_route(Method method, std::string_view decoded_path);

// OpenAPI 3.1 of the table.
Json openapi_document();

}  // namespace anlan::api

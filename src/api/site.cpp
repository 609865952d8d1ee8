#include "api/site.h"

#include "api/export_file.h"
#include "api/handlers.h"
#include "api/schema.h"
#include "api/tls.h"
#include "core/hash.h"
#include "core/log.h"
#include "core/text.h"
#include "engine/view_as.h"

namespace anlan::api {
namespace {

constexpr std::size_t kPathBytesMax = 2'048;    // our longest has 150
constexpr std::size_t kQueryBytesMax = 16'384;  // a filter of limits::kFilterNodesMax fits
constexpr std::size_t kTokenBytesMax = 128;
constexpr std::size_t kSeenMax = 10'000;
constexpr Duration kTouchEvery = Duration::minutes(1);

struct Credential {
  std::string token;
  bool is_cookie = false;
};

Credential credential_of(const Request& request) {
  std::string_view header = request.header("authorization");
  if (header.starts_with("Bearer ")) return {.token = std::string(trim(header.substr(7)))};
  return {.token = std::string(cookie(request, cookie_name(request.is_tls))), .is_cookie = true};
}

// A form of a foreign page can send text, but neither this type nor this header.
Result<void> check_origin_of_change(const Route& route, const Call& call, bool is_cookie) {
  if (!route.changes_something()) return {};
  if (is_cookie && route.who != Who::Public && call.request.header("x-anlan") != "1") {
    return refuse(ErrorCode::Forbidden, "X-Anlan: 1 is missing", "X-Anlan");
  }
  std::string_view type = call.request.header("content-type");
  bool is_json = lower_ascii(trim(type.substr(0, type.find(';')))) == "application/json";
  if (route.has_json_body() && !call.request.body.empty() && !is_json) {
    return refuse(ErrorCode::BadRequest, "not application/json", "Content-Type");
  }
  return {};
}

// A token works for its person, but makes no way in that would outlive it.
Result<void> check_token_reach(const Route& route, const access::Subject& by) {
  bool is_for_people = route.name == "create_token" || route.name == "change_password" ||
                       route.name == "register_device" ||
                       route.path.starts_with("/api/me/second-factor");
  if (by.actor.kind != Actor::Kind::Token || !is_for_people) return {};
  return refuse(ErrorCode::Forbidden, "not with a token");
}

// Whoever looks with a person's eyes is that person from here on, and changes nothing.
Result<void> lend_eyes(engine::Engine& engine, const Route& route, Call& call) {
  std::string_view view = cookie(call.request, view_cookie_name(call.request.is_tls));
  bool ends = route.name == "end_view" || route.name == "logout";
  if (view.empty() || ends) return {};
  call.by = TRY(engine::eyes_of(engine, call.by, view));
  bool writes = call.by.is_viewed() && route.changes_something();
  return writes ? refuse(ErrorCode::Forbidden, "looking only", "view") : Result<void>{};
}

Result<void> check_key(const Route& route, const Call& call) {
  std::string_view key = call.request.header("idempotency-key");
  if (key.empty()) {
    if (!route.needs_key()) return {};
    return refuse(ErrorCode::MissingField, "every change needs one", "Idempotency-Key");
  }
  if (!parse_uuid(lower_ascii(key))) {
    return refuse(ErrorCode::BadField, "not a UUID", "Idempotency-Key");
  }
  return {};
}

Result<void> read_body(const Route& route, Call& call) {
  if (!route.has_json_body()) return {};
  std::string_view bytes = call.request.body;
  // An empty body stands for {} where nothing is asked for.
  call.body = TRY(parse_json(bytes.empty() && route.request == "Empty" ? "{}" : bytes));
  return check_shape(route.request, call.body);
}

// Import refusals carry both languages, because the same answer may be given again to another.
void choose_language(Json& answer, const std::string& language) {
  Json refused = Json::array();
  for (Json row : answer["refused"].as_array()) {
    if (row["message"].is_object()) row.set("message", row["message"][language]);
    row.remove("detail");
    refused.push(std::move(row));
  }
  answer.set("refused", std::move(refused));
}

std::string host_without_port(std::string_view host) {
  std::size_t from = host.starts_with('[') ? host.find(']') : 0;
  std::size_t colon = from == std::string_view::npos ? from : host.find(':', from);
  return std::string(host.substr(0, colon));
}

// Only what can stand in a host name or an address may come back in a Location.
bool is_plain_host(std::string_view host) {
  if (host.empty() || host.size() > 255) return false;
  return lower_ascii(host).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.:[]") ==
         std::string::npos;
}

bool is_open_at_plain_door(std::string_view path) {
  return path == "/ca" || path.starts_with("/ca/") || path == "/ca.crt" || path == "/api/ca" ||
         path == "/api/qr.svg";
}

}  // namespace

std::string_view cookie_name(bool is_tls) { return is_tls ? "__Host-anlan" : "anlan"; }

std::string credential_text(const Request& request) { return credential_of(request).token; }

Duration Services::login_wait(const std::string& address, const std::string& login) {
  Instant now = engine.health().steady();
  Duration wait = login_address_rate.take(address, now);
  if (wait > Duration{}) return wait;
  return login_rate.take(address + "\n" + login, now);
}

Site::Site(engine::Engine& engine, const ServerConfig& config, Pool& pool)
    : services_{.engine = engine,
                .config = config,
                .pool = pool,
                .files = StaticFiles::list(config.web_folder),
                .login_rate = Buckets(config.rates.login),
                .login_address_rate = Buckets(config.rates.login_address),
                .anonymous_rate = Buckets(config.rates.anonymous),
                .anonymous_report_rate = Buckets(config.rates.anonymous_report),
                .secret = {}},
      pool_(pool),
      address_rate_(config.rates.address),
      session_rate_(config.rates.session) {
  int64_t seconds = engine.clock().now().to_milliseconds() / 1000;
  services_.started_at = engine.clock().now();
  id_prefix_ = "r" + std::to_string(seconds) + "-";
}

Result<Site::Tls> Site::prepare() {
  const ServerConfig& config = services_.config;
  engine::Engine& engine = services_.engine;
  // Asked again for a renewal while others read: what is known stays as it is.
  if (services_.secret.empty()) {
    ExportFile::clear(exports_folder(engine));
    services_.secret = TRY(ensure_secret(
        {.folder = config.folder, .name = "token.secret", .random = engine.random()}));
    services_.factor_key = TRY(ensure_secret(
        {.folder = config.folder, .name = "second_factor.key", .random = engine.random()}));
    if (config.provider) {
      services_.provider =
          std::make_unique<Provider>(*config.provider, config.outside.ask_provider);
    }
  }
  if (config.plain_http) return Tls{};
  TlsFiles files = TRY(ensure_tls({.folder = config.folder,
                                   .plant = engine.plant_name("en"),
                                   .names = names_of_machine(config.host_names),
                                   .now = engine.clock().now(),
                                   .random = engine.random()}));
  if (services_.authority.name.empty()) services_.authority = std::move(files.authority);
  return Tls{.certificate_path = files.certificate_path,
             .key_path = files.key_path,
             .was_renewed = files.is_new_server_certificate};
}

std::string Site::next_id() { return id_prefix_ + std::to_string(next_number_++); }

// Adds what every answer carries, refusals and pages too.
Reply Site::dress(const Request& request, const std::string& id, Reply reply) {
  SecurityNeeds needs{.is_https_name = is_https_name(request),
                      .is_foreign_file = request.path.find("/files/") != std::string::npos &&
                                         request.path.starts_with("/api/records/")};
  needs.is_foreign_file = needs.is_foreign_file || request.path == "/api/anonymous/file";
  return [this, needs, id, reply = std::move(reply)](Answer answer) {
    add_security_headers(answer, needs);
    answer.headers.emplace_back("X-Anlan-Time", format_instant(services_.engine.clock().now()));
    answer.headers.emplace_back("X-Request-Id", id);
    std::string_view trouble = engine::trouble_code(services_.engine.health().trouble());
    if (!trouble.empty()) answer.headers.emplace_back("X-Anlan-Trouble", trouble);
    reply(std::move(answer));
  };
}

// Counts the answer and writes its line of the log: the route's pattern and never the path, and of
// reports without a name nothing at all.
Reply Site::note(const Route& route, const Request& request, std::string id, Reply reply) {
  Instant begun = services_.engine.health().steady();
  std::string_view method = method_text(request.method);
  return
      [this, &route, method, begun, id = std::move(id), reply = std::move(reply)](Answer answer) {
        Duration length = services_.engine.health().steady() - begun;
        services_.metrics.add(answer.status, length);
        const auto& write = services_.config.outside.request_log;
        bool is_anonymous = route.path.starts_with("/api/anonymous");
        if (write && !is_anonymous) {
          write(request_line({.at = services_.engine.clock().now(),
                              .id = id,
                              .method = method,
                              .route = route.path,
                              .status = answer.status,
                              .length = length}));
        }
        reply(std::move(answer));
      };
}

Answer Site::refusal(const Error& refused, const ErrorContext& context) {
  bool is_lost = services_.engine.health().trouble() == engine::Trouble::StoreLost;
  Error error = is_lost ? engine::Health::told(refused) : refused;
  if (error_text(error.code).http_status >= 500) {
    LogLevel level = error.code == ErrorCode::Overloaded ? LogLevel::Warning : LogLevel::Error;
    log(level, "request failed",
        Json::object({{"request", context.request_id},
                      {"code", error_text(error.code).code},
                      {"detail", error.detail}}));
  }
  return error_answer(error, context);
}

Answer Site::too_many(Duration wait, const ErrorContext& context) {
  Answer answer = error_answer({.code = ErrorCode::TooManyRequests}, context);
  answer.headers.emplace_back("Retry-After", std::to_string((wait.ns - 1) / 1'000'000'000 + 1));
  return answer;
}

void Site::handle(Request request, Reply plain_reply) {
  ErrorContext context{.language = language_of(request), .request_id = next_id()};
  Reply reply = dress(request, context.request_id, std::move(plain_reply));
  auto refuse_with = [&](ErrorCode code) { reply(refusal({.code = code}, context)); };
  Duration wait = address_rate_.take(request.address, services_.engine.health().steady());
  if (wait > Duration{}) return reply(too_many(wait, context));
  if (request.path.size() > kPathBytesMax || request.query.size() > kQueryBytesMax) {
    return refuse_with(ErrorCode::TooLarge);
  }
  Result<std::string> path = decode_percent(request.path);
  if (!path) return reply(refusal(path.error(), context));
  Method method = request.method == Method::Head ? Method::Get : request.method;
  Found found = find_route(method, *path);
  if (found.route == nullptr && !found.allowed.empty()) {
    Answer answer = refusal({.code = ErrorCode::MethodNotAllowed}, context);
    answer.headers.emplace_back("Allow", found.allowed);
    return reply(std::move(answer));
  }
  if (found.route == nullptr) {
    return serve_page(std::move(*path), std::move(request), context, std::move(reply));
  }
  reply = note(*found.route, request, context.request_id, std::move(reply));
  bool is_raw = found.route->request == "bytes";
  std::size_t bytes_max = is_raw ? limits::kBlobChunkBytesMax : limits::kJsonBytesMax;
  if (request.body.size() > bytes_max) return refuse_with(ErrorCode::TooLarge);
  Call call{.request = std::move(request),
            .id = context.request_id,
            .language = context.language,
            .params = std::move(found.params)};
  auto job = [this, route = found.route, call = std::move(call), reply]() mutable {
    run(*route, std::move(call), reply);
  };
  if (!pool_.post(std::move(job))) refuse_with(ErrorCode::Overloaded);
}

void Site::serve_page(std::string path, Request request, const ErrorContext& context, Reply reply) {
  if (path == "/") {
    Answer answer = redirect_answer(is_phone(request) ? "/m/" : "/desk/");
    answer.headers.emplace_back("Vary", "User-Agent");
    return reply(std::move(answer));
  }
  std::string name = path;
  if (path == "/ca" || path == "/ca/") name = "/ca/index.html";
  else if (path.ends_with('/')) name += "index.html";
  const StaticFiles& files = services_.files;
  if (!files.has(name)) {
    bool is_folder = !path.starts_with("/api/") && files.has(path + "/index.html");
    if (is_folder)
      return reply(redirect_answer(encode_percent(path.substr(1)).insert(0, "/") + "/"));
    return reply(refusal({.code = ErrorCode::NotFound}, context));
  }
  if (request.method != Method::Get && request.method != Method::Head) {
    Answer answer = refusal({.code = ErrorCode::MethodNotAllowed}, context);
    answer.headers.emplace_back("Allow", "GET, HEAD");
    return reply(std::move(answer));
  }
  auto job = [this, name = std::move(name), request = std::move(request), context, reply] {
    std::optional<Answer> page = services_.files.serve(name, request);
    reply(page ? std::move(*page) : refusal({.code = ErrorCode::NotFound}, context));
  };
  if (!pool_.post(std::move(job))) reply(refusal({.code = ErrorCode::Overloaded}, context));
}

Answer Site::refuse_early(const Request& request, ErrorCode code) {
  ErrorContext context{.language = language_of(request), .request_id = next_id()};
  Answer made;
  Reply keep = [&made](Answer answer) { made = std::move(answer); };
  dress(request, context.request_id, std::move(keep))(refusal({.code = code}, context));
  return made;
}

void Site::handle_plain_door(Request request, Reply reply) {
  if (is_open_at_plain_door(request.path)) return handle(std::move(request), std::move(reply));
  std::string id = next_id();
  Reply dressed = dress(request, id, std::move(reply));
  std::string host = host_without_port(request.header("host"));
  if (!is_plain_host(host) || request.path.size() > kPathBytesMax ||
      request.query.size() > kQueryBytesMax) {
    ErrorContext context{.language = language_of(request), .request_id = id};
    return dressed(refusal({.code = ErrorCode::BadRequest}, context));
  }
  std::string where = "https://" + host + ":" + std::to_string(services_.places.port);
  where += request.path + (request.query.empty() ? "" : "?" + request.query);
  dressed(redirect_answer(std::move(where), 308));
}

// On the pool.
void Site::run(const Route& route, Call call, Reply reply) {
  ErrorContext context{.language = call.language, .request_id = call.id};
  Duration wait;
  Result<void> good = identify(route, call, wait);
  if (wait > Duration{}) return reply(too_many(wait, context));
  if (!good) return reply(refusal(good.error(), context));
  Finish finish = [this, context, reply, status = route.status](Result<Answer> answer) {
    if (!answer) return reply(refusal(answer.error(), context));
    if (answer->status == 200) answer->status = status;
    reply(std::move(*answer));
  };
  execute(route, std::make_shared<const Call>(std::move(call)), std::move(finish));
}

// Who asks, whether the request is whole, and what it says; `wait` above zero: asked too often.
Result<void> Site::identify(const Route& route, Call& call, Duration& wait) {
  call.query = TRY(parse_query(call.request.query));
  Instant now = services_.engine.health().steady();
  Credential credential = credential_of(call.request);
  call.by.actor.kind = Actor::Kind::Anonymous;
  call.by.language = call.language;
  if (route.who != Who::Public) {
    if (credential.token.empty() || credential.token.size() > kTokenBytesMax) {
      return refuse(ErrorCode::NotLoggedIn, "no credential");
    }
    wait = session_rate_.take(sha256(credential.token), now);
    if (wait > Duration{}) return {};
    call.by = TRY(services_.engine.authenticate(credential.token));
    call.token = credential.token;
    if (call.by.must_change_password && route.who != Who::Settling) {
      return refuse(ErrorCode::PasswordChangeRequired);
    }
    TRY(check_token_reach(route, call.by));
    note_activity(call.by);
    if (credential.is_cookie) TRY(lend_eyes(services_.engine, route, call));
  }
  TRY(check_origin_of_change(route, call, credential.is_cookie));
  TRY(check_key(route, call));
  TRY(read_body(route, call));
  if (route.name == "login" || route.name == "change_password" || route.name == "set_up") {
    std::string login = call.body.text_or("login", call.by.login);
    wait = services_.login_wait(call.request.address, lower_ascii(login));
  } else if (route.path.starts_with("/api/me/second-factor") && route.changes_something()) {
    wait = services_.login_wait(call.request.address, call.by.login);
  } else if (route.path.starts_with("/api/login/second")) {
    wait = services_.login_wait(call.request.address, half_text(call.request));
  } else if (route.path.starts_with("/api/login/provider/")) {
    wait = services_.login_address_rate.take(call.request.address, now);
  } else if (route.name == "anonymous_report") {
    wait = services_.anonymous_report_rate.take(call.request.address, now);
  } else if (route.path.starts_with("/api/anonymous/")) {
    wait = services_.anonymous_rate.take(call.request.address, now);
  }
  return {};
}

void Site::execute(const Route& route, const CallPtr& call, Finish finish) {
  if (const auto* talk = std::get_if<Talk>(&route.handler)) {
    return (*talk)(services_, call, std::move(finish));
  }
  if (const auto* fetch = std::get_if<Fetch>(&route.handler)) {
    return finish((*fetch)(services_, *call));
  }
  auto as_answer = [](const Json& body) { return json_answer(body); };
  if (const auto* question = std::get_if<Question>(&route.handler)) {
    return finish((*question)(services_, *call).transform(as_answer));
  }
  Result<engine::What> what = std::get<Order>(route.handler)(services_, *call);
  if (!what) return finish(std::unexpected(std::move(what).error()));
  bool is_import = route.answer == "ImportAnswer";
  auto tell = [call, is_import, as_answer, finish](Result<Json> done) {
    if (done && is_import) choose_language(*done, call->language);
    finish(std::move(done).transform(as_answer));
  };
  // The writer has the next group to do: the answer is written by somebody else.
  services_.engine.submit(command_of(*call, std::move(*what)), [this, tell](Result<Json> done) {
    pool_.go_on([tell, done = std::move(done)]() mutable { tell(std::move(done)); });
  });
}

// A session that is used stays alive; once a minute is often enough to know.
void Site::note_activity(const access::Subject& by) {
  if (by.session.is_nil()) return;
  Instant now = services_.engine.health().steady();
  {
    std::lock_guard lock(seen_mutex_);
    if (seen_.size() >= kSeenMax) seen_.clear();
    auto [entry, is_new] = seen_.try_emplace(by.session.uuid, now);
    if (!is_new && now - entry->second < kTouchEvery) return;
    entry->second = now;
  }
  services_.engine.submit({.by = by, .what = engine::Touch{}}, [](const Result<Json>&) {});
}

void Site::admit_live(Request request, bool has_room, Admit admit) {
  ErrorContext context{.language = language_of(request), .request_id = next_id()};
  // A page of another origin may open a socket with our cookie; the browser names it truly.
  std::string_view origin = request.header("origin");
  std::string own = (request.is_tls ? "https://" : "http://") + std::string(request.header("host"));
  auto refuse_with = [this, context, admit, request](const Error& error) {
    dress(request, context.request_id, [admit](Answer answer) {
      admit(std::unexpected(std::move(answer)));
    })(refusal(error, context));
  };
  if (!origin.empty() && origin != own) return refuse_with({.code = ErrorCode::Forbidden});
  if (!has_room) return refuse_with({.code = ErrorCode::Overloaded});
  auto job = [this, request = std::move(request), context, admit, refuse_with] {
    Credential credential = credential_of(request);
    if (credential.token.empty() || credential.token.size() > kTokenBytesMax) {
      return refuse_with({.code = ErrorCode::NotLoggedIn});
    }
    Result<access::Subject> by = services_.engine.authenticate(credential.token);
    if (!by) return refuse_with(by.error());
    if (by->must_change_password) return refuse_with({.code = ErrorCode::PasswordChangeRequired});
    // The stream would go on with the viewer's own eyes.
    std::string_view view = cookie(request, view_cookie_name(request.is_tls));
    if (!view.empty()) by = engine::eyes_of(services_.engine, *by, view);
    if (!by) return refuse_with(by.error());
    if (by->is_viewed()) return refuse_with({.code = ErrorCode::Forbidden});
    admit(Visitor{.by = *by, .token = credential.token, .language = context.language});
  };
  if (!pool_.post(std::move(job))) refuse_with({.code = ErrorCode::Overloaded});
}

}  // namespace anlan::api

// anlan serve: engine, seed, server; then it waits for a signal and stops in reverse.

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <print>

#include "api/api.h"
#include "app/commands.h"
#include "app/log_file.h"
#include "app/provider_file.h"
#include "connect/connect.h"
#include "core/log.h"
#include "core/steady.h"
#include "engine/engine.h"

namespace anlan::app {
namespace {

constexpr std::size_t kLogLines = 2'000;  // in a bundle

struct ServeWish {
  engine::Config engine;
  api::ServerConfig server;
  bool is_empty = false;
  std::string provider_file{};
  std::map<std::string, connect::Elsewhere> elsewhere{};
};

// "CODE=HOST:PORT"
std::expected<std::pair<std::string, connect::Elsewhere>, Misuse> elsewhere_of(
    const std::string& word) {
  std::size_t equal = word.find('=');
  std::size_t colon = word.rfind(':');
  if (equal == std::string::npos || colon == std::string::npos || colon < equal) {
    return std::unexpected(Misuse{Text::BadSource, word});
  }
  auto port = whole_number(word.substr(colon + 1));
  if (!port || *port < 1 || *port > 65535) return std::unexpected(Misuse{Text::BadSource, word});
  return std::pair(word.substr(0, equal),
                   connect::Elsewhere{.host = word.substr(equal + 1, colon - equal - 1),
                                      .port = static_cast<uint16_t>(*port)});
}

// "wecom=URL" or "dingtalk=URL", a secret of DingTalk behind "#".
std::expected<engine::Robot, Misuse> robot_of(const std::string& word) {
  std::size_t equal = word.find('=');
  std::string channel = word.substr(0, equal);
  if (equal == std::string::npos || (channel != "wecom" && channel != "dingtalk")) {
    return std::unexpected(Misuse{Text::BadRobot, channel});
  }
  std::string url = word.substr(equal + 1);
  std::size_t hash = url.find('#');
  return engine::Robot{.channel = channel,
                       .url = url.substr(0, hash),
                       .secret = hash == std::string::npos ? std::string() : url.substr(hash + 1)};
}

std::expected<uint16_t, Misuse> port_of(const Words& words, std::string_view name, uint16_t other) {
  if (!words.has(name)) return other;
  std::string text = words.one(name, "");
  auto number = whole_number(text);
  if (!number || *number > 65535) return std::unexpected(Misuse{Text::BadPort, text});
  return static_cast<uint16_t>(*number);
}

// One generator stands for a whole plant's people: no limits of rate, and for this machine only.
void unbound(api::ServerConfig& server) {
  constexpr api::Rate kAny{.per_minute = 1'000'000'000, .burst = 1'000'000'000};
  server.address = "127.0.0.1";
  server.rates = {.address = kAny, .session = kAny, .login = kAny, .login_address = kAny};
}

std::expected<ServeWish, Misuse> wish_of(const Words& words) {
  if (!words.plain.empty()) return std::unexpected(Misuse{Text::WrongWords, "serve"});
  ServeWish wish{.engine = TRY(engine_config(words)), .is_empty = words.has("--empty")};
  wish.engine.steady = &steady_clock_of_machine();
  wish.server.port = TRY(port_of(words, "--port", 8443));
  wish.server.http_port = TRY(port_of(words, "--http-port", 0));
  wish.server.plain_http = words.has("--http");
  // A browser gives camera and crypto to secure origins only; plain http is for this machine.
  if (wish.server.plain_http) wish.server.address = "127.0.0.1";
  if (words.has("--bench")) unbound(wish.server);
  wish.server.web_folder = words.one("--web", "web/dist");
  wish.server.folder = wish.engine.store.folder;
  wish.server.host_names = words.all("--host");
  wish.engine.sessions.second_factor_roles = words.all("--second-factor");
  wish.server.sessions = wish.engine.sessions;
  wish.provider_file = words.one("--oidc", "");
  for (const std::string& word : words.all("--source")) {
    auto one = TRY(elsewhere_of(word));
    wish.elsewhere.insert(std::move(one));
  }
  wish.engine.has_personal_views = words.has("--personal-views");
  for (const std::string& word : words.all("--robot")) {
    auto one = TRY(robot_of(word));
    wish.engine.robots.push_back(std::move(one));
  }
  return wish;
}

// Says what begins or ends and how long it took.
class Step {
 public:
  Step(Clock& clock, std::string what) : clock_(clock), what_(std::move(what)) {
    begun_ = clock_.now();
  }
  void done() {
    log(LogLevel::Info, what_, Json::object({{"ms", (clock_.now() - begun_).to_milliseconds()}}));
  }

 private:
  Clock& clock_;
  std::string what_;
  Instant begun_;
};

class WriterRuns {
 public:
  explicit WriterRuns(engine::Engine& engine) : engine_(engine) { engine_.start(); }
  ~WriterRuns() { engine_.stop(); }
  WriterRuns(const WriterRuns&) = delete;
  WriterRuns& operator=(const WriterRuns&) = delete;

 private:
  engine::Engine& engine_;
};

void print_both(Text text, std::initializer_list<std::string_view> zh,
                std::initializer_list<std::string_view> en) {
  std::println("{}", say(text, "zh", zh));
  std::println("{}", say(text, "en", en));
}

void print_demo(const Json& demo) {
  const std::string password = demo.text_or("password", "");
  print_both(Text::DemoPlant, {password}, {password});
  for (const Json& account : demo["accounts"].as_array()) {
    const Json& role = account["role"];
    std::string roles = role.text_or("zh", "") + " / " + role.text_or("en", "");
    std::println("{}", say(Text::DemoAccount, "zh",
                           {account.text_or("login", ""), account.text_or("name", ""), roles}));
  }
}

void print_welcome(engine::Engine& engine, const api::Server& server, bool is_tls) {
  print_both(Text::Ready, {}, {});
  std::vector<std::string> addresses = server.addresses();
  for (const std::string& address : addresses) {
    std::println("{}", say(Text::Address, "en", {address}));
  }
  if (is_tls) print_both(Text::AuthorityPage, {addresses.front()}, {addresses.front()});
  if (engine.is_empty().value_or(false)) print_both(Text::EmptyPlant, {}, {});
  if (!engine.demo().is_null()) print_demo(engine.demo());
  std::fflush(stdout);
}

// anlan-vision lies beside this program; without it photos stay unseen and nothing else changes.
std::optional<std::string> vision_program() {
  std::error_code error;
  auto own = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return std::nullopt;
  auto program = own.parent_path() / "anlan-vision";
  if (!std::filesystem::exists(program, error)) return std::nullopt;
  return program.string();
}

// The usual 1,024 descriptors are 300 browsers; the hard limit is what the owner allows.
void allow_many_connections() {
  constexpr rlim_t kWish = 65'536;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, kWish));
  setrlimit(RLIMIT_NOFILE, &limit);
}

// What is told on standard error is kept in files, too, as long as this lives.
class KeptLog {
 public:
  explicit KeptLog(LogFile& file)
      : before_(set_log_sink([&file](LogLevel, std::string_view line) {
          std::println(stderr, "{}", line);
          file.event(line);
        })) {}
  ~KeptLog() { set_log_sink(std::move(before_)); }
  KeptLog(const KeptLog&) = delete;
  KeptLog& operator=(const KeptLog&) = delete;

 private:
  LogSink before_;
};

// For the diagnostics: how this server was started, without paths, names and secrets.
Json about(const ServeWish& wish) {
  return Json::object(
      {{"database", wish.engine.store.database.starts_with("sqlite:") ? "sqlite" : "postgres"},
       {"is_tls", !wish.server.plain_http},
       {"head_folders", static_cast<int64_t>(wish.engine.store.head_folders.size())},
       {"robots", static_cast<int64_t>(wish.engine.robots.size())},
       {"second_factor_roles",
        static_cast<int64_t>(wish.engine.sessions.second_factor_roles.size())},
       {"has_provider", !wish.provider_file.empty()},
       {"sources", static_cast<int64_t>(wish.elsewhere.size())},
       {"workers", wish.server.workers},
       {"has_vision", wish.engine.has_vision},
       {"time_zone", wish.engine.time_zone_offset}});
}

// A role that nobody can hold would quietly ask nobody for a second factor.
Result<void> check_roles(const engine::Engine& engine, const std::vector<std::string>& names) {
  const Json& roles = engine.packs().policy.roles();
  for (const std::string& name : names) {
    bool is_known = roles.is_array() &&
                    std::ranges::any_of(roles.as_array(),
                                        [&](const Json& role) { return role["id"] == Json(name); });
    if (!is_known) return refuse(ErrorCode::BadField, "no role " + name, "--second-factor");
  }
  return {};
}

Result<void> add_provider(const std::string& file, api::ServerConfig& config) {
  if (file.empty()) return {};
  ProviderWish provider = TRY(read_provider_file(file));
  config.provider = std::move(provider.settings);
  config.outside.ask_provider = std::move(provider.ask);
  return {};
}

Result<void> run(const ServeWish& wish, const sigset_t& signals) {
  LogFile kept({.folder = wish.engine.store.folder + "/log"}, steady_clock_of_machine());
  KeptLog keeping(kept);
  Clock& clock = wish.engine.store.clock;
  std::error_code ignored;  // opening the database says it better
  std::filesystem::create_directories(wish.engine.store.folder, ignored);
  Step opening(clock, "engine opened");
  auto program = vision_program();
  engine::Config engine_config = wish.engine;
  engine_config.has_vision = program.has_value();
  if (!program) log(LogLevel::Warning, "no anlan-vision: photos are not looked at");
  auto engine = TRY(engine::Engine::open(engine_config));
  opening.done();
  TRY(check_roles(*engine, wish.engine.sessions.second_factor_roles));
  if (!wish.is_empty) {
    Step seeding(clock, "demo plant seeded");
    TRY(engine::seed_demo(*engine));
    seeding.done();
  }
  Step starting(clock, "server started");
  auto outside = TRY(connect::Outside::make(*engine, wish.elsewhere));
  api::ServerConfig config = wish.server;
  config.outside = {.sources = [&] { return outside->source_rows(); },
                    .push_key = outside->push_key()};
  config.outside.browse = [&](const std::string& code, const std::string& node, std::size_t from) {
    return outside->browse(code, node, from);
  };
  config.outside.request_log = [&](std::string_view line) { kept.request(line); };
  config.outside.log_tail = [&] { return kept.tail(kLogLines); };
  config.outside.about = about(wish);
  TRY(add_provider(wish.provider_file, config));
  if (!engine->demo().is_null()) {
    config.outside.simulate = [&](const Json& command) { return outside->simulate(command); };
  }
  auto server = TRY(api::Server::create(config, *engine));
  WriterRuns writer(*engine);  // ends before the server that listens to it
  outside->start();
  std::optional<connect::Eyes> eyes;
  if (program) eyes.emplace(*engine, *program).start();
  TRY(server->start());
  starting.done();
  print_welcome(*engine, *server, !wish.server.plain_http);
  int signal = 0;
  sigwait(&signals, &signal);
  print_both(Text::Stopping, {}, {});
  Step stopping(clock, "server stopped");
  server->stop();
  stopping.done();
  if (eyes) eyes->stop();
  outside->stop();
  Step closing(clock, "engine stopped");
  engine->stop();
  closing.done();
  return {};
}

}  // namespace

Exit serve(const Words& words) {
  ServeWish wish = TRY(wish_of(words));
  // Blocked before any thread exists, so that only sigwait sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  allow_many_connections();
  Result<void> ended = run(wish, signals);
  return ended ? 0 : tell_failure(ended.error());
}

}  // namespace anlan::app

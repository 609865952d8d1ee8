// The only file of api that knows Drogon.

#include <arpa/inet.h>
#include <drogon/HttpFilter.h>
#include <drogon/WebSocketController.h>
#include <drogon/drogon.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <future>
#include <optional>
#include <thread>
#include <vector>

#include "api/export_file.h"
#include "api/live.h"
#include "api/site.h"
#include "api/tls.h"
#include "api/tls_door.h"
#include "core/log.h"

namespace anlan::api {
namespace {

using namespace std::chrono_literals;

// Beyond it Drogon itself cuts the connection; up to it we refuse readably (platform.md).
constexpr std::size_t kDrogonBodyMax = 4 << 20;
constexpr std::size_t kConnectionsMax = 8'000;
constexpr std::size_t kIdleSeconds = 75;
constexpr std::size_t kKeepaliveRequestsMax = 10'000;
constexpr std::size_t kPipelineMax = 32;
constexpr int kListenTriesMax = 500;  // with the pause: 5 s
constexpr int kListenPauseMs = 10;
constexpr Duration kRenewCheckEvery = Duration::hours(12);

Method method_of(const drogon::HttpRequestPtr& request) {
  switch (request->method()) {
    case drogon::Get: return Method::Get;
    case drogon::Head: return Method::Head;
    case drogon::Post: return Method::Post;
    case drogon::Put: return Method::Put;
    case drogon::Patch: return Method::Patch;
    case drogon::Delete: return Method::Delete;
    default: return Method::Other;
  }
}

// Through which door a request came, and who truly stands there.
struct Origin {
  enum class Door { Main, PlainDoor, Stranger };
  Door door = Door::Main;
  std::string address{};
  bool is_tls = false;
};

struct Doors {
  std::unique_ptr<TlsDoor> tls{};  // none with plain_http
  uint16_t http_port = 0;

  Origin origin_of(const drogon::HttpRequestPtr& request) const {
    const trantor::InetAddress& peer = request->peerAddr();
    if (http_port != 0 && request->localAddr().toPort() == http_port) {
      return {.door = Origin::Door::PlainDoor, .address = peer.toIp()};
    }
    if (!tls) return {.address = peer.toIp()};
    std::optional<std::string> behind = tls->peer_of(peer.toPort());
    if (!behind) return {.door = Origin::Door::Stranger, .address = peer.toIp()};
    return {.address = *behind, .is_tls = true};
  }
};

Request request_of(const drogon::HttpRequestPtr& from, const Origin& origin) {
  Request request{.method = method_of(from),
                  .path = from->getOriginalPath(),
                  .query = from->query(),
                  .body = std::string(from->body()),
                  .address = origin.address,
                  .is_tls = origin.is_tls};
  for (const auto& [name, value] : from->headers()) request.headers.emplace(name, value);
  // Drogon takes cookies out of the headers.
  std::string cookies;
  for (const auto& [name, value] : from->cookies()) {
    cookies += (cookies.empty() ? "" : "; ") + name + "=" + value;
  }
  if (!cookies.empty()) request.headers["cookie"] = std::move(cookies);
  return request;
}

// Piece by piece, as fast as the reader takes it.
drogon::HttpResponsePtr stream_of(std::shared_ptr<const ExportFile> file) {
  int64_t size = file->size();
  auto next = [file = std::move(file), at = int64_t{0}](char* into, std::size_t count) mutable {
    if (into == nullptr) return std::size_t{0};  // the end, whichever it was
    std::size_t got = file->read(at, into, count);
    at += static_cast<int64_t>(got);
    return got;
  };
  drogon::HttpResponsePtr response = drogon::HttpResponse::newStreamResponse(std::move(next));
  response->addHeader("Content-Length", std::to_string(size));
  return response;
}

drogon::HttpResponsePtr response_of(Answer answer) {
  drogon::HttpResponsePtr response =
      answer.file ? stream_of(answer.file) : drogon::HttpResponse::newHttpResponse();
  response->setCustomStatusCode(answer.status);
  response->setContentTypeCodeAndCustomString(drogon::CT_CUSTOM, answer.type);
  for (auto& [name, value] : answer.headers) response->addHeader(name, std::move(value));
  if (!answer.file) response->setBody(std::move(answer.body));
  return response;
}

// A listening socket on the wished port, or on a free one for 0.
struct Listener {
  int socket = -1;
  uint16_t port = 0;
};
Result<Listener> listen_on(const std::string& address, uint16_t port) {
  bool is_v6 = address.find(':') != std::string::npos;
  sockaddr_storage place{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&place);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&place);
  int good = is_v6 ? inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr)
                   : inet_pton(AF_INET, address.c_str(), &v4->sin_addr);
  if (good != 1) return refuse(ErrorCode::BadRequest, "not an address: " + address);
  place.ss_family = is_v6 ? AF_INET6 : AF_INET;
  (is_v6 ? v6->sin6_port : v4->sin_port) = htons(port);
  int made = ::socket(place.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int one = 1;
  ::setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  socklen_t size = is_v6 ? sizeof *v6 : sizeof *v4;
  bool is_good = ::bind(made, reinterpret_cast<sockaddr*>(&place), size) == 0 &&
                 ::listen(made, SOMAXCONN) == 0 &&
                 ::getsockname(made, reinterpret_cast<sockaddr*>(&place), &size) == 0;
  if (is_good) return Listener{made, ntohs(is_v6 ? v6->sin6_port : v4->sin_port)};
  ::close(made);
  return refuse(ErrorCode::BadRequest, "port in use: " + std::to_string(port));
}

// Drogon opens its ports itself, and ends the process when one is taken: asked before. Port 0 it
// does not understand with several threads.
Result<uint16_t> reserve_port(const std::string& address, uint16_t port) {
  Listener probe = TRY(listen_on(address, port));
  ::close(probe.socket);
  return probe.port;
}

// True when somebody accepts on this port of this machine.
bool accepts(bool is_v6, uint16_t port) {
  sockaddr_in v4{.sin_family = AF_INET, .sin_port = htons(port)};
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in6 v6{.sin6_family = AF_INET6, .sin6_port = htons(port)};
  v6.sin6_addr = in6addr_loopback;
  const auto* place =
      is_v6 ? reinterpret_cast<const sockaddr*>(&v6) : reinterpret_cast<const sockaddr*>(&v4);
  int made = ::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool is_open = ::connect(made, place, is_v6 ? sizeof v6 : sizeof v4) == 0;
  ::close(made);
  return is_open;
}

void wait_for(bool is_v6, uint16_t port) {
  for (int tries = 0; tries < kListenTriesMax && !accepts(is_v6, port); ++tries) {
    ::poll(nullptr, 0, kListenPauseMs);
  }
}

// This end's port; nothing for what is no socket of the internet or has another end already.
std::optional<uint16_t> listening_port(int descriptor) {
  sockaddr_storage place{};
  socklen_t size = sizeof place;
  sockaddr_storage peer{};
  socklen_t peer_size = sizeof peer;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&place), &size) != 0) return {};
  bool is_connected =
      ::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &peer_size) == 0;
  if (is_connected) return {};
  if (place.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in*>(&place)->sin_port);
  if (place.ss_family != AF_INET6) return {};
  return ntohs(reinterpret_cast<sockaddr_in6*>(&place)->sin6_port);
}

// Drogon gathers small segments (RFC 896): the second event of a live stream would wait up to 40 ms
// for the reader's acknowledgement of the first. It leaves no hand on its sockets; what it accepts
// inherits this from the one that listens.
void send_at_once(const std::vector<uint16_t>& ports) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", none)) {
    std::string name = entry.path().filename();
    int descriptor = -1;
    std::from_chars(name.data(), name.data() + name.size(), descriptor);
    auto port = listening_port(descriptor);
    if (!port || !std::ranges::contains(ports, *port)) continue;
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
}

class DrogonSocket final : public LiveSocket {
 public:
  explicit DrogonSocket(drogon::WebSocketConnectionPtr connection)
      : connection_(std::move(connection)) {}
  void send(std::string text) override { connection_->send(text); }
  void send_values(std::string bytes) override {
    connection_->send(bytes, drogon::WebSocketMessageType::Binary);
  }
  void ping() override { connection_->send("", drogon::WebSocketMessageType::Ping); }
  void close(int code, std::string_view reason) override {
    connection_->shutdown(static_cast<drogon::CloseCode>(code), std::string(reason));
  }

 private:
  drogon::WebSocketConnectionPtr connection_;
};

constexpr const char* kVisitor = "visitor";

// Refuses before the upgrade, so that the client reads a status and not a closed socket.
class LiveGate final : public drogon::HttpFilter<LiveGate, false> {
 public:
  LiveGate(Site& site, Live& live, const Doors& doors) : site_(site), live_(live), doors_(doors) {}

  void doFilter(const drogon::HttpRequestPtr& request, drogon::FilterCallback&& refused,
                drogon::FilterChainCallback&& admitted) override {
    Origin origin = doors_.origin_of(request);
    Request own = request_of(request, origin);
    if (origin.door != Origin::Door::Main) {
      return refused(response_of(site_.refuse_early(own, ErrorCode::NotFound)));
    }
    // The connection lives on its own thread: both ways on lead back there.
    trantor::EventLoop* loop = trantor::EventLoop::getEventLoopOfCurrentThread();
    auto decided = [loop, request, refused = std::move(refused),
                    admitted = std::move(admitted)](std::expected<Site::Visitor, Answer> visitor) {
      loop->runInLoop([request, refused, admitted, visitor = std::move(visitor)] {
        if (!visitor) return refused(response_of(visitor.error()));
        request->attributes()->insert(kVisitor, *visitor);
        admitted();
      });
    };
    site_.admit_live(std::move(own), live_.has_room(), std::move(decided));
  }

 private:
  Site& site_;
  Live& live_;
  const Doors& doors_;
};

class LiveDoor final : public drogon::WebSocketController<LiveDoor, false> {
 public:
  explicit LiveDoor(Live& live) : live_(live) {}
  static void initPathRouting() {
    registerSelf__("/api/live", {LiveGate::classTypeName(), drogon::Get});
  }

  void handleNewConnection(const drogon::HttpRequestPtr& request,
                           const drogon::WebSocketConnectionPtr& connection) override {
    const auto& visitor = request->attributes()->get<Site::Visitor>(kVisitor);
    auto id = live_.open({.by = visitor.by,
                          .token = visitor.token,
                          .socket = std::make_unique<DrogonSocket>(connection)});
    if (!id) return connection->shutdown(static_cast<drogon::CloseCode>(1013), "full");
    connection->setContext(std::make_shared<Live::SocketId>(*id));
    connection->setPingMessage("", 30s);
  }
  void handleNewMessage(const drogon::WebSocketConnectionPtr& connection, std::string&& text,
                        const drogon::WebSocketMessageType& type) override {
    auto id = connection->getContext<Live::SocketId>();
    if (!id) return;
    if (type == drogon::WebSocketMessageType::Text) live_.message(*id, std::move(text));
    else if (type == drogon::WebSocketMessageType::Binary) live_.message(*id, "");
    else if (type == drogon::WebSocketMessageType::Pong) live_.alive(*id);
  }
  void handleConnectionClosed(const drogon::WebSocketConnectionPtr& connection) override {
    auto id = connection->getContext<Live::SocketId>();
    if (id) live_.closed(*id);
  }

 private:
  Live& live_;
};

class DrogonServer final : public Server {
 public:
  DrogonServer(ServerConfig config, engine::Engine& engine)
      : config_(std::move(config)),
        engine_(engine),
        pool_(config_.workers),
        site_(engine, config_, pool_),
        live_(engine) {}
  ~DrogonServer() override { stop(); }

  Result<void> prepare() {
    tls_ = TRY(site_.prepare());
    engine_.on_events([this](int64_t) { live_.news(); });
    engine_.health().on_change([this] { live_.news(); });
    site_.set_live([this] {
      return Json::object({{"sockets", static_cast<int64_t>(live_.size())},
                           {"bytes", static_cast<int64_t>(live_.bytes())}});
    });
    return {};
  }
  Result<void> start() override;
  void stop() override;
  uint16_t port() const override { return port_; }
  uint16_t http_port() const override { return doors_.http_port; }
  std::vector<std::string> addresses() const override { return site_.services().addresses(); }

 private:
  Result<void> open_doors();
  void add_outer(uint16_t port);
  void set_up_drogon();
  void add_routes();
  void run_drogon();
  void renew();

  ServerConfig config_;
  engine::Engine& engine_;
  Pool pool_;
  Site site_;
  Live live_;
  Site::Tls tls_;
  Doors doors_;
  uint16_t port_ = 0;
  uint16_t inner_port_ = 0;                 // of Drogon behind the TLS door
  std::vector<uint16_t> outer_ports_ = {};  // of Drogon, where they can be tried over loopback
  bool is_running_ = false;
  std::thread thread_;
};

Result<void> DrogonServer::start() {
  set_up_drogon();
  TRY(open_doors());
  site_.set_places(
      {.port = port_,
       .http_port = doors_.http_port,
       .is_tls = !config_.plain_http,
       .hosts = names_reached_by(config_.address, names_of_machine(config_.host_names))});
  add_routes();
  run_drogon();
  is_running_ = true;
  live_.start();
  if (!doors_.tls) return {};
  double seconds = static_cast<double>(kRenewCheckEvery.to_seconds());
  drogon::app().getLoop()->runEvery(seconds, [this] { pool_.post([this] { renew(); }); });
  return doors_.tls->start();
}

// With TLS the wished port is the TLS door's, and Drogon listens behind it on loopback.
Result<void> DrogonServer::open_doors() {
  if (config_.plain_http) {
    port_ = TRY(reserve_port(config_.address, config_.port));
    add_outer(port_);
    return {};
  }
  Listener outer = TRY(listen_on(config_.address, config_.port));
  port_ = outer.port;
  inner_port_ = TRY(reserve_port("127.0.0.1", 0));
  doors_.tls = std::make_unique<TlsDoor>(
      TlsDoor::Wish{.listener = outer.socket, .inner_port = inner_port_, .clock = engine_.clock()});
  TRY(doors_.tls->load(tls_.certificate_path, tls_.key_path));
  drogon::app().addListener("127.0.0.1", inner_port_);
  if (config_.http_port == 0) return {};
  doors_.http_port = TRY(reserve_port(config_.address, config_.http_port));
  add_outer(doors_.http_port);
  return {};
}

void DrogonServer::add_outer(uint16_t port) {
  drogon::app().addListener(config_.address, port);
  bool is_on_loopback = config_.address == "127.0.0.1" || config_.address == "0.0.0.0" ||
                        config_.address == "::1" || config_.address == "::";
  if (is_on_loopback) outer_ports_.push_back(port);
}

void DrogonServer::run_drogon() {
  std::promise<void> listening;
  drogon::app().registerBeginningAdvice([&listening] { listening.set_value(); });
  thread_ = std::thread([] { drogon::app().run(); });
  listening.get_future().wait();
  // Drogon says so before its threads listen: who asked for a start wants to be answered after it.
  bool is_v6 = config_.address.find(':') != std::string::npos;
  for (uint16_t port : outer_ports_) wait_for(is_v6, port);
  if (inner_port_ != 0) wait_for(false, inner_port_);
  send_at_once({port_, inner_port_, doors_.http_port});
}

void DrogonServer::set_up_drogon() {
  std::string uploads = config_.folder + "/uploads";
  drogon::app()
      .setThreadNum(2)
      .setUploadPath(uploads)
      .setDocumentRoot(uploads)
      .setClientMaxBodySize(kDrogonBodyMax)
      .setClientMaxMemoryBodySize(kDrogonBodyMax)
      .setClientMaxWebSocketMessageSize(128 << 10)
      .setMaxConnectionNum(kConnectionsMax)
      .setIdleConnectionTimeout(kIdleSeconds)
      .setKeepaliveRequestsNumber(kKeepaliveRequestsMax)
      .setPipeliningRequestsNumber(kPipelineMax)
      .enableServerHeader(false)
      .enableGzip(false)
      .enableBrotli(false)
      .disableSigtermHandling()
      .setLogLevel(trantor::Logger::kWarn);
}

void DrogonServer::add_routes() {
  drogon::app().registerPreRoutingAdvice([this](const drogon::HttpRequestPtr& request,
                                                drogon::AdviceCallback&& answer,
                                                drogon::AdviceChainCallback&& go_on) {
    Reply reply = [answer = std::move(answer)](Answer made) {
      answer(response_of(std::move(made)));
    };
    Origin origin = doors_.origin_of(request);
    Request own = request_of(request, origin);
    // LiveGate decides about these.
    if (own.path == "/api/live" && !own.header("upgrade").empty()) return go_on();
    switch (origin.door) {
      case Origin::Door::Main: return site_.handle(std::move(own), std::move(reply));
      case Origin::Door::PlainDoor:
        return site_.handle_plain_door(std::move(own), std::move(reply));
      case Origin::Door::Stranger: return reply(site_.refuse_early(own, ErrorCode::Forbidden));
    }
  });
  // What Drogon refuses by itself.
  drogon::app().setCustomErrorHandler([this](drogon::HttpStatusCode status) {
    bool is_unknown = status == drogon::k404NotFound;
    ErrorCode code = is_unknown ? ErrorCode::NotFound : ErrorCode::BadRequest;
    return response_of(site_.refuse_early({}, code));
  });
  drogon::app().registerFilter(std::make_shared<LiveGate>(site_, live_, doors_));
  drogon::app().registerController(std::make_shared<LiveDoor>(live_));
}

// Certificates end while a server runs for a year.
void DrogonServer::renew() {
  Result<Site::Tls> tls = site_.prepare();
  Result<void> loaded = tls ? Result<void>{} : std::unexpected(tls.error());
  if (tls && tls->was_renewed) loaded = doors_.tls->load(tls->certificate_path, tls->key_path);
  if (!loaded) {
    log(LogLevel::Error, "certificate not renewed", Json::object({{"why", loaded.error().detail}}));
  } else if (tls->was_renewed) {
    log(LogLevel::Info, "certificate renewed");
  }
}

void DrogonServer::stop() {
  if (!is_running_) return;
  is_running_ = false;
  live_.stop();
  pool_.stop();
  if (doors_.tls) doors_.tls->stop();
  drogon::app().quit();
  thread_.join();
}

}  // namespace

Result<std::unique_ptr<Server>> Server::create(const ServerConfig& config, engine::Engine& engine) {
  bool is_loopback = config.address == "127.0.0.1" || config.address == "::1";
  if (config.plain_http && !is_loopback) {
    return refuse(ErrorCode::BadRequest, "plain http is for loopback only");
  }
  auto server = std::make_unique<DrogonServer>(config, engine);
  TRY(server->prepare());
  return server;
}

}  // namespace anlan::api

// The whole server with real sockets, in a process of its own: Drogon exists once in a process.

#include "api/api.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "api/api_fixture.h"
#include "api/test_client.h"

namespace anlan::api {
namespace {

uint16_t free_port() {
  int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place{.sin_family = AF_INET};
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof place;
  ::bind(probe, reinterpret_cast<sockaddr*>(&place), size);
  ::getsockname(probe, reinterpret_cast<sockaddr*>(&place), &size);
  ::close(probe);
  return ntohs(place.sin_port);
}

// In the child: serves until the other end of `until` is closed. 0 when all went well.
int serve_until(const std::string& folder, int until, int tell) {
  ManualClock clock(kTestStart);
  auto engine = engine::Engine::open(test_engine_config(folder, clock, random_of_machine()));
  if (!engine || !engine::seed_demo(**engine)) return 1;
  ServerConfig config{.address = "127.0.0.1",
                      .port = 0,
                      .http_port = free_port(),
                      .web_folder = folder + "/web",
                      .folder = folder,
                      .workers = 2};
  auto server = Server::create(config, **engine);
  if (!server) return 2;
  (*engine)->start();
  if (!(*server)->start()) return 3;
  uint16_t ports[2] = {(*server)->port(), (*server)->http_port()};
  if (::write(tell, ports, sizeof ports) != sizeof ports) return 4;
  char ignored = 0;
  while (::read(until, &ignored, 1) > 0) {
  }
  (*server)->stop();
  (*engine)->stop();
  return 0;
}

class ServerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    folder_->write("web/m/index.html", "<!doctype html><title>m</title>");
    folder_->write("web/ca/index.html", "<!doctype html><title>ca</title>");
    folder_->write("web/m/large.js", std::string(3 << 20, 'x'));
    int until[2];
    int tell[2];
    ASSERT_EQ(::pipe(until), 0);
    ASSERT_EQ(::pipe(tell), 0);
    child_ = ::fork();
    ASSERT_GE(child_, 0);
    if (child_ == 0) {
      ::close(until[1]);
      ::_exit(serve_until(folder_->path(), until[0], tell[1]));
    }
    ::close(until[0]);
    ::close(tell[1]);
    until_ = until[1];
    uint16_t ports[2] = {0, 0};
    ASSERT_EQ(::read(tell[0], ports, sizeof ports), static_cast<ssize_t>(sizeof ports));
    ::close(tell[0]);
    port_ = ports[0];
    http_port_ = ports[1];
    authority_ = TestClient(http_port_).ask("GET /ca.crt HTTP/1.1\r\n").body;
  }
  static void TearDownTestSuite() {
    ::close(until_);
    int status = 0;
    ::waitpid(child_, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    delete folder_;
  }

  static WireAnswer ask(const std::string& head, const std::string& body = {}) {
    TestClient client(port_);
    if (!client.start_tls(authority_)) return {};
    return client.ask(head, body);
  }
  static std::string log_in() {
    WireAnswer answer = ask("POST /api/login HTTP/1.1\r\nContent-Type: application/json\r\n",
                            R"({"login":"worker111","password":"Anlan-Demo-2026"})");
    EXPECT_EQ(answer.status, 200) << answer.body;
    std::string cookie = answer.headers["set-cookie"];
    EXPECT_NE(cookie.find("Secure"), std::string::npos);
    return cookie.substr(0, cookie.find(';'));
  }
  static std::string upgrade(const std::string& more) {
    return "GET /api/live HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           more;
  }

  static inline TestFolder* folder_ = nullptr;
  static inline pid_t child_ = -1;
  static inline int until_ = -1;
  static inline uint16_t port_ = 0;
  static inline uint16_t http_port_ = 0;
  static inline std::string authority_;
};

TEST_F(ServerTest, TheChainVerifiesAgainstTheAuthorityThatThePlainDoorGives) {
  ASSERT_TRUE(authority_.starts_with("-----BEGIN CERTIFICATE-----"));
  WireAnswer answer = ask("GET /api/health HTTP/1.1\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("\"ready\""), std::string::npos);
  TestClient without(port_);
  EXPECT_FALSE(without.start_tls("")) << "nobody else vouches for it";
}

TEST_F(ServerTest, HeadersAreOnTheWireAndTheServerDoesNotNameItself) {
  WireAnswer answer = ask("GET /api/nothing HTTP/1.1\r\n");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.headers["content-type"], "application/json; charset=utf-8");
  EXPECT_TRUE(answer.headers.contains("content-security-policy"));
  EXPECT_TRUE(answer.headers.contains("x-anlan-time"));
  EXPECT_FALSE(answer.headers.contains("server"));
}

TEST_F(ServerTest, ALogInOverTlsOpensTheRest) {
  std::string cookie = log_in();
  WireAnswer me = ask("GET /api/me HTTP/1.1\r\nCookie: " + cookie + "\r\n");
  EXPECT_EQ(me.status, 200);
  EXPECT_NE(me.body.find("worker111"), std::string::npos);
}

// Connections of a process, each as a copy of its socket: whether they send small segments at once.
std::vector<bool> haste_of(pid_t process) {
  std::vector<bool> found;
  int held = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
  auto folder = "/proc/" + std::to_string(process) + "/fd";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    int number = std::stoi(entry.path().filename());
    int copy = static_cast<int>(::syscall(SYS_pidfd_getfd, held, number, 0));
    if (copy < 0) continue;
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    bool is_connected = ::getpeername(copy, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
                        peer.sin_family == AF_INET;
    int is_hasty = 0;
    socklen_t length = sizeof is_hasty;
    if (is_connected) ::getsockopt(copy, IPPROTO_TCP, TCP_NODELAY, &is_hasty, &length);
    if (is_connected) found.push_back(is_hasty != 0);
    ::close(copy);
  }
  ::close(held);
  return found;
}

TEST_F(ServerTest, NoEventWaitsForTheReadersAcknowledgement) {
  TestClient plain(http_port_);
  TestClient open(port_);
  ASSERT_TRUE(open.start_tls(authority_));
  EXPECT_EQ(open.ask("GET /api/health HTTP/1.1\r\n").status, 200);
  plain.ask("GET /ca.crt HTTP/1.1\r\n");
  std::vector<bool> all = haste_of(child_);
  if (all.empty()) GTEST_SKIP() << "this machine lets no process look into its child's sockets";
  EXPECT_GE(all.size(), 4U) << "two of clients, both ends between the doors";
  for (bool is_hasty : all) EXPECT_TRUE(is_hasty);
}

TEST_F(ServerTest, AnOversizeBodyIsRefusedReadably) {
  WireAnswer answer = ask("POST /api/login HTTP/1.1\r\nContent-Type: application/json\r\n",
                          std::string((2 << 20), ' '));
  EXPECT_EQ(answer.status, 413);
  EXPECT_NE(answer.body.find("\"too_large\""), std::string::npos);
}

TEST_F(ServerTest, AConnectionServesManyRequestsAndHeadHasNoBody) {
  TestClient client(port_);
  ASSERT_TRUE(client.start_tls(authority_));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.ask("GET /m/ HTTP/1.1\r\n").status, 200);
  ASSERT_TRUE(client.send("HEAD /m/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
  WireAnswer head = client.read_answer();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
}

TEST_F(ServerTest, NoPathLeadsOutOfThePages) {
  for (const char* path : {"/../anlan.db", "/m/../../anlan.db", "/%2e%2e/anlan.db", "/tls/ca.key",
                           "/..%2ftls%2fca.key", "//anlan.db"}) {
    WireAnswer answer = ask("GET " + std::string(path) + " HTTP/1.1\r\n");
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.body.find("PRIVATE"), std::string::npos) << path;
  }
}

TEST_F(ServerTest, ThePlainDoorRedirects) {
  WireAnswer answer = TestClient(http_port_).ask("GET /desk/?a=b HTTP/1.1\r\n");
  EXPECT_EQ(answer.status, 308);
  EXPECT_EQ(answer.headers["location"],
            "https://localhost:" + std::to_string(port_) + "/desk/?a=b");
  EXPECT_EQ(TestClient(http_port_).ask("GET /ca HTTP/1.1\r\n").status, 200);
}

TEST_F(ServerTest, GarbageAndHalfHandshakesDisturbNobody) {
  TestClient garbage(port_);
  ASSERT_TRUE(garbage.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(garbage.read_answer().status, 0) << "plain http on the TLS port";
  TestClient half(port_);
  ASSERT_TRUE(half.send(std::string("\x16\x03\x01\x00", 4)));
  EXPECT_EQ(ask("GET /api/health HTTP/1.1\r\n").status, 200);
}

TEST_F(ServerTest, LargeAnswersAndBodiesPassWhole) {
  WireAnswer document = ask("GET /api/openapi.json HTTP/1.1\r\n");
  EXPECT_EQ(document.status, 200);
  EXPECT_GT(document.body.size(), 20'000u);
  EXPECT_TRUE(parse_json(document.body));
  WireAnswer page = ask("GET /m/large.js HTTP/1.1\r\n");
  EXPECT_EQ(page.body.size(), 3u << 20);
}

TEST_F(ServerTest, AFileThatIsNotHeldInMemoryArrivesWhole) {
  WireAnswer entered = ask("POST /api/login HTTP/1.1\r\nContent-Type: application/json\r\n",
                           R"({"login":"admin","password":"Anlan-Demo-2026"})");
  std::string cookie = entered.headers["set-cookie"];
  WireAnswer file =
      ask("GET /api/export/tag?kind=csv HTTP/1.1\r\nCookie: " + cookie.substr(0, cookie.find(';')) +
          "\r\n");
  EXPECT_EQ(file.status, 200) << file.body;
  EXPECT_EQ(file.headers["content-length"], std::to_string(file.body.size()));
  EXPECT_GT(file.body.size(), 20'000U);
  EXPECT_TRUE(file.body.ends_with("\r\n"));
}

TEST_F(ServerTest, TheLiveStreamOpensWithTheCookieOnly) {
  EXPECT_EQ(ask(upgrade("")).status, 401);
  EXPECT_EQ(ask(upgrade("Cookie: " + log_in() + "\r\nOrigin: https://evil.test\r\n")).status, 403);
  TestClient client(port_);
  ASSERT_TRUE(client.start_tls(authority_));
  WireAnswer opened =
      client.ask(upgrade("Cookie: " + log_in() + "\r\nOrigin: https://localhost\r\n"));
  ASSERT_EQ(opened.status, 101) << opened.body;
  client.send_text_frame(R"({"type":"hello","from":0,"topics":["hazard"],"credit":262144})");
  std::string welcome = client.read_frame().value_or("nothing");
  EXPECT_NE(welcome.find("\"welcome\""), std::string::npos) << welcome;
  client.send_text_frame("{");
  EXPECT_EQ(client.read_frame().value_or("nothing"), "close:1003");
}

}  // namespace
}  // namespace anlan::api

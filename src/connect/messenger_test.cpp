#include "connect/messenger.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>

#include "connect/test_push_browser.h"
#include "connect/web_client.h"
#include "tests/support/http_server.h"

namespace anlan::connect {
namespace {

using anlan::test::HttpAnswer;
using anlan::test::HttpRequest;
using anlan::test::HttpServer;
using State = Receipt::State;
using Channel = Outgoing::Channel;

class SharedClock final : public Clock {
 public:
  Instant now() override { return Instant{ns_}; }
  void advance(Duration by) { ns_ += by.ns; }

 private:
  std::atomic<int64_t> ns_ = Duration::days(20'000).ns;
};

// Receipts as they come; the tests wait for the event itself.
class Receipts {
 public:
  void take(const Receipt& receipt) {
    std::lock_guard lock(mutex_);
    all_.push_back(receipt);
    changed_.notify_all();
  }
  std::vector<Receipt> wait_for(std::size_t count,
                                std::chrono::milliseconds longest = std::chrono::seconds(20)) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, longest, [&] { return all_.size() >= count; });
    return all_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Receipt> all_;
};

class MessengerTest : public ::testing::Test {
 protected:
  MessengerTest() {
    std::string path = (std::filesystem::temp_directory_path() / "anlan-msg-XXXXXX").string();
    if (::mkdtemp(path.data()) != nullptr) folder = path;
  }
  ~MessengerTest() override {
    if (messenger) messenger->stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  MessengerConfig config() {
    return {.vapid_key_file = folder + "/vapid.key",
            .contact = "mailto:safety@plant.invalid",
            .is_plain_loopback_allowed = true,
            .clock = clock,
            .random = random};
  }
  void start(const MessengerConfig& with) {
    messenger =
        Messenger::make(with, [this](const Receipt& receipt) { receipts.take(receipt); }).value();
    messenger->start();
  }
  void start() { start(config()); }

  Outgoing push(const std::string& id, const std::string& url) {
    return {.id = id,
            .endpoint = url,
            .p256dh = base64url(browser.point),
            .auth = base64url(auth),
            .title = "硝化车间 可燃气体 高高报",
            .text = "GAS-2107",
            .url = "/m/#/response/1"};
  }

  std::string folder;
  SharedClock clock;
  SeededRandom random{7};
  P256Key browser = new_p256_key(random).value();
  std::string auth = "0123456789abcdef";
  Receipts receipts;
  std::unique_ptr<Messenger> messenger;
};

TEST_F(MessengerTest, APushIsReadByTheBrowserItWasEncryptedForAndSaysWhoSentIt) {
  std::mutex mutex;
  HttpRequest seen;
  HttpServer service([&](const HttpRequest& request) {
    std::lock_guard lock(mutex);
    seen = request;
    return HttpAnswer{.status = 201};
  });
  start();
  ASSERT_TRUE(messenger->send(push("a1", service.url("/push/xyz"))));
  auto got = receipts.wait_for(1);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].id, "a1");
  EXPECT_EQ(got[0].state, State::Sent);
  EXPECT_EQ(got[0].http_status, 201);
  EXPECT_EQ(got[0].at, clock.now());
  std::lock_guard lock(mutex);
  EXPECT_EQ(seen.method + " " + seen.path, "POST /push/xyz");
  EXPECT_EQ(seen.headers["content-encoding"], "aes128gcm");
  EXPECT_EQ(seen.headers["urgency"], "high");
  EXPECT_EQ(seen.headers["ttl"], "3600");
  auto plain = browser::decrypt_push(seen.body, browser, auth);
  ASSERT_TRUE(plain);
  Json said = parse_json(*plain).value();
  EXPECT_EQ(said.text_or("id", ""), "a1");
  EXPECT_EQ(said.text_or("title", ""), "硝化车间 可燃气体 高高报");
  EXPECT_EQ(said.text_or("url", ""), "/m/#/response/1");
  auto claims = browser::vapid_claims(seen.headers["authorization"]);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->text_or("aud", ""), service.url(""));
  EXPECT_EQ(claims->text_or("sub", ""), "mailto:safety@plant.invalid");
  EXPECT_EQ(claims->int_or("exp", 0), (clock.now() + Duration::hours(12)).to_milliseconds() / 1000);
  EXPECT_TRUE(seen.headers["authorization"].ends_with(messenger->vapid_public_key()));
}

TEST_F(MessengerTest, TheVapidKeyIsMadeOnceAndOnlyForItsOwner) {
  start();
  std::string key = messenger->vapid_public_key();
  messenger->stop();
  start();
  EXPECT_EQ(messenger->vapid_public_key(), key);
  EXPECT_EQ(from_base64url(key).value().size(), 65U);
  struct stat state{};
  ASSERT_EQ(::stat((folder + "/vapid.key").c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 0777, 0600U);
}

TEST_F(MessengerTest, AnEndedSubscriptionIsGoneAndARefusalFails) {
  HttpServer service([](const HttpRequest& request) {
    return HttpAnswer{.status = std::stoi(request.path.substr(1))};
  });
  start();
  for (const char* status : {"410", "404", "400", "302"}) {
    ASSERT_TRUE(messenger->send(push(status, service.url(std::string("/") + status))));
  }
  auto got = receipts.wait_for(4);
  ASSERT_EQ(got.size(), 4U);
  for (const Receipt& receipt : got) {
    bool is_gone = receipt.id == "410" || receipt.id == "404";
    EXPECT_EQ(receipt.state, is_gone ? State::Gone : State::Failed) << receipt.id;
    EXPECT_EQ(std::to_string(receipt.http_status), receipt.id);
    EXPECT_FALSE(receipt.reason.empty());
  }
}

TEST_F(MessengerTest, ABusyServiceIsAskedAgainAfterTheTimeThatItNames) {
  std::atomic<int> asked = 0;
  HttpServer service([&](const HttpRequest&) {
    if (++asked > 1) return HttpAnswer{.status = 201};
    return HttpAnswer{.status = 429, .headers = {"Retry-After: 1"}};
  });
  start();
  ASSERT_TRUE(messenger->send(push("1", service.url("/p"))));
  while (asked < 1) std::this_thread::yield();
  // Whenever the refusal is read, the clock goes on behind it.
  std::vector<Receipt> got;
  for (int second = 0; second < 200 && got.empty(); ++second) {
    clock.advance(Duration::seconds(1));
    got = receipts.wait_for(1, std::chrono::milliseconds(50));
  }
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].state, State::Sent);
  EXPECT_EQ(asked, 2);
}

TEST_F(MessengerTest, WhatNobodyTakesFailsAfterFiveMinutesWithItsReason) {
  std::atomic<int> asked = 0;
  HttpServer service([&](const HttpRequest&) {
    ++asked;
    return HttpAnswer{.hangs_up = true};
  });
  start();
  ASSERT_TRUE(messenger->send(push("1", service.url("/secret-token"))));
  while (asked < 1) std::this_thread::yield();
  clock.advance(Duration::seconds(301));
  // What is under way when the minutes are over fails with the next sweep: time must go on.
  auto got = receipts.wait_for(1, std::chrono::milliseconds(20));
  for (int tries = 0; got.empty() && tries < 1000; ++tries) {
    clock.advance(Duration::seconds(1));
    got = receipts.wait_for(1, std::chrono::milliseconds(20));
  }
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].state, State::Failed);
  EXPECT_EQ(got[0].http_status, 0);
  EXPECT_FALSE(got[0].reason.empty());
  EXPECT_FALSE(got[0].reason.contains("secret-token"));
}

TEST_F(MessengerTest, RobotsGetTheirTextWithSignatureAndEverybodyIsCalledWhenItIsUrgent) {
  std::mutex mutex;
  std::map<std::string, Json> bodies;
  std::string ding_path;
  HttpServer robots([&](const HttpRequest& request) {
    std::lock_guard lock(mutex);
    std::string name = request.path.substr(1, 4);
    bodies[name] = parse_json(request.body).value_or(Json());
    if (name == "ding") ding_path = request.path;
    return HttpAnswer{.body = R"({"errcode":0,"errmsg":"ok"})"};
  });
  start();
  Outgoing wecom{.id = "w",
                 .channel = Channel::WeCom,
                 .endpoint = robots.url("/weco?key=K"),
                 .urgency = 2,
                 .title = "ZY-1",
                 .text = "x"};
  Outgoing ding{.id = "d",
                .channel = Channel::DingTalk,
                .endpoint = robots.url("/ding?access_token=T"),
                .secret = "SECabc",
                .urgency = 1,
                .title = "YJ-1"};
  ASSERT_TRUE(messenger->send(wecom));
  ASSERT_TRUE(messenger->send(ding));
  for (const Receipt& receipt : receipts.wait_for(2)) EXPECT_EQ(receipt.state, State::Sent);
  std::lock_guard lock(mutex);
  EXPECT_EQ(bodies["weco"]["text"]["content"], Json("ZY-1\nx"));
  EXPECT_FALSE(bodies["weco"]["text"].has("mentioned_list"));
  EXPECT_EQ(bodies["ding"]["at"]["isAtAll"], Json(true));
  std::string time = std::to_string(clock.now().to_milliseconds());
  EXPECT_TRUE(ding_path.starts_with("/ding?access_token=T&timestamp=" + time + "&sign="));
}

TEST_F(MessengerTest, ARemovedRobotIsGoneAndABlockedOneIsTriedLater) {
  std::atomic<int> asked = 0;
  HttpServer robots([&](const HttpRequest& request) {
    if (request.path == "/gone") return HttpAnswer{.body = R"({"errcode":93000,"errmsg":"no"})"};
    bool is_first = asked++ == 0;
    return HttpAnswer{.body = is_first ? R"({"errcode":45009,"errmsg":"api freq out of limit"})"
                                       : R"({"errcode":0})"};
  });
  start();
  for (const char* name : {"gone", "fast"}) {
    ASSERT_TRUE(messenger->send({.id = name,
                                 .channel = Channel::WeCom,
                                 .endpoint = robots.url(std::string("/") + name),
                                 .title = "t"}));
  }
  EXPECT_EQ(receipts.wait_for(1)[0].state, State::Gone);
  // The robot's answer may still be on its way when the clock moves: then it moves again.
  std::vector<Receipt> got;
  for (int i = 0; i < 4 && got.size() < 2; ++i) {
    clock.advance(Duration::seconds(61));
    got = receipts.wait_for(2, std::chrono::seconds(3));
  }
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[1].state, State::Sent);
  EXPECT_EQ(asked, 2);
}

TEST_F(MessengerTest, TwoThousandPushesGoOutInAMomentEachWithOneReceipt) {
  std::atomic<int> asked = 0;
  HttpServer service([&](const HttpRequest&) {
    ++asked;
    return HttpAnswer{.status = 201};
  });
  start();
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(messenger->send(push(std::to_string(i), service.url("/p"))));
  }
  auto got = receipts.wait_for(2000);
  EXPECT_EQ(got.size(), 2000U);
  EXPECT_EQ(asked, 2000);
}

TEST_F(MessengerTest, RefusesWhatIsNoEndpointNoKeyOrTooMuch) {
  MessengerConfig strict = config();
  strict.is_plain_loopback_allowed = false;
  auto silent = Messenger::make(strict, [](const Receipt&) {}).value();
  EXPECT_FALSE(silent->send(push("1", "http://127.0.0.1:1/p")));
  EXPECT_FALSE(silent->send(push("1", "http://push.example.net/p")));
  EXPECT_FALSE(silent->send(push("1", "file:///etc/passwd")));
  EXPECT_FALSE(silent->send(push("", "https://push.example.net/p")));
  Outgoing keyless = push("1", "https://push.example.net/p");
  keyless.auth = "";
  EXPECT_EQ(silent->send(keyless).error().code, ErrorCode::BadField);
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_TRUE(silent->send(push("1", "https://push.example.net/p")));
  }
  EXPECT_EQ(silent->send(push("1", "https://push.example.net/p")).error().code,
            ErrorCode::Overloaded);
}

// OpenSSL's own server with a certificate that nobody vouches for.
class TlsServer {
 public:
  explicit TlsServer(const std::string& folder) {
    std::string make =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        "-days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout " +
        folder + "/key.pem -out " + folder + "/cert.pem 2>/dev/null";
    if (std::system(make.c_str()) != 0) return;
    int out[2];
    if (::pipe(out) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(out[1], STDOUT_FILENO);
      ::close(STDERR_FILENO);  // it complains about each of us
      ::execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-key",
               (folder + "/key.pem").c_str(), "-cert", (folder + "/cert.pem").c_str(), "-www",
               nullptr);
      ::_exit(127);
    }
    ::close(out[1]);
    port_ = read_port(out[0]);
    ::close(out[0]);
  }
  ~TlsServer() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  std::string url() const { return "https://127.0.0.1:" + port_; }

 private:
  // "ACCEPT 127.0.0.1:43211"
  static std::string read_port(int from) {
    std::string said;
    char letter = 0;
    while (::read(from, &letter, 1) == 1) {
      if (letter != '\n') {
        said += letter;
        continue;
      }
      if (said.starts_with("ACCEPT")) return said.substr(said.rfind(':') + 1);
      said.clear();
    }
    return {};
  }
  pid_t pid_ = -1;
  std::string port_;
};

TEST_F(MessengerTest, AServerThatNobodyVouchesForGetsNothing) {
  TlsServer server(folder);
  start();
  ASSERT_TRUE(messenger->send(push("1", server.url() + "/p")));
  auto refused = web_get(server.url() + "/p", {}, Duration::seconds(5));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 0);
  EXPECT_TRUE(refused->trouble.contains("certificate")) << refused->trouble;
  WebTrust trust{.authorities = trusted_authorities({folder + "/cert.pem"}).value()};
  auto answer = web_get(server.url() + "/p", trust, Duration::seconds(5));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200) << answer->trouble;
  EXPECT_FALSE(trusted_authorities({folder + "/key.pem"}));
  EXPECT_FALSE(trusted_authorities({folder + "/nothing"}));
  clock.advance(Duration::seconds(301));
  auto got = receipts.wait_for(1);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].state, State::Failed);
}

}  // namespace
}  // namespace anlan::connect

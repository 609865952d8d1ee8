#include "app/watchdog.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "app/app.h"
#include "tests/support/http_server.h"

namespace anlan::app {
namespace {

using test::HttpAnswer;
using test::HttpRequest;
using test::HttpServer;

HttpAnswer ready(const HttpRequest& request) {
  if (request.path != "/api/health") return {.status = 404};
  return {.body = R"({"status":"ready","version":"0.1.0"})"};
}

// How the server behaves after its death.
enum class Dead { RefusesAtOnce, Hangs };

// Runs the loop of the watchdog in time that does not pass: when does it tell a death at `died`?
Instant told_at(Watch::Times times, Instant died, Dead dead) {
  Instant now{};
  Watch watch(times, now);
  while (now < died + Duration::minutes(5)) {
    if (watch.should_ask(now)) {
      Instant asked = now;
      bool is_good = now < died;
      if (!is_good && dead == Dead::Hangs) now = now + watch.patience(asked);
      watch.answered(asked, now, is_good);
    }
    if (watch.judge(now) == Watch::Change::Dead) return now;
    now = std::max(now, watch.wake_at());
  }
  return {};
}

TEST(Watch, TellsADeathWithinTenSecondsWheneverItComesAndHoweverItLooks) {
  for (Dead dead : {Dead::RefusesAtOnce, Dead::Hangs}) {
    for (int64_t ms = 100'000; ms < 104'000; ms += 7) {
      Instant died = Instant{} + Duration::milliseconds(ms);
      Duration late = told_at({}, died, dead) - died;
      EXPECT_LE(late, Duration::seconds(10));
      EXPECT_GE(late, Duration::seconds(5));
    }
  }
}

TEST(Watch, OneLostAnswerIsNoDeath) {
  Instant now{};
  Watch watch({}, now);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(watch.should_ask(now));
    watch.answered(now, now, i % 3 == 0);
    EXPECT_EQ(watch.judge(now), Watch::Change::None);
    now = now + Duration::seconds(2);
  }
}

TEST(Watch, TellsEachChangeOnce) {
  Instant now{};
  Watch watch({}, now);
  now = now + Duration::seconds(8);
  EXPECT_EQ(watch.judge(now), Watch::Change::Dead);
  EXPECT_EQ(watch.judge(now + Duration::seconds(1)), Watch::Change::None);
  watch.answered(now, now + Duration::seconds(1), true);
  EXPECT_EQ(watch.judge(now + Duration::seconds(1)), Watch::Change::Back);
  EXPECT_EQ(watch.judge(now + Duration::seconds(2)), Watch::Change::None);
}

// The watchdog in a process of its own; its standard output is read as it comes.
class Dog {
 public:
  explicit Dog(std::vector<std::string> words) {
    words.insert(words.begin(), "watchdog");
    errors_ = (std::filesystem::temp_directory_path() / "anlan-dog-XXXXXX").string();
    int file = ::mkstemp(errors_.data());
    int pipe[2];
    EXPECT_EQ(::pipe(pipe), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::setenv("LC_ALL", "en_US.UTF-8", 1);
      ::dup2(pipe[1], STDOUT_FILENO);
      ::dup2(file, STDERR_FILENO);
      ::close(pipe[0]);
      ::close(pipe[1]);
      int code = run_words(words);
      std::fflush(nullptr);
      ::_exit(code);
    }
    ::close(pipe[1]);
    ::close(file);
    out_ = pipe[0];
  }
  ~Dog() {
    end();
    ::close(out_);
    std::filesystem::remove(errors_);
  }
  Dog(const Dog&) = delete;
  Dog& operator=(const Dog&) = delete;

  bool says(std::string_view text) {
    char bytes[1024];
    while (said_.find(text) == std::string::npos) {
      ssize_t count = ::read(out_, bytes, sizeof bytes);
      if (count <= 0) return false;
      said_.append(bytes, static_cast<std::size_t>(count));
    }
    return true;
  }
  const std::string& said() const { return said_; }
  std::string errors() const {
    std::ifstream in(errors_);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  int end() {
    if (pid_ <= 0) return -1;
    ::kill(pid_, SIGTERM);
    return wait();
  }
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  std::string errors_;
  std::string said_;
};

TEST(Watchdog, MakesNoiseWhenTheServerDiesAndStopsWhenItIsBack) {
  auto server = std::make_unique<HttpServer>(&ready);
  uint16_t port = server->port();
  // A sound that would go on for ever: it says who it is and then blocks.
  Dog dog({"--url", server->url(""), "--every", "1", "--after", "2", "--sound", "sh", "--sound",
           "-c", "--sound", "echo SOUND $$ END; exec tail -f /dev/null"});
  ASSERT_TRUE(dog.says("watching " + server->url("")));
  EXPECT_TRUE(dog.said().contains("not a safety instrumented system"));
  auto died = std::chrono::steady_clock::now();
  server.reset();
  ASSERT_TRUE(dog.says("END"));
  EXPECT_LT(std::chrono::steady_clock::now() - died, std::chrono::seconds(40));
  EXPECT_TRUE(dog.errors().contains("does NOT answer")) << dog.errors();
  pid_t sound = std::stoi(dog.said().substr(dog.said().find("SOUND ") + 6));
  EXPECT_EQ(::kill(sound, 0), 0);
  server = std::make_unique<HttpServer>(&ready, port);
  ASSERT_TRUE(dog.says("answers again"));
  EXPECT_EQ(::kill(sound, 0), -1);
  EXPECT_EQ(errno, ESRCH);
  EXPECT_EQ(dog.end(), 0);
}

TEST(Watchdog, AServerThatIsNotReadyIsDeadAndTheSoundIsRepeated) {
  HttpServer server([](const HttpRequest&) { return HttpAnswer{.status = 503}; });
  Dog dog({"--url", server.url("/"), "--every", "1", "--after", "1", "--sound", "echo", "--sound",
           "BEEP"});
  EXPECT_TRUE(dog.says("BEEP\nBEEP\nBEEP\n"));
  EXPECT_TRUE(dog.errors().contains("HTTP 503")) << dog.errors();
}

TEST(Watchdog, WithoutASoundThatWorksTheTerminalRings) {
  Dog dog(
      {"--url", "http://127.0.0.1:1", "--every", "1", "--after", "1", "--sound", "/nowhere/siren"});
  ASSERT_TRUE(dog.says("watching"));
  // The file of errors grows when the bell rings; nothing else tells it.
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!dog.errors().contains("/nowhere/siren") && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(dog.errors().contains("\a"));
  EXPECT_TRUE(dog.errors().contains("/nowhere/siren"));
}

TEST(Watchdog, WhatNobodyUnderstandsIsRefused) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--url", "http://plant.example.net"},
        {"--url", "nonsense"},
        {"--every", "0"},
        {"--every", "5", "--after", "4"},
        {"--after", "x"},
        {"extra"}}) {
    EXPECT_EQ(Dog(words).wait(), 2);
  }
  EXPECT_EQ(Dog({"--ca", "/nowhere/ca.pem"}).wait(), 1);
}

}  // namespace
}  // namespace anlan::app

#pragma once
// What the drivers' tests share: foreign servers as child processes, a sink that remembers, a clock
// that runs but is not the machine's.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "connect/driver.h"
#include "connect/sources.h"

namespace anlan::connect {

inline constexpr Instant kTestStart{Duration::days(20'000).ns};

class RunningClock final : public Clock {
 public:
  explicit RunningClock(int speed = 1) : speed_(speed) {}
  Instant now() override {
    auto passed = std::chrono::steady_clock::now() - begun_;
    return {kTestStart.ns +
            std::chrono::duration_cast<std::chrono::nanoseconds>(passed).count() * speed_};
  }

 private:
  int speed_;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

// For what tells nobody that it changed: asked again until it is so.
template <class Condition>
bool eventually(Condition condition, Duration at_most = Duration::seconds(10)) {
  auto end = std::chrono::steady_clock::now() + std::chrono::nanoseconds(at_most.ns);
  StopSign never;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    never.wait_for(Duration::milliseconds(10));
  }
  return true;
}

inline bool balances(const SourceState& state) {
  int64_t sum = state.stored + state.duplicate;
  for (const auto& [reason, count] : state.rejected) sum += count;
  for (const auto& [reason, count] : state.dropped) sum += count;
  return sum == state.received;
}

class MemorySink : public Sink {
 public:
  Result<void> samples(std::string_view, std::span<const history::Sample> some) override {
    std::unique_lock lock(mutex_);
    ++calls;
    if (!let_in(lock)) return refuse(ErrorCode::DiskFull);
    all_samples.insert(all_samples.end(), some.begin(), some.end());
    changed_.notify_all();
    return {};
  }
  Result<void> historical(std::string_view, std::span<const history::Sample> some) override {
    std::unique_lock lock(mutex_);
    if (!let_in(lock)) return refuse(ErrorCode::DiskFull);
    all_historical.insert(all_historical.end(), some.begin(), some.end());
    changed_.notify_all();
    return {};
  }
  Result<void> sightings(std::string_view, std::span<const twin::Sighting> some) override {
    std::unique_lock lock(mutex_);
    if (!let_in(lock)) return refuse(ErrorCode::DiskFull);
    all_sightings.insert(all_sightings.end(), some.begin(), some.end());
    changed_.notify_all();
    return {};
  }
  Result<void> passes(std::string_view, std::span<const twin::GatePass> some) override {
    std::unique_lock lock(mutex_);
    if (!let_in(lock)) return refuse(ErrorCode::DiskFull);
    all_passes.insert(all_passes.end(), some.begin(), some.end());
    changed_.notify_all();
    return {};
  }
  Found find_tag(std::string_view, std::string_view code, history::TagIndex& tag) override {
    tag = 7;
    if (code == "FOREIGN") return Found::OtherSource;
    return code == "KNOWN" ? Found::Yes : Found::No;
  }

  // Under the sink's lock, until `condition` of what arrived is so.
  template <class Condition>
  bool wait(Condition condition, Duration at_most = Duration::seconds(15)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::nanoseconds(at_most.ns), condition);
  }
  std::optional<history::Sample> last(history::TagIndex tag) {
    std::lock_guard lock(mutex_);
    return last_of(tag);
  }
  bool wait_quality(history::TagIndex tag, history::Quality quality, int64_t later_than = 0) {
    return wait([&] {
      auto sample = last_of(tag);
      return sample && sample->quality == quality && sample->at.ns > later_than;
    });
  }
  void set_refusing(bool is_refusing) {
    std::lock_guard lock(mutex_);
    is_refusing_ = is_refusing;
  }
  void set_blocked(bool is_blocked) {
    std::lock_guard lock(mutex_);
    is_blocked_ = is_blocked;
    changed_.notify_all();
  }
  void set_slow(Duration each) {
    std::lock_guard lock(mutex_);
    each_ = each;
  }

  std::vector<history::Sample> all_samples;  // inside wait(), or when the sources stand still
  std::vector<history::Sample> all_historical;
  std::vector<twin::Sighting> all_sightings;
  std::vector<twin::GatePass> all_passes;
  int calls = 0;

 private:
  bool let_in(std::unique_lock<std::mutex>& lock) {
    changed_.wait(lock, [this] { return !is_blocked_; });
    if (each_.ns > 0) {
      lock.unlock();
      StopSign().wait_for(each_);
      lock.lock();
    }
    return !is_refusing_;
  }
  std::optional<history::Sample> last_of(history::TagIndex tag) const {
    for (auto it = all_samples.rbegin(); it != all_samples.rend(); ++it) {
      if (it->tag == tag) return *it;
    }
    return std::nullopt;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_refusing_ = false, is_blocked_ = false;
  Duration each_{};
};

// A listening socket of ours on a free port; connections wait in its backlog and hear nothing.
class SilentPort {
 public:
  SilentPort() {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    bool is_bound = bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                    listen(fd_, 64) == 0 &&
                    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    if (is_bound) port_ = ntohs(address.sin_port);
  }
  ~SilentPort() { close(fd_); }
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  uint16_t port() const { return port_; }
  int descriptor() const { return fd_; }

 private:
  int fd_ = -1;
  uint16_t port_ = 0;
};

inline uint16_t free_port() { return SilentPort().port(); }

// A program that says a word when it is ready. Ends with us.
class Child {
 public:
  Child(std::vector<std::string> words, std::string_view ready) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return;
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      dup2(ends[1], STDOUT_FILENO);
      dup2(ends[1], STDERR_FILENO);
      execvp(arguments[0], arguments.data());
      _exit(127);
    }
    close(ends[1]);
    out_ = ends[0];
    is_ready_ = hear(ready);
  }
  ~Child() {
    end();
    if (out_ >= 0) close(out_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  bool is_ready() const { return is_ready_; }
  const std::string& said() const { return said_; }
  void end() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  bool hear(std::string_view word) {
    while (!said_.contains(word)) {
      pollfd wait{.fd = out_, .events = POLLIN};
      char bytes[512];
      if (poll(&wait, 1, 15'000) != 1) return false;
      ssize_t got = read(out_, bytes, sizeof bytes);
      if (got <= 0) return false;
      said_.append(bytes, static_cast<std::size_t>(got));
    }
    return true;
  }

  pid_t pid_ = -1;
  int out_ = -1;
  bool is_ready_ = false;
  std::string said_;
};

}  // namespace anlan::connect

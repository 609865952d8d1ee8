// anlan watchdog: a small process of its own that asks the server whether it lives, and makes noise
// when it does not. It shares nothing with the server but the network.

#include "app/watchdog.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <print>

#include "app/commands.h"
#include "connect/connect.h"
#include "core/json.h"

namespace anlan::app {
namespace {

constexpr int64_t kSecondsMax = 3600;
constexpr Duration kMustTell = Duration::seconds(10);  // longer silence is told as a mistake
constexpr Duration kPatienceMin = Duration::milliseconds(100);
constexpr Duration kSoundGap = Duration::seconds(1);
constexpr int kGraceSeconds = 2;  // for a sound to end when asked

struct WatchWish {
  std::string url;
  connect::WebTrust trust;
  std::vector<std::string> sound;
  Watch::Times times;
};

// A wall clock that is set would raise or hide an alarm.
class SteadyClock final : public Clock {
 public:
  Instant now() override {
    auto since = std::chrono::steady_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(since).count()};
  }
};

std::expected<Duration, Misuse> seconds_of(const Words& words, std::string_view name,
                                           Duration other) {
  if (!words.has(name)) return other;
  std::string text = words.one(name, "");
  int64_t number = TRY(whole_number(text));
  if (number < 1 || number > kSecondsMax) return std::unexpected(Misuse{Text::BadNumber, text});
  return Duration::seconds(number);
}

// Waits for one of `signals` at most so long; 0 where none came.
int signal_within(const sigset_t& signals, Duration longest) {
  int64_t ns = std::max<int64_t>(longest.ns, 0);
  timespec time{.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
  return std::max(sigtimedwait(&signals, nullptr, &time), 0);
}

// The program that makes noise, started again whenever it ends; the terminal's bell where there is
// none or it fails.
class Sounder {
 public:
  Sounder(std::vector<std::string> words, const sigset_t& signals)
      : words_(std::move(words)), signals_(signals) {}
  ~Sounder() { stop(); }
  Sounder(const Sounder&) = delete;
  Sounder& operator=(const Sounder&) = delete;

  void start(Instant now) {
    is_on_ = true;
    sound(now);
  }
  void keep_on(Instant now) {
    if (!is_on_) return;
    reap();
    if (pid_ <= 0 && now - begun_at_ >= kSoundGap) sound(now);
  }
  void stop() {
    is_on_ = false;
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGTERM);
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    for (int i = 0; i < kGraceSeconds && pid_ > 0; ++i) {
      reap();
      if (pid_ > 0) signal_within(child, Duration::seconds(1));
    }
    reap();
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  bool is_on() const { return is_on_; }

 private:
  void sound(Instant now) {
    begun_at_ = now;
    if (words_.empty()) return bell();
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &signals_);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    std::vector<char*> words;
    for (std::string& word : words_) words.push_back(word.data());
    words.push_back(nullptr);
    int error = ::posix_spawnp(&pid_, words[0], nullptr, &attributes, words.data(), environ);
    posix_spawnattr_destroy(&attributes);
    if (error == 0) return;
    pid_ = -1;
    bell();
    tell_trouble();
  }

  void reap() {
    int status = 0;
    if (pid_ <= 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return;
    pid_ = -1;
    bool is_good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (is_good || !is_on_) return;
    bell();
    tell_trouble();
  }

  void tell_trouble() {
    if (has_told_) return;
    has_told_ = true;
    std::println(stderr, "{}", say(Text::WatchNoSound, terminal_language(), {words_[0]}));
  }

  static void bell() {
    std::fputs("\a", stderr);
    std::fflush(stderr);
  }

  std::vector<std::string> words_;
  const sigset_t& signals_;
  pid_t pid_ = -1;
  Instant begun_at_{};
  bool is_on_ = false;
  bool has_told_ = false;
};

// Empty where the server is ready, else what is wrong.
std::string trouble_of(const WatchWish& wish, Duration patience) {
  auto answer = connect::web_get(wish.url + "/api/health", wish.trust, patience);
  if (!answer) return answer.error().detail;
  if (answer->status == 0) return answer->trouble;
  if (answer->status != 200) return "HTTP " + std::to_string(answer->status);
  auto health = parse_json(answer->body);
  std::string trouble = health ? health->text_or("trouble", "") : "";
  // What can keep nothing is as good as dead; a clock that settles still takes what saves people.
  bool is_ready =
      health && (health->text_or("status", "") == "ready" || trouble == "clock_stepped");
  if (is_ready) return "";
  return trouble.empty() ? "not ready" : trouble;
}

class Watchdog {
 public:
  Watchdog(const WatchWish& wish, const sigset_t& signals)
      : wish_(wish), signals_(signals), sounder_(wish.sound, signals) {}

  void run() {
    Watch watch(wish_.times, clock_.now());
    tell(stdout, Text::WatchBegins, {wish_.url});
    while (true) {
      Instant asked = clock_.now();
      if (watch.should_ask(asked)) {
        std::string trouble = trouble_of(wish_, watch.patience(asked));
        watch.answered(asked, clock_.now(), trouble.empty());
        if (!trouble.empty()) trouble_ = std::move(trouble);
      }
      Instant now = clock_.now();
      tell_change(watch, now);
      sounder_.keep_on(now);
      Instant wake = watch.wake_at();
      if (sounder_.is_on()) wake = std::min(wake, now + kSoundGap);
      int signal = signal_within(signals_, wake - clock_.now());
      if (signal == SIGINT || signal == SIGTERM) return;
    }
  }

 private:
  void tell_change(Watch& watch, Instant now) {
    switch (watch.judge(now)) {
      case Watch::Change::None: return;
      case Watch::Change::Dead:
        tell(stderr, Text::WatchDead, {std::to_string(watch.silence(now).to_seconds()), trouble_});
        sounder_.start(now);
        return;
      case Watch::Change::Back:
        sounder_.stop();
        tell(stdout, Text::WatchBack, {});
        return;
    }
  }

  static void tell(std::FILE* to, Text text, std::initializer_list<std::string_view> places) {
    std::string at = format_instant(system_clock_of_machine().now());
    std::println(to, "{} {}", at, say(text, terminal_language(), places));
    std::fflush(to);
  }

  const WatchWish& wish_;
  const sigset_t& signals_;
  SteadyClock clock_;
  Sounder sounder_;
  std::string trouble_;
};

std::expected<WatchWish, Misuse> wish_of(const Words& words) {
  if (!words.plain.empty()) return std::unexpected(Misuse{Text::WrongWords, "watchdog"});
  WatchWish wish{.url = words.one("--url", "https://127.0.0.1:8443"),
                 .trust = {.authorities = {}, .plain = connect::PlainHttp::Loopback},
                 .sound = words.all("--sound"),
                 .times = {}};
  while (wish.url.ends_with('/')) wish.url.pop_back();
  if (!connect::check_url(wish.url, wish.trust.plain)) {
    return std::unexpected(Misuse{Text::BadUrl, wish.url});
  }
  wish.times.every = TRY(seconds_of(words, "--every", wish.times.every));
  wish.times.after = TRY(seconds_of(words, "--after", wish.times.after));
  if (wish.times.after < wish.times.every) {
    return std::unexpected(Misuse{Text::BadNumber, words.one("--after", "8")});
  }
  return wish;
}

}  // namespace

Duration Watch::patience(Instant now) const {
  Duration left = is_dead_ ? times_.every : last_good_ + times_.after - now;
  return std::max(std::min(times_.every, left), kPatienceMin);
}

void Watch::answered(Instant asked, Instant now, bool is_good) {
  if (is_good) last_good_ = now;
  next_ask_ = std::max(asked + times_.every, now);
}

Watch::Change Watch::judge(Instant now) {
  bool was_dead = is_dead_;
  is_dead_ = silence(now) >= times_.after;
  if (was_dead == is_dead_) return Change::None;
  return is_dead_ ? Change::Dead : Change::Back;
}

Instant Watch::wake_at() const {
  return is_dead_ ? next_ask_ : std::min(next_ask_, last_good_ + times_.after);
}

Exit watchdog(const Words& words) {
  WatchWish wish = TRY(wish_of(words));
  std::vector<std::string> files = words.all("--ca");
  auto authorities = connect::trusted_authorities(files);
  if (!authorities) return tell_failure(authorities.error());
  wish.trust.authorities = *std::move(authorities);
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGINT, SIGTERM, SIGCHLD}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  if (wish.times.after >= kMustTell) {
    std::println(stderr, "{}", say(Text::WatchSlow, terminal_language()));
  }
  std::println("{}", say(Text::WatchNotSafety, terminal_language()));
  Watchdog(wish, signals).run();
  return 0;
}

}  // namespace anlan::app

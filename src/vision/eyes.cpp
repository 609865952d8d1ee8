// The client of anlan-vision: starts it, asks it, ends it.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "core/limits.h"
#include "vision/wire.h"

namespace anlan::vision {
namespace {

using Deadline = std::chrono::steady_clock::time_point;

constexpr int kQuestionsMax = 1000;  // then a fresh process: a leak has no time to grow

std::unexpected<Error> lost(std::string what) {
  return refuse(ErrorCode::Internal, "anlan-vision: " + std::move(what));
}

// False when the time is over.
bool wait_for(int fd, short what, Deadline until) {
  for (;;) {
    auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd poll_of{.fd = fd, .events = what, .revents = 0};
    int ready = ::poll(&poll_of, 1, static_cast<int>(std::min<int64_t>(left.count(), 1 << 30)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

Result<void> send_all(int fd, std::string_view bytes, Deadline until) {
  while (!bytes.empty()) {
    if (!wait_for(fd, POLLOUT, until)) return lost("takes no question");
    ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    else if (sent < 0 && errno != EAGAIN && errno != EINTR) return lost("died while it was asked");
  }
  return {};
}

Result<std::string> receive(int fd, std::size_t count, Deadline until) {
  std::string bytes(count, '\0');
  for (std::size_t at = 0; at < count;) {
    if (!wait_for(fd, POLLIN, until)) return lost("too slow");
    ssize_t got = ::recv(fd, bytes.data() + at, count - at, MSG_DONTWAIT);
    if (got > 0) at += static_cast<std::size_t>(got);
    else if (got == 0 || (errno != EAGAIN && errno != EINTR)) return lost("died");
  }
  return bytes;
}

Result<void> judge_size(std::string_view photo) {
  if (photo.empty()) return refuse(ErrorCode::BadImage, "empty");
  if (photo.size() > limits::kBlobBytesMax) return refuse(ErrorCode::TooLarge, "photo");
  return {};
}

class SpawnSettings {
 public:
  explicit SpawnSettings(int fd) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fd, 0);
    posix_spawn_file_actions_adddup2(&actions, fd, 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);  // Ctrl-C is for us
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSettings() {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

}  // namespace

struct Eyes::Process {
  pid_t pid = 0;
  int fd = -1;
  int questions = 0;

  ~Process() {
    if (fd >= 0) ::close(fd);
    if (pid <= 0) return;
    ::kill(pid, SIGKILL);
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  static Result<std::unique_ptr<Process>> start(const Config& config) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return lost("no socket");
    auto process = std::make_unique<Process>();
    process->fd = ends[0];
    SpawnSettings settings(ends[1]);
    std::string memory = std::to_string(config.memory_mb);
    std::string program = config.program;
    char* words[] = {program.data(), memory.data(), nullptr};
    char no_opencl[] = "OPENCV_OPENCL_RUNTIME=disabled";
    char* environment[] = {no_opencl, nullptr};
    int error = ::posix_spawn(&process->pid, program.c_str(), &settings.actions,
                              &settings.attributes, words, environment);
    ::close(ends[1]);
    if (error != 0) {
      process->pid = 0;
      return lost("cannot be started: " + std::string(std::strerror(error)));
    }
    return process;
  }

  // Also if we die in the middle, the question does not run on: the kernel ends it.
  void bound_processor_time(Duration time_limit) const {
    clockid_t clock{};
    timespec used{};
    if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return;
    rlimit bound{.rlim_cur = static_cast<rlim_t>(used.tv_sec + time_limit.to_seconds() + 2),
                 .rlim_max = RLIM_INFINITY};
    ::prlimit(pid, RLIMIT_CPU, &bound, nullptr);
  }

  struct Asked {
    wire::Question question;
    std::string_view first, second;
  };

  Result<std::string> ask(const Asked& asked, Duration time_limit) {
    auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(time_limit.ns);
    bound_processor_time(time_limit);
    ++questions;
    std::string head_of_question = wire::write_question(asked.question);
    TRY(send_all(fd, head_of_question, until));
    TRY(send_all(fd, asked.first, until));
    TRY(send_all(fd, asked.second, until));
    std::string head_bytes = TRY(receive(fd, wire::kAnswerHeadBytes, until));
    wire::AnswerHead head = TRY(wire::read_answer_head(head_bytes));
    std::string body = TRY(receive(fd, head.bytes, until));
    if (head.outcome == wire::Outcome::Seen) return body;
    if (head.outcome == wire::Outcome::BadImage) return refuse(ErrorCode::BadImage, body);
    return lost(body);
  }

  bool is_alive() {
    if (::waitpid(pid, nullptr, WNOHANG) == 0) return true;
    pid = 0;
    return false;
  }

  // Whatever goes wrong ends the process: the next question starts another.
  static Result<std::string> ask_living(std::unique_ptr<Process>& process, const Config& config,
                                        const Asked& asked) {
    if (process && (process->questions >= kQuestionsMax || !process->is_alive())) process.reset();
    if (!process) process = TRY(start(config));
    auto answer = process->ask(asked, config.time_limit);
    if (!answer && answer.error().code != ErrorCode::BadImage) process.reset();
    return answer;
  }
};

Eyes::Eyes(Config config) : config_(std::move(config)) {}
Eyes::~Eyes() = default;

Result<PhotoSeen> Eyes::look(std::string_view photo) {
  TRY(judge_size(photo));
  wire::Question question{.kind = wire::Kind::Look,
                          .first_bytes = static_cast<uint32_t>(photo.size())};
  std::string body = TRY(Process::ask_living(process_, config_, {question, photo, {}}));
  return wire::read_photo_seen(body);
}

Result<PairSeen> Eyes::compare(std::string_view before, std::string_view after,
                               std::optional<Box> box) {
  TRY(judge_size(before));
  TRY(judge_size(after));
  wire::Question question{.kind = wire::Kind::Compare,
                          .first_bytes = static_cast<uint32_t>(before.size()),
                          .second_bytes = static_cast<uint32_t>(after.size()),
                          .box = box};
  if (!wire::read_question(wire::write_question(question)))
    return refuse(ErrorCode::BadField, "a box lies between 0 and 1", "box");
  std::string body = TRY(Process::ask_living(process_, config_, {question, before, after}));
  return wire::read_pair_seen(body);
}

}  // namespace anlan::vision

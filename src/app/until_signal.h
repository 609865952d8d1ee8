#pragma once
// SIGINT and SIGTERM for programs that look whether they should end. Made before any thread, so
// that no thread but the one that asks sees them.

#include <csignal>
#include <ctime>

namespace anlan::app {

class UntilSignal {
 public:
  UntilSignal() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  bool has_come() const {
    timespec now{};
    return sigtimedwait(&signals_, nullptr, &now) > 0;
  }

 private:
  sigset_t signals_;
};

}  // namespace anlan::app

#pragma once
// What the watchdog knows and decides, without clock, network or sound: when to ask the server, and
// from when on it counts as dead. Times are monotonic.

#include <string>

#include "core/time.h"

namespace anlan::app {

class Watch {
 public:
  struct Times {
    Duration every = Duration::seconds(2);
    Duration after = Duration::seconds(8);
  };
  enum class Change { None, Dead, Back };

  Watch(Times times, Instant now) : times_(times), last_good_(now), next_ask_(now) {}

  bool should_ask(Instant now) const { return now >= next_ask_; }
  // How long an answer may take: never beyond the moment at which silence becomes an alarm.
  Duration patience(Instant now) const;
  void answered(Instant asked, Instant now, bool is_good);
  // Once for each change.
  Change judge(Instant now);
  bool is_dead() const { return is_dead_; }
  Duration silence(Instant now) const { return now - last_good_; }
  // When judge() or should_ask() can next say something new.
  Instant wake_at() const;

 private:
  Times times_;
  Instant last_good_;
  Instant next_ask_;
  bool is_dead_ = false;
};

}  // namespace anlan::app

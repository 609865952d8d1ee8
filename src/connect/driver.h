#pragma once
// What every driver has: a thread that can be told to stop, a book of counters that balances, and
// waits that grow while a machine does not answer.

#include <array>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "connect/sources.h"
#include "core/random.h"

namespace anlan::connect {

class Driver {
 public:
  virtual ~Driver() = default;
  virtual void start() = 0;
  virtual void stop() = 0;  // returns when its threads are gone
  virtual SourceState state() = 0;
  virtual void set_gate(std::string_view gate, bool is_open, std::string_view reason);
  virtual void set_allowed(std::string_view gate, const Allowed& badges);
};

std::unique_ptr<Driver> make_modbus_driver(Source source, Sink& sink, Clock& clock);
std::unique_ptr<Driver> make_mqtt_driver(Source source, Sink& sink, Clock& clock);
std::unique_ptr<Driver> make_opcua_driver(Source source, Sink& sink, Clock& clock);
std::unique_ptr<Driver> make_sparkplug_driver(Source source, Sink& sink, Clock& clock);

// Where one lot of rows went. Booked as a whole, so that nobody ever sees a book out of balance.
struct Settled {
  int64_t stored = 0;
  int64_t duplicate = 0;
  std::map<std::string, int64_t> rejected{};
  std::map<std::string, int64_t> dropped{};
};

class SourceBook {
 public:
  SourceBook(std::string code, std::string protocol);
  void settle(const Settled& settled);
  // A request came back, or did not.
  void answered(Instant at, double round_trip_ms);
  void failed();
  void heard(Instant at);  // a message that nobody asked for
  void up();
  void down(std::string trouble);
  void note(std::string trouble);  // it is up, but something about it is wrong; empty: all is well
  void detail(Json detail);
  SourceState state();

 private:
  struct Second {
    int64_t second = -1;
    double sum_ms = 0;
    int64_t count = 0;
  };
  std::mutex mutex_;
  SourceState state_;
  std::array<Second, 60> seconds_{};  // of round trips, by steady second
};

// Waits on a condition that only stop() sets.
class StopSign {
 public:
  void raise();
  void lower();
  bool is_raised();
  // True when it was raised before that.
  bool wait_for(Duration length);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_raised_ = false;
};

// 0.5 s, 1 s, 2 s ... 15 s, each up to a quarter shorter or longer, so that a hundred drivers do
// not knock at once when a network comes back.
class BackOff {
 public:
  explicit BackOff(uint64_t seed) : random_(seed) {}
  Duration next();
  void reset() { failures_ = 0; }

 private:
  SeededRandom random_;
  int failures_ = 0;
};

}  // namespace anlan::connect

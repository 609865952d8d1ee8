#pragma once
// What every driver has: a thread that can be told to stop, a book of counters that balances, and
// waits that grow while a machine does not answer.

#include <array>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "connect/row_queue.h"
#include "connect/sources.h"
#include "core/random.h"

namespace anlan::connect {

class Driver {
 public:
  virtual ~Driver() = default;
  virtual void start() = 0;
  virtual void stop() = 0;  // returns when its threads are gone
  virtual SourceState state() = 0;
  virtual std::vector<SourceItem> items(std::string_view node);
  virtual void set_gate(std::string_view gate, bool is_open, std::string_view reason);
  virtual void set_allowed(std::string_view gate, const Allowed& badges);
};

std::unique_ptr<Driver> make_modbus_driver(Source source, Sink& sink, Clock& clock,
                                           Gateways& gateways);
std::unique_ptr<Driver> make_mqtt_driver(Source source, Sink& sink, Clock& clock);
std::unique_ptr<Driver> make_diode_driver(Source source, Sink& sink, Clock& clock);
std::unique_ptr<Driver> make_opcua_driver(Source source, Sink& sink, Clock& clock);
std::unique_ptr<Driver> make_replay_driver(Source source, Sink& sink, Clock& clock);
std::unique_ptr<Driver> make_sparkplug_driver(Source source, Sink& sink, Clock& clock);

// Where one lot of rows went. Booked as a whole, so that nobody ever sees a book out of balance.
struct Settled {
  int64_t stored = 0;
  int64_t duplicate = 0;
  RowCounts rejected{};
  RowCounts dropped{};
};

// How far a clock of theirs is behind ours (negative: ahead): the shortest way of a stamp within
// the last minutes, because a stamp can be late for many reasons and early for none.
class ClockWatch {
 public:
  void note(Instant at, Instant received);
  std::optional<Duration> behind() const;
  // One backlog at once makes no slow clock; what is ahead is sure at once.
  bool is_sure() const;

 private:
  struct Slot {
    int64_t number = -1;
    Duration least{};
  };
  bool is_fresh(const Slot& slot) const {
    return slot.number >= 0 && slot.number <= newest_ &&
           newest_ - slot.number < static_cast<int64_t>(slots_.size());
  }
  static constexpr Duration kSlot = Duration::seconds(30);
  std::array<Slot, 6> slots_{};  // by the time of receipt
  int64_t newest_ = -1;
};

class SourceBook {
 public:
  SourceBook(std::string code, std::string protocol, Duration skew_max);
  void settle(const Settled& settled);
  // A request came back, or did not.
  void answered(Instant at, double round_trip_ms);
  void failed();
  void heard(Instant at);  // a message that nobody asked for
  // A clock of theirs showed `at` when ours showed `received`.
  void stamped(Instant at, Instant received);
  std::optional<Duration> behind();  // their clock
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
  void judge_clock();

  Duration skew_max_;
  std::mutex mutex_;
  SourceState state_;
  ClockWatch clock_;
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

// What the drivers of all protocols share: one thread that holds session after session, with waits
// between them, and books and logs what becomes of the link. The destructor of each driver calls
// stop(), for its thread uses the driver's own members.
class BaseDriver : public Driver {
 public:
  BaseDriver(Source source, std::string protocol, Sink& sink, Clock& clock);
  void start() final;
  void stop() final;
  SourceState state() final { return book_.state(); }

 protected:
  // Connects, serves, and returns when something went wrong, which it answers, or when stop_ is
  // raised. After it: closed(), then lost() unless we stop. All on the driver's thread.
  virtual std::string session() = 0;
  virtual void closed() {}
  virtual void lost() {}
  virtual void finished() {}  // the last that the thread does
  // Of drivers with a second thread, on the caller's: before the first begins, after it has ended.
  virtual void before_thread() {}
  virtual void after_thread() {}

  void link_works();  // idempotent; the waits begin anew
  // For a session that outlives its link; else run() does it.
  void link_failed(std::string trouble);
  bool is_up() const { return is_up_; }
  // Older than the source's limit: a backlog. It is kept, and is neither live nor cause of an
  // alarm.
  bool is_late(Instant at, Instant now) const { return at < now - source_.late_after; }
  void book_stored(Settled& settled, std::size_t count, const Result<void>& given);
  // What is live, and what is kept only; false where something could not be kept.
  bool give(Settled& settled, std::span<const history::Sample> live,
            std::span<const history::Sample> kept = {});

  Source source_;
  Sink& sink_;
  Clock& clock_;
  SourceBook book_;
  StopSign stop_;

 private:
  void run();

  bool is_up_ = false;  // the driver's thread
  BackOff back_off_;
  std::thread thread_;
};

// With a second thread that stores, and a bounded queue to it: a slow sink costs rows, which are
// counted, and never the connection.
template <class Rows>
class QueuedDriver : public BaseDriver {
 public:
  QueuedDriver(Source source, std::string protocol, Sink& sink, Clock& clock, std::size_t rows_max)
      : BaseDriver(std::move(source), std::move(protocol), sink, clock), queue_(rows_max) {}

 protected:
  virtual void store_all() = 0;  // until the queue is closed and empty

  RowQueue<Rows> queue_;

 private:
  void before_thread() override {
    queue_.set_closed(false);
    sink_thread_ = std::thread([this] { store_all(); });
  }
  // What was already counted as delivered still reaches the sink.
  void after_thread() override {
    queue_.set_closed(true);
    if (sink_thread_.joinable()) sink_thread_.join();
  }

  std::thread sink_thread_;
};

}  // namespace anlan::connect

#pragma once
// Whether what people do can be kept just now. The store says so by its commits; a step of the
// machine's clock shows between two clocks. While there is trouble commands are refused readably,
// the writer tries by itself whether it is over, and every page says so (docs/guide/operations.md).

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>

#include "core/json.h"
#include "core/time.h"
#include "engine/commands.h"

namespace anlan::engine {

enum class Trouble { None, DiskFull, ReadOnly, StoreLost, ClockStepped };
// "", "disk_full", ...: part of the interface, never rename.
std::string_view trouble_code(Trouble trouble);

class Health {
 public:
  static constexpr Duration kStepMin = Duration::seconds(30);
  // After a step nothing is written for so long: a clock that is being set is often set twice, and
  // a date that is wrong for good stands in the ledger for good.
  static constexpr Duration kSettling = Duration::seconds(30);

  // Without a steady clock steps go unnoticed, and lengths are measured on the wall clock.
  Health(Clock& wall, Clock* steady) : wall_(wall), steady_(steady) {}

  // ---- any thread ----
  Trouble trouble() const { return trouble_.load(); }
  Instant steady() { return steady_ ? steady_->now() : wall_.now(); }
  // Looks whether the clock has stepped since the last look.
  void look();
  // The time for judging how old a session is: a step counts only after the rows have followed it.
  Instant session_now();
  std::optional<Instant> stepped_at();
  // ReadOnly or DiskFull where this command can't be taken now. What saves people is taken while
  // the clock settles.
  Result<void> admit(const Command& command) const;
  // What the caller reads where the store failed: that it can't be kept now, and not that we broke.
  static Error told(Error error);
  // Called from any thread when trouble() has changed. One listener (api), before the start.
  void on_change(std::function<void()> listener) { listener_ = std::move(listener); }

  struct Counts {
    std::atomic<int64_t> commands = 0, refused = 0, groups = 0, failed_groups = 0, timers = 0;
    // Parts of what follows from an alarm, or changes of alarms, that could not be written.
    std::atomic<int64_t> contained = 0;
    std::atomic<int64_t> last_commit_us = 0, steps = 0, recoveries = 0;
  };
  Counts counts;

  // ---- the writer's thread ----
  void note(const Error& failure);
  void note_success();
  bool is_store_failing() const { return store_.load() != Trouble::None; }
  // What of the steps no row has followed yet.
  Duration open_step();
  void followed(Duration step);
  // Ends what is over.
  void judge();

 private:
  void become(Trouble trouble);

  Clock& wall_;
  Clock* steady_;
  std::atomic<Trouble> trouble_ = Trouble::None;
  std::atomic<Trouble> store_ = Trouble::None;
  std::function<void()> listener_;
  std::mutex mutex_;                // guards the rest
  std::optional<Duration> base_{};  // wall minus steady at the last look
  Duration open_step_{};
  std::optional<Instant> stepped_at_{};  // wall
  std::optional<Instant> settled_at_{};  // steady
};

class Engine;

// {"kind","bytes","free_bytes"} of the database and the disk of the data folder.
Json store_size(Engine& engine);
// {"tables":[{"name","rows"}],"migrations":[{"id","at"}]}: nothing of what stands in them.
Result<Json> store_facts(Engine& engine);

// {"source","is_trusted","offset_ms","error_ms"}: what the kernel knows about its clock.
Json time_source();

}  // namespace anlan::engine

#pragma once
// Rows between the thread that hears a broker and the one that stores: bounded, so that a slow sink
// costs rows, which are counted, and never the connection.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "core/time.h"

namespace anlan::connect {

// Rows has count().
template <class Rows>
class RowQueue {
 public:
  explicit RowQueue(std::size_t rows_max) : rows_max_(rows_max) {}

  // False, and nothing is taken, where there is no room.
  bool push(Rows rows) {
    std::lock_guard lock(mutex_);
    if (count_ + rows.count() > rows_max_) return false;
    add(std::move(rows));
    return true;
  }
  // Waits for room; false, and nothing is taken, where there was none for so long.
  bool push_within(Rows rows, Duration at_most) {
    std::unique_lock lock(mutex_);
    bool has_room = room_.wait_for(lock, std::chrono::nanoseconds(at_most.ns),
                                   [&] { return count_ + rows.count() <= rows_max_; });
    if (has_room) add(std::move(rows));
    return has_room;
  }
  // For what must arrive and is bounded by itself: that values are no longer known.
  void push_always(Rows rows) {
    std::lock_guard lock(mutex_);
    add(std::move(rows));
  }
  // Waits; nothing when it was closed and is empty.
  std::optional<Rows> pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_.empty() || is_closed_; });
    return take();
  }
  // Nothing when it is empty.
  std::optional<Rows> try_pop() {
    std::lock_guard lock(mutex_);
    return take();
  }
  void set_closed(bool is_closed) {
    std::lock_guard lock(mutex_);
    is_closed_ = is_closed;
    changed_.notify_all();
  }

 private:
  void add(Rows rows) {
    count_ += rows.count();
    waiting_.push_back(std::move(rows));
    changed_.notify_one();
  }
  std::optional<Rows> take() {
    if (waiting_.empty()) return std::nullopt;
    Rows rows = std::move(waiting_.front());
    waiting_.pop_front();
    count_ -= rows.count();
    room_.notify_all();
    return rows;
  }

  std::size_t rows_max_;
  std::mutex mutex_;
  std::condition_variable changed_, room_;
  std::deque<Rows> waiting_;
  std::size_t count_ = 0;
  bool is_closed_ = false;
};

}  // namespace anlan::connect

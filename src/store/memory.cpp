#include "store/memory.h"

#include <algorithm>

#include "core/check.h"

namespace anlan::store {

void TableClock::note(const std::vector<std::string>& tables) {
  if (tables.empty()) return;
  std::scoped_lock lock(mutex_);
  uint64_t number = commits_.load(std::memory_order_relaxed) + 1;
  for (const std::string& table : tables) last_[table] = number;
  commits_.store(number, std::memory_order_release);
}

void TableClock::note_all() {
  std::scoped_lock lock(mutex_);
  all_ = commits_.load(std::memory_order_relaxed) + 1;
  commits_.store(all_, std::memory_order_release);
}

uint64_t TableClock::last(Tables tables) const {
  std::shared_lock lock(mutex_);
  uint64_t newest = all_;
  for (std::string_view table : tables) {
    auto found = last_.find(table);
    if (found != last_.end()) newest = std::max(newest, found->second);
  }
  return newest;
}

Memory::Value Memory::find(std::string_view name, uint64_t stamp) const {
  std::shared_lock lock(mutex_);
  auto found = values_.find(name);
  if (found == values_.end() || found->second.stamp != stamp) return nullptr;
  return found->second.value;
}

void Memory::keep(std::string_view name, uint64_t stamp, Value value) {
  ByText<Kept> dropped;  // destroyed without the lock
  std::scoped_lock lock(mutex_);
  if (values_.size() >= kValuesMax) dropped.swap(values_);
  auto found = values_.find(name);
  if (found == values_.end()) {
    values_.emplace(std::string(name), Kept{stamp, std::move(value)});
  } else if (found->second.stamp <= stamp) {
    found->second = {stamp, std::move(value)};
  }
}

Reading& reading_of(View& view) {
  auto* reading = dynamic_cast<Reading*>(&view);
  CHECK(reading, "a View comes from a Database");
  return *reading;
}

}  // namespace anlan::store

#pragma once
// What was made out of tables is kept in memory until one of them is committed to: who somebody is,
// what a unit is called. Nothing is ever older than the newest commit of this process; commits of
// another process on the same database are seen when the writer looks next, which it does with each
// group and at least once in a second.
//
//   auto units = TRY(store::remembered<Units>(view, "access.units", {"org_unit"},
//                                             [&] { return read_units(view); }));

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/database.h"

namespace anlan::store {

// Finds text in a map of strings without a copy.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
template <class T>
using ByText = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

using Tables = std::initializer_list<std::string_view>;

// When tables were last committed to, counted in commits. Any thread.
class TableClock {
 public:
  // Before a view begins: the commits that it surely sees.
  uint64_t now() const { return commits_.load(std::memory_order_acquire); }
  // After every commit, also one whose end is unknown, and before anybody is told of it.
  void note(const std::vector<std::string>& tables);
  void note_all();
  uint64_t last(Tables tables) const;

 private:
  mutable std::shared_mutex mutex_;
  std::atomic<uint64_t> commits_ = 1;
  uint64_t all_ = 1;
  ByText<uint64_t> last_;
};

// Values by name, each with the stamp it was made under. Any thread.
class Memory {
 public:
  using Value = std::shared_ptr<const void>;  // shared with whoever reads it at this moment

  Value find(std::string_view name, uint64_t stamp) const;
  void keep(std::string_view name, uint64_t stamp, Value value);

 private:
  // Names of 10,000 people and some hundred sessions; beyond it everything is read again.
  static constexpr std::size_t kValuesMax = 20'000;

  struct Kept {
    uint64_t stamp;
    Value value;
  };
  mutable std::shared_mutex mutex_;
  ByText<Kept> values_;
};

// One row of a statement that is still running: borrowed, gone with the next one.
class Cells {
 public:
  virtual ~Cells() = default;
  virtual bool is_null(std::size_t column) const = 0;
  virtual bool is_text(std::size_t column) const = 0;
  virtual int64_t int64(std::size_t column) const = 0;
  virtual std::string_view text(std::size_t column) const = 0;
};
using Visit = std::function<void(const Cells&)>;

// What every View of a Database can do beside being asked.
class Reading {
 public:
  virtual ~Reading() = default;
  virtual Result<void> visit(const Sql& sql, const Visit& each) = 0;
  // A number that changes with every commit to one of the tables; nothing where this view is older
  // than the newest commit, or has changed them itself: what it reads is not for others.
  virtual std::optional<uint64_t> stamp(Tables tables) = 0;
  virtual Memory& memory() = 0;
};
Reading& reading_of(View& view);

// Asks row by row, without copies.
inline Result<void> visit(View& view, const Sql& sql, const Visit& each) {
  return reading_of(view).visit(sql, each);
}

// Like Database::snapshot, but the state is fixed by the first question: who finds everything in
// memory asks none.
Result<std::unique_ptr<View>> read_later(Database& database);
// The writer's thread, from time to time: whether another process has committed meanwhile. Then
// everything that is remembered is forgotten.
Result<bool> notice_others(Database& database);

// What `make` gave under this name, as long as no commit has touched the tables. A name belongs to
// one type.
template <class T, class Make>
Result<std::shared_ptr<const T>> remembered(View& view, std::string_view name, Tables tables,
                                            Make&& make) {
  Reading& reading = reading_of(view);
  std::optional<uint64_t> stamp = reading.stamp(tables);
  if (stamp) {
    if (Memory::Value known = reading.memory().find(name, *stamp)) {
      return std::static_pointer_cast<const T>(known);
    }
  }
  Result<T> made = make();
  if (!made) return std::unexpected(std::move(made).error());
  auto value = std::make_shared<const T>(std::move(*made));
  if (stamp) reading.memory().keep(name, *stamp, value);
  return value;
}

}  // namespace anlan::store

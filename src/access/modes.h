#pragma once
// What a caller may see of each field. Cheap to copy: tables are shared and never change once they
// are shared.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace anlan::access {

// In rising order. On disk in role files as "hidden", "masked", "read", "write".
enum class FieldMode { Hidden, Masked, Read, Write };

// Modes by field key, sorted.
class ModeTable {
 public:
  using Item = std::pair<std::string, FieldMode>;
  using Items = std::vector<Item>;

  ModeTable() = default;
  ModeTable(std::initializer_list<Item> items);
  explicit ModeTable(Items sorted) : items_(std::make_shared<Items>(std::move(sorted))) {}

  Items::const_iterator begin() const { return items().begin(); }
  Items::const_iterator end() const { return items().end(); }
  std::size_t size() const { return items().size(); }
  const FieldMode* find(std::string_view key) const;
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  FieldMode& operator[](std::string_view key);
  void emplace(std::string_view key, FieldMode mode);  // nothing where it is named already

 private:
  const Items& items() const;
  Items& own();

  std::shared_ptr<Items> items_;  // shared by copies until one of them is changed
};

struct StateModes;

// `fallback` holds for every field that is not named.
struct FieldModes {
  FieldMode fallback = FieldMode::Hidden;
  ModeTable named{};
  // Where modes depend on the state of the record: those of each state of the form. The two members
  // above are then the least of all of them, which is what may be asked of rows of any state.
  std::shared_ptr<const std::vector<StateModes>> by_state{};  // shared by copies; never changes

  FieldMode of(std::string_view field) const;
  // Those of a record in this state.
  const FieldModes& in(std::string_view state) const;
  // The highest of any state: what some row may show.
  FieldMode highest(std::string_view field) const;
};

struct StateModes {
  std::string state;
  FieldModes modes;
};

void raise(FieldModes& into, const FieldModes& more);   // per field the higher mode
void lower(FieldModes& into, const FieldModes& other);  // per field the lower mode
void cap(FieldModes& modes, FieldMode most);            // no field above it

}  // namespace anlan::access

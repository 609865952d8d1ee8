#pragma once
// Names with values, in the order they were first set: the input of an evaluation, and the FEEL
// context value.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.h"
#include "rules/value.h"

namespace anlan::rules {

class Calendars;
class Host;
class Zones;

class Context {
 public:
  using Entry = std::pair<std::string, Value>;

  Context() = default;
  Context(std::initializer_list<Entry> entries);

  void set(std::string name, Value value);  // replaces
  void remove(std::string_view name);
  const Value* find(std::string_view name) const;
  const std::vector<Entry>& entries() const { return entries_; }
  bool is_empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  int depth() const { return depth_; }

 private:
  std::vector<Entry> entries_;
  int depth_ = 0;
};

// What an evaluation may know of the world. Everything is passed in.
struct Environment {
  Instant now{};                   // for now() and today()
  int32_t utc_offset_seconds = 0;  // the plant's, for now() and today()
  uint64_t steps_max = limits::kEvaluationStepsMax;
  const Zones* zones = nullptr;                  // without it only UTC and offsets are known
  std::vector<std::string>* warnings = nullptr;  // why something became null; at most 100
  const Calendars* calendars = nullptr;          // for working time(); without it only plain time
  const Host* host = nullptr;                    // for what is asked of the plant (host.h)
  int decisions_above = 0;                       // that asked for this one by anlan.decision()
};

// Both as context.set(name, value_from_json(member)) for every member of an object.
Context context_from_json(const Json& object);

}  // namespace anlan::rules

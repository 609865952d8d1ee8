#pragma once
// What was answered before under the keys of a group of commands: asked for all of them at once,
// and added to as the group goes on. The writer's thread only.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "store/store.h"

namespace anlan::engine {

class KnownAnswers {
 public:
  struct Key {
    std::string asker;
    std::string key;
    auto operator<=>(const Key&) const = default;
  };
  struct Answer {
    std::string fingerprint;
    std::string text;
  };

  // The keys of the group; those without one are left out.
  explicit KnownAnswers(std::vector<Key> keys) : keys_(std::move(keys)) {}

  // A group may be done twice: whatever the first time found or added is gone.
  void begin_again() { is_read_ = false; }
  Result<const Answer*> find(store::View& view, const Key& key);
  void add(Key key, Answer answer) { answers_[std::move(key)] = std::move(answer); }
  void remove(const Key& key) { answers_.erase(key); }

 private:
  Result<void> read(store::View& view);

  std::vector<Key> keys_;
  std::map<Key, Answer> answers_{};
  bool is_read_ = false;
};

}  // namespace anlan::engine

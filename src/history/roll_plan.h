#pragma once
// Which hours of which tags are rolled up, and which are due. Hours are numbered since 1970. The
// owner locks. Inside the room only.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "history/sample.h"

namespace anlan::history {

class RollPlan {
 public:
  void add_tag() { tags_.push_back({}); }
  // While opening, once every tag is added. `changed` is due at once.
  void restore(std::span<const std::optional<int64_t>> rolled,
               std::span<const std::pair<TagIndex, int64_t>> changed);

  // The hour is summed up as its blocks say.
  bool is_rolled(TagIndex tag, int64_t hour) const;
  // Samples from then on are still to be summed up.
  Instant rolled_to(TagIndex tag) const;
  // A tag of which nothing is known: its owner asks the blocks and tells set_begin.
  bool is_unknown(TagIndex tag) const { return tags_[tag].state == State::Unknown; }
  // `hour`: of its first sample; nothing where there is none.
  void set_begin(TagIndex tag, std::optional<int64_t> hour);

  // Of samples in order that came into blocks: the hours that are to be summed up again.
  std::vector<int64_t> late(TagIndex tag, std::span<const Sample> samples) const;
  void note_written(TagIndex tag, int64_t first_hour, std::span<const int64_t> late, Instant now);

  // The hour up to which the tag is rolled up, if it has begun.
  std::optional<int64_t> next(TagIndex tag) const;
  // The hour is over long enough; for each tag that is at another time of the hour.
  static bool is_due(TagIndex tag, int64_t hour, Instant now);
  // Those that changed and were left alone for a while.
  std::vector<int64_t> changed_due(TagIndex tag, Instant now) const;
  void note_next(TagIndex tag, int64_t hour);  // everything before it is rolled up
  void note_again(TagIndex tag, int64_t hour);

 private:
  enum class State : uint8_t { Unknown, Empty, Begun };
  struct Tag {
    int64_t next = 0;
    State state = State::Unknown;
  };
  std::vector<Tag> tags_;
  std::unordered_map<TagIndex, std::map<int64_t, Instant>> changed_;  // when they last did
};

}  // namespace anlan::history

#pragma once
// The tags of a source that names them by their codes itself (MQTT, one-way links): whose they are,
// and what was said last, so that a silence of the link can be told. One thread.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connect/sources.h"
#include "core/time.h"

namespace anlan::connect {

class NamedTags {
 public:
  NamedTags(std::string source, Sink& sink) : source_(std::move(source)), sink_(sink) {}

  // Nothing where the value does not count; then the reason is counted: unknown_tag, other_source.
  std::optional<history::TagIndex> find(std::string_view code, RowCounts& rejected);
  void note(const history::Sample& sample);
  // Every tag that is not stale yet is now; never older than its last value, and stamped as the
  // clock behind it would show, so that its next value is newer in any case.
  std::vector<history::Sample> go_stale(Instant now);

 private:
  struct Last {
    Instant at{};
    Duration lag{};  // of the clock that stamped it
    double value = 0;
    bool is_stale = true;
  };
  std::string source_;
  Sink& sink_;
  std::map<history::TagIndex, Last> last_;  // no more than the plant has tags
};

}  // namespace anlan::connect

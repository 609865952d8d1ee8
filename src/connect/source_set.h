#pragma once
// The sources that run, and those that cannot and why. A change of the records restarts the sources
// that it concerns and no other; one that is wrong or too many costs no other its data.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "connect/sources.h"

namespace anlan::connect {

inline constexpr std::size_t kSourcesMax = 64;  // one thread or two each

struct PlannedSource {
  std::string code, protocol;
  std::optional<Source> source{};  // nothing: it cannot run
  std::optional<Error> refusal{};
};

// Reads rows as parse_sources does, and the secrets, each source for itself.
std::vector<PlannedSource> plan_sources(const Json& rows, const std::string& data_folder);

class SourceSet {
 public:
  // Both outlive it.
  SourceSet(Sink& sink, Clock& clock) : sink_(sink), clock_(clock) {}
  ~SourceSet() { stop(); }
  SourceSet(const SourceSet&) = delete;
  SourceSet& operator=(const SourceSet&) = delete;

  // One thread; all below any thread.
  void apply(std::vector<PlannedSource> plan);
  void stop();
  std::vector<SourceState> states();
  std::vector<SourceItem> items(std::string_view code, std::string_view node);
  bool has_refused();
  // As Sources; also for sources that come later.
  void set_gate(std::string_view gate, bool is_open, std::string_view reason);
  void set_allowed(std::string_view gate, const Allowed& badges);

 private:
  struct Entry {
    PlannedSource plan;
    std::unique_ptr<Sources> running{};  // of one source
  };

  void begin(Entry& entry);

  Sink& sink_;
  Clock& clock_;
  Gateways gateways_;
  std::mutex mutex_;  // guards the rest
  std::vector<Entry> entries_;
  std::map<std::string, std::pair<bool, std::string>, std::less<>> gates_;
  std::map<std::string, Allowed, std::less<>> allowed_;
};

}  // namespace anlan::connect

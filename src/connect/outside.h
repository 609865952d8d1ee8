#pragma once
// What joins engine and the machines outside: drivers deliver into engine's sensing, gates hear
// engine's rules, messages leave for phones and groups.

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "connect/messenger.h"
#include "connect/source_set.h"
#include "engine/engine.h"

namespace anlan::connect {

// "CODE=HOST:PORT": a source that is reached elsewhere than its record says.
struct Elsewhere {
  std::string host;
  uint16_t port = 0;
};

class Outside {
 public:
  static Result<std::unique_ptr<Outside>> make(engine::Engine& engine,
                                               std::map<std::string, Elsewhere> elsewhere);
  ~Outside();
  Outside(const Outside&) = delete;
  Outside& operator=(const Outside&) = delete;

  Json source_rows();  // of GET /api/sources
  // What a source has to offer (browse.h), with the code of the tag that stands for it already;
  // NotFound: no such source, Overloaded: another one is being browsed.
  Result<Json> browse(const std::string& code, const std::string& node, std::size_t from);
  Result<void> simulate(const Json& command);  // to the demo plant's simulator; NotFound: none
  std::string push_key() const { return messenger_->vapid_public_key(); }
  void start();  // after engine
  void stop();   // before engine

 private:
  class EngineSink;

  Outside(engine::Engine& engine, std::map<std::string, Elsewhere> elsewhere);
  void connect_sources();
  void send_elsewhere(Source& source) const;
  void serve();
  void send_messages();
  void tell_clocks();
  void take_receipt(const Receipt& receipt);

  engine::Engine& engine_;
  std::map<std::string, Elsewhere> elsewhere_;
  std::unique_ptr<EngineSink> sink_;
  SourceSet sources_;
  std::unique_ptr<Messenger> messenger_;
  std::mutex mutex_;  // guards the rest
  std::condition_variable wake_;
  std::shared_ptr<const engine::PlantModel> plant_;  // shared: Sensing makes the next meanwhile
  std::map<std::string, bool> clocks_{};  // of the thread: whose clock was told to be wrong or not
  std::set<std::string> under_way_;       // messages handed over, without receipt yet
  bool is_stopping_ = false;
  std::timed_mutex browsing_;  // held while a source is browsed: one at a time
  std::thread thread_;
};

}  // namespace anlan::connect

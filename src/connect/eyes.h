#pragma once
// What joins engine and vision: looks at every photo that has come, finds whether it was used
// before, compares photos of before and after a repair. It answers with commands; it decides
// nothing, and when it can't see, people go on without it.

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "engine/engine.h"
#include "vision/vision.h"

namespace anlan::connect {

class Eyes {
 public:
  // `program` is anlan-vision. The engine's config says has_vision where this is used.
  Eyes(engine::Engine& engine, const std::string& program);
  ~Eyes();
  Eyes(const Eyes&) = delete;
  Eyes& operator=(const Eyes&) = delete;

  void start();  // after engine
  void stop();   // before engine
  // Some of what waits; how much was done. For tests: a started one does it by itself.
  Result<std::size_t> turn();

 private:
  void serve();
  Result<void> load_prints();
  Result<void> look_at(const std::string& sha256);
  Result<Json> find_reuses(const std::string& sha256, const std::string& bytes,
                           const std::string& print);
  Result<void> compare(const std::string& form, RecordId record, const std::string& before,
                       const std::string& after, const Json& box, int64_t version);
  bool try_again(const std::string& what);

  engine::Engine& engine_;
  vision::Eyes eyes_;
  vision::PrintIndex prints_;
  bool is_loaded_ = false;
  std::map<std::string, int> failures_;  // of the process, by what it was asked
  std::mutex mutex_;                     // guards the rest
  std::condition_variable wake_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace anlan::connect

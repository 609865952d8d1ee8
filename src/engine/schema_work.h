#pragma once
// Forms meet the database: what takes no time is done at the start, the rest while the plant works.
// The journal (store/schema_journal.h) knows what is done, so a server that died goes on. Copies
// run in chunks between the groups of commands; while one is under way every change is written to
// both places, so nothing has to be looked up again at the end.

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/time.h"
#include "records/records.h"
#include "store/store.h"

namespace anlan::engine {

class Engine;

class SchemaWork {
 public:
  explicit SchemaWork(Engine& engine) : engine_(engine) {}
  ~SchemaWork();
  SchemaWork(const SchemaWork&) = delete;
  SchemaWork& operator=(const SchemaWork&) = delete;

  // Plans the versions that the packs bring, and leaves in packs_.forms what can be served now.
  Result<void> open();
  // One step or one chunk, on the writer's thread. When the next one is wished, if any.
  std::optional<Instant> turn(Instant now);
  // Whether an index may be built on a thread of its own; false waits for it.
  void has_threads(bool has);
  Json progress();  // any thread

 private:
  enum class Pace { AllAtOnce, OneChunk };

  Result<const records::Forms*> deployed();
  Result<void> plan_packs();
  Result<void> run_start();
  Result<bool> is_large(store::View& view, const records::Form& form);
  Result<bool> is_background(const store::SchemaStep& step);
  Result<void> perform(store::SchemaStep& step, Pace pace);
  Result<void> deploy(store::SchemaStep& step);
  Result<void> copy(store::SchemaStep& step, Pace pace);
  Result<bool> copy_some(store::SchemaStep& step);
  Result<void> switch_field(store::SchemaStep& step);
  Result<void> end(store::SchemaStep& step);
  void set(store::SchemaStep& step, store::SchemaStep now);
  Result<void> index(store::SchemaStep& step);
  Result<void> reload();
  Result<void> look_for_acts();
  Result<void> remake_views();
  void forget_done();
  void tell(std::string_view what, const store::SchemaStep& step);

  Engine& engine_;
  records::Forms wished_;  // of the packs
  std::optional<records::Forms> deployed_;
  std::vector<store::SchemaStep> steps_;  // not done yet, in order; of one form one after the other
  std::mutex mutex_;                      // for steps_ as others see them
  Instant next_try_{};
  Instant next_look_{};
  bool are_views_old_ = true;
  bool has_threads_ = false;
  std::thread index_thread_;
  std::atomic<bool> is_indexing_ = false;
  std::optional<Result<store::SchemaStep>> indexed_;  // of the thread, when it has ended
};

}  // namespace anlan::engine

#pragma once
// The demo plant in process: a real engine on a moving clock and seeded randomness, for text cases
// and simulation. Nothing sleeps; wait() moves the clock from timer to timer.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace anlan::test {

struct PlantOptions {
  std::string database;  // as store::Config; empty: SQLite in the plant's own folder
  std::string sqlite_vfs{};
  uint64_t seed = 1;
  bool sync = false;
  bool is_seeded = true;
  bool has_vision = false;                // photos wait for eyes
  std::vector<std::string> more_packs{};  // folders beside `packs`
  std::string packs = "packs";            // of the product
  Clock* clock = nullptr;                 // instead of the plant's own
};

class Plant {
 public:
  static Result<std::unique_ptr<Plant>> create(const PlantOptions& options);
  ~Plant();
  Plant(const Plant&) = delete;
  Plant& operator=(const Plant&) = delete;

  engine::Engine& engine() { return *engine_; }
  ManualClock& clock() { return clock_; }
  SeededRandom& random() { return random_; }
  const std::filesystem::path& folder() const { return folder_; }
  engine::Config config() const;

  // The caller with grants as they are now.
  Result<access::Subject> as(std::string_view login);
  Result<Json> run(const access::Subject& by, engine::What what);
  // Uploads a photo as this caller; `salt` makes another file of it. Answers its SHA-256.
  Result<std::string> upload(const access::Subject& by, std::string_view bytes);
  // Moves the clock from due timer to due timer until the time is over.
  void wait(Duration length);
  // Forgets the running engine without a word to it, and opens the plant again.
  Result<void> reopen(const std::string& packs = "packs");
  // The id behind a code of a form ("area", "A1") or a log-in ("person", "leader11").
  Result<std::string> id_of(std::string_view kind, std::string_view code);

 private:
  Plant(const PlantOptions& options, std::filesystem::path folder);
  static Result<std::string> seeded_folder(const std::string& packs);

  PlantOptions options_;
  std::filesystem::path folder_;
  ManualClock clock_;
  SeededRandom random_;
  std::unique_ptr<engine::Engine> engine_;
};

// A valid small JPEG that differs for each salt.
std::string photo(std::string_view salt);

}  // namespace anlan::test

#pragma once
// What waits for eyes. connect/eyes.h asks here and answers with the commands NotePhoto, NotePair.

#include <optional>
#include <string>
#include <vector>

#include "core/id.h"
#include "core/json.h"
#include "core/result.h"

namespace anlan::engine {

class Engine;

// Hashes of photos that nobody has looked at, oldest first; also those of a time before there were
// eyes.
Result<std::vector<std::string>> waiting_photos(Engine& engine, std::size_t count);

// How many of them are known to wait; also without eyes.
Result<int64_t> count_waiting_photos(Engine& engine);

struct WaitingPair {
  std::string form;
  RecordId record;
  std::string before, after;
  Json box;             // of a person, or null
  int64_t version = 0;  // goes back with the answer
};
// Pairs whose photos are both here.
Result<std::vector<WaitingPair>> waiting_pairs(Engine& engine, std::size_t count);

struct StoredPrint {
  std::string sha256;
  std::string print;
};
// In the order of their hashes, behind `after`.
Result<std::vector<StoredPrint>> stored_prints(Engine& engine, std::string_view after,
                                               std::size_t count);

}  // namespace anlan::engine

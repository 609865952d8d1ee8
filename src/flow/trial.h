#pragma once
// Plays what happened to a case again, on another version of its model, and says where it would
// have gone elsewhere. Nothing of it may stay: the caller takes its transaction back.

#include <functional>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "flow/step.h"

namespace anlan::flow {

struct TrialCommand {
  CaseId past{};
  std::string model_id;  // the newest version of it in the library is tried
  // The record as it was then.
  std::function<Result<Json>(Instant at)> record_at;
};

// What the acts of one case led to, in order, as far as both went the same way.
struct TrialResult {
  enum class Kind {
    Same,       // every act led to the same tasks and the same end
    Elsewhere,  // `act` led to `would` where it led to `was`
    NotTried    // the past holds something that can't be played again: `act`
  };
  Kind kind = Kind::Same;
  int64_t acts = 0;  // that were played
  std::string act;   // "task.complete", "timer.fire", ...
  std::string node;
  std::string outcome;
  Instant at{};
  std::vector<std::string> was{};    // "open check", "end approved", ...; sorted
  std::vector<std::string> would{};  // or "refused forbidden"
};

// `around.view` and `write` belong to one transaction. NotFound where there is no such case.
Result<TrialResult> try_case(const Around& around, const TrialCommand& command,
                             const std::function<Result<void>(const store::Change&)>& write);

// Ended cases of a model that began at or after `from`, newest first.
Result<std::vector<CaseId>> past_cases(store::View& view, std::string_view model_id, Instant from,
                                       std::size_t count);

}  // namespace anlan::flow

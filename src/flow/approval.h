#pragma once
// How several signatures become one outcome: pure arithmetic. Inside the room only.

#include "flow/graph.h"

namespace anlan::flow {

// In units: one for each signature, or millionths where signatures are weighed.
struct Tally {
  int64_t total = 0;
  int64_t agreed = 0;
  int64_t refused = 0;
};

enum class Verdict { Open, Agreed, Refused };

// any: the first decision, either way, is the outcome. all, sequence: every one must agree. vote,
// and every mode with the rule `ratio`: agreed / total reaches `pass`. With waitAll nothing is
// said before everybody has spoken, with first one refusal is enough.
Verdict judge(const Approval& approval, const Tally& tally);

}  // namespace anlan::flow

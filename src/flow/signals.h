#pragma once
// A signal on its way to every case that listens. The first of them take it in the transaction it
// was sent in; the engine writes down how far it came and goes on with the rest.

#include <string>
#include <vector>

#include "flow/step.h"

namespace anlan::flow {

// Cases that began to listen after it was sent don't hear it; its sender has heard it already.
struct SignalPost {
  Uuid id{};
  Signal signal;
  CaseId from{};
  Uuid seen{};  // the last listener that was told
};
SignalPost post(IdMaker& ids, const Signal& signal, CaseId from);

struct Listener {
  Uuid id{};
  CaseId case_id{};
  std::string form;
  RecordId record_id{};
};
// The next that have not been told, in the order in which they began to listen.
Result<std::vector<Listener>> listeners(store::View& view, const SignalPost& post,
                                        std::size_t count);

// Posts that did not reach everybody yet, oldest first.
Result<std::vector<SignalPost>> posts_open(store::View& view, std::size_t count);
// The row of a post: written once, then moved on or taken away.
store::RowChange keep_post(const SignalPost& post, store::RowChange::Kind kind);

}  // namespace anlan::flow

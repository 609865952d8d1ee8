#include "flow/approval.h"

namespace anlan::flow {

namespace {

Verdict judge_vote(const Approval& approval, const Tally& tally) {
  constexpr int64_t kMillion = 1'000'000;
  int64_t open = tally.total - tally.agreed - tally.refused;
  int64_t wanted = tally.total * approval.pass_millionths;
  if (open > 0 && approval.waits_for_all) return Verdict::Open;
  if (tally.agreed * kMillion >= wanted) return Verdict::Agreed;
  bool can_pass = (tally.agreed + open) * kMillion >= wanted;
  return can_pass ? Verdict::Open : Verdict::Refused;
}

Verdict judge_all(const Approval& approval, const Tally& tally) {
  int64_t open = tally.total - tally.agreed - tally.refused;
  if (open > 0 && (tally.refused == 0 || approval.waits_for_all)) return Verdict::Open;
  return tally.refused > 0 ? Verdict::Refused : Verdict::Agreed;
}

}  // namespace

Verdict judge(const Approval& approval, const Tally& tally) {
  switch (approval.mode) {
    case Approval::Mode::Any:
      if (tally.agreed > 0) return Verdict::Agreed;
      return tally.refused > 0 ? Verdict::Refused : Verdict::Open;
    case Approval::Mode::Vote: return judge_vote(approval, tally);
    case Approval::Mode::All:
    case Approval::Mode::Sequence: return judge_all(approval, tally);
  }
  return Verdict::Open;
}

}  // namespace anlan::flow

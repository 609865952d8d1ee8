#include "flow/approval.h"

namespace anlan::flow {

namespace {

using RejectRule = Approval::RejectRule;

Verdict judge_ratio(const Approval& approval, const Tally& tally) {
  constexpr int64_t kMillion = 1'000'000;
  int64_t open = tally.total - tally.agreed - tally.refused;
  bool is_refused = tally.refused > 0 && approval.reject_rule == RejectRule::First;
  if (is_refused) return Verdict::Refused;
  if (open > 0 && approval.reject_rule == RejectRule::WaitAll) return Verdict::Open;
  int64_t wanted = tally.total * approval.pass_millionths;
  if (tally.agreed * kMillion >= wanted) return Verdict::Agreed;
  bool can_pass = (tally.agreed + open) * kMillion >= wanted;
  return can_pass ? Verdict::Open : Verdict::Refused;
}

Verdict judge_all(const Approval& approval, const Tally& tally) {
  int64_t open = tally.total - tally.agreed - tally.refused;
  bool is_waiting = tally.refused == 0 || approval.reject_rule == RejectRule::WaitAll;
  if (open > 0 && is_waiting) return Verdict::Open;
  return tally.refused > 0 ? Verdict::Refused : Verdict::Agreed;
}

}  // namespace

Verdict judge(const Approval& approval, const Tally& tally) {
  switch (approval.mode) {
    case Approval::Mode::Any:
      if (tally.agreed > 0) return Verdict::Agreed;
      return tally.refused > 0 ? Verdict::Refused : Verdict::Open;
    case Approval::Mode::Vote: return judge_ratio(approval, tally);
    case Approval::Mode::All:
    case Approval::Mode::Sequence:
      if (approval.reject_rule == RejectRule::Ratio) return judge_ratio(approval, tally);
      return judge_all(approval, tally);
  }
  return Verdict::Open;
}

}  // namespace anlan::flow

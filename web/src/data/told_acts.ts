// How the timeline tells an act of approval: its text and what the text needs.
import type { TimelineRow } from "../api/types.ts";
import type { ActsKey } from "../text/acts.ts";

export interface Told {
  key: ActsKey;
  values: Record<string, string>;
}

const plain: Record<string, ActsKey> = {
  "task.hand_over": "toldHandOver", "task.deputy": "toldDeputy",
  "task.transfer": "toldTransfer", "task.delegate": "toldDelegate",
  "task.resolve": "toldResolve", "task.add_sign": "toldAddSign",
  "task.remove_sign": "toldRemoveSign", "task.sign_removed": "toldSignRemoved",
  "task.resume": "toldResume", "task.cc": "toldCc", "task.urge": "toldUrge",
  "task.reject": "toldReject", "task.retract": "toldRetract", "case.withdraw": "toldWithdraw",
  "sla.remind": "toldRemind", "sla.escalate": "toldEscalate", "sla.suspend": "toldSuspend",
  "error.throw": "toldError", "escalation.throw": "toldEscalation", "signal.take": "toldSignal",
  "message.take": "toldMessage",
  "condition.true": "toldCondition", "case.migrate": "toldMigrate",
};
const skips: Record<string, ActsKey> = {
  empty: "skip_empty", duplicate: "skip_duplicate", self: "skip_self", added: "skip_added",
};
const ends: Record<string, ActsKey> = { rejected: "endRejected", withdrawn: "endWithdrawn" };

// Acts that a person did, as against what followed by itself.
export const approvalDeeds: readonly string[] = [
  "task.hand_over", "task.transfer", "task.delegate", "task.resolve", "task.add_sign",
  "task.remove_sign", "task.urge", "task.reject", "task.retract", "case.withdraw",
];

const text = (value: unknown): string => typeof value === "string" ? value : "";

type Detail = Record<string, unknown>;
const detailOf = (row: Pick<TimelineRow, "detail">): Detail => (row.detail ?? {}) as Detail;

function keyOf(row: Pick<TimelineRow, "act" | "outcome" | "detail">): ActsKey | undefined {
  if (row.act === "task.skip") return skips[text(detailOf(row)["reason"])];
  if (row.act === "case.end") return ends[row.outcome ?? ""];
  return plain[row.act];
}

export function tellAct(row: Pick<TimelineRow, "act" | "outcome" | "detail">): Told | null {
  const key = keyOf(row);
  const detail = detailOf(row);
  const names = Array.isArray(detail["names"]) ? detail["names"].map(text).join(", ") : "";
  if (!key) return null;
  return {
    key,
    values: {
      from: text(detail["from_name"]), to: text(detail["to_name"]) || "—", names,
      name: text(detail["person_name"]),
    },
  };
}

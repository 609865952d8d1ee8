// Pressing an outcome on the spot: the task is taken on where it was free, the position of the
// phone goes along, photos are signed. What may be pressed is said before, not after.
import * as calls from "../api/calls.ts";
import { completeOnSpot, type OnSpot } from "../api/calls_permit.ts";
import { newId } from "../api/id.ts";
import type { FieldValue, Outcome, RecordView, Task } from "../api/types.ts";
import { serverNow } from "./clock.ts";
import { ofOutcome } from "./outcomes.ts";
import { signedPhotos } from "./permit_form.ts";
import { fixAge_s, position } from "./position.ts";
import { missingOf, needsComment } from "./records.ts";
import type { TaskForm } from "./task_form.ts";
import { lackingOf, withProof } from "./task_proof.ts";

// Where the phone was, and when; an old fix proves nothing and is not sent.
export const fix_max_s = 120;
export function spotNow(): OnSpot["position"] {
  const at = position();
  const age_s = fixAge_s();
  if (!at || age_s > fix_max_s) return undefined;
  return { ...at, at: new Date(serverNow() - age_s * 1000).toISOString() };
}

export interface Lacking {
  fields: string[];
  isMute: boolean;
  isUnsigned: boolean;
}
export function lackingIn(
  task: Task, outcome: Outcome, state: Pick<TaskForm, "fields" | "comment" | "rolls" | "proof">,
): Lacking {
  const full: Record<string, FieldValue> = { ...state.fields };
  for (const [name, roll] of Object.entries(state.rolls)) {
    const items = roll.toSign().map(({ item }) => item);
    if (items.length > 0) full[name] = items;
  }
  return {
    fields: missingOf(task, outcome, full),
    isMute: needsComment(outcome) && state.comment.trim() === "",
    isUnsigned: lackingOf(task, state.proof).length > 0,
  };
}

export interface Act {
  task: Task;
  view: RecordView;
  outcome: Outcome;
  fields: Record<string, FieldValue>;
  comment: string;
}
export async function pressOutcome(
  act: Act, state: Pick<TaskForm, "rolls" | "proof">,
): Promise<void> {
  const { task, view, outcome } = act;
  if (!task.is_mine) await calls.claimTask(task.id);
  const photos = await signedPhotos(state.rolls);
  const spot = spotNow();
  const said = {
    outcome: outcome.id, comment: act.comment.trim(),
    fields: ofOutcome(task, outcome, { ...act.fields, ...photos }), version: view.record.version,
  };
  const body = await withProof(task, view.record.id, said, state.proof);
  await completeOnSpot(task.id, { ...body, ...(spot ? { position: spot } : {}) }, newId());
}

// A call for help: stored at the press, with the person's own id, sent when it can be.
import { newId } from "../api/id.ts";
import type { RecordView } from "../api/types.ts";
import { serverNow } from "./clock.ts";
import { amend, post } from "./outbox.ts";
import type { Op } from "./outbox_step.ts";
import { position } from "./position.ts";
import { readLocal, writeLocal } from "./prefs.ts";
import { keptPlace } from "./running.ts";

const place = "anlan.sos";
const shown_ms = 12 * 3600000;

export function sosFields(owner: string, at: number): Record<string, unknown> {
  const fields: Record<string, unknown> = { at: new Date(at).toISOString() };
  const where = position();
  if (where) return { ...fields, position: where };
  const kept = keptPlace(owner);
  // The badge's place in the plan's metres, to one decimal as the form keeps it.
  const metres = (value: number) => Math.round(value * 10) / 10;
  return kept ? { ...fields, x: metres(kept.x), y: metres(kept.y) } : fields;
}

export function callForHelp(owner: string): Op {
  const id = newId();
  const at = serverNow();
  const op = post({
    kind: "sos", about: id, path: "/api/records/sos", body: { id, fields: sosFields(owner, at) },
  });
  writeLocal(place, { owner, id, at });
  return op;
}

// The position often comes a second after the press.
export function addPosition(op: Op, owner: string): void {
  if (position()) amend(op.id, { id: op.about, fields: sosFields(owner, op.at) });
}

export interface MyCall {
  owner: string;
  id: string;
  at: number;
}
export function myCall(owner: string): MyCall | null {
  const kept = readLocal<MyCall>(place);
  return kept?.owner === owner && serverNow() - kept.at < shown_ms ? kept : null;
}

export type Help = "waiting" | "refused" | "told" | "coming" | "over";
export interface HelpState {
  help: Help;
  by: string;
}
// What the phone says about the call: the op as long as it waits, then the record's task.
export function helpOf(op: Op | null, view: RecordView | null): HelpState {
  if (view) {
    const { record, tasks } = view;
    if (["closed", "done", "false_alarm", "cancelled"].includes(record.state)) {
      return { help: "over", by: "" };
    }
    const taken = tasks.find((task) => task.assignee || task.state === "claimed");
    const by = taken ? String((taken as { assignee_name?: string }).assignee_name ?? "") : "";
    const isOnWay = ["coming", "claimed", "taken", "helping"].includes(record.state);
    return { help: taken || isOnWay ? "coming" : "told", by };
  }
  if (op?.state === "waiting") return { help: "waiting", by: "" };
  return { help: op?.state === "refused" ? "refused" : "told", by: "" };
}

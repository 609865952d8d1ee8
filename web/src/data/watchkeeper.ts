// What the operator has in hand on every page: the alarm that is selected, what was silenced,
// which dialog is open. One place, so that the function keys mean the same everywhere.
import * as calls from "../api/calls_response.ts";
import { asRefusal } from "../api/client.ts";
import type { Alarm } from "../api/types_response.ts";
import { toAcknowledge } from "./alarms.ts";
import { refresh } from "./query.ts";
import { createStore } from "./store.ts";

export type Sheet =
  | { kind: "card"; alarm: Alarm }
  | { kind: "shelve"; alarm: Alarm }
  | { kind: "out"; alarm: Alarm }
  | { kind: "start"; alarm: Alarm | null }
  | { kind: "track"; badge: string };

export const selected = createStore<string | null>(null);
export const silenced = createStore<ReadonlySet<string>>(new Set());
export const sheet = createStore<Sheet | null>(null);

// Only what still sounds is kept, so that the set does not grow for ever.
export function silence(rows: readonly Alarm[]): void {
  silenced.set(new Set(rows.filter((alarm) => !alarm.acked).map((alarm) => alarm.occurrence)));
}

export async function tryTo(run: () => Promise<unknown>): Promise<string | null> {
  try {
    await run();
    refresh("alarms");
    return null;
  } catch (reason) {
    refresh("alarms");
    const refusal = asRefusal(reason);
    return refusal.message || refusal.code;
  }
}
export const acknowledge = (alarm: Alarm) =>
  tryTo(() => calls.ackAlarm(alarm.id, toAcknowledge(alarm) ?? alarm.occurrence));
export const reset = (alarm: Alarm) => tryTo(() => calls.resetAlarm(alarm.id));
export const unshelve = (alarm: Alarm) => tryTo(() => calls.unshelveAlarm(alarm.id));

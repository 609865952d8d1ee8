// The list of alarms kept new without asking for all of it: an event says which alarm changed, and
// only those are asked for. What an event does not say (a response that ended, an order, how often
// in ten minutes) comes with the whole list, which is asked for anew once in a while.
import * as calls from "../api/calls_response.ts";
import type { Alarm, AlarmChanges, AlarmList } from "../api/types_response.ts";
import { patch, refresh } from "./query.ts";

// As many as one question may name (docs/formats/http.md); more is a list of its own.
export const changes_max = 100;
// As many as the whole list has at most.
export const rows_max = 2000;
// While alarms change the whole list comes no oftener than this, when nothing changed for calm_ms,
// and no later than whole_ms_max: it makes a page wait longest.
const whole_ms = 30000;
const calm_ms = 3000;
const whole_ms_max = 120000;

// As the server orders it: what waits for somebody first, then by priority.
const rank = (alarm: Alarm): number =>
  (alarm.annunciated && !alarm.acked ? 0 : 10) + alarm.priority;

// Rows that did not change stay the same objects, so that a page need not draw them again.
export function withChanges(list: AlarmList, changes: AlarmChanges): AlarmList {
  const gone = new Set(changes.of);
  const rows = [...list.rows.filter(({ id }) => !gone.has(id)), ...changes.rows];
  rows.sort((a, b) => rank(a) - rank(b) || (b.raised_at ?? "").localeCompare(a.raised_at ?? ""));
  return { ...list, rows: rows.slice(0, rows_max), counts: changes.counts };
}

let wholeAt = 0;
let changed = new Set<string>();
let calm: ReturnType<typeof setTimeout> | null = null;
// The alarm that an event is of, to be asked for with the next followAlarms.
export const noteAlarm = (id: string): void => void changed.add(id);
export const hasNoted = (): boolean => changed.size > 0;

async function askWhole(): Promise<void> {
  wholeAt = Date.now();
  await refresh("alarms");
}

// Brings the list up to what was noted: by its parts, or as a whole where that says more.
export async function followAlarms(): Promise<void> {
  const ids = [...changed];
  changed = new Set();
  const isFew = ids.length > 0 && ids.length <= changes_max && !ids.includes("");
  const isDone = isFew && await patch<AlarmList, AlarmChanges>(
    "alarms", () => calls.alarmChanges(ids), withChanges);
  const age = Date.now() - wholeAt;
  if (!isDone || age > whole_ms_max) return askWhole();
  if (calm) clearTimeout(calm);
  if (age > whole_ms) calm = setTimeout(() => void askWhole(), calm_ms);
}

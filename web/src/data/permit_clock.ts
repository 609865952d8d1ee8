// What runs out on a permit: its validity, the gas test, the fire watch. Pure. The figures come
// with the record, made by the rule; here they are only added to a time.
import type { Clock, RecordRow } from "../api/types.ts";

export type ClockKind = "valid" | "gas" | "watch" | "waiting";
export type ClockTone = "good" | "warn" | "bad";
export interface PermitClock {
  kind: ClockKind;
  due: number;
  left_ms: number;
  share: number;
  tone: ClockTone;
}

const minute_ms = 60000;
const soon_ms: Record<ClockKind, number> = {
  valid: 30 * minute_ms, gas: 15 * minute_ms, watch: 5 * minute_ms, waiting: 0,
};

const at = (value: unknown): number => Date.parse(String(value ?? ""));
const minutes = (row: RecordRow, field: string): number => {
  const value = row[field];
  return value === null || value === undefined || value === "" ? NaN : Number(value) * minute_ms;
};

export function clockOf(kind: ClockKind, from: number, due: number, now: number): PermitClock {
  const left_ms = due - now;
  const whole = Number.isNaN(from) || due <= from ? Math.max(1, left_ms) : due - from;
  const tone = left_ms <= 0 ? "bad" : left_ms < soon_ms[kind] ? "warn" : "good";
  return { kind, due, left_ms, share: Math.min(1, Math.max(0, left_ms / whole)), tone };
}

// How old the test may be: before the start it is another figure than while the work goes on.
export function gasDue(row: RecordRow): number {
  const field = row.state === "active" ? "limit_gas_min" : "limit_gas_start_min";
  return at(row["gas_at"]) + minutes(row, field);
}

const running = ["ready", "active", "suspended"];

// The work is over before its time or has run out of it: people leave, nothing may go on.
export const isLeaving = (row: { state: string }): boolean => row.state === "withdrawing";
// Nobody may work on it now, though people may still be there.
export const isHalted = (row: { state: string }): boolean =>
  row.state === "suspended" || isLeaving(row);
export function clocksOf(row: RecordRow, clocks: readonly Clock[], now: number): PermitClock[] {
  const made: PermitClock[] = [];
  const valid = at(row["valid_to"]);
  if (!Number.isNaN(valid) && [...running, "approving", "applied"].includes(row.state)) {
    made.push(clockOf("valid", at(row["valid_from"]), valid, now));
  }
  const gas = gasDue(row);
  if (!Number.isNaN(gas) && running.includes(row.state)) {
    made.push(clockOf("gas", at(row["gas_at"]), gas, now));
  }
  const watched = at(row["watch_from"]) + minutes(row, "limit_watch_min");
  const timer = clocks.find(({ node }) => node === "watch" || node.endsWith("_watch"));
  const due = Number.isNaN(watched) ? at(timer?.due) : watched;
  if (row.state === "watching" && !Number.isNaN(due)) {
    made.push(clockOf("watch", due - minutes(row, "limit_watch_min"), due, now));
  }
  return made;
}

// The one that ends first, for a line of a list.
export const firstClock = (clocks: readonly PermitClock[]): PermitClock | null =>
  [...clocks].sort((a, b) => a.left_ms - b.left_ms)[0] ?? null;

// A kept permit says nothing once it is older than this, or than its own validity.
export const kept_max_ms = 12 * 3600000;
export function keptState(row: RecordRow, kept_at: number, now: number): "ok" | "old" | "over" {
  const valid = at(row["valid_to"]);
  if (!Number.isNaN(valid) && now >= valid) return "over";
  return now - kept_at > kept_max_ms ? "old" : "ok";
}

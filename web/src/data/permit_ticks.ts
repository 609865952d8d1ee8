// Ticking the measures of a permit: in order, one by one, each with its time. Pure.
import type { FieldValue } from "../api/types.ts";
import { isSettled, timesIn, type Measure, type Row } from "./permit_measures.ts";

// What stands before it must be settled first: no ticking from the bottom up, none at a stroke.
export function nextMeasure(all: readonly Measure[]): Measure | null {
  return all.find((one) => one.isInvolved && !isSettled(one)) ?? null;
}

// Seconds until the next may be ticked: nobody looks at two measures in one breath.
export function paceLeft_s(all: readonly Measure[], min_s: number, now: number): number {
  const ticked = all.filter(({ isInvolved }) => isInvolved)
    .map(({ deviceAt }) => Date.parse(deviceAt)).filter((at) => !Number.isNaN(at));
  if (ticked.length === 0) return 0;
  return Math.max(0, Math.ceil(min_s - (now - Math.max(...ticked)) / 1000));
}

const change = (rows: readonly Row[], key: string, next: Row): Row[] =>
  rows.map((row, at) => (String(row["key"] ?? at) === key ? { ...row, ...next } : row));
export const markDone = (rows: readonly Row[], key: string, at: string): Row[] =>
  change(rows, key, { is_done: true, device_at: at });
export const markOpen = (rows: readonly Row[], key: string): Row[] =>
  change(rows, key, { is_done: false, device_at: null, steps_at: null });
export const markStep = (rows: readonly Row[], key: string, at: string): Row[] =>
  rows.map((row, place) => String(row["key"] ?? place) !== key ? row
    : { ...row, steps_at: [...timesIn(row["steps_at"]), at].join("\n") });
// What does not apply says why.
export const markNotInvolved = (rows: readonly Row[], key: string, why_not: string): Row[] =>
  change(rows, key, {
    is_involved: false, why_not, is_done: false, device_at: null, steps_at: null,
  });
export const markInvolved = (rows: readonly Row[], key: string): Row[] =>
  change(rows, key, { is_involved: true, why_not: null });

// The server stamps who and when by itself and refuses what a client says of it.
const mine = ["key", "is_involved", "is_done", "device_at"];
export const toSend = (rows: readonly Row[], keys: readonly string[]): FieldValue =>
  rows.map((row) => Object.fromEntries(
    keys.filter((key) => key in row && (mine.includes(key) || !key.startsWith("done_")))
      .map((key) => [key, row[key] ?? null]),
  )) as unknown as FieldValue;

// What is drawn of one tag: stored parts with their smallest, largest and mean value, then the live
// samples that are newer. Lost data is a hole, and a bad sample is none; both are marked. Pure.
import type { TrendRow } from "../api/types_response.ts";
import type { Ring } from "./value_frame.ts";

// Nothing came; what came was bad or stale; somebody doubts it.
export type Doubt = "none" | "bad" | "uncertain";
export interface Mark {
  from: number;
  to: number;
  doubt: Doubt;
}
// Milliseconds; null is a hole.
export interface Curve {
  times: number[];
  low: (number | null)[];
  high: (number | null)[];
  mean: (number | null)[];
  marks: Mark[];
}
export interface Span {
  from: number;
  to: number;
}

const hole_least_ms = 15000;
const hole_gaps = 5;

// The first moment that any of the curves has a value of; null where none has.
export function sinceOf(curves: readonly Curve[]): number | null {
  const firsts = curves.map(({ times, mean }) =>
    times[mean.findIndex((value) => value !== null)] ?? Infinity);
  const first = Math.min(...firsts);
  return Number.isFinite(first) ? first : null;
}

// How far apart two neighbours may be before something is missing between them.
export function holeOf(times: readonly number[]): number {
  const gaps = times.slice(1).map((at, place) => at - (times[place] ?? at)).sort((a, b) => a - b);
  const usual = gaps[Math.floor(gaps.length / 2)] ?? 0;
  return Math.max(hole_least_ms, hole_gaps * usual);
}

type Row = [at: number, low: number, high: number, mean: number, worst: number, isBad: boolean];

const numberOr = (value: number | null): number => value ?? NaN;
function storedRows(rows: readonly TrendRow[], { from, to }: Span): Row[] {
  return rows.filter(([at]) => at >= from && at <= to)
    .map(([at, low, high, mean, , count, worst = 0]) =>
      [at, numberOr(low), numberOr(high), numberOr(mean), worst, count === 0]);
}
function liveRows(ring: Ring | null, after: number, { from, to }: Span): Row[] {
  const made: Row[] = [];
  ring?.each((at, value) => {
    if (at <= after || at < from || at > to) return;
    made.push([at, value, value, value, Number.isNaN(value) ? 2 : 0, Number.isNaN(value)]);
  });
  return made;
}

// Stretches of one kind that follow each other are one.
function note(marks: Mark[], from: number, to: number, doubt: Doubt): void {
  const last = marks.at(-1);
  if (last && last.doubt === doubt && from <= last.to) last.to = Math.max(last.to, to);
  else marks.push({ from, to, doubt });
}

const doubtOf = ([, , , , worst, isBad]: Row): Doubt | null =>
  isBad || worst >= 2 ? "bad" : worst === 1 ? "uncertain" : null;

export function curveOf(rows: readonly TrendRow[], ring: Ring | null, span: Span): Curve {
  const stored = storedRows(rows, span);
  const live = liveRows(ring, stored.at(-1)?.[0] ?? -Infinity, span);
  const holes = [stored, live].map((part) => holeOf(part.map(([at]) => at)));
  const made: Curve = { times: [], low: [], high: [], mean: [], marks: [] };
  const add = (at: number, low: number | null, high: number | null, mean: number | null) => {
    made.times.push(at);
    made.low.push(low);
    made.high.push(high);
    made.mean.push(mean);
  };
  const all = [...stored, ...live];
  let before = span.from;
  all.forEach((row, place) => {
    const [at, low, high, mean, , isBad] = row;
    const hole = (place < stored.length ? holes[0] : Math.max(...holes)) ?? hole_least_ms;
    if (at - before > hole) {
      if (place > 0) add(before + 1, null, null, null);
      note(made.marks, before, at, "none");
    }
    if (isBad) add(at, null, null, null);
    else add(at, low, high, mean);
    const doubt = doubtOf(row);
    const next = all[place + 1]?.[0] ?? at;
    if (doubt) note(made.marks, at, Math.max(at + 1, Math.min(next, at + hole)), doubt);
    before = at;
  });
  if (span.to - before > Math.max(...holes)) note(made.marks, before, span.to, "none");
  return made;
}

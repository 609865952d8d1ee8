// Trends of several tags on one time axis: what a pen draws, and the same as a table. Pure.
import type { Tag, TrendRow } from "../api/types_response.ts";
import type { Curve, Doubt } from "./curve.ts";

export const pensMax = 10;

export interface Pen {
  tag: Tag;
  rows: readonly TrendRow[];
  // Drawn so much later than it was measured: the period before, laid over this one.
  shift_ms: number;
}

// The first stored part of any pen that has a value; null where none has.
export function firstOf(pens: readonly Pen[]): number | null {
  const starts = pens.map(({ rows }) => rows.find(([, , , , , count]) => count > 0)?.[0]);
  const known = starts.filter((at) => at !== undefined);
  return known.length > 0 ? Math.min(...known) : null;
}

// What uPlot draws: null breaks the line, undefined is a time of another pen only.
export type Column = (number | null | undefined)[];

// Every time of any pen in seconds, rising; then for each pen its smallest, largest and mean value.
export function align(
  pens: readonly { curve: Curve; shift_ms: number }[],
): [number[], ...Column[]] {
  const places = new Map<number, number>();
  for (const { curve, shift_ms } of pens) {
    for (const at of curve.times) places.set(at + shift_ms, 0);
  }
  const times = [...places.keys()].sort((a, b) => a - b);
  times.forEach((at, place) => places.set(at, place));
  const columns = pens.flatMap(({ curve, shift_ms }) =>
    [curve.low, curve.high, curve.mean].map((values) => {
      const column: Column = Array(times.length).fill(undefined);
      curve.times.forEach((at, from) => {
        column[places.get(at + shift_ms) ?? 0] = values[from] ?? null;
      });
      return column;
    }));
  return [times.map((at) => at / 1000), ...columns];
}

// The place of the newest time that is not after this one; -1 before the first.
export function placeAt(times: readonly number[], at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
// What the pen says at a moment: its newest value there, and whether that is to be doubted.
export interface Told {
  low: number | null;
  high: number | null;
  mean: number | null;
  doubt: Doubt | null;
}
export function readAt(curve: Curve, at: number): Told {
  const place = placeAt(curve.times, at);
  const doubt = curve.marks.find((mark) => at >= mark.from && at < mark.to)?.doubt ?? null;
  return {
    low: curve.low[place] ?? null, high: curve.high[place] ?? null,
    mean: curve.mean[place] ?? null, doubt,
  };
}

// Tags of one unit share their axis; otherwise each is drawn in percent of its own range.
export const shareUnit = (tags: readonly Tag[]): boolean =>
  new Set(tags.map(({ unit }) => unit)).size <= 1;
export const percentOf = (tag: Tag, value: number | null): number | null =>
  value === null || tag.high <= tag.low
    ? value : (100 * (value - tag.low)) / (tag.high - tag.low);

const cell = (text: string): string =>
  (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const qualities = ["good", "uncertain", "bad", "stale"];
// Minimum, maximum and mean of each part, as they are read in a table, and the worst quality in it;
// times in UTC. A part without a good sample has no values.
export function csvOf(pens: readonly Pen[]): string {
  const lines = ["code,unit,at,minimum,maximum,mean,count,quality"];
  for (const { tag, rows, shift_ms } of pens) {
    if (shift_ms !== 0) continue;
    for (const [at, low, high, mean, , count, worst = 0] of rows) {
      const values = count === 0 ? ["", "", ""] : [low ?? "", high ?? "", mean ?? ""];
      const quality = qualities[worst] ?? "bad";
      const when = new Date(at).toISOString();
      lines.push([cell(tag.code), cell(tag.unit), when, ...values, count, quality].join(","));
    }
  }
  return `${lines.join("\r\n")}\r\n`;
}

// Trends of several tags on one time axis: what a pen draws, and the same as a table. Pure.
import type { Tag, TrendRow } from "../api/types_response.ts";

export const pensMax = 10;

export interface Pen {
  tag: Tag;
  rows: readonly TrendRow[];
  // Drawn so much later than it was measured: the period before, laid over this one.
  shift_ms: number;
}

// Every time of any pen, rising, and for each pen its mean there or null.
export function align(pens: readonly Pen[]): [number[], ...(number | null)[][]] {
  const places = new Map<number, number>();
  for (const { rows, shift_ms } of pens) {
    for (const [at] of rows) places.set(at + shift_ms, 0);
  }
  const times = [...places.keys()].sort((a, b) => a - b);
  times.forEach((at, place) => places.set(at, place));
  const columns = pens.map(({ rows, shift_ms }) => {
    const column = Array<number | null>(times.length).fill(null);
    for (const [at, , , mean, , count] of rows) {
      if (count > 0) column[places.get(at + shift_ms) ?? 0] = mean;
    }
    return column;
  });
  return [times.map((at) => at / 1000), ...columns];
}

// Tags of one unit share their axis; otherwise each is drawn in percent of its own range.
export const shareUnit = (tags: readonly Tag[]): boolean =>
  new Set(tags.map(({ unit }) => unit)).size <= 1;
export const percentOf = (tag: Tag, value: number | null): number | null =>
  value === null || tag.high <= tag.low
    ? value : (100 * (value - tag.low)) / (tag.high - tag.low);

const cell = (text: string): string =>
  (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
// Minimum, maximum and mean of each part, as they are read in a table; times in UTC.
export function csvOf(pens: readonly Pen[]): string {
  const lines = ["code,unit,at,minimum,maximum,mean,count"];
  for (const { tag, rows, shift_ms } of pens) {
    if (shift_ms !== 0) continue;
    for (const [at, low, high, mean, , count] of rows) {
      if (count === 0) continue;
      const when = new Date(at).toISOString();
      lines.push([cell(tag.code), cell(tag.unit), when, low, high, mean, count].join(","));
    }
  }
  return `${lines.join("\r\n")}\r\n`;
}

// The columns of a trend: stored buckets, then the live samples that are newer. A hole in time is
// drawn as a hole.
import type { TrendRow } from "../api/types_response.ts";
import type { Ring } from "../data/value_frame.ts";

// Seconds; smallest, largest, mean or last.
export type Columns = [number[], (number | null)[], (number | null)[], (number | null)[]];

const hole_least_ms = 15000;

export function columnsOf(rows: readonly TrendRow[], ring: Ring, from: number): Columns {
  const made: Columns = [[], [], [], []];
  let before = 0;
  let usual = 0;
  const add = (at: number, low: number, high: number, value: number) => {
    const gap = at - before;
    if (before > 0 && gap > Math.max(hole_least_ms, 6 * usual)) {
      made[0].push((before + 1) / 1000);
      for (const column of [made[1], made[2], made[3]]) column.push(null);
    }
    if (before > 0) usual = usual === 0 ? gap : Math.min(usual * 1.2, Math.max(usual, gap));
    before = at;
    made[0].push(at / 1000);
    made[1].push(low);
    made[2].push(high);
    made[3].push(value);
  };
  for (const [at, low, high, mean, , count] of rows) {
    if (at >= from && count > 0 && at > before) add(at, low, high, mean);
  }
  ring.each((at, value) => {
    if (at >= from && at > before) add(at, value, value, value);
  });
  return made;
}

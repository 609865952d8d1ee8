import { describe, expect, it } from "vitest";
import type { Tag, TrendRow } from "../api/types_response.ts";
import { align, csvOf, firstOf, percentOf, readAt, shareUnit } from "./pens.ts";

const tag = (code: string, unit = "kPa"): Tag =>
  ({ code, unit, low: 0, high: 200 }) as unknown as Tag;
const row = (at: number, mean: number, count = 1): TrendRow =>
  [at, mean - 1, mean + 1, mean, mean, count] as TrendRow;
const curve = (times: number[], mean: (number | null)[]) => ({
  times, mean, low: mean.map((one) => (one === null ? null : one - 1)),
  high: mean.map((one) => (one === null ? null : one + 1)), marks: [],
});

describe("pens", () => {
  it("share one axis of time; another's time is no hole, lost data is one", () => {
    const a = { curve: curve([1000, 3000, 4000], [5, 7, null]), shift_ms: 0 };
    const b = { curve: curve([2000, 3000], [9, 1]), shift_ms: 0 };
    const [times, low, , mean, , high, other] = align([a, b]);
    expect(times).toEqual([1, 2, 3, 4]);
    expect(mean).toEqual([5, undefined, 7, null]);
    expect(low).toEqual([4, undefined, 6, null]);
    expect(high).toEqual([undefined, 10, 2, undefined]);
    expect(other).toEqual([undefined, 9, 1, undefined]);
    expect(align([])).toEqual([[]]);
  });
  it("lay the period before over this one", () => {
    const now = { curve: curve([61_000], [5]), shift_ms: 0 };
    const before = { curve: curve([1000], [4]), shift_ms: 60_000 };
    const [times, , , mean, , , old] = align([now, before]);
    expect([times, mean, old]).toEqual([[61], [5], [4]]);
  });
  it("are read at a moment with what is to be doubted", () => {
    const made = {
      ...curve([1000, 3000, 4000], [5, 7, null]),
      marks: [{ from: 4000, to: 9000, doubt: "bad" as const }],
    };
    expect(readAt(made, 3500)).toEqual({ low: 6, high: 8, mean: 7, doubt: null });
    expect(readAt(made, 5000)).toEqual({ low: null, high: null, mean: null, doubt: "bad" });
    expect(readAt(made, 0).mean).toBe(null);
  });
  it("are in percent of their range where units differ", () => {
    expect(shareUnit([tag("A"), tag("B")])).toBe(true);
    expect(shareUnit([tag("A"), tag("B", "°C")])).toBe(false);
    expect(percentOf(tag("A"), 50)).toBe(25);
    expect(percentOf(tag("A"), null)).toBe(null);
  });
  it("are told as a table without what was laid over", () => {
    const bad: TrendRow = [1000, null, null, null, null, 0, 2];
    const pen = { tag: tag('A,"1"'), rows: [row(0, 5), bad], shift_ms: 0 };
    expect(csvOf([pen, { ...pen, shift_ms: 9 }])).toBe(
      'code,unit,at,minimum,maximum,mean,count,quality\r\n' +
      '"A,""1""",kPa,1970-01-01T00:00:00.000Z,4,6,5,1,good\r\n' +
      '"A,""1""",kPa,1970-01-01T00:00:01.000Z,,,,0,bad\r\n',
    );
  });
});

it("the first value of any pen is that of the earliest part that has one", () => {
  const none = [500, null, null, null, null, 0, 2] as unknown as TrendRow;
  const pen = (...rows: TrendRow[]) => ({ tag: {} as Tag, rows, shift_ms: 0 });
  const at = (time: number): TrendRow => [time, 1, 3, 2, 2, 5];
  expect(firstOf([pen(at(3000)), pen(none, at(2000))])).toBe(2000);
  expect(firstOf([pen(none), pen()])).toBe(null);
});

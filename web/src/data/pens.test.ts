import { describe, expect, it } from "vitest";
import type { Tag, TrendRow } from "../api/types_response.ts";
import { align, csvOf, percentOf, shareUnit } from "./pens.ts";

const tag = (code: string, unit = "kPa"): Tag =>
  ({ code, unit, low: 0, high: 200 }) as unknown as Tag;
const row = (at: number, mean: number, count = 1): TrendRow =>
  [at, mean - 1, mean + 1, mean, mean, count] as TrendRow;

describe("pens", () => {
  it("share one axis of time and leave holes", () => {
    const a = { tag: tag("A"), rows: [row(1000, 5), row(3000, 7)], shift_ms: 0 };
    const b = { tag: tag("B"), rows: [row(2000, 9), row(3000, 1, 0)], shift_ms: 0 };
    expect(align([a, b])).toEqual([[1, 2, 3], [5, null, 7], [null, 9, null]]);
    expect(align([])).toEqual([[]]);
  });
  it("lay the period before over this one", () => {
    const now = { tag: tag("A"), rows: [row(61_000, 5)], shift_ms: 0 };
    const before = { tag: tag("A"), rows: [row(1000, 4)], shift_ms: 60_000 };
    expect(align([now, before])).toEqual([[61], [5], [4]]);
  });
  it("are in percent of their range where units differ", () => {
    expect(shareUnit([tag("A"), tag("B")])).toBe(true);
    expect(shareUnit([tag("A"), tag("B", "°C")])).toBe(false);
    expect(percentOf(tag("A"), 50)).toBe(25);
    expect(percentOf(tag("A"), null)).toBe(null);
  });
  it("are told as a table without what was laid over", () => {
    const pen = { tag: tag('A,"1"'), rows: [row(0, 5), row(1000, 6, 0)], shift_ms: 0 };
    expect(csvOf([pen, { ...pen, shift_ms: 9 }])).toBe(
      'code,unit,at,minimum,maximum,mean,count\r\n' +
      '"A,""1""",kPa,1970-01-01T00:00:00.000Z,4,6,5,1\r\n',
    );
  });
});

import { expect, test } from "vitest";
import type { TrendRow } from "../api/types_response.ts";
import { curveOf, sinceOf } from "./curve.ts";
import { Ring } from "./value_frame.ts";

const row = (at: number, value: number): TrendRow => [at, value - 1, value + 1, value, value, 5];
const hour = { from: 0, to: 3_600_000 };

test("stored parts are followed by the live samples that are newer", () => {
  const ring = new Ring(10);
  ring.push(2000, 99);
  ring.push(3000, 7);
  const made = curveOf([row(1000, 5), row(2000, 6)], ring, { from: 0, to: 3000 });
  expect(made.times).toEqual([1000, 2000, 3000]);
  expect(made.low).toEqual([4, 5, 7]);
  expect(made.high).toEqual([6, 7, 7]);
  expect(made.mean).toEqual([5, 6, 7]);
  expect(made.marks).toEqual([]);
});

test("a spike between two means is in the band", () => {
  const spike: TrendRow = [2000, 5, 90, 6, 5, 60];
  const made = curveOf([row(1000, 5), spike, row(3000, 5)], null, hour);
  expect(Math.max(...made.high.map(Number))).toBe(90);
  expect(Math.max(...made.mean.map(Number))).toBe(6);
});

test("where nothing came for long there is a hole, and it is marked", () => {
  const made = curveOf([row(1000, 5), row(2000, 5), row(3000, 5), row(90000, 6)], null,
    { from: 1000, to: 90000 });
  expect(made.times).toEqual([1000, 2000, 3000, 3001, 90000]);
  expect(made.mean).toEqual([5, 5, 5, null, 6]);
  expect(made.marks).toEqual([{ from: 3000, to: 90000, doubt: "none" }]);
});

test("what is silent until now, or was before, is marked to the ends of the window", () => {
  const made = curveOf([row(100_000, 5), row(101_000, 5)], null, { from: 0, to: 200_000 });
  expect(made.marks).toEqual([
    { from: 0, to: 100_000, doubt: "none" }, { from: 101_000, to: 200_000, doubt: "none" },
  ]);
  expect(curveOf([], null, hour).marks).toEqual([{ ...hour, doubt: "none" }]);
});

test("a part with bad samples only is a hole, one with some is marked", () => {
  const bad: TrendRow = [2000, null, null, null, null, 0, 2] as unknown as TrendRow;
  const some: TrendRow = [4000, 4, 6, 5, 5, 3, 3];
  const doubted: TrendRow = [5000, 4, 6, 5, 5, 3, 1];
  const made = curveOf([row(1000, 5), bad, row(3000, 5), some, doubted], null,
    { from: 1000, to: 5000 });
  expect(made.mean).toEqual([5, null, 5, 5, 5]);
  expect(made.marks.map(({ from, doubt }) => [from, doubt])).toEqual([
    [2000, "bad"], [4000, "bad"], [5000, "uncertain"],
  ]);
});

test("a live sample that is bad breaks the line", () => {
  const ring = new Ring(4);
  ring.push(2000, 5);
  ring.push(3000, NaN);
  ring.push(4000, 5);
  const made = curveOf([row(1000, 5)], ring, { from: 1000, to: 4000 });
  expect(made.mean).toEqual([5, 5, null, 5]);
  expect(made.marks).toEqual([{ from: 3000, to: 4000, doubt: "bad" }]);
});

test("what lies outside the window is left out", () => {
  expect(curveOf([row(1000, 5), row(3000, 6), row(5000, 7)], null, { from: 1500, to: 4000 }).times)
    .toEqual([3000]);
});

test("the first value of several pens is the earliest that is one", () => {
  const late = curveOf([row(2000, 5), row(3000, 5)], null, hour);
  const bad: TrendRow = [500, null, null, null, null, 0, 2] as unknown as TrendRow;
  const early = curveOf([bad, row(1000, 5)], null, hour);
  expect(sinceOf([late, early])).toBe(1000);
  expect(sinceOf([late])).toBe(2000);
  expect(sinceOf([curveOf([], null, hour)])).toBe(null);
  expect(sinceOf([])).toBe(null);
});

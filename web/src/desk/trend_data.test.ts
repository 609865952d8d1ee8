import { expect, test } from "vitest";
import type { TrendRow } from "../api/types_response.ts";
import { Ring } from "../data/value_frame.ts";
import { columnsOf } from "./trend_data.ts";

const row = (at: number, value: number): TrendRow => [at, value - 1, value + 1, value, value, 5];

test("stored buckets are followed by the live samples that are newer", () => {
  const ring = new Ring(10);
  ring.push(2000, 99);
  ring.push(3000, 7);
  const [times, low, high, mean] = columnsOf([row(1000, 5), row(2000, 6)], ring, 0);
  expect(times).toEqual([1, 2, 3]);
  expect(low).toEqual([4, 5, 7]);
  expect(high).toEqual([6, 7, 7]);
  expect(mean).toEqual([5, 6, 7]);
});

test("what is older than the window and what is empty is left out", () => {
  const empty: TrendRow = [2000, 0, 0, 0, 0, 0];
  expect(columnsOf([row(1000, 5), empty, row(3000, 6)], new Ring(2), 1500)[0]).toEqual([3]);
});

test("where nothing came for long there is a hole and no line", () => {
  const [times, , , mean] = columnsOf(
    [row(1000, 5), row(2000, 5), row(3000, 5), row(90000, 6)], new Ring(2), 0);
  expect(times).toEqual([1, 2, 3, 3.001, 90]);
  expect(mean).toEqual([5, 5, 5, null, 6]);
});

import { expect, test } from "vitest";
import type { Figure } from "../api/types_hazard.ts";
import { barOf, grouped, intervalOf, presetOf, told, windowOf } from "./desk_figures.ts";

const figure = (over: Partial<Figure>): Figure => ({
  id: "open", name: { zh: "x", en: "x" }, value: 1, unit: "count", base: 1,
  formula: { zh: "x", en: "x" }, small: false, form: "hazard", filter: null, ...over,
});
const now = Date.parse("2026-11-21T06:00:00+08:00");

test("a figure is told in the unit that people think in", () => {
  expect(told(1234, "count", "en")).toEqual({ number: "1,234", unit: "" });
  expect(told(3.456, "h", "en")).toEqual({ number: "3.5", unit: "h" });
  expect(told(240, "h", "en")).toEqual({ number: "10", unit: "d" });
  expect(told(66.6666, "percent", "en")).toEqual({ number: "66.7", unit: "%" });
  expect(told(0.1234, "per_head", "en")).toEqual({ number: "0.12", unit: "" });
});

test("an interval has two ends; a time that nobody knows yet only a lower one", () => {
  expect(intervalOf(figure({}))).toEqual({ kind: "none" });
  expect(intervalOf(figure({ low: 1, high: 3 }))).toEqual({ kind: "range", low: 1, high: 3 });
  expect(intervalOf(figure({ value: null, unit: "h", low: 90 })))
    .toEqual({ kind: "longer", low: 90 });
});

test("a share is drawn on 0 to 100 %, an interval around its value, a count not at all", () => {
  expect(barOf(figure({ unit: "percent", value: 25 })))
    .toEqual({ value: 0.25, low: 0, high: 0.25 });
  expect(barOf(figure({ unit: "percent", value: 50, low: 20, high: 180 })))
    .toEqual({ value: 0.5, low: 0.2, high: 1 });
  expect(barOf(figure({ value: 5 }))).toBeNull();
  const bar = barOf(figure({ unit: "per_head", value: 2, low: 1, high: 4 }));
  expect(bar?.low).toBeLessThan(bar?.value ?? 0);
  expect(bar?.high).toBeLessThan(1);
});

test("figures stand in a fixed order, and one that is new to the page is not lost", () => {
  const rows = [figure({ id: "brand_new" }), figure({ id: "overdue" }), figure({ id: "open" })];
  expect(grouped(rows).map(({ id, rows: own }) => [id, own.map((row) => row.id)]))
    .toEqual([["now", ["open", "overdue"]], ["other", ["brand_new"]]]);
});

test("the window stands in the address; nonsense gives the last 30 days", () => {
  expect(windowOf({ from: "2026-10-01", to: "2026-10-31", org: "/AL/" }, now))
    .toEqual({ from: "2026-10-01", to: "2026-10-31", org: "/AL/" });
  const usual = { ...presetOf(30, now), org: "" };
  const nonsense: Record<string, string>[] = [
    {}, { from: "x", to: "y" }, { from: "2026-10-31", to: "2026-10-01" },
  ];
  for (const query of nonsense) {
    expect(windowOf(query, now)).toEqual(usual);
  }
});

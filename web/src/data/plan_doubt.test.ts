import { expect, test } from "vitest";
import type { Plan } from "./plan.ts";
import { doubtOf, roomIn } from "./plan_doubt.ts";
import { drawDoubts } from "../parts/doubt_draw.ts";

const zone = {
  code: "A1", name: { zh: "罐区", en: "Tanks" }, risk: null,
  outline: [[0, 0], [100, 0], [100, 40], [0, 40]],
} as unknown as Plan["zones"][number];
const plan = { zones: [zone] } as unknown as Plan;
const row = (x: number | null, y: number | null, accuracy_m: number, code = "A1") =>
  ({ x, y, accuracy_m, zone: code });

test("a place is in doubt where it may be in the next area", () => {
  expect(roomIn(zone, [50, 10])).toBeCloseTo(10);
  expect(roomIn(zone, [150, 10])).toBe(0);
  expect(doubtOf(row(50, 20, 19), plan)).toBeUndefined();
  expect(doubtOf(row(50, 20, 21), plan)).toBe(21);
  expect(doubtOf(row(50, 2, 3), plan)).toBe(3);
  // Shown in an area that his point is not in, or in none.
  expect(doubtOf(row(150, 20, 1), plan)).toBe(1);
  expect(doubtOf(row(150, 20, 5, ""), plan)).toBe(5);
  expect(doubtOf(row(50, 20, 5, ""), plan)).toBeUndefined();
});

test("an area without a point, and a system that tells no accuracy, make no circle", () => {
  expect(doubtOf(row(null, null, 30), plan)).toBeUndefined();
  expect(doubtOf(row(50, 2, 0), plan)).toBeUndefined();
});

test("a circle is as large as the doubt, and never hidden by the dot", () => {
  const arcs: number[][] = [];
  const ctx = {
    save() {}, restore() {}, setLineDash() {}, beginPath() {}, fill() {}, stroke() {},
    arc: (...given: number[]) => { arcs.push(given.slice(0, 3)); },
  } as unknown as CanvasRenderingContext2D;
  const view = { scale: 2, x: 0, y: 0 };
  drawDoubts(ctx, view, { warn: "#fa0" }, [
    { id: "a", x: 1, y: 1 }, { id: "b", x: 10, y: 5, doubt_m: 25 },
    { id: "c", x: 1, y: 1, doubt_m: 1 },
  ]);
  expect(arcs.map(([, , radius]) => radius)).toEqual([50, 8]);
});

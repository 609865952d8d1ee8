import { expect, test } from "vitest";
import drawn from "../../../packs/plant/plan/plant.geojson?raw";
import type { PlanSource } from "../api/types_response.ts";
import { boxOf, isInside, planOf, zoneAt, zoneMiddle } from "./plan.ts";
import { fitView, nearest, toMetres, toPixels, zoomAt } from "./plan_view.ts";

const demo = planOf(JSON.parse(drawn) as PlanSource);

test("the plan of the demo plant is read whole", () => {
  expect(demo.zones.map((zone) => zone.code).sort())
    .toEqual(["A1", "A2", "A3", "A4", "A5", "A6"]);
  for (const zone of demo.zones) expect(zone.name.zh !== "" && zone.name.en !== "").toBe(true);
  expect(demo.musters.length).toBeGreaterThanOrEqual(2);
  expect(demo.walls.length + demo.fences.length).toBeGreaterThan(0);
  expect(demo.roads.length).toBeGreaterThan(0);
});

test("the detector of the walk stands in the tank farm", () => {
  expect(zoneAt(demo, [150, 320])?.code).toBe("A1");
  expect(zoneAt(demo, [700, 110])?.code).toBe("A5");
  expect(zoneAt(demo, [-500, 0])).toBeNull();
});

test("a tank with a radius is drawn round", () => {
  const plan = planOf({ type: "FeatureCollection", features: [{
    type: "Feature", properties: { kind: "tank", code: "V-1", radius_m: 5 },
    geometry: { type: "Point", coordinates: [10, 20] },
  }] });
  const [outline = []] = plan.tanks;
  for (const [x, y] of outline) expect(Math.hypot(x - 10, y - 20)).toBeCloseTo(5);
  expect(isInside(outline, [10, 20])).toBe(true);
});

test("what has no geometry or an unknown kind breaks nothing", () => {
  const plan = planOf({ type: "FeatureCollection", features: [
    { type: "Feature", properties: { kind: "zone", code: "X" }, geometry: null },
    { type: "Feature", properties: { kind: "ufo" },
      geometry: { type: "Point", coordinates: [1, 2] } },
  ] });
  expect(plan.zones).toEqual([]);
  expect(boxOf([])).toEqual({ low: [0, 0], high: [1, 1] });
});

test("metres become pixels and pixels the same metres, north up", () => {
  const view = fitView(demo.box, { width: 900, height: 400 }, 10);
  const [x, y] = toMetres(view, toPixels(view, [123, 45]));
  expect(x).toBeCloseTo(123);
  expect(y).toBeCloseTo(45);
  expect(toPixels(view, [0, 100])[1]).toBeLessThan(toPixels(view, [0, 50])[1]);
});

test("the point under the pointer stays, and zooming out ends at the whole plan", () => {
  const whole = fitView(demo.box, { width: 900, height: 400 }, 10);
  const at = [300, 120] as [number, number];
  const near = zoomAt(whole, 2, at, whole);
  const before = toMetres(whole, at);
  const after = toMetres(near, at);
  expect(after[0]).toBeCloseTo(before[0]);
  expect(after[1]).toBeCloseTo(before[1]);
  expect(zoomAt(near, 0.01, at, whole)).toBe(whole);
});

test("the nearest within reach is picked, nothing beyond it", () => {
  const view = { scale: 1, x: 0, y: 100 };
  const items = [{ x: 10, y: 50 }, { x: 14, y: 50 }];
  expect(nearest(view, items, [13, 50], 10)).toBe(items[1]);
  expect(nearest(view, items, [80, 50], 10)).toBeNull();
});

test("the middle of a zone is where its words stand", () => {
  const [zone] = demo.zones;
  if (zone) expect(isInside(zone.outline, zoneMiddle(zone))).toBe(true);
});

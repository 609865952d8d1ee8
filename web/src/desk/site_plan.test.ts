import { expect, test } from "vitest";
import type { Presence } from "../api/types_response.ts";
import type { Plan } from "../data/plan.ts";
import { dotsOf } from "./site_plan.tsx";

test("the map tells vehicles from people and fades what is old", () => {
  const presence = { rows: [
    { badge: "a", kind: "staff", x: 1, y: 2, zone: "A1", age_ms: 1000 },
    { badge: "b", kind: "vehicle", x: 3, y: 4, zone: "", age_ms: 60000, accuracy_m: 12 },
    { badge: "c", kind: "vehicle", x: null, y: null, zone: "", age_ms: 0 },
  ] } as unknown as Presence;
  const dots = dotsOf(presence, { zones: [] } as unknown as Plan);
  expect(dots.map(({ id, isVehicle, isStale }) => [id, isVehicle, isStale])).toEqual([
    ["a", false, false], ["b", true, true],
  ]);
  expect(dots.map(({ doubt_m }) => doubt_m)).toEqual([undefined, 12]);
});

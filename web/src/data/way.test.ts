import { expect, test } from "vitest";
import type { MyRoute, Point } from "../api/types_response.ts";
import {
  aheadOf, bearing, eighth, isNewVersion, isOfUse, secondsLeft, way_keep_ms, type KeptWay,
} from "./way.ts";

test("north is up, east is right", () => {
  expect(bearing([0, 0], [0, 5])).toBe(0);
  expect(bearing([0, 0], [5, 0])).toBe(90);
  expect(bearing([0, 0], [0, -5])).toBe(180);
  expect(bearing([0, 0], [-5, 0])).toBe(270);
  expect([0, 22, 23, 90, 337, 338, 359].map(eighth)).toEqual([0, 0, 1, 2, 7, 0, 0]);
});

const corner: Point[] = [[0, 0], [100, 0], [100, 50]];

test("what is left goes along the route, not through walls", () => {
  expect(aheadOf(corner, [0, 0])?.left_m).toBe(150);
  expect(aheadOf(corner, [60, 0])?.left_m).toBe(90);
  expect(aheadOf(corner, [100, 50])?.left_m).toBe(0);
});

test("who stands beside the route first has to come to it", () => {
  const ahead = aheadOf(corner, [60, -8]);
  expect(ahead).toMatchObject({ off_m: 8, left_m: 98 });
  expect(eighth(ahead?.heading ?? -1)).toBe(1);
});

test("the arrow looks past a corner that is a step away", () => {
  expect(eighth(aheadOf(corner, [0, 0])?.heading ?? -1)).toBe(2);
  expect(eighth(aheadOf(corner, [99, 0])?.heading ?? -1)).toBe(0);
});

test("without a place the route starts where the server said", () => {
  expect(aheadOf(corner, null)?.left_m).toBe(150);
  expect(aheadOf([], [1, 1])).toBeNull();
  expect(aheadOf([[3, 4]], [0, 0])?.left_m).toBe(5);
});

test("the seconds shrink with the way, and never grow over what the server said", () => {
  expect(secondsLeft(120, corner, 75)).toBe(60);
  expect(secondsLeft(120, corner, 300)).toBe(120);
});

test("a route of the phone's memory is shown to its owner only, while the response runs", () => {
  const answer = { response: { state: "responding" } } as MyRoute;
  const kept: KeptWay = { owner: "me", id: "r", at: 1000, answer };
  expect(isOfUse(kept, "me", 2000)).toBe(true);
  expect(isOfUse(kept, "other", 2000)).toBe(false);
  expect(isOfUse(kept, "me", 1000 + way_keep_ms)).toBe(false);
  expect(isOfUse({ ...kept, answer: { response: { state: "closed" } } as MyRoute }, "me", 2000))
    .toBe(false);
  expect(isOfUse(null, "me", 2000)).toBe(false);
});

test("only a route that changes shakes the phone", () => {
  expect(isNewVersion(null, 1)).toBe(false);
  expect(isNewVersion(1, 1)).toBe(false);
  expect(isNewVersion(1, 2)).toBe(true);
});

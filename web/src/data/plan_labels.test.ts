import { expect, test } from "vitest";
import type { Point } from "../api/types_response.ts";
import {
  around, freeSpot, meet, placeLabels, seenOf, spotsIn, type Area, type LabelWish,
} from "./plan_labels.ts";

const room = { width: 900, height: 600 };
const wish = (at: Point, more: Partial<LabelWish> = {}): LabelWish =>
  ({ at, half: 12, width: 90, height: 14, rank: 5, ...more });

test("in a crowd no words cover a sign or other words, and all stay in the picture", () => {
  const wishes: LabelWish[] = [];
  for (let i = 0; i < 60; i += 1) {
    wishes.push(wish([(i * 137) % 900, (i * 83) % 600], { rank: i % 5, width: 60 + (i % 4) * 20 }));
  }
  const signs = wishes.map(({ at, half }) => around(at, half));
  const placed = placeLabels(wishes, signs, room);
  const words = placed.filter((one): one is Area => one !== null);
  expect(words.length).toBeGreaterThan(20);
  for (const [at, area] of words.entries()) {
    expect(area.left >= 0 && area.top >= 0 && area.right <= 900 && area.bottom <= 600).toBe(true);
    expect(signs.filter((sign) => meet(sign, area))).toEqual([]);
    expect(words.filter((other, place) => place !== at && meet(other, area))).toEqual([]);
  }
});

test("words stand below their sign, else where there is room", () => {
  const [below] = placeLabels([wish([100, 100])], [around([100, 100], 12)], room);
  expect(below).toEqual({ left: 55, top: 115, right: 145, bottom: 129 });
  const signs = [around([100, 100], 12), around([100, 122], 12)];
  const [above] = placeLabels([wish([100, 100])], signs, room);
  expect(above).toEqual({ left: 55, top: 71, right: 145, bottom: 85 });
});

test("where there is room for one the graver is told; who is pointed at always", () => {
  const narrow = { width: 100, height: 42 };
  const pair = [wish([50, 12], { rank: 3 }), wish([50, 12], { rank: 1 })];
  const signs = [around([50, 12], 12)];
  expect(placeLabels(pair, signs, narrow).map((one) => one !== null)).toEqual([false, true]);
  const pointed = [wish([50, 12], { rank: 3, isPointed: true }), wish([50, 12], { rank: 1 })];
  expect(placeLabels(pointed, signs, narrow).map((one) => one !== null)).toEqual([true, false]);
  const low = [wish([5, 38], { isPointed: true })];
  expect(placeLabels(low, [around([5, 38], 12)], narrow))
    .toEqual([{ left: 0, top: 28, right: 90, bottom: 42 }]);
});

test("a name leaves the corner with a sign, and covers the fewest where all have one", () => {
  const spots = [around([10, 10], 8), around([60, 10], 8)];
  expect(freeSpot(spots, [])).toBe(spots[0]);
  expect(freeSpot(spots, [around([12, 12], 3)])).toBe(spots[1]);
  const crowd = [around([12, 12], 3), around([8, 8], 3), around([60, 10], 3)];
  expect(freeSpot(spots, crowd)).toBe(spots[1]);
});

test("places for a name lie within its area, as far as that is in the picture", () => {
  const area = { left: -200, top: 40, right: 300, bottom: 240 };
  const seen = seenOf(area, room);
  expect(seen).toEqual({ left: 0, top: 40, right: 300, bottom: 240 });
  expect(seenOf({ left: -50, top: 0, right: -1, bottom: 9 }, room)).toBe(null);
  const spots = spotsIn(seen ?? area, 80, 30, 8);
  expect(spots[0]).toEqual({ left: 8, top: 48, right: 88, bottom: 78 });
  for (const { left, top, right, bottom } of spots) {
    expect(left >= 8 && top >= 48 && right <= 292 && bottom <= 232).toBe(true);
  }
});

import { expect, test } from "vitest";
import type { Plan } from "../data/plan.ts";
import { drawLabels, drawNames, signsOf } from "./plan_words.ts";
import type { Moving, Paint, PlanMarker } from "./plan_draw.ts";

const zone = (code: string, [x, y]: [number, number]) => ({
  code, name: { zh: code, en: code }, risk: null,
  outline: [[x, y], [x + 300, y], [x + 300, y + 200], [x, y + 200]],
});
const plan = {
  zones: [zone("A1", [0, 0]), zone("FAR", [5000, 5000])], musters: [], exits: [],
} as unknown as Plan;
const words = { nameOf: ({ code }: { code: string }) => code, levelOf: () => "low" };
const marker = (id: string, x: number, y: number, more: Partial<PlanMarker> = {}): PlanMarker =>
  ({ id, x, y, text: `${id} 1.0 %`, ...more });
const room = { width: 400, height: 300 };
const moving = (markers: PlanMarker[], more: Partial<Moving> = {}) => ({
  plan, risks: {}, words, isCompact: false, markers, permits: [], pointed: null, highlight: null,
  room, ...more,
}) as unknown as Moving;
const view = { scale: 1, x: 20, y: 280 };
const paint = { font: "sans" } as Paint;

// Tells what was written where; a letter is eight pixels wide.
function paper() {
  const told: [string, number, number][] = [];
  const ctx = {
    measureText: (text: string) => ({ width: text.length * 8 }), strokeText: () => {},
    fillText: (text: string, x: number, y: number) => told.push([text, x, y]),
  } as unknown as CanvasRenderingContext2D;
  return { ctx, told };
}

test("from afar only news has words, and what somebody points at or looks for", () => {
  const all = [
    marker("NEW", 50, 50, { priority: 1, isUnacked: true }), marker("TAG", 90, 90),
    marker("SEEN", 70, 70, { priority: 1, isUnacked: false }),
    marker("LOW", 80, 80, { priority: 3, isUnacked: true }),
  ];
  const named = (more: Partial<Moving>, scale = 1) =>
    signsOf({ ...view, scale }, moving(all, more)).filter(({ isNamed }) => isNamed)
      .map(({ text }) => text.split(" ")[0]);
  expect(named({})).toEqual(["NEW"]);
  expect(named({ pointed: { kind: "marker", id: "TAG" } })).toEqual(["NEW", "TAG"]);
  expect(named({ highlight: { kind: "marker", id: "LOW" } })).toEqual(["NEW", "LOW"]);
  expect(named({}, 2)).toEqual(["NEW", "TAG", "SEEN", "LOW"]);
});

test("the words of two alarms at one place stand apart, and over neither sign", () => {
  const { ctx, told } = paper();
  const scene = moving([
    marker("A", 100, 100, { priority: 1 }), marker("B", 104, 84, { priority: 1 }),
  ]);
  drawLabels(ctx, paint, signsOf(view, scene), [], room);
  const spots = told.map(([text, left, top]) =>
    ({ text, left, right: left + 56, top, bottom: top + 12 }));
  expect(spots.map(({ text }) => text)).toEqual(["A 1.0 %", "B 1.0 %"]);
  const signs = [[120, 180], [124, 196]].map(([x = 0, y = 0]) =>
    ({ left: x - 13, right: x + 13, top: y - 13, bottom: y + 13 }));
  const boxes = [...signs, ...spots];
  spots.forEach((spot, at) => boxes.forEach((other, place) => {
    if (place === at + signs.length) return;
    const isApart = spot.right <= other.left || other.right <= spot.left ||
      spot.bottom <= other.top || other.bottom <= spot.top;
    expect(isApart).toBe(true);
  }));
});

test("the name of an area makes way for a sign; what is out of the picture has none", () => {
  const { ctx, told } = paper();
  drawNames(ctx, view, paint, moving([]), []);
  expect(told).toEqual([["A1", 28, 88], ["low", 28, 113.5]]);
  told.length = 0;
  const scene = moving([marker("X", 15, 185)]);
  drawNames(ctx, view, paint, scene, signsOf(view, scene));
  expect(told[0]?.[1]).toBeGreaterThan(42);
  expect(told).toHaveLength(2);
});

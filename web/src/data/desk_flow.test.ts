import { expect, test } from "vitest";
import type { FlowNode, FlowPicture } from "../api/types_hazard.ts";
import {
  around, broken, pathOf, scaleOf, standingAt, told, whole, wordsAt, zoom_max, zoomed,
} from "./desk_flow.ts";

const node = (id: string, x: number, over: Partial<FlowNode> = {}): FlowNode => ({
  id, kind: "user", name: { zh: `步骤${id}`, en: `Step ${id}` }, state: "ahead",
  x, y: 100, w: 120, h: 60, ...over,
});
const picture = (nodes: FlowNode[]): FlowPicture => ({
  model: "m", version: 1, name: { zh: "x", en: "x" }, nodes, edges: [],
});
const frame = { width: 800, height: 300 };

test("the whole picture fits, and a small one is not blown up", () => {
  const wide = whole(picture([node("a", 0), node("b", 3000)]), frame);
  expect(wide.width).toBeGreaterThanOrEqual(3120);
  expect(wide.width / wide.height).toBeCloseTo(800 / 300);
  expect(scaleOf(whole(picture([node("a", 0)]), frame), frame)).toBe(1);
});

test("a wide picture opens readable, with where the case stands in the middle", () => {
  const nodes = [node("a", 0, { state: "done" }), node("b", 1500, { state: "waiting" }),
    node("c", 3000)];
  const view = around(picture(nodes), frame);
  expect(scaleOf(view, frame)).toBe(1);
  expect(view.x + view.width / 2).toBe(1560);
});

test("the view does not open beside the picture", () => {
  const nodes = [node("a", 0, { state: "waiting" }), node("c", 3000)];
  expect(around(picture(nodes), frame).x).toBeGreaterThanOrEqual(-16);
});

test("an incident counts as where the case stands, then what waits, then the last done", () => {
  const a = node("a", 0, { state: "done" });
  const b = node("b", 200, { state: "waiting" });
  const c = node("c", 100, { state: "incident" });
  expect(standingAt([a, b, c]).map(({ id }) => id)).toEqual(["c", "b"]);
  expect(standingAt([a, node("z", 50, { state: "done" })]).map(({ id }) => id)).toEqual(["z"]);
  expect(standingAt([node("z", 1)])).toEqual([]);
});

test("zooming keeps the middle and has limits", () => {
  const view = { x: 0, y: 0, width: 800, height: 300 };
  const near = zoomed(view, frame, 2);
  expect(near).toEqual({ x: 200, y: 75, width: 400, height: 150 });
  expect(scaleOf(zoomed(view, frame, 100), frame)).toBe(zoom_max);
});

test("a line bends with round corners", () => {
  expect(pathOf([])).toBe("");
  expect(pathOf([[0, 0], [100, 0]])).toBe("M0 0L100 0");
  expect(pathOf([[0, 0], [100, 0], [100, 50]])).toBe("M0 0L92 0Q100 0 100 8L100 50");
  expect(pathOf([[0, 0], [4, 0], [4, 50]])).toBe("M0 0L2 0Q4 0 4 8L4 50");
  expect(pathOf([[5, 5], [5, 5], [5, 9]])).not.toContain("NaN");
});

test("the words of a line stand on its longest level piece", () => {
  const points: [number, number][] = [[0, 0], [20, 0], [20, 80], [120, 80]];
  expect(wordsAt({ from: "a", to: "b", points, is_taken: false }))
    .toEqual({ x: 70, y: 80, room: 100 });
  expect(wordsAt({ from: "a", to: "b", points: [[0, 0], [0, 9]], is_taken: false })).toBeNull();
});

test("words break between Chinese signs and between English words, and end in an ellipsis", () => {
  expect(broken("重大隐患认定", 4)).toEqual(["重大隐患", "认定"]);
  expect(broken("Confirm as major", 7)).toEqual(["Confirm as", "major"]);
  expect(broken("一二三四五六七八九十", 4)).toEqual(["一二三四", "五六七…"]);
  expect(broken("Unbreakablelongword", 4)[0]).toMatch(/…$/);
  expect(broken("", 4)).toEqual([]);
});

test("the list tells where it stands first and leaves out what has no name", () => {
  const nodes = [node("a", 0, { state: "done" }), node("b", 200, { state: "waiting" }),
    node("g", 100, { kind: "gateway" }), node("n", 100, { name: null })];
  expect(told(picture(nodes), "en").map(({ id }) => id)).toEqual(["b", "a"]);
});

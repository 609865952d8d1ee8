import { expect, test } from "vitest";
import { cellAt, moved, wallOf } from "./wall.ts";

test("two thousand tags have a cell each on a large screen", () => {
  const wall = wallOf(2000, 1880, 900);
  expect(wall.columns * wall.width).toBeLessThanOrEqual(1880);
  expect(Math.ceil(2000 / wall.columns) * wall.height).toBeLessThanOrEqual(900);
  expect(wall.width).toBeGreaterThan(40);
});

test("few tags have cells of a bound size, and none has a cell of no size", () => {
  expect(wallOf(1, 1880, 900)).toEqual({ columns: 1, width: 150, height: 44 });
  expect(wallOf(0, 1880, 900).columns).toBe(1);
  expect(wallOf(5000, 300, 200).height).toBeGreaterThan(0);
});

test("a point is in the cell that is drawn there, or in none", () => {
  const wall = { columns: 4, width: 100, height: 20 };
  expect(cellAt(wall, 10, 0, 0)).toBe(0);
  expect(cellAt(wall, 10, 399, 21)).toBe(7);
  expect(cellAt(wall, 10, 250, 41)).toBeNull();
  expect(cellAt(wall, 10, 401, 0)).toBeNull();
  expect(cellAt(wall, 10, -1, 5)).toBeNull();
});

test("arrows lead from cell to cell and stay among them", () => {
  const wall = { columns: 4, width: 100, height: 20 };
  expect(moved(wall, 10, null, "ArrowRight")).toBe(0);
  expect(moved(wall, 10, 1, "ArrowDown")).toBe(5);
  expect(moved(wall, 10, 8, "ArrowDown")).toBe(9);
  expect(moved(wall, 10, 2, "ArrowUp")).toBe(0);
  expect(moved(wall, 10, 2, "x")).toBeNull();
});

import { expect, test } from "vitest";
import { isUsable, mapped, mappedBack, matrixOf } from "./desk_compare.ts";

const same = [1, 0, 0, 0, 1, 0, 0, 0, 1];

function apply(css: string, x: number, y: number): [number, number] {
  const m = css.slice("matrix3d(".length, -1).split(",").map(Number);
  const at = (row: number, column: number) => m[column * 4 + row] ?? 0;
  const w = at(3, 0) * x + at(3, 1) * y + at(3, 3);
  const row = (n: number) => (at(n, 0) * x + at(n, 1) * y + at(n, 3)) / w;
  return [row(0), row(1)];
}

test("the browser puts a point of the photo after where the server says it lies before", () => {
  const turned = [0.9, -0.12, 0.08, 0.1, 0.95, -0.03, 0.02, -0.05, 1.1];
  const css = matrixOf(turned, 640, 480);
  for (const point of [[0, 0], [1, 0], [0.3, 0.7], [1, 1]] as const) {
    const [x, y] = mapped(turned, point);
    const [px, py] = apply(css, point[0] * 640, point[1] * 480);
    expect(px).toBeCloseTo(x * 640, 3);
    expect(py).toBeCloseTo(y * 480, 3);
  }
});

test("the way back leads to where a point came from", () => {
  const turned = [0.9, -0.12, 0.08, 0.1, 0.95, -0.03, 0.02, -0.05, 1.1];
  const points = [[0.2, 0.3], [0.8, 0.9]] as const;
  const back = mappedBack(turned, points.map((point) => mapped(turned, point)));
  points.forEach(([x, y], at) => {
    expect(back?.[at]?.[0]).toBeCloseTo(x, 6);
    expect(back?.[at]?.[1]).toBeCloseTo(y, 6);
  });
  expect(mappedBack([0, 0, 0, 0, 0, 0, 0, 0, 0], points)).toBeNull();
});

test("the same place moves nothing", () => {
  expect(matrixOf(same, 300, 200)).toBe("matrix3d(1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1)");
});

test("what makes no picture is not laid over", () => {
  for (const bad of [null, undefined, [], [1, 2], [0, 0, 0, 0, 0, 0, 0, 0, 1],
    [1, 0, 0, 0, 1, 0, 0, 0, 0], [NaN, 0, 0, 0, 1, 0, 0, 0, 1]]) {
    expect(matrixOf(bad, 300, 200)).toBe("");
    expect(isUsable(bad)).toBe(false);
  }
  expect(matrixOf(same, 0, 200)).toBe("");
  expect(isUsable([1, 0, 5, 0, 1, 0, 0, 0, 1])).toBe(false);
  expect(isUsable(same)).toBe(true);
});

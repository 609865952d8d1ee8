import { expect, test } from "vitest";
import { isSigned } from "./strokes.ts";

test("a dot or a twitch is no signature", () => {
  expect(isSigned([])).toBe(false);
  expect(isSigned([[[0.5, 0.2]]])).toBe(false);
  expect(isSigned([[[0.5, 0.2], [0.55, 0.2]]])).toBe(false);
});

test("strokes count together", () => {
  expect(isSigned([[[0.1, 0.1], [0.3, 0.1]], [[0.4, 0.1], [0.4, 0.3]]])).toBe(true);
});

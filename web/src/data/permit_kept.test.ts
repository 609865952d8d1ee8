import { expect, test } from "vitest";
import { isKeptOnly, sealOf } from "./permit_kept.ts";

test("the seal is the signed head; without one there is none", () => {
  const head = { size: 7, at: "2026-11-22T08:00:00Z", key: "866f", signature: "abcd" };
  expect(sealOf({ head, acts: [{}, {}], pending: 1 })).toEqual({ ...head, acts: 2, pending: 1 });
  expect(sealOf({ head: null, acts: [] })).toBeNull();
  expect(sealOf(null)).toBeNull();
});

test("a card that was not renewed for half a minute is a kept one, link or not", () => {
  expect(isKeptOnly(1000, 20000, false)).toBe(false);
  expect(isKeptOnly(1000, 20000, true)).toBe(true);
  expect(isKeptOnly(1000, 32000, false)).toBe(true);
});

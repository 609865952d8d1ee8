import { expect, test } from "vitest";
import { sealOf } from "./permit_kept.ts";

test("the seal is the signed head; without one there is none", () => {
  const head = { size: 7, at: "2026-11-22T08:00:00Z", key: "866f", signature: "abcd" };
  expect(sealOf({ head, acts: [{}, {}], pending: 1 })).toEqual({ ...head, acts: 2, pending: 1 });
  expect(sealOf({ head: null, acts: [] })).toBeNull();
  expect(sealOf(null)).toBeNull();
});

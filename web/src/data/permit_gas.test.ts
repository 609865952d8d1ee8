import { expect, test } from "vitest";
import type { RecordRow } from "../api/types.ts";
import { asksToxic, overLimit } from "./permit_gas.ts";

const permit = {
  limit_lel: 8.3, limit_o2_low: 19.5, limit_o2_high: 21, limit_toxic: null,
} as unknown as RecordRow;

test("a reading over its limit says so, oxygen on both sides", () => {
  expect(overLimit("lel", 8.3, permit)).toEqual({ text: "≤ 8.3 %LEL", isOver: false });
  expect(overLimit("lel", 8.4, permit)?.isOver).toBe(true);
  expect(overLimit("o2", 19.4, permit)?.isOver).toBe(true);
  expect(overLimit("o2", 21.1, permit)?.isOver).toBe(true);
  expect(overLimit("o2", 20.9, permit)).toEqual({ text: "19.5 – 21 %", isOver: false });
});

test("what has no limit, or was not read yet, says nothing of being over", () => {
  expect(overLimit("toxic", 5, permit)).toBeNull();
  const none = { ...permit, limit_toxic: 0, toxic_substance: "none" };
  expect(overLimit("toxic", 5, none)).toBeNull();
  expect(overLimit("toxic", 5, { ...none, limit_toxic: 2.6, toxic_substance: "no2" })?.isOver)
    .toBe(true);
  expect(overLimit("point", "a", permit)).toBeNull();
  expect(overLimit("lel", undefined, permit)?.isOver).toBe(false);
});

test("toxic gas is asked for where the permit names it, and in every confined space", () => {
  const asks = (more: Record<string, unknown>) => asksToxic({ ...permit, ...more } as RecordRow);
  expect(asks({ kind: "hot", toxic_substance: "none" })).toBe(false);
  expect(asks({ kind: "hot", toxic_substance: "h2s" })).toBe(true);
  expect(asks({ kind: "confined" })).toBe(true);
});

import { expect, test } from "vitest";
import type { RecordRow } from "../api/types.ts";
import { byNeed, causesOf, extensionsOf, isMyPermit, isShiftOver } from "./permit.ts";

const row = (more: Record<string, unknown>): RecordRow => more as RecordRow;

test("a permit is mine if I lead, guard, tested, applied for, or work on it", () => {
  expect(isMyPermit(row({ guardian: "me" }), "me")).toBe(true);
  expect(isMyPermit(row({ workers: { persons: ["x", "me"] } }), "me")).toBe(true);
  expect(isMyPermit(row({ leader: "x", workers: null }), "me")).toBe(false);
});

test("what is suspended stands first, then what runs out soonest", () => {
  const rows = [
    row({ id: "late", state: "active", valid_to: "2026-11-22T12:00:00Z" }),
    row({ id: "soon", state: "active", valid_to: "2026-11-22T09:00:00Z" }),
    row({ id: "stopped", state: "suspended", valid_to: "2026-11-22T13:00:00Z" }),
  ];
  expect(rows.sort(byNeed).map(({ id }) => id)).toEqual(["stopped", "soon", "late"]);
});

test("a suspension names its cause in the order people ask, and no ids", () => {
  const detail = {
    at: "2026-11-22T08:00:00Z", limit: 8.3, value: 12, tag: "GAS-2107",
    alarm: "0190aaaa-0000-7000-8000-000000000000", text: { zh: "甲", en: "a" },
  };
  expect(causesOf(row({ suspend_detail: detail }), "en").map(({ key, text }) => `${key} ${text}`))
    .toEqual(["text a", "tag GAS-2107", "value 12", "limit 8.3", "at 2026-11-22T08:00:00Z"]);
  expect(causesOf(row({ suspend_detail: null }), "zh")).toEqual([]);
  expect(causesOf(row({ suspend_detail: "gas" }), "zh")).toEqual([{ key: "text", text: "gas" }]);
});

test("a permit may be extended by whole hours as far as both limits go", () => {
  const record = row({
    valid_from: "2026-11-22T08:00:00Z", valid_to: "2026-11-22T12:00:00Z", limit_valid_h: 4,
    limit_extend_h: 2,
  });
  expect(extensionsOf(record)).toEqual([
    { hours: 1, at: "2026-11-22T13:00:00.000Z" }, { hours: 2, at: "2026-11-22T14:00:00.000Z" },
  ]);
  expect(extensionsOf({ ...record, limit_extend_h: 0 })).toEqual([]);
  expect(extensionsOf(row({}))).toEqual([]);
});

test("only what the end of a shift has stopped waits for the next one", () => {
  expect(isShiftOver(row({ state: "suspended", suspend_reason: "shift_end" }))).toBe(true);
  expect(isShiftOver(row({ state: "suspended", suspend_reason: "gas" }))).toBe(false);
  expect(isShiftOver(row({ state: "active", suspend_reason: "shift_end" }))).toBe(false);
});

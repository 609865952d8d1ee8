import { expect, test } from "vitest";
import type { RecordRow } from "../api/types.ts";
import { byNeed, detailOf, isMyPermit, reasonOf, validityOf } from "./permit.ts";

const row = (more: Record<string, unknown>): RecordRow => more as RecordRow;
const now = Date.parse("2026-11-22T08:00:00Z");

test("a permit is mine if I lead, guard, tested, applied for, or work on it", () => {
  expect(isMyPermit(row({ guardian: "me" }), "me")).toBe(true);
  expect(isMyPermit(row({ workers: { persons: ["x", "me"] } }), "me")).toBe(true);
  expect(isMyPermit(row({ leader: "x", workers: null }), "me")).toBe(false);
});

test("the ring shows what is left of the validity and warns half an hour before its end", () => {
  const permit = row({ valid_from: "2026-11-22T04:00:00Z", valid_to: "2026-11-22T12:00:00Z" });
  expect(validityOf(permit, now)).toEqual({ left_ms: 4 * 3600000, share: 0.5, tone: "good" });
  expect(validityOf(permit, now + 3.6 * 3600000)?.tone).toBe("warn");
  expect(validityOf(permit, now + 9 * 3600000)).toMatchObject({ share: 0, tone: "bad" });
  expect(validityOf(row({}), now)).toBeNull();
});

test("what is suspended stands first, then what runs out soonest", () => {
  const rows = [
    row({ id: "late", state: "active", valid_to: "2026-11-22T12:00:00Z" }),
    row({ id: "soon", state: "active", valid_to: "2026-11-22T09:00:00Z" }),
    row({ id: "stopped", state: "suspended", valid_to: "2026-11-22T13:00:00Z" }),
  ];
  expect(rows.sort(byNeed).map(({ id }) => id)).toEqual(["stopped", "soon", "late"]);
});

test("every reason has words, an unknown one too", () => {
  const keys = ["alarm", "gas_age", "gas_too_old", "guardian_left", "wind", "person", "x", null];
  expect(keys.map(reasonOf)).toEqual([
    "alarm", "gas_age", "gas_age", "guardian", "wind", "person", "other", "other",
  ]);
  expect(detailOf(row({ suspend_detail: { text: { zh: "甲", en: "a" } } }), "en")).toBe("a");
  expect(detailOf(row({ suspend_detail: { alarm_code: "GAS-2107.HH" } }), "zh"))
    .toBe("GAS-2107.HH");
  expect(detailOf(row({ suspend_detail: null }), "zh")).toBe("");
});

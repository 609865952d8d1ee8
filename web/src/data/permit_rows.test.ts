import { expect, test } from "vitest";
import type { RecordRow } from "../api/types.ts";
import type { PermitStep } from "../api/types_permit.ts";
import { approvalTime, isInside, stepTimes, verdictTone } from "./permit_rows.ts";

const now = Date.parse("2026-11-22T08:30:00Z");
const step = (more: Partial<PermitStep>): PermitStep => ({
  node: "approve", name_zh: "审批", name_en: "Approve", who: [{ id: "1", name: "王伟" }],
  opened: "2026-11-22T08:00:00Z", done: "2026-11-22T08:10:00Z", ms: 600000, ...more,
});

test("an open step counts on and names who is waited for", () => {
  const [done, open] = stepTimes([
    step({}), step({ node: "sign", done: null, ms: null, opened: "2026-11-22T08:10:00Z" }),
  ], now, "zh");
  expect(done).toMatchObject({ isOpen: false, ms: 600000, who: "王伟" });
  expect(open).toMatchObject({ isOpen: true, ms: 20 * 60000 });
});

test("approval runs from the application to the signature, or to now", () => {
  expect(approvalTime([], now)).toBeNull();
  expect(approvalTime([step({})], now)).toBe(30 * 60000);
  const signed = step({ node: "sign_site", done: "2026-11-22T08:20:00Z" });
  expect(approvalTime([step({}), signed], now)).toBe(20 * 60000);
});

test("inside is who went in and did not come out", () => {
  const row = (more: object) => more as unknown as RecordRow;
  expect(isInside(row({ in_at: "x" }))).toBe(true);
  expect(isInside(row({ in_at: "x", out_at: "y" }))).toBe(false);
  expect(isInside(row({}))).toBe(false);
});

test("a verdict that is not a pass is none", () => {
  expect([verdictTone("none"), verdictTone("lel"), verdictTone(null)]).toEqual(["good", "bad", ""]);
});

import { expect, test } from "vitest";
import type { RecordRow } from "../api/types.ts";
import type { PermitStep } from "../api/types_permit.ts";
import { approvalTime, isInside, stepTimes, verdictTone } from "./permit_rows.ts";

const now = Date.parse("2026-11-22T08:30:00Z");
const step = (more: Partial<PermitStep>): PermitStep => ({
  node: "approve", name: { zh: "审批", en: "Approve" }, state: "done", outcome: "approve",
  opened: "2026-11-22T08:00:00Z", done: "2026-11-22T08:10:00Z", ms: 600000,
  by: { id: "1", name: "王伟" }, waiting: null, ...more,
});

test("an open step counts on and names who is waited for", () => {
  const waiting = {
    node: "sign", name_zh: "签", name_en: "Sign", since: "",
    persons: [{ id: "2", name: "李芳" }, { id: "3", name: "张娜" }],
  };
  const [done, open] = stepTimes([
    step({}), step({ node: "sign", done: null, by: null, opened: "2026-11-22T08:10:00Z", waiting }),
  ], now, "zh");
  expect(done).toMatchObject({ isOpen: false, ms: 600000, who: "王伟" });
  expect(open).toMatchObject({ isOpen: true, ms: 20 * 60000, who: "李芳, 张娜" });
});

test("approval runs on until the signature", () => {
  const answer = { steps: [], application_ms: 60000, is_signed: false };
  expect(approvalTime(answer, now, now - 5000)).toBe(65000);
  expect(approvalTime({ ...answer, is_signed: true }, now, now - 5000)).toBe(60000);
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

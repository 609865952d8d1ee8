import { expect, test } from "vitest";
import type { RecordRow } from "../api/types.ts";
import { measuresOf, rowsIn, settledCount } from "./permit_measures.ts";
import {
  markDone, markInvolved, markNotInvolved, markOpen, markStep, nextMeasure, paceLeft_s, toSend,
} from "./permit_ticks.ts";

const record = {
  evidenced: ["blind"],
  measures: [
    { key: "blind", text_zh: "加盲板", text_en: "Blind it", needs_evidence: true, is_done: true },
    { key: "clear", text_zh: "清可燃物", text_en: "Clear 15 m", steps_zh: "看上面\n看下面" },
    { key: "water", text_zh: "消防水", text_en: "Water", is_involved: false },
    { key: "video", text_zh: "录像", text_en: "Film", needs_evidence: true, is_done: true },
  ],
} as unknown as RecordRow;

test("the next measure is the first that is involved and not settled, evidence counts", () => {
  const all = measuresOf(record, "zh");
  expect(nextMeasure(all)?.key).toBe("clear");
  expect(settledCount(all)).toBe(2);
  const rows = markDone(rowsIn(record["measures"]), "clear", "2026-11-22T08:00:00Z");
  expect(nextMeasure(measuresOf(record, "en", rows))?.key).toBe("video");
});

test("steps are lines; where a language has none the other is told", () => {
  expect(measuresOf(record, "en")[1]).toMatchObject({
    text: "Clear 15 m", steps: ["看上面", "看下面"],
  });
});

test("the next may be ticked only after the pace of the rule", () => {
  const at = Date.parse("2026-11-22T08:00:00Z");
  const rows = markDone(rowsIn(record["measures"]), "blind", new Date(at).toISOString());
  const all = measuresOf(record, "zh", rows);
  expect(paceLeft_s(all, 5, at + 2000)).toBe(3);
  expect(paceLeft_s(all, 5, at + 5000)).toBe(0);
  expect(paceLeft_s(measuresOf(record, "zh"), 5, at)).toBe(0);
});

test("a measure that does not apply is settled and its tick goes", () => {
  const rows = markNotInvolved(rowsIn(record["measures"]), "blind", "no line");
  expect(rows[0]).toMatchObject({ is_involved: false, is_done: false });
  expect(markOpen(rowsIn(record["measures"]), "video")[3]).toMatchObject({ is_done: false });
});

test("who and when are the server's: they are not sent back", () => {
  const rows = [{ key: "a", is_done: true, done_by: "me", done_at: "x", device_at: "y" }];
  const keys = ["key", "is_done", "done_by", "done_at", "device_at"];
  expect(toSend(rows, keys)).toEqual([{ key: "a", is_done: true, device_at: "y" }]);
});

test("each step keeps its time, in order; what is taken back is done again from the first", () => {
  let rows = rowsIn([{ key: "a", steps_zh: "看\n拍" }, { key: "b" }]);
  rows = markStep(rows, "a", "2026-11-22T08:00:00Z");
  rows = markStep(rows, "a", "2026-11-22T08:01:00Z");
  const told = (all: Record<string, unknown>[]) =>
    measuresOf({ measures: all } as unknown as RecordRow, "zh")[0]?.stepsAt;
  expect(told(rows)).toEqual(["2026-11-22T08:00:00Z", "2026-11-22T08:01:00Z"]);
  expect(rows[1]).toEqual({ key: "b" });
  expect(told(markOpen(rows, "a"))).toEqual([]);
});

test("what does not apply says why, until it applies again", () => {
  const rows = markNotInvolved(rowsIn([{ key: "a", is_done: true }]), "a", "no pipe here");
  expect(rows[0]).toMatchObject({ is_involved: false, why_not: "no pipe here", is_done: false });
  expect(toSend(rows, ["key", "why_not"])).toEqual([{ key: "a", why_not: "no pipe here" }]);
  expect(markInvolved(rows, "a")[0]).toMatchObject({ is_involved: true, why_not: null });
});

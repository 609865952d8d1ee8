import { expect, test } from "vitest";
import type { Alarm } from "../api/types_response.ts";
import { groupsOf, passes } from "./alarm_groups.ts";
import { toAcknowledge } from "./alarms.ts";

const alarm = (code: string, more: Partial<Alarm> = {}): Alarm => ({
  id: code, code, occurrence: `o-${code}`, area: "A1", priority: 3, safety: false, gas_level: 0,
  acked: false, annunciated: true, raised_at: "2026-03-02T00:00:00.000Z", ...more,
} as Alarm);

test("what is urgent or guards people passes a flood", () => {
  expect(passes(alarm("a"))).toBe(false);
  expect(passes(alarm("a", { priority: 2 }))).toBe(true);
  expect(passes(alarm("a", { safety: true, priority: 4 }))).toBe(true);
  expect(passes(alarm("a", { gas_level: 1, priority: 4 }))).toBe(true);
});

test("groups go by area, the most urgent first, and lose none", () => {
  const rows = [
    alarm("low"), alarm("lower", { priority: 4 }), alarm("b", { area: "A2", priority: 1 }),
    alarm("c", { priority: 2 }), alarm("guard", { safety: true }),
  ];
  const groups = groupsOf(rows);
  expect(groups.map(({ area }) => area)).toEqual(["A2", "A1"]);
  expect(groups[1]?.shown.map(({ code }) => code)).toEqual(["c", "guard"]);
  expect(groups[1]?.folded).toBe(2);
  const all = groups.reduce((sum, one) => sum + one.shown.length + one.folded, 0);
  expect(all).toBe(rows.length);
});

test("an acknowledgement is for the newest, then for the oldest that nobody saw", () => {
  const branches = [
    { occurrence: "first", raised_at: null, cleared_at: null, value: 1 },
    { occurrence: "second", raised_at: null, cleared_at: null, value: 2 },
  ];
  expect(toAcknowledge(alarm("a", { branches }))).toBe("o-a");
  expect(toAcknowledge(alarm("a", { acked: true, branches }))).toBe("first");
  expect(toAcknowledge(alarm("a", { acked: true, branches: [] }))).toBe(null);
  expect(toAcknowledge(alarm("a", { annunciated: false }))).toBe(null);
});

import { expect, test } from "vitest";
import type { Board, BoardRow, Conflict } from "../api/types_permit.ts";
import {
  barOf, boardSpan, boardTitle, byGravity, conflictsFor, countsOf, expiring, groupsOf, isGrave,
  crewOf, namedText, otherOf, ticksOf, waitingOn, workersOf,
} from "./permit_board.ts";

const hour = 3600000;
const now = Date.parse("2026-11-22T08:07:00Z");
const row = (more: Partial<BoardRow>): BoardRow => ({
  id: "p", number: "ZY-1", kind: "hot", grade: "one", state: "active", area: "A1", x: 0, y: 0,
  z_low_m: 0, z_high_m: 3, radius_m: 10, valid_from: "2026-11-22T06:00:00Z",
  valid_to: "2026-11-22T12:00:00Z", leader: "L", guardian: "G", workers: null,
  suspend_reason: null, inside_count: 0, gas_at: null, gas_due: null, rule_mark: null,
  is_contractor: false, waiting: null, ...more,
});
const conflict = (more: Partial<Conflict>): Conflict => ({
  a: "p", b: "q", level: "high", is_hard: false, gap_m: 3, from: "2026-11-22T08:00:00Z",
  to: "2026-11-22T09:00:00Z", text_zh: "甲", text_en: "a", ...more,
});

test("the window stands on quarters of an hour and shows a quarter of itself behind", () => {
  const span = boardSpan(8, now);
  expect(new Date(span.from).toISOString()).toBe("2026-11-22T06:00:00.000Z");
  expect(span.to - span.from).toBe(8 * hour);
  expect(boardSpan(8, now + 60000)).toEqual(span);
});

test("a bar is cut at the edges of the window and absent outside of it", () => {
  const span = { from: now, to: now + 4 * hour };
  const bar = barOf("2026-11-22T06:07:00Z", "2026-11-22T09:07:00Z", span);
  expect(bar).toEqual({ left: 0, width: 25, isCutLeft: true, isCutRight: false });
  expect(barOf("2026-11-22T02:00:00Z", "2026-11-22T03:00:00Z", span)).toBeNull();
  expect(barOf(null, "2026-11-22T09:00:00Z", span)).toBeNull();
});

test("there are at most a dozen ticks or so, each on a whole hour", () => {
  for (const hours of [8, 24, 72, 168]) {
    const ticks = ticksOf(boardSpan(hours, now));
    expect(ticks.length).toBeGreaterThan(3);
    expect(ticks.length).toBeLessThanOrEqual(13);
    expect(ticks.every(({ at }) => at % hour === 0)).toBe(true);
  }
});

test("permits are grouped by area, what is suspended stands first", () => {
  const groups = groupsOf([
    row({ id: "b", area: "B" }), row({ id: "a2" }), row({ id: "a1", state: "suspended" }),
  ], "zh");
  expect(groups.map(({ area, rows }) => [area, rows.map(({ id }) => id)]))
    .toEqual([["A1", ["a1", "a2"]], ["B", ["b"]]]);
});

test("names are told whatever shape they come in", () => {
  expect(namedText({ code: "A1", name: { zh: "罐区", en: "Tanks" } }, "en")).toBe("Tanks");
  expect(namedText({ id: "x" }, "zh")).toBe("x");
  expect(namedText(null, "zh")).toBe("");
  const titled = row({ area: "id", _titles: { area: { zh: "罐区", en: "Tanks" } } });
  expect(boardTitle(titled, "area", "en")).toBe("Tanks");
  expect(boardTitle(titled, "leader", "en")).toBe("L");
  const crew = [{ id: "x", name: "甲" }, { name: "乙" }];
  expect(crewOf(row({ workers: crew }), "zh")).toEqual([{ value: "x", text: "甲" }]);
  expect(workersOf(row({ workers: { names: ["甲", "乙"] } }), "zh")).toEqual(["甲", "乙"]);
  expect(workersOf(row({ workers: [{ id: "1", name: "甲" }] }), "zh")).toEqual(["甲"]);
});

test("what blocks comes before what is scored, and only what is grave counts on the board", () => {
  const board: Board = { rows: [], conflicts: [
    conflict({ b: "low", level: "low" }), conflict({ b: "crit", level: "critical" }),
    conflict({ a: "hard", b: "p", level: "block", is_hard: true }), conflict({ a: "x", b: "y" }),
  ] };
  expect(conflictsFor(board, "p").map((one) => otherOf(one, "p")))
    .toEqual(["hard", "crit", "low"]);
  expect(board.conflicts.sort(byGravity)[0]?.is_hard).toBe(true);
  expect(board.conflicts.filter(isGrave)).toHaveLength(3);
});

test("what runs out soon and who is waited for are lists of their own", () => {
  const waiting = { node: "approve", name_zh: "批", name_en: "a", persons: [], since: "2" };
  const rows = [
    row({ id: "late" }), row({ id: "soon", valid_to: "2026-11-22T08:30:00Z" }),
    row({ id: "over", valid_to: "2026-11-22T08:00:00Z" }),
    row({ id: "closed", state: "closed", valid_to: "2026-11-22T08:00:00Z" }),
    row({ id: "asked", state: "approving", waiting }),
  ];
  expect(expiring(rows, now, hour).map(({ id }) => id)).toEqual(["over", "soon"]);
  expect(waitingOn(rows).map(({ id }) => id)).toEqual(["asked"]);
  const counts = countsOf({ rows, conflicts: [conflict({ is_hard: true })] }, now);
  expect(counts).toMatchObject({ active: 3, waiting: 1, soon: 2, hard: 1, inside: 0 });
});
test("who leaves the site is still at work, and waits for nobody", () => {
  const rows = [row({
    id: "leaving", state: "withdrawing", valid_to: "2026-11-22T08:00:00Z",
    waiting: { node: "withdraw", name_zh: "撤", name_en: "w", persons: [], since: "2" },
  })];
  expect(countsOf({ rows, conflicts: [] }, now)).toMatchObject({ active: 1, waiting: 0 });
  expect(waitingOn(rows)).toEqual([]);
});

// The pure parts behind the pages: routes, filters, the board, the clock, ids.
import { expect, test } from "vitest";
import { newId } from "../api/id.ts";
import { listQuery } from "../api/calls.ts";
import type { FormSource, RecordRow } from "../api/types.ts";
import { byWorst, columnsOf, matrixOf, totalsOf } from "./board.ts";
import { betterOffset } from "./clock.ts";
import { prefixesOf } from "./live.ts";
import { lackingOf, nearestArea } from "./report.ts";
import { readRoute } from "./route.ts";

const row = (over: Record<string, unknown>): RecordRow => ({
  id: "1", number: "YH-1", state: "repairing", org_path: "/", version: 1, created_at: "2026-01-01",
  created_by: "", updated_at: "", updated_by: "", ...over,
});
const now = Date.parse("2026-11-21T06:00:00Z");

test("a printed code reaches the report page with its query", () => {
  expect(readRoute("#/report?code=T-203")).toEqual({ path: ["report"], query: { code: "T-203" } });
  expect(readRoute("").path).toEqual([]);
});

test("the words of a query are escaped", () => {
  expect(listQuery({ q: "a&b=c", limit: 25 })).toBe("?q=a%26b%3Dc&limit=25");
});

test("worst comes first, then what is due soonest", () => {
  const rows = [
    row({ id: "a", level: "blue" }), row({ id: "b", level: "red", due_at: "2026-12-02" }),
    row({ id: "c", level: "red", due_at: "2026-12-01" }),
  ];
  expect(rows.sort(byWorst).map((one) => one.id)).toEqual(["c", "b", "a"]);
});

test("counts and the matrix leave out what is closed", () => {
  const rows = [
    row({ level: "red", area: "x", due_at: "2026-11-20T00:00:00Z" }),
    row({ level_proposed: "red", area: "x", state: "grading" }),
    row({ level: "blue", area: "y", state: "verifying" }),
    row({ level: "red", area: "x", state: "closed", due_at: "2026-11-20T00:00:00Z" }),
  ];
  expect(totalsOf(rows, now)).toEqual({ open: 3, overdue: 1, red: 2, verify: 1 });
  expect(matrixOf([{ id: "x", name: "X" }], rows)[0]).toMatchObject({
    total: 2, counts: { red: 2, orange: 0, yellow: 0, blue: 0 },
  });
});

test("columns follow the states of the form; passing states show only when held", () => {
  const text = { zh: "", en: "" };
  const states = { reported: text, assigning: text, repairing: text, closed: text };
  const form = { states } as unknown as FormSource;
  expect(columnsOf(form, [row({})]).map((column) => column.state))
    .toEqual(["assigning", "repairing"]);
});

test("the sample with the shortest way gives the time; a jump of the clock is believed", () => {
  const known = { offset_ms: 100, way_ms: 40, isKnown: true };
  expect(betterOffset(known, { offset_ms: 180, way_ms: 900, isKnown: true })).toBe(known);
  const shorter = { offset_ms: 90, way_ms: 10, isKnown: true };
  expect(betterOffset(known, shorter)).toBe(shorter);
  const jump = { offset_ms: 3600000, way_ms: 900, isKnown: true };
  expect(betterOffset(known, jump)).toBe(jump);
});

test("ids are version 7 and sort by their time", () => {
  const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(newId()).toMatch(pattern);
  expect(newId(1000) < newId(2000)).toBe(true);
  expect(newId(0x0123456789ab).startsWith("01234567-89ab-7")).toBe(true);
});

test("a report lacks what has not been given, the photo first", () => {
  expect(lackingOf({}, 0)[0]).toBe("photo");
  const fields = { area: "a", category: "leak", consequence: "light", exposure: "now" };
  expect(lackingOf(fields, 1)).toEqual([]);
});

test("an event makes old what shows it", () => {
  expect(prefixesOf({ topic: "notice", payload: {} })).toEqual(["notices"]);
  expect(prefixesOf({ topic: "hazard", payload: {} })).toContain("records/hazard");
});

test("the nearest area is proposed, and none when the plant is far away", () => {
  const areas = [
    row({ id: "a", lat: 31.2304, lon: 121.4737 }), row({ id: "b", lat: "31.231", lon: "121.4744" }),
    row({ id: "c" }),
  ];
  expect(nearestArea(areas, { lat: 31.2309, lon: 121.4743, accuracy_m: 5 })?.id).toBe("b");
  expect(nearestArea(areas, { lat: 31.5, lon: 121.4743, accuracy_m: 5 })).toBeNull();
});

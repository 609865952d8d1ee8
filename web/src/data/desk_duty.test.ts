import { expect, test } from "vitest";
import type { RecordRow } from "../api/types.ts";
import { edgesOf, linesOf, proposal, weekOf } from "./desk_duty.ts";

const row = (id: string, from: string, until: string, over = {}): RecordRow => ({
  id, number: "", state: "planned", org_path: "/AL/T1/", version: 1, created_at: "",
  created_by: "", updated_at: "", updated_by: "", role: "team_leader",
  from: new Date(from).toISOString(), until: new Date(until).toISOString(), ...over,
});
const week = weekOf(new Date("2026-11-21T09:00:00").getTime());

test("a week runs from Monday to Sunday", () => {
  expect(week).toEqual(["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20",
    "2026-11-21", "2026-11-22"]);
  const [from, until] = edgesOf(week);
  expect(until - from).toBe(7 * 86400000);
});

test("a shift stands in its days, one over midnight in both, one of months in all", () => {
  const lines = linesOf([
    row("a", "2026-11-17T08:00:00", "2026-11-17T16:00:00"),
    row("n", "2026-11-17T20:00:00", "2026-11-18T04:00:00"),
    row("y", "2026-01-01T00:00:00", "2027-01-01T00:00:00", { role: "safety_officer" }),
    row("old", "2026-10-01T00:00:00", "2026-10-02T00:00:00", { role: "gone" }),
  ], week);
  expect(lines.map(({ role }) => role)).toEqual(["safety_officer", "team_leader"]);
  expect(lines[1]?.days.map((day) => day.map(({ id }) => id)))
    .toEqual([[], ["a", "n"], ["n"], [], [], [], []]);
  expect(lines[0]?.days.every((day) => day.length === 1)).toBe(true);
});

test("a shift that ends at midnight does not stand in the next day", () => {
  const lines = linesOf([row("m", "2026-11-17T16:00:00", "2026-11-18T00:00:00")], week);
  expect(lines[0]?.days.map((day) => day.length)).toEqual([0, 1, 0, 0, 0, 0, 0]);
});

test("a shift proposes its hours", () => {
  const { from, until } = proposal("2026-11-17", "middle");
  expect(new Date(from).getHours()).toBe(16);
  expect(Date.parse(until) - Date.parse(from)).toBe(8 * 3600000);
});

import { expect, test } from "vitest";
import type { Alarm } from "../api/types_response.ts";
import { hereAlarms } from "./alarm_here.ts";
import { standings } from "./alarms.ts";

const alarm = (over: Partial<Alarm>): Alarm => ({
  kind: "h", priority: 3, acked: false, annunciated: true, active: true, latched: false,
  safety: false, gas_level: 0, value: 5, suppressed: [], shelf: null, out_of_service: false,
  ...over,
}) as Alarm;

test("tags without data are counted; what guards people and is unseen comes first", () => {
  const gas = alarm({ gas_level: 1, priority: 2 });
  const seen = alarm({ gas_level: 1, acked: true });
  const low = alarm({});
  const never = alarm({ kind: "stale", value: null, gas_level: 1 });
  const lost = alarm({ kind: "stale", value: 3 });
  expect(hereAlarms([never, gas, never, seen, lost, low])).toEqual(
    { first: [gas], others: [seen, low], never: 2, lost: 1 });
});

test("an alarm that is away says so in words, not that nobody saw it", () => {
  const shelf = { until: null, reason: "", by: "", by_name: "", since: "" };
  const quiet = { annunciated: false };
  expect(standings(alarm({}))).toEqual(["unacked"]);
  expect(standings(alarm({ acked: true }))).toEqual(["acked"]);
  expect(standings(alarm({ shelf, ...quiet }))).toEqual(["shelved"]);
  expect(standings(alarm({ suppressed: ["P"], ...quiet }))).toEqual(["suppressed"]);
  expect(standings(alarm({ out_of_service: true, ...quiet }))).toEqual(["out"]);
  expect(standings(alarm({ latched: true, acked: true, active: false })))
    .toEqual(["latched", "acked"]);
  expect(standings(alarm({ active: false }))).toEqual(["cleared", "unacked"]);
});

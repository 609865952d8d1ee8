import { expect, test } from "vitest";
import type { Clock, RecordRow } from "../api/types.ts";
import { clocksOf, firstClock, gasDue, isHalted, isLeaving, keptState } from "./permit_clock.ts";

const now = Date.parse("2026-11-22T08:00:00Z");
const row = (more: Record<string, unknown>): RecordRow => ({
  state: "active", valid_from: "2026-11-22T06:00:00Z", valid_to: "2026-11-22T10:00:00Z",
  gas_at: "2026-11-22T07:00:00Z", limit_gas_min: 70, limit_gas_start_min: 30, ...more,
}) as unknown as RecordRow;

test("while work goes on the test may be older than before its start", () => {
  expect(gasDue(row({})) - now).toBe(10 * 60000);
  expect(gasDue(row({ state: "ready" })) - now).toBe(-30 * 60000);
});

test("every clock says good, soon or over, and the first to end is told first", () => {
  const clocks = clocksOf(row({}), [], now);
  expect(clocks.map(({ kind, tone }) => `${kind} ${tone}`)).toEqual(["valid good", "gas warn"]);
  expect(firstClock(clocks)?.kind).toBe("gas");
  expect(clocks[0]?.share).toBe(0.5);
  expect(clocksOf(row({ state: "ready" }), [], now)[1]?.tone).toBe("bad");
});

test("a permit without gas test has no clock of one, and a closed one has none at all", () => {
  expect(clocksOf(row({ gas_at: null }), [], now).map(({ kind }) => kind)).toEqual(["valid"]);
  expect(clocksOf(row({ state: "closed" }), [], now)).toEqual([]);
});

test("the fire watch counts down from its beginning, else to the end of its timer", () => {
  const known = row({
    state: "watching", limit_watch_min: 30, watch_from: "2026-11-22T07:50:00Z",
  });
  expect(clocksOf(known, [], now)[0]).toMatchObject({ kind: "watch", left_ms: 20 * 60000 });
  const clock = { node: "watch", due: "2026-11-22T08:20:00Z" } as Clock;
  const [watch] = clocksOf(row({ state: "watching", limit_watch_min: 60 }), [clock], now);
  expect(watch).toMatchObject({ kind: "watch", left_ms: 20 * 60000, tone: "good" });
  expect(watch?.share).toBeCloseTo(1 / 3);
});

test("a kept permit is over with its validity, whatever its age", () => {
  expect(keptState(row({}), now - 1000, now)).toBe("ok");
  expect(keptState(row({ valid_to: "2026-11-23T10:00:00Z" }), now - 13 * 3600000, now)).toBe("old");
  expect(keptState(row({}), now, now + 2 * 3600000)).toBe("over");
});

test("who leaves after the end works as little as who was stopped, but is not stopped", () => {
  const states = ["active", "suspended", "withdrawing", "watching", "closed"];
  expect(states.filter((state) => isHalted({ state }))).toEqual(["suspended", "withdrawing"]);
  expect(states.filter((state) => isLeaving({ state }))).toEqual(["withdrawing"]);
  expect(clocksOf(row({ state: "withdrawing" }), [], now)).toEqual([]);
});

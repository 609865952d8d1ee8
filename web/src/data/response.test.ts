import { expect, test } from "vitest";
import type { ResponsePerson, ResponseStep, ResponseView } from "../api/types_response.ts";
import {
  budgetText, byConcern, clockNow, clocksOf, rollOf, runningText, stampText, stepClock,
} from "./response.ts";

const raised = "2026-11-21T06:23:07.000Z";
const start = Date.parse(raised);
const step = (more: Partial<ResponseStep>): ResponseStep => ({
  step: "located", name: { zh: "定位", en: "Located" }, budget_ms: 800, at: null, took_ms: null,
  is_late: false, by: null, detail: null, ...more,
});
const stamped = (ms: number) => ({ at: new Date(start + ms).toISOString() });

test("a step without a stamp runs, and is overdue once its budget is spent", () => {
  expect(stepClock(step({}), start, start + 400, false))
    .toMatchObject({ state: "running", ms: 400, share: 0.5 });
  expect(stepClock(step({}), start, start + 801, false))
    .toMatchObject({ state: "overdue", ms: 801, share: 1 });
});

test("a stamp stops the clock, in time or late", () => {
  expect(stepClock(step(stamped(312)), start, start + 9000, false))
    .toMatchObject({ state: "done", ms: 312, share: 0.39 });
  expect(stepClock(step(stamped(801)), start, start + 9000, false))
    .toMatchObject({ state: "late", ms: 801, share: 1 });
});

test("what the server measured counts before what the stamps say", () => {
  expect(stepClock(step({ ...stamped(900), took_ms: 640 }), start, start + 9000, false))
    .toMatchObject({ state: "done", ms: 640 });
  expect(stepClock(step({ ...stamped(10), is_late: true }), start, start, false).state)
    .toBe("late");
});

test("without a budget nothing is late", () => {
  expect(stepClock(step({ budget_ms: null }), start, start + 1e7, false).state).toBe("running");
  expect(stepClock(step({ budget_ms: 0, ...stamped(5) }), start, start, false).state).toBe("done");
});

const viewOf = (state: string, steps: ResponseStep[]) =>
  ({ response: { state, raised_at: raised }, steps, log: [] }) as unknown as ResponseView;

test("when a response is over its clock stands still and open steps were skipped", () => {
  const view = viewOf("stopped", [step(stamped(500)), step({})]);
  expect(clockNow(view, start + 1e6)).toBe(start + 500);
  expect(clocksOf(view, start + 1e6).map((clock) => clock.state)).toEqual(["done", "skipped"]);
  expect(clockNow(viewOf("responding", []), start + 77)).toBe(start + 77);
});

test("a clock that is behind the server's does not run backwards", () => {
  expect(stepClock(step({}), start, start - 300, false)).toMatchObject({ ms: 0, share: 0 });
});

test("stamps are in ms, running clocks in tenths", () => {
  expect(stampText(312)).toBe("312 ms");
  expect(stampText(112004)).toBe("112 004 ms");
  expect(runningText(0)).toBe("0.0 s");
  expect(runningText(46990)).toBe("46.9 s");
  expect(runningText(112040)).toBe("1:52.0");
  expect(budgetText(800)).toBe("800 ms");
  expect(budgetText(112000)).toBe("112 s");
  expect(budgetText(null)).toBe("—");
});

const person = (holder: string, more: Partial<ResponsePerson>) =>
  ({ holder, zone: "A1", status: "safe", age_ms: 0, ...more }) as ResponsePerson;

test("the roll call begins with the unknown, and with who has been out of sight longest", () => {
  const people = [
    person("Safe", {}), person("Short", { status: "unknown", age_ms: 5000 }),
    person("Unsafe", { status: "unsafe" }), person("Never", { status: "unknown", age_ms: null }),
    person("Long", { status: "unknown", age_ms: 90000, zone: "A5" }),
  ];
  expect([...people].sort(byConcern).map(({ holder }) => holder))
    .toEqual(["Never", "Long", "Short", "Unsafe", "Safe"]);
  expect(rollOf(people, "unknown", " a5 ").map(({ holder }) => holder)).toEqual(["Long"]);
  expect(rollOf(people, null, "")).toHaveLength(5);
});

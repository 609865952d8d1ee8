import { expect, test } from "vitest";
import { faultOf, isRunning, usualPeriod, withTasks } from "./delegations.ts";
import type { FormSource } from "../api/types.ts";

const now = Date.parse("2026-03-02T08:00:00Z");

test("the usual period begins now, lasts a week and is in order", () => {
  const period = usualPeriod(now);
  expect(new Date(period.until).getTime() - new Date(period.from).getTime()).toBe(7 * 86400000);
  expect(faultOf(period, now)).toBe("");
  expect(isRunning(period, now + 60000)).toBe(true);
});

test("a period that is no period is told", () => {
  expect(faultOf({ from: "", until: "2026-03-09T08:00" }, now)).toBe("periodEmpty");
  expect(faultOf({ from: "2026-03-09T08:00", until: "2026-03-08T08:00" }, now))
    .toBe("periodBackward");
  expect(faultOf({ from: "2026-02-01T08:00", until: "2026-02-08T08:00" }, now)).toBe("periodPast");
  expect(isRunning({ from: "2026-02-01T08:00", until: "2026-02-08T08:00" }, now)).toBe(false);
});

test("only forms with a flow have tasks", () => {
  const forms = [{ id: "a", flow: "f" }, { id: "b" }] as FormSource[];
  expect(withTasks(forms).map(({ id }) => id)).toEqual(["a"]);
});

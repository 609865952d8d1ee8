import { expect, test } from "vitest";
import type { Clock } from "../api/types.ts";
import { soonest } from "./desk_glance.ts";

const clock = (kind: string, due: string): Clock =>
  ({ node: "n", name: { zh: "x", en: "x" }, due, kind, firing: 0 });

test("a card shows the task that is due first; an escalation only where there is no task", () => {
  const timer = clock("timer", "2026-11-21T08:00:00Z");
  const late = clock("due", "2026-11-22T08:00:00Z");
  const soon = clock("due", "2026-11-21T10:00:00Z");
  expect(soonest([late, timer, soon])).toBe(soon.due);
  expect(soonest([timer])).toBe(timer.due);
  expect(soonest([])).toBeNull();
});

import { expect, test } from "vitest";
import { dayOf, momentOf, readWhen, whenText } from "./when.ts";

test("a typed day is what a calendar has, within its bounds", () => {
  expect(dayOf("2026-11-23")).toBe("2026-11-23");
  expect(dayOf(" 2026-1-3 ")).toBe("2026-01-03");
  expect(dayOf("")).toBe("");
  expect(["2026-02-30", "23/11/2026", "2026-11", "x"].map((text) => dayOf(text)))
    .toEqual([null, null, null, null]);
  expect(dayOf("2026-11-23", "2026-11-24")).toBe(null);
  expect(dayOf("2026-11-23", "", "2026-11-22")).toBe(null);
});

test("a typed moment comes back as the browser's own field would give it", () => {
  expect(momentOf("2026-11-23 10:05")).toBe("2026-11-23T10:05");
  expect(momentOf("2026-1-3 8:05")).toBe("2026-01-03T08:05");
  expect(momentOf(" ")).toBe("");
  expect(["2026-11-23", "2026-11-23 25:00", "11/23/2026 10:05"].map(momentOf))
    .toEqual([null, null, null]);
  expect(whenText("2026-11-23T10:05")).toBe("2026-11-23 10:05");
  expect([readWhen("date", "2026-11-23"), readWhen("datetime-local", "2026-11-23")])
    .toEqual(["2026-11-23", null]);
});

import { expect, test } from "vitest";
import { dayOf } from "./day_field.tsx";

test("a typed day is what a calendar has, within its bounds", () => {
  expect(dayOf("2026-11-23")).toBe("2026-11-23");
  expect(dayOf(" 2026-1-3 ")).toBe("2026-01-03");
  expect(dayOf("")).toBe("");
  expect(["2026-02-30", "23/11/2026", "2026-11", "x"].map((text) => dayOf(text)))
    .toEqual([null, null, null, null]);
  expect(dayOf("2026-11-23", "2026-11-24")).toBe(null);
  expect(dayOf("2026-11-23", "", "2026-11-22")).toBe(null);
});

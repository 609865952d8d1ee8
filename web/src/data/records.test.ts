// How the fields of a record are told.
import { expect, test } from "vitest";
import type { FormSource, Task } from "../api/types.ts";
import { formOfId, isGraded } from "./records.ts";

const id = "019ae1c2-7d10-7c3e-9a55-0123456789ab";
const text = { "x-kind": "text" };
const properties = { hazard: text, alarm: text, area: { "x-kind": "ref" } };
const form = { data: { properties } } as unknown as FormSource;

test("a text that is only an id is a way to its record, or nothing to read", () => {
  expect(formOfId(form, "hazard", id)).toBe("hazard");
  expect(formOfId(form, "alarm", id)).toBe("");
  expect(formOfId(form, "hazard", "YH-2026-0001")).toBeNull();
  expect(formOfId(form, "area", id)).toBeNull();
  expect(formOfId(form, "alarm", null)).toBeNull();
});

test("only what has a grade, or must get one, speaks of it on its card", () => {
  const graded = (level: string | null, of: string) => isGraded({ level, form: of } as Task);
  expect(graded("yellow", "permit")).toBe(true);
  expect([graded(null, "hazard"), graded("", "hazard")]).toEqual([true, true]);
  expect([graded("", "goods"), graded(null, "permit_isolation")]).toEqual([false, false]);
});

import { expect, test } from "vitest";
import type { FormSource } from "../api/types.ts";
import { factBlocks } from "./permit_facts.ts";

const names = ["kind", "content", "area", "leader", "rigger", "load_t", "hot_method", "grade",
  "limit_lel", "gas_lel", "measures", "grade_reason_zh", "grade_reason_en"];
const form = {
  data: { properties: Object.fromEntries(names.map((name) => [name, { "x-kind": "text" }])) },
} as unknown as FormSource;

test("every field of the form stands in exactly one block, those of other kinds in none", () => {
  const made = factBlocks(form, "lifting", "zh");
  const told = made.flatMap(({ fields }) => fields);
  expect(new Set(told).size).toBe(told.length);
  expect(told.sort()).toEqual(["area", "content", "gas_lel", "grade", "grade_reason_zh",
    "leader", "limit_lel", "load_t", "rigger"]);
});

test("why a permit has its grade is told in the reader's language only", () => {
  const grade = factBlocks(form, "lifting", "en").find(({ id }) => id === "grade");
  expect(grade?.fields).toEqual(["grade", "grade_reason_en"]);
});

import { expect, test } from "vitest";
import type { FormSource } from "../api/types.ts";
import {
  casesHref, cleared, countOf, filterOf, formOf, givenFilter, isOpenOnly, listFilter, withFilter,
  withForm,
} from "./desk_filter.ts";
import { readRoute } from "./route.ts";

const text = { zh: "x", en: "x" };
const field = { "x-kind": "text" as const, title: text };
const hazard = {
  id: "hazard", states: { reported: text, repairing: text, closed: text, merged: text },
  data: { properties: {
    level: field, area: field, owner: field, due_at: field, reporter: field, first_receiver: field,
    category: { ...field, enum: ["leak"] },
  } },
} as unknown as FormSource;
const nearMiss = {
  id: "near_miss", states: { reported: text, shared: text },
  data: { properties: { area: field, reporter: field } },
} as unknown as FormSource;
const now = Date.parse("2026-11-21T06:00:00Z");
const around = { form: hazard, me: { id: "me" }, now };

test("filters become one filter expression, and no filter means all", () => {
  expect(filterOf({}, around)).toEqual(["all"]);
  expect(filterOf({ level: "red" }, around)).toEqual(["eq", "level", "red"]);
  expect(filterOf({ level: "red", overdue: "1", category: "leak", owner: "p" }, around)).toEqual([
    "and", ["eq", "level", "red"], ["eq", "category", "leak"], ["eq", "owner", "p"],
    ["lt", "due_at", "2026-11-21T06:00:00.000Z"],
  ]);
});

test("what the form does not have is not asked for", () => {
  expect(filterOf({ level: "red", overdue: "1", owner: "p" }, { ...around, form: nearMiss }))
    .toEqual(["all"]);
});

test("mine is what I own, received, reported or wrote down", () => {
  expect(filterOf({ mine: "1" }, around)).toEqual(["or", ["eq", "created_by", "me"],
    ["eq", "owner", "me"], ["eq", "first_receiver", "me"], ["eq", "reporter", "me"]]);
});

test("a list of open cases leaves out every kind of end", () => {
  expect(listFilter({ open: "1", area: "a" }, around)).toEqual([
    "and", ["not", ["in", "state", ["closed", "merged"]]], ["eq", "area", "a"],
  ]);
  expect(listFilter({ open: "1", state: "closed" }, around)).toEqual(["eq", "state", "closed"]);
});

test("a figure opens exactly its cases, closed ones too", () => {
  const filter = ["and", ["ge", "verified_at", "2026-11-01T00:00:00Z"], ["eq", "level", "red"]];
  const href = casesHref({ form: "hazard", id: "closed", filter });
  const { path, query } = readRoute(href);
  expect(path).toEqual(["hazards"]);
  expect(givenFilter(query)).toEqual(filter);
  expect(isOpenOnly(query)).toBe(false);
  expect(filterOf({ ...query, area: "a" }, around)).toEqual(["and", filter, ["eq", "area", "a"]]);
  expect(casesHref({ form: "hazard", id: "closed", filter: null })).toBe("");
});

test("what is no filter in the address is left out", () => {
  for (const f of ["{", "null", "7", "[]", '["x"', '{"a":1}']) {
    expect([f, givenFilter({ f })]).toEqual([f, null]);
  }
});

test("another kind of case keeps what all kinds have", () => {
  expect(withForm({ level: "red", area: "a", q: "x", f: "[]" }, "near_miss"))
    .toEqual({ area: "a", q: "x", form: "near_miss" });
  expect(withForm({ form: "near_miss", mine: "1" }, "hazard")).toEqual({ mine: "1" });
  expect(formOf({ form: "permit" })).toBe("hazard");
});

test("a filter is set, taken off, and all are cleared but the kind", () => {
  expect(withFilter({ q: "x" }, "q", "")).toEqual({});
  expect(cleared({ form: "violation", q: "x", level: "red" })).toEqual({ form: "violation" });
  expect(countOf({ form: "violation", q: "x", level: "red", figure: "open" })).toBe(2);
});

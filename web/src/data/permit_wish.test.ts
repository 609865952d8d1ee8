import { expect, test } from "vitest";
import type { FormSource } from "../api/types.ts";
import { fieldsOn, kindFields, missingOn, wishBody, withKind } from "./permit_wish.ts";

const properties = Object.fromEntries([
  "kind", "content", "area", "valid_from", "leader", "workers", "hot_method", "space", "height_m",
  "toxic_substance", "jsa",
].map((name) => [name, { "x-kind": "text", title: { zh: name, en: name } }]));
const form = {
  id: "permit", version: 2, title: { zh: "", en: "" }, states: {},
  data: { required: ["kind", "content", "area", "leader", "workers"], properties },
  modes: { content: "write", toxic_substance: "read" },
} as unknown as FormSource;

test("a page shows what the form has and the caller may write", () => {
  expect(fieldsOn("kind", "hot", form)).toEqual(["kind", "content"]);
  expect(fieldsOn("details", "hot", form)).toEqual(["hot_method"]);
  expect(fieldsOn("details", "road", form)).toEqual([]);
});

test("what is missing is named for each page, workers by persons or names", () => {
  expect(missingOn("kind", form, { kind: "hot" })).toEqual(["content"]);
  expect(missingOn("details", form, { kind: "height" })).toEqual(["height_m"]);
  const without = { kind: "hot", leader: "x", workers: { persons: [], names: [] } };
  expect(missingOn("people", form, without)).toEqual(["workers"]);
  const named = { ...without, workers: { persons: [], names: ["外协甲"] } };
  expect(missingOn("people", form, named)).toEqual([]);
});

test("a hazard without what every row needs is not let through", () => {
  const jsa = { "x-kind": "subform", items: { required: ["hazard", "control"], properties: {} } };
  const asking = {
    ...form, data: { ...form.data, properties: { ...properties, jsa } },
  } as unknown as FormSource;
  const rows = (...all: object[]) => ({ kind: "hot", jsa: all as unknown as string[] });
  expect(missingOn("hazards", asking, rows({ hazard: "a" }))).toEqual(["jsa"]);
  expect(missingOn("hazards", asking, rows({ hazard: "a", control: "b" }))).toEqual([]);
  expect(missingOn("hazards", asking, { kind: "hot" })).toEqual(["jsa"]);
});

test("another kind drops what only the old one has", () => {
  const fields = { kind: "hot", content: "c", hot_method: "arc", area: "A" };
  expect(withKind(fields, "confined")).toEqual({ kind: "confined", content: "c", area: "A" });
});

test("every kind has a block of its own and nothing empty is sent", () => {
  expect(Object.keys(kindFields)).toHaveLength(8);
  expect(wishBody({ a: "", b: 0, c: null, d: [] })).toEqual({ b: 0 });
});

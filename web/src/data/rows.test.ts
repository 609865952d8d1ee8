import { expect, test } from "vitest";
import type { FormSource } from "../api/types.ts";
import { tell, type Telling } from "./records.ts";
import { itemForm, rowsOf, sent, writable } from "./rows.ts";

const text = { zh: "z", en: "e" };
const form: FormSource = {
  id: "kit", version: 1, title: text, states: {},
  data: { properties: { parts: {
    "x-kind": "subform", title: text,
    items: { required: ["what"], properties: {
      what: { "x-kind": "text", title: text }, cost: { "x-kind": "integer", title: text },
    } },
  } } },
};

test("a sub-form is drawn as a form of its own", () => {
  expect(itemForm(form, "parts").data.required).toEqual(["what"]);
  expect(Object.keys(itemForm(form, "parts").data.properties)).toEqual(["what", "cost"]);
  expect(itemForm(form, "other").data.properties).toEqual({});
});

test("only what may be written is sent back", () => {
  expect(writable(form, "parts")).toEqual(["what", "cost"]);
  const hidden: FormSource = { ...form, modes: { "parts.cost": "masked" } };
  expect(writable(hidden, "parts")).toEqual(["what"]);
  expect(sent([{ what: "bolt", cost: "***" }, {}], ["what"])).toEqual([{ what: "bolt" }, {}]);
});

test("what is no list has no rows", () => {
  expect(rowsOf(null)).toEqual([]);
  expect(rowsOf("x")).toEqual([]);
  const rows = rowsOf([{ what: "a" }] as never);
  expect(rows).toEqual([{ what: "a" }]);
});

test("rows are told cell by cell, without what is empty", () => {
  const texts = { yes: "y", no: "n" } as unknown as Telling["texts"];
  const value = [{ what: "bolt", cost: 3 }, { what: "nut", cost: null }];
  expect(tell({ form, lang: "en", texts }, "parts", value)).toBe("e bolt, e 3; e nut");
});

import { expect, test } from "vitest";
import type { FormSource, Me } from "../api/types.ts";
import { choose, fieldsToFill, lackingIn, mayStart, startable } from "./new_record.ts";

const form = {
  id: "order", flow: "order_flow",
  data: {
    required: ["subject", "price"],
    properties: {
      subject: { "x-kind": "text" }, price: { "x-kind": "decimal" },
      pictures: { "x-kind": "photos" },
    },
  },
  modes: { subject: "write", price: "hidden", pictures: "write" },
  choices: [{ node: "review", name: { zh: "会签", en: "Review" }, several: true }],
} as unknown as FormSource;

test("offered are forms with a flow that I may make and that have no page of their own", () => {
  const me = { rights: { order: ["create"], hazard: ["create"], permit: [], area: ["create"] } };
  const forms = [form, { ...form, id: "hazard" }, { ...form, id: "permit" },
    { ...form, id: "area", flow: undefined }] as FormSource[];
  expect(mayStart(me as unknown as Me)).toBe(true);
  const other = { rights: { hazard: ["create"], order: ["read"] } };
  expect(mayStart(other as unknown as Me)).toBe(false);
  expect(startable(forms, me as unknown as Me).map(({ id }) => id)).toEqual(["order"]);
});

test("what I may not write is neither asked nor missing", () => {
  expect(fieldsToFill(form)).toEqual(["subject"]);
  expect(lackingIn(form, { fields: {}, chosen: {} }))
    .toEqual({ fields: ["subject"], steps: ["review"] });
  expect(lackingIn(form, { fields: { subject: "x" }, chosen: { review: ["p"] } }))
    .toEqual({ fields: [], steps: [] });
});

test("one is replaced, several are collected, a second press takes away", () => {
  expect(choose(["a"], "b", false)).toEqual(["b"]);
  expect(choose(["a"], "b", true)).toEqual(["a", "b"]);
  expect(choose(["a", "b"], "a", true)).toEqual(["b"]);
});

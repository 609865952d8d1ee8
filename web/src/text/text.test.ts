import { expect, test } from "vitest";
import { errorTexts } from "../generated/errors.ts";
import { en } from "./en.ts";
import { fillIn } from "./index.ts";
import { zh } from "./zh.ts";

const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test("both languages have the same keys, and no text is empty", () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  for (const text of [...Object.values(zh), ...Object.values(en)]) expect(text.trim()).not.toBe("");
});

test("a text has the same holes in both languages", () => {
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
    expect([key, holes(en[key])]).toEqual([key, holes(zh[key])]);
  }
});

test("only the button to the other language holds letters of the other language", () => {
  const foreign = Object.entries(en).filter(([, text]) => /\p{Script=Han}/u.test(text));
  expect(foreign.map(([key]) => key)).toEqual(["languageSwitch"]);
});

test("every refusal of the server has words in both languages", () => {
  for (const text of Object.values(errorTexts)) {
    expect(text.zh).toMatch(/\p{Script=Han}/u);
    expect(text.en).not.toBe("");
  }
});

test("holes are filled, unknown ones are left to be seen", () => {
  expect(fillIn("{n} of {m}", { n: 0 })).toBe("0 of {m}");
});

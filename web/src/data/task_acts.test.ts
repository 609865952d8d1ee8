import { expect, test } from "vitest";
import { actsOf, asksOf, caseActsOf, isReady, pick } from "./task_acts.ts";

test("a sheet shows what the server offers and nothing of the usual buttons", () => {
  expect(actsOf({})).toEqual([]);
  expect(actsOf({ acts: ["complete", "unclaim", "return", "hand_over"] })).toEqual([]);
  expect(actsOf({ acts: ["reject", "complete", "urge", "transfer", "unheard_of"] }))
    .toEqual(["transfer", "urge", "reject"]);
});

test("acts on a case come from the record's page", () => {
  expect(caseActsOf({})).toEqual([]);
  expect(caseActsOf({ acts: ["withdraw", "retract", "transfer"] }))
    .toEqual(["retract", "withdraw"]);
});

test("nothing goes out without the people and words it needs", () => {
  expect(isReady("transfer", [], "why")).toBe(false);
  expect(isReady("transfer", ["a"], " ")).toBe(false);
  expect(isReady("transfer", ["a"], "why")).toBe(true);
  expect(isReady("cc", ["a"], "")).toBe(true);
  expect(isReady("cc", [], "why")).toBe(false);
  expect(isReady("reject", [], "")).toBe(false);
  expect(isReady("urge", [], "")).toBe(true);
});

test("one person is replaced, several are gathered, a second touch takes away", () => {
  expect(asksOf("delegate").people).toBe("one");
  expect(pick("delegate", ["a"], "b")).toEqual(["b"]);
  expect(pick("add_sign", ["a"], "b")).toEqual(["a", "b"]);
  expect(pick("add_sign", ["a", "b"], "a")).toEqual(["b"]);
});

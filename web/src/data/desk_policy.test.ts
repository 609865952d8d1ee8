import { expect, test } from "vitest";
import type { Matrix, MatrixRole } from "../api/types_policy.ts";
import { policyText } from "../text/policy_words.ts";
import { columnsOf, isLoss, modeIn, modeWith, rolesIn, united } from "./desk_policy.ts";

const name = { zh: "z", en: "e" };
const role = (id: string, more: Partial<MatrixRole> = {}): MatrixRole => ({
  id, name, people: 1, actions: ["read"], rows: ["all"], modes: { a: "read" }, by_state: {},
  buttons: [], ...more,
});
const matrix: Matrix = {
  form: "f", forms: [], title: name, fields: [], states: [],
  roles: [role("x", { by_state: { shut: { a: "hidden", b: "read" } } }),
    role("y", { actions: [], modes: {} })],
  nodes: [{ id: "n", name, roles: ["y"], buttons: [], modes: { a: "write" } }],
};
const [x, y] = matrix.roles as [MatrixRole, MatrixRole];

test("a role has the modes of the state, and of all states where none is chosen", () => {
  expect(modeIn(x, "", "a")).toBe("read");
  expect(modeIn(x, "shut", "a")).toBe("hidden");
  expect(modeIn(x, "open", "a")).toBe("read");
  expect(modeIn(x, "", "gone")).toBe("hidden");
});

test("a step adds to the roles that have it, and to no other", () => {
  expect(modeWith(matrix, y, { state: "", node: "n" }, "a")).toBe("write");
  expect(modeWith(matrix, x, { state: "", node: "n" }, "a")).toBe("read");
  expect(columnsOf(matrix, "").map((one) => one.id)).toEqual(["x"]);
  expect(columnsOf(matrix, "n").map((one) => one.id)).toEqual(["x", "y"]);
});

test("role files of several packs are one role", () => {
  expect(rolesIn("no")).toBeNull();
  expect(rolesIn("{}")).toBeNull();
  expect(rolesIn('{"id":"a","rights":[1]}')).toEqual([{ id: "a", rights: [1] }]);
  const roles = rolesIn('{"roles":[{"id":"a","rights":[1]},{"id":"a","rights":[2]}]}');
  expect(united(roles ?? [])).toEqual([{ id: "a", rights: [1, 2] }]);
});

test("what is taken away is told apart", () => {
  const one = { role: "x", form: "f", action: "read" };
  expect(isLoss({ ...one, change: "loses_field" })).toBe(true);
  expect(isLoss({ ...one, change: "fewer_rows" })).toBe(true);
  expect(isLoss({ ...one, change: "gains_button" })).toBe(false);
});

test("both languages have the same words with the same holes", () => {
  const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  const keys = Object.keys(policyText.zh) as (keyof typeof policyText.zh)[];
  expect(Object.keys(policyText.en).sort()).toEqual([...keys].sort());
  for (const key of keys) {
    expect([key, holes(policyText.en[key])]).toEqual([key, holes(policyText.zh[key])]);
    expect(policyText.en[key]).not.toMatch(/\p{Script=Han}/u);
  }
});

import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Me, RecordView, Task } from "../api/types.ts";
import { session } from "../data/session.ts";
import { CaseActs, TaskActs, TaskWaits } from "./act_buttons.tsx";

session.set({ kind: "person", me: { id: "p", org_path: "/AL/" } as Me });
const task = (more: Partial<Task>) => ({ id: "t", state: "claimed", ...more }) as Task;
const shown = (acts: string[]) =>
  renderToStaticMarkup(createElement(TaskActs, { task: task({ acts }) }));

test("a task without acts of approval shows no button", () => {
  expect(shown(["complete", "return", "unclaim"])).toBe("");
});

test("one act stands there by its name, several behind one button", () => {
  expect(shown(["complete", "urge"])).toContain("催办");
  const several = shown(["complete", "transfer", "add_sign"]);
  expect(several).toContain("更多操作");
  expect(several).not.toContain("加签");
});

test("what a task waits for is said", () => {
  const waits = (more: Partial<Task>) =>
    renderToStaticMarkup(createElement(TaskWaits, { task: task(more) }));
  expect(waits({ state: "suspended" })).toContain("等待加签人");
  expect(waits({ owner: "p" })).toContain("等待意见");
  expect(waits({})).toBe("");
});

test("a case offers what its initiator and its last signer may do", () => {
  const view = (acts: string[]) => ({ record: { id: "r" }, acts }) as unknown as RecordView;
  const offers = (acts: string[]) =>
    renderToStaticMarkup(createElement(CaseActs, { form: "f", view: view(acts) }));
  expect(offers([])).toBe("");
  expect(offers(["withdraw", "retract"])).toMatch(/拿回.*撤回/s);
});

import { expect, test } from "vitest";
import type { Clock, Task } from "../api/types.ts";
import { callsNext_s, hereOf, lackingFor, postOf, signState, stepped } from "./post.ts";

const name = { zh: "x", en: "x" };
const task = (more: Partial<Task> = {}): Task => ({
  id: "t", node: "sign_monitor", name, form: "response", record_id: "r", state: "open",
  assignee: null, created: "", due: null, level: null, is_mine: false, outcomes: [], requires: [],
  return_targets: [], ...more,
});

test("the node of a task says its post and whether it is to sign in or to do", () => {
  expect(postOf(task())).toEqual({ post: "monitor", phase: "sign" });
  expect(postOf(task({ node: "do_isolate" }))).toEqual({ post: "isolate", phase: "do" });
  expect(postOf(task({ node: "command" }))).toEqual({ post: "", phase: "decide" });
});

test("a post is free, mine, taken by another, or signed in for", () => {
  expect(signState(task(), "me")).toBe("free");
  expect(signState(task({ is_mine: true, assignee: "me" }), "me")).toBe("mine");
  expect(signState(task({ assignee: "other" }), "me")).toBe("taken");
  expect(signState(task({ may_take: false }), "me")).toBe("taken");
  expect(signState(null, "me")).toBe("done");
});

test("signing in means: here", () => {
  const outcomes = [{ id: "cannot", name }, { id: "here", name }];
  expect(hereOf(task({ outcomes })).id).toBe("here");
  expect(hereOf(task({ outcomes: [{ id: "ok", name }] })).id).toBe("ok");
  expect(hereOf(task()).id).toBe("");
});

test("the next person is called when the nearest clock of the task runs out", () => {
  const clock = (node: string, due: number): Clock =>
    ({ node, name, due: new Date(due).toISOString(), kind: "timer", firing: 1 });
  const clocks = [
    clock("sign_monitor_20s", 31000), clock("sign_monitor_20s", 21500), clock("do_guide", 2000),
  ];
  expect(callsNext_s(clocks, task(), 1000)).toBe(21);
  expect(callsNext_s([], task(), 1000)).toBeNull();
});

test("what is missing is known before sending, and a photo counts as soon as it is taken", () => {
  const asking = task({ requires: ["voucher_monitor_ppm", "voucher_monitor_photo"] });
  const done = { id: "done", name };
  expect(lackingFor(asking, done, {}, {})).toEqual(asking.requires);
  const photos = { voucher_monitor_photo: 1 };
  expect(lackingFor(asking, done, { voucher_monitor_ppm: 0 }, photos)).toEqual([]);
});

test("a stepper starts at nothing, keeps its bounds and has no crumbs of binary fractions", () => {
  expect(stepped(undefined, 1)).toBe(1);
  expect(stepped(0, -10)).toBe(0);
  expect(stepped(20.8, 0.1)).toBe(20.9);
  expect(stepped(99, 10, { maximum: 100 })).toBe(100);
});

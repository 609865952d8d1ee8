import { expect, test } from "vitest";
import type { FormSource, Outcome, Task } from "../api/types.ts";
import type { Evidence } from "../api/types_hazard.ts";
import { boxOf, isDoubtful, moved, placeIn } from "./evidence.ts";
import { freshOrKept } from "./kept.ts";
import { Refusal } from "../api/client.ts";
import { layoutOf, wantsReason } from "./outcomes.ts";
import { codeIn } from "./scan.ts";
import { grouped, tidyCode } from "./codes.ts";
import { asTrouble, troubleIn } from "./trouble.ts";

test("two corners in any order make one box inside the picture", () => {
  const box = boxOf([0.8, 0.2], [0.5, 1.4]);
  expect(box).toMatchObject({ x: 0.5, y: 0.2 });
  expect(box.width).toBeCloseTo(0.3);
  expect(box.y + box.height).toBeCloseTo(1);
  expect(boxOf([1, 1], [1, 1]).width).toBeGreaterThan(0);
  const shifted = moved(box, { x: 0.9 });
  expect(shifted.x + shifted.width).toBeLessThanOrEqual(1);
});

test("a tap on a picture that is shown with bars beside it hits the right part of it", () => {
  const frame = { left: 0, top: 0, width: 200, height: 100 };
  expect(placeIn([100, 50], frame, { width: 100, height: 100 })).toEqual([0.5, 0.5]);
  expect(placeIn([50, 0], frame, { width: 100, height: 100 })).toEqual([0, 0]);
  expect(placeIn([10, 50], frame, { width: 100, height: 100 })[0]).toBe(0);
});

const evidence = (more: Partial<Evidence>): Evidence =>
  ({ photos: [], pairs: [], badge: "green", threshold: 0.85, ...more });
test("what a person has to look at, and what is still waited for, makes evidence doubtful", () => {
  const pair = { before: "a", after: "b" };
  const photo = { field: "photos", sha256: "a", reasons: [] };
  expect(isDoubtful(evidence({ photos: [{ ...photo, badge: "amber" }] }))).toBe(false);
  expect(isDoubtful(evidence({ photos: [{ ...photo, badge: "red" }] }))).toBe(true);
  expect(isDoubtful(evidence({ pairs: [{ ...pair, state: "waiting" }] }))).toBe(true);
  expect(isDoubtful(evidence({ pairs: [{ ...pair, state: "done", verdict: "good" }] })))
    .toBe(false);
  expect(isDoubtful(evidence({ pairs: [{ ...pair, state: "done", verdict: "recheck" }] })))
    .toBe(true);
});

const outcome = (id: string, more: Partial<Outcome> = {}): Outcome =>
  ({ id, name: { zh: id, en: id }, ...more });
test("the usual way stands in front, every other one brings only its own fields", () => {
  const task = { requires: [], outcomes: [
    outcome("done", { fields: ["after_photos"] }),
    outcome("extend", { fields: ["extension_to"], comment: "required" }),
    outcome("wrong_owner", { comment: "required" }),
  ] } as unknown as Task;
  const names = ["after_photos", "note", "extension_to"];
  const form = { data: { properties: Object.fromEntries(names.map((name) => [name, {}])) } };
  const layout = layoutOf(task, names, form as unknown as FormSource);
  expect(layout.front).toEqual(["after_photos", "note"]);
  expect(layout.plain.map(({ id }) => id)).toEqual(["wrong_owner"]);
  expect(layout.apart).toMatchObject([{ outcome: { id: "extend" }, fields: ["extension_to"] }]);
});

test("whoever passes doubtful evidence has to say why", () => {
  expect(wantsReason(outcome("pass", { doubt: "comment" }), true)).toBe(true);
  expect(wantsReason(outcome("pass", { doubt: "comment" }), false)).toBe(false);
  expect(wantsReason(outcome("refuse", { comment: "required" }), false)).toBe(true);
});

test("a label is read by its path, an address of something else is not followed", () => {
  expect(codeIn("https://10.1.2.3:8443/q/T-203")).toBe("T-203");
  expect(codeIn("http://plant/q/%E7%BD%90%E5%8C%BA")).toBe("罐区");
  expect(codeIn("T-203")).toBe("T-203");
  expect(codeIn("https://evil.example/login")).toBeNull();
  expect(codeIn("weixin://pay?x=1")).toBeNull();
});

test("a code may be typed as it was written down", () => {
  expect(tidyCode(" abcd-efgh ijkl ")).toBe("ABCDEFGHIJKL");
  expect(grouped("abcd-efgh")).toBe("ABCD EFGH");
});

test("without a link the kept answer is shown, a refusal is not covered up", async () => {
  const kept = new Map<string, { id: string; at: number; value: unknown }>();
  const shelf = {
    get: (id: string) => Promise.resolve(kept.get(id) ?? null),
    put: (one: { id: string; at: number; value: unknown }) => {
      kept.set(one.id, one);
      return Promise.resolve();
    },
  };
  const gone = () => Promise.reject(new Refusal({ code: "offline", message: "", status: 0 }));
  expect(await freshOrKept("x", () => Promise.resolve(1), shelf)).toBe(1);
  expect(await freshOrKept("x", gone, shelf)).toBe(1);
  expect(await freshOrKept("x", () => new Promise<number>(() => {}), shelf, 1)).toBe(1);
  await expect(freshOrKept("y", gone, shelf)).rejects.toThrow();
  const why = new Refusal({ code: "forbidden", message: "", status: 403 });
  const refused = () => Promise.reject(why);
  await expect(freshOrKept("x", refused, shelf)).rejects.toThrow();
});

test("trouble of the server is known by its code, also one of a newer server", () => {
  expect(troubleIn('{"type":"trouble","code":"disk_full"}')).toBe("disk_full");
  expect(troubleIn('{"type":"trouble","code":""}')).toBe("");
  expect(troubleIn('{"type":"event","seq":1}')).toBeNull();
  expect(asTrouble("meteor")).toBe("read_only");
});

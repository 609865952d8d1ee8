import { expect, test } from "vitest";
import {
  afterTry, dueOps, keep_ms, keptOps, lastOf, mayUndo, ops_max, retry_ms, unsent, type Answered,
  type Op,
} from "./outbox_step.ts";

const op = (id: string, more: Partial<Op> = {}): Op => ({
  id, owner: "me", kind: "safe", about: "r1", path: "/api/x", body: {}, at: 1000, not_before: 0,
  tries: 0, state: "waiting", ...more,
});
const refused = (more: Partial<Answered>): Answered => ({
  code: "internal", status: 0, isOffline: false, message: "no", ...more,
});
const lost = refused({ code: "offline", isOffline: true });

test("a call for help goes first, receipts last, each in the order of pressing", () => {
  const ops = [
    op("1", { kind: "receipt" }), op("2"),
    op("4", { kind: "sos", at: 1001 }), op("3", { kind: "sos" }),
  ];
  expect(dueOps(ops, "me", 5).map(({ id }) => id)).toEqual(["3", "4", "2", "1"]);
});

test("what somebody else pressed on this phone waits for them", () => {
  expect(dueOps([op("1", { owner: "other" })], "me", 5)).toEqual([]);
});

test("without a link an op waits longer each time, and goes at once when the link is back", () => {
  const once = afterTry(op("1"), lost, 1000, 1);
  const twice = once && afterTry(once, lost, once.not_before, 1);
  expect(once?.not_before).toBeGreaterThan(1000);
  expect(twice?.tries).toBe(2);
  expect(dueOps(twice ? [twice] : [], "me", 1001)).toEqual([]);
  expect(dueOps(twice ? [twice] : [], "me", 1001, true)).toHaveLength(1);
  expect(retry_ms(50, 1)).toBeLessThanOrEqual(30500);
});

test("what may still be undone is not sent early, not even when the link comes back", () => {
  const young = op("1", { not_before: 6000 });
  expect(mayUndo(young, 5000)).toBe(true);
  expect(dueOps([young], "me", 5000, true)).toEqual([]);
  expect(mayUndo(young, 6000)).toBe(false);
  expect(dueOps([young], "me", 6000)).toHaveLength(1);
});

test("an answer that was lost makes no second record: duplicate means it is there", () => {
  expect(afterTry(op("1"), refused({ code: "duplicate", status: 409 }), 1, 0)?.state).toBe("sent");
  expect(afterTry(op("1"), null, 1, 0)?.state).toBe("sent");
});

test("a refusal is kept and shown, except for a receipt", () => {
  const gone = afterTry(op("1"), refused({ code: "wrong_state", status: 409 }), 1, 0);
  expect(gone).toMatchObject({ state: "refused", message: "no" });
  const receipt = op("1", { kind: "receipt" });
  expect(afterTry(receipt, refused({ code: "not_found", status: 404 }), 1, 0)).toBeNull();
  expect(afterTry(receipt, lost, 1, 0)?.state).toBe("waiting");
});

test("an expired log-in and a server in trouble lose nothing", () => {
  for (const answer of [
    refused({ code: "not_logged_in", status: 401 }), refused({ status: 503 }),
    refused({ status: 429 }),
  ]) expect(afterTry(op("1"), answer, 1, 0)?.state).toBe("waiting");
});

test("after a restart everything that waits is still there, what was sent goes after a day", () => {
  const ops = [op("1"), op("2", { state: "sent" }), op("3", { state: "sent", at: keep_ms })];
  expect(keptOps(ops, keep_ms + 2000).map(({ id }) => id)).toEqual(["1", "3"]);
});

test("when there are too many the receipts go, never a call for help", () => {
  const many = Array.from({ length: ops_max }, (_, at) => op(`${at}`, { kind: "receipt" }));
  const kept = keptOps([op("sos", { kind: "sos" }), ...many], 2000);
  expect(kept).toHaveLength(ops_max);
  expect(kept[0]?.kind).toBe("sos");
});

test("the last word of a person counts, and receipts are not counted as unsent", () => {
  const ops = [op("1"), op("2", { kind: "unsafe" }), op("3", { kind: "receipt" })];
  expect(lastOf(ops, "me", "r1", ["safe", "unsafe"])?.id).toBe("2");
  expect(unsent(ops, "me")).toHaveLength(2);
});

test("a report without a name is nobody's, so whoever holds the phone sends it", () => {
  const ops = [op("1", { owner: "", kind: "anonymous" })];
  expect(dueOps(ops, "me", 5)).toHaveLength(1);
  expect(dueOps(ops, "", 5)).toHaveLength(1);
  expect(dueOps([op("2")], "", 5)).toEqual([]);
});

test("a refused report and a code that nobody has seen are never thrown away", () => {
  const old = keep_ms * 9;
  const ops = [
    op("1", { kind: "report", state: "refused" }), op("2", { kind: "report", state: "sent" }),
    op("3", { kind: "anonymous", state: "sent", answer: { code: "C" } }),
  ];
  expect(keptOps(ops, old).map(({ id }) => id)).toEqual(["1", "3"]);
});

test("a call for help goes before reports, reports before words, words before receipts", () => {
  const kinds: Op["kind"][] = ["receipt", "message", "report", "sos"];
  const ops = kinds.map((kind) => op(kind, { kind }));
  expect(dueOps(ops, "me", 5).map(({ kind }) => kind))
    .toEqual(["sos", "report", "message", "receipt"]);
});

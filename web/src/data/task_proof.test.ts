import { expect, test } from "vitest";
import type { Task } from "../api/types.ts";
import { asksProof, createProof, lackingOf, signedContent } from "./task_proof.ts";

const task = (more: Partial<Task>): Task => ({
  id: "t1", node: "close", name: { zh: "签字", en: "Sign" }, form: "order", record_id: "r1",
  state: "claimed", assignee: "p1", created: "", due: null, level: null, is_mine: true,
  outcomes: [], requires: [], return_targets: [], ...more,
});

test("a task that asks for nothing lacks nothing", () => {
  expect(asksProof(task({}))).toBe(false);
  expect(lackingOf(task({}), createProof())).toEqual([]);
});

test("what a task asks for is lacking until it is there", () => {
  const proof = createProof();
  const asking = task({ signature: "required", attachment: "required" });
  expect(lackingOf(asking, proof)).toEqual(["signature", "attachments"]);
  proof.signature.set({ blob: new Blob(), url: "" });
  expect(lackingOf(asking, proof)).toEqual(["attachments"]);
});

test("what is signed is what the server makes anew", () => {
  const sent = { outcome: "close", comment: "seen", version: 3, fields: { note: "n", b: 1 } };
  expect(signedContent("t1", "r1", sent)).toBe("{\"comment\":\"seen\",\"fields\":{\"b\":1," +
    "\"note\":\"n\"},\"outcome\":\"close\",\"record\":\"r1\",\"task\":\"t1\",\"version\":3}");
});

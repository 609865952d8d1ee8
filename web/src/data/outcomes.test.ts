import { expect, test } from "vitest";
import type { Task } from "../api/types.ts";
import { actsOf, ofOutcome } from "./outcomes.ts";

const name = { zh: "", en: "" };
const task: Task = {
  id: "1", node: "work", name, form: "permit", record_id: "2", state: "open", assignee: null,
  created: "", due: null, level: null, is_mine: true, requires: ["place"], return_targets: [],
  outcomes: [
    { id: "close", name }, { id: "handover", name, fields: ["next_guardian"] },
    { id: "extend", name, fields: ["extend_to"] },
  ],
};
const writes = ["next_guardian", "extend_to", "place", "note"];

test("each act asks for what it names, what the task names and what nobody names", () => {
  expect(actsOf(task, writes).map(({ fields }) => fields)).toEqual([
    ["place", "note"], ["next_guardian", "place", "note"], ["extend_to", "place", "note"],
  ]);
});

test("what was filled in for another way out is not sent along", () => {
  const [close, handover] = task.outcomes;
  const fields = { next_guardian: "p1", extend_to: "t", place: "here", note: "n" };
  expect(ofOutcome(task, close!, fields)).toEqual({ place: "here", note: "n" });
  expect(ofOutcome(task, handover!, fields))
    .toEqual({ next_guardian: "p1", place: "here", note: "n" });
});

test("what stands in front for the usual way goes along with every other one", () => {
  const verify: Task = {
    ...task, requires: [],
    outcomes: [{ id: "pass", name, fields: ["photos"] }, { id: "again", name }],
  };
  expect(ofOutcome(verify, verify.outcomes[1]!, { photos: [] })).toEqual({ photos: [] });
});

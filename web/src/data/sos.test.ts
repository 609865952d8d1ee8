import { expect, test } from "vitest";
import type { RecordView, Task } from "../api/types.ts";
import type { Op } from "./outbox_step.ts";
import { helpOf } from "./sos.ts";

const op = { state: "waiting" } as Op;
const view = (state: string, tasks: Partial<Task>[]): RecordView =>
  ({ record: { state }, tasks }) as unknown as RecordView;

test("a call says: not sent, sent, somebody is coming, dealt with", () => {
  expect(helpOf(op, null).help).toBe("waiting");
  expect(helpOf({ ...op, state: "sent" }, null).help).toBe("told");
  expect(helpOf({ ...op, state: "refused" }, null).help).toBe("refused");
  expect(helpOf({ ...op, state: "sent" }, view("raised", [{ assignee: null }])).help).toBe("told");
  expect(helpOf(null, view("raised", [{ assignee: "p2" }])).help).toBe("coming");
  expect(helpOf(null, view("closed", [])).help).toBe("over");
});

test("what the server knows counts more than what the phone remembers", () => {
  expect(helpOf(op, view("raised", [{ assignee: "p2" }])).help).toBe("coming");
});

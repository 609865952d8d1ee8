import { expect, test } from "vitest";
import type { RecordRow } from "../api/types.ts";
import { changedIn } from "./task_draft.ts";

test("a draft holds what differs from the record and nothing else", () => {
  const record = { note: "a", rows: [{ what: "x" }], count: 2 } as unknown as RecordRow;
  const rows = [{ what: "x" }] as unknown as string[];
  const fields = { note: "b", rows, count: null, more: "n" };
  expect(changedIn(fields, record)).toEqual({ note: "b", count: null, more: "n" });
});

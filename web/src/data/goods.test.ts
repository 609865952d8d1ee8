import { expect, test } from "vitest";
import type { RecordRow } from "../api/types.ts";
import { byWaiting, confirmationsOf, waitingCount } from "./goods.ts";

const row = (more: Record<string, unknown>): RecordRow => more as RecordRow;
const moves = [
  row({ id: "old", state: "moved", created_at: "2026-11-20T08:00:00Z" }),
  row({ id: "new", state: "moved", created_at: "2026-11-22T08:00:00Z" }),
  row({ id: "waits", state: "asked", created_at: "2026-11-19T08:00:00Z" }),
];

test("a move that waits for a person stands first, then the newest", () => {
  expect([...moves].sort(byWaiting).map(({ id }) => id)).toEqual(["waits", "new", "old"]);
  expect(waitingCount(moves)).toBe(1);
});

test("a confirmation is told with its person and time, and only once it is there", () => {
  const half = row({
    first_by: "p1", first_at: "2026-11-22T08:00:00Z", second_by: null, second_at: null,
    _titles: { first_by: { zh: "田玉", en: "Tian Yu" } },
  });
  expect(confirmationsOf(half, "en")).toEqual([
    { field: "first_by", name: "Tian Yu", at: "2026-11-22T08:00:00Z" },
  ]);
});

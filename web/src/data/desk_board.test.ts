import { expect, test } from "vitest";
import type { FormSource, RecordRow } from "../api/types.ts";
import { boardOf, cards_max, settle, stepTo, type Column } from "./desk_board.ts";

const text = { zh: "x", en: "x" };
const form = {
  states: { reported: text, assigning: text, repairing: text, closed: text, invalid: text },
} as unknown as FormSource;
const row = (id: string, over: Partial<RecordRow> = {}): RecordRow => ({
  id, number: id, state: "repairing", org_path: "/", version: 1, created_at: "2026-01-01",
  created_by: "", updated_at: "", updated_by: "", ...over,
});
const column = (state: string, ...rows: RecordRow[]): Column =>
  ({ state, rows, count: rows.length });

test("columns follow the states; passing and ended ones show only when they hold something", () => {
  const given = { form, rows: [row("a")], counts: { repairing: 1 }, withEnds: false };
  expect(boardOf(given).map(({ state }) => state)).toEqual(["assigning", "repairing"]);
  const ended = { ...given, counts: { repairing: 1, closed: 7 }, withEnds: true };
  expect(boardOf(ended).map(({ state }) => state)).toEqual(["assigning", "repairing", "closed"]);
});

test("a column counts what the server counts, also beyond the cards that are drawn", () => {
  const rows = Array.from({ length: cards_max + 5 }, (_, at) => row(`r${at}`));
  const [, repairing] = boardOf({ form, rows, counts: { repairing: 1200 }, withEnds: false });
  expect(repairing?.count).toBe(1200);
  expect(repairing?.rows).toHaveLength(cards_max);
});

test("while the pointer rests nothing moves: words change, the rest waits", () => {
  const first = settle(null, [column("assigning", row("a"), row("b")), column("repairing")], true);
  const moved = row("b", { state: "repairing" });
  const later = [
    column("assigning", row("new"), row("a", { version: 2 })), column("repairing", moved),
  ];
  const held = settle(first, later, true);
  expect(held.columns.map(({ cards }) => cards.map((card) => card.row.id)))
    .toEqual([["a", "b"], []]);
  expect(held.columns[0]?.cards[0]).toEqual({ row: row("a", { version: 2 }), wentTo: null });
  expect(held.columns[0]?.cards[1]?.wentTo).toBe("repairing");
  expect(held.columns.map(({ count }) => count)).toEqual([2, 1]);
  expect(held.waiting).toBe(2);
});

test("a card that left the board says so until the pointer goes", () => {
  const first = settle(null, [column("assigning", row("a"))], false);
  const held = settle(first, [column("assigning")], true);
  expect(held.columns[0]?.cards[0]?.wentTo).toBe("");
  expect(settle(held, [column("assigning")], false)).toEqual({
    columns: [{ state: "assigning", count: 0, cards: [] }], waiting: 0,
  });
});

test("arrows go from card to card and step over empty columns", () => {
  const sizes = [2, 0, 3];
  expect(stepTo(sizes, { column: 0, card: 0 }, "ArrowDown")).toEqual({ column: 0, card: 1 });
  expect(stepTo(sizes, { column: 0, card: 1 }, "ArrowDown")).toBeNull();
  expect(stepTo(sizes, { column: 0, card: 1 }, "ArrowRight")).toEqual({ column: 2, card: 1 });
  expect(stepTo(sizes, { column: 2, card: 2 }, "ArrowLeft")).toEqual({ column: 0, card: 1 });
  expect(stepTo(sizes, { column: 2, card: 0 }, "End")).toEqual({ column: 2, card: 2 });
  expect(stepTo(sizes, { column: 0, card: 0 }, "ArrowLeft")).toBeNull();
  expect(stepTo(sizes, { column: 0, card: 0 }, "x")).toBeNull();
});

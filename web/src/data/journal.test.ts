import { expect, test } from "vitest";
import type { JournalRow } from "../api/types_response.ts";
import { journalCsv, journalFilter, journalWish, wholeJournal } from "./journal.ts";

const row = (at: string, over: Partial<JournalRow> = {}): JournalRow => ({
  at, code: "A.HH", name: { zh: "甲", en: "A" }, act: "raise", letter_before: "A", letter: "B",
  value: 5, actor: { kind: "system", name: null }, comment: null, occurrence: "", ...over,
}) as JournalRow;

test("only filters that are set are asked for; days go from begin to end", () => {
  expect(journalWish(journalFilter({}))).toEqual({ limit: 100 });
  const wish = journalWish(journalFilter({
    tag: "GAS-1", from: "2026-11-01", to: "2026-11-02", nonsense: "x",
  }), "id7");
  expect(wish).toMatchObject({ tag: "GAS-1", before: "id7", limit: 100 });
  expect(Date.parse(wish.to ?? "") - Date.parse(wish.from ?? "")).toBe(2 * 86_400_000);
  expect(wish).not.toHaveProperty("area");
  expect(journalWish(journalFilter({ from: "never" }))).toEqual({ limit: 100 });
});

test("as a table nothing of a comment becomes a cell or a formula", () => {
  const text = journalCsv([row("2026-11-22T00:00:00.000Z", { comment: "a, \"b\"\nc", value: -3 }),
    row("2026-11-22T00:00:01.000Z", { comment: "=1+1", value: null })]);
  const lines = text.split("\r\n");
  expect(lines[0]).toBe("\ufeffat,code,name_zh,name_en,act,before,after,value,by,comment");
  expect(lines[1]).toBe('2026-11-22T00:00:00.000Z,A.HH,甲,A,raise,A,B,-3,system,"a, ""b""\nc"');
  expect(lines[2]).toContain(",,system,'=1+1");
});

test("an export goes through every page", async () => {
  const asked: (string | undefined)[] = [];
  const pages: Record<string, { rows: JournalRow[]; next: string | null }> = {
    "": { rows: [row("3"), row("2")], next: "p2" }, p2: { rows: [row("1")], next: null },
  };
  const got = await wholeJournal(async (wish) => {
    asked.push(wish.before);
    return pages[wish.before ?? ""]!;
  }, journalFilter({}));
  expect(asked).toEqual([undefined, "p2"]);
  expect(got.rows.map(({ at }) => at)).toEqual(["3", "2", "1"]);
  expect(got.isWhole).toBe(true);
});

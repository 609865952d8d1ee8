// The alarm journal as it is asked for: filters of the address, page by page, and as a table. Pure.
import type { JournalRow } from "../api/types_response.ts";
import type { JournalWish } from "../api/calls_alarm.ts";

export const journalPage = 100;
export const journalFields = ["tag", "area", "kind", "from", "to"] as const;
export type JournalField = (typeof journalFields)[number];
export type JournalFilter = Record<JournalField, string>;

export const journalFilter = (query: Record<string, string>): JournalFilter =>
  Object.fromEntries(journalFields.map((field) => [field, query[field] ?? ""])) as JournalFilter;

// Days of this screen's clock: from the beginning of the first to the end of the last.
const dayStart = (day: string, plus = 0): string | undefined => {
  const at = new Date(`${day}T00:00:00`);
  if (Number.isNaN(at.getTime())) return undefined;
  at.setDate(at.getDate() + plus);
  return at.toISOString();
};
export function journalWish(filter: JournalFilter, before = "", limit = journalPage): JournalWish {
  const { tag, area, kind, from, to } = filter;
  const asked = {
    tag, area, kind, before, from: dayStart(from), to: to ? dayStart(to, 1) : undefined,
  };
  const filled = Object.entries(asked).filter(([, value]) => value);
  return { limit, ...Object.fromEntries(filled) };
}

const quoted = (cell: string): string => {
  // A table program takes these for the beginning of a formula.
  const safe = /^[=+\-@\t\r]/.test(cell) && Number.isNaN(Number(cell)) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
// Headings are keys, times UTC, so that it reads the same in both languages.
export function journalCsv(rows: readonly JournalRow[]): string {
  const heads = "at,code,name_zh,name_en,act,before,after,value,by,comment";
  const lines = rows.map((row) => [
    row.at, row.code, row.name?.zh ?? "", row.name?.en ?? "", row.act, row.letter_before,
    row.letter, row.value === null ? "" : String(row.value), row.actor.name ?? row.actor.kind,
    row.comment ?? "",
  ].map((cell) => quoted(String(cell ?? ""))).join(","));
  return `\ufeff${[heads, ...lines].join("\r\n")}\r\n`;
}

export const exportRows = 20_000;
// Every page, oldest last, as far as the bound.
export async function wholeJournal(
  ask: (wish: JournalWish) => Promise<{ rows: JournalRow[]; next?: string | null }>,
  filter: JournalFilter,
): Promise<{ rows: JournalRow[]; isWhole: boolean }> {
  const rows: JournalRow[] = [];
  let before = "";
  while (rows.length < exportRows) {
    const got = await ask(journalWish(filter, before, 200));
    rows.push(...got.rows);
    if (!got.next) return { rows, isWhole: true };
    before = got.next;
  }
  return { rows, isWhole: false };
}

// The tables of a rule pack as people read them: from which day a row holds, what it asks, what it
// says, where that comes from and how sure it is. Pure: nothing is evaluated here.
import type { RuleTable } from "../api/types_permit.ts";

export interface RuleCell {
  name: string;
  text: string;
}
export interface RuleRow {
  from: string;
  when: RuleCell[];
  says: RuleCell[];
  mark: string;
  source: string;
}
export interface RuleSheet {
  id: string;
  rows: RuleRow[];
}

const dayIn = (text: string): string => /\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? "";
// A text of FEEL without its quotes; anything else as it stands.
export function plain(text: string): string {
  const words = text.trim();
  if (words === "-" || words === "null") return "";
  const list = /^"([^"]*)"(?:\s*,\s*"([^"]*)")*$/.test(words);
  if (!list) return words;
  return words.split(/"\s*,\s*"/).map((one) => one.replace(/^"|"$/g, "")).join(" / ");
}
const aside = ["mark", "source"];
const isDay = (input: string): boolean => /^(day|on|valid_from)$/.test(input.trim());

export function sheetOf(table: RuleTable): RuleSheet {
  const rows = table.rules.map((rule): RuleRow => {
    const cells = (names: string[], texts: string[]) => names
      .map((name, at) => ({ name, text: plain(texts[at] ?? "") }))
      .filter(({ text }) => text !== "");
    const days = table.inputs.map((input, at) =>
      isDay(input) ? dayIn(rule.inputs[at] ?? "") : "");
    const out = cells(table.outputs, rule.outputs);
    const told = (name: string) => out.find((cell) => cell.name === name)?.text ?? "";
    return {
      from: days.find(Boolean) ?? "",
      when: cells(table.inputs, rule.inputs).filter(({ name }) => !isDay(name)),
      says: out.filter(({ name }) => !aside.includes(name)),
      mark: told("mark"), source: told("source"),
    };
  });
  return { id: table.name || table.id, rows };
}

// A table that says of no row how sure it is only helps another one, and is not shown.
export const sheetsOf = (tables: readonly RuleTable[]): RuleSheet[] =>
  tables.filter(({ outputs }) => outputs.includes("mark")).map(sheetOf)
    .filter(({ rows }) => rows.length > 0);

export function markCounts(sheets: readonly RuleSheet[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { rows } of sheets) {
    for (const { mark } of rows) if (mark) counts[mark] = (counts[mark] ?? 0) + 1;
  }
  return counts;
}
export function matching(sheet: RuleSheet, mark: string, words: string): RuleRow[] {
  const wanted = words.trim().toLowerCase();
  const all = (row: RuleRow) => [...row.when, ...row.says].map(({ text }) => text)
    .concat(row.source).join(" ").toLowerCase();
  return sheet.rows.filter((row) => (mark === "" || row.mark === mark) &&
    (wanted === "" || all(row).includes(wanted)));
}

// Which parts of a list or a context of FEEL say something: {"": [..]} of a list, by name of a
// context. Null where it is neither.
export type Parts = Record<string, string[]>;
export function partsOf(text: string): Parts | null {
  const words = text.trim();
  const listed = (of: string) => [...of.matchAll(/"([^"]*)"/g)].map(([, one]) => one ?? "");
  if (/^\[.*\]$/s.test(words) && !words.includes("..")) return { "": listed(words) };
  if (!/^\{.*\}$/s.test(words)) return null;
  const parts: Parts = {};
  for (const [, name = "", of = ""] of words.matchAll(/(\w+)\s*:\s*\[([^\]]*)\]/g)) {
    if (listed(of).length > 0) parts[name] = listed(of);
  }
  return parts;
}
// The field that an expression of an input looks at: `if a = null then "" else a` looks at a.
export const inputField = (name: string): string =>
  /^if (\w+) = null then "" else \1$/.exec(name.trim())?.[1] ?? name;

// An old ledger as it is: which of its columns means what, and what its words mean here. Pure.
import type { FieldKind, FormSource } from "../api/types.ts";
import { finalStates } from "./records.ts";

// Where a field's value comes from: a column of the file, the same for all rows, or nowhere.
export type Source = { kind: "column"; at: number } | { kind: "fixed"; value: string } | null;
export type Mapping = Record<string, Source>;
export interface Target {
  key: string;
  title: string;
  kind: FieldKind | "state";
  choices: { value: string; zh: string; en: string }[];
  isNeeded: boolean;
}
export type Mode = "history" | "open" | "mixed";

const kinds: FieldKind[] = ["text", "longtext", "integer", "decimal", "boolean", "instant", "date",
  "choice", "person", "ref"];
// Filled in by the flow or by the import itself.
const own = ["imported", "escalation", "repeat_count", "extension_count", "reopened_count",
  "level_proposed", "regrade_from", "first_reply_late", "duplicate_of", "level_wish",
  "extension_to", "regrade_reason"];

export function targetsOf(form: FormSource, lang: "zh" | "en", words: Record<string, string>) {
  const fields = Object.entries(form.data.properties).flatMap(([key, source]): Target[] => {
    const kind = source["x-kind"];
    if (!kinds.includes(kind) || own.includes(key) || key.endsWith("_en")) return [];
    const choices = (source.enum ?? []).map((value) => {
      const text = source["x-texts"]?.[value];
      return { value, zh: text?.zh ?? value, en: text?.en ?? value };
    });
    const isNeeded = form.data.required?.includes(key) ?? false;
    return [{ key, title: source.title[lang], kind, choices, isNeeded }];
  });
  const states = Object.entries(form.states).map(([value, text]) => ({ value, ...text }));
  const system: Target[] = [
    { key: "reported_at", title: words["reported_at"] ?? "", kind: "instant", choices: [],
      isNeeded: false },
    { key: "state", title: words["state"] ?? "", kind: "state", choices: states,
      isNeeded: false },
  ];
  const isFirst = ({ key }: Target) => ["old_number", "area"].includes(key);
  return [...fields.filter(isFirst), ...system, ...fields.filter((one) => !isFirst(one))];
}

const plain = (text: string): string =>
  text.normalize("NFKC").toLowerCase().replace(/[\s*_:：()（）[\]【】\-—/、.。]/g, "");

export interface Headings {
  [key: string]: string[];
}
// Headings that ledgers in the field use stand in the text files; a field's own titles count too.
export function guess(heads: string[], targets: Target[], form: FormSource, known: Headings) {
  const names = (target: Target): string[] => {
    const title = form.data.properties[target.key]?.title;
    const all = [target.key, target.title, ...(known[target.key] ?? [])];
    return [...all, ...(title ? [title.zh, title.en] : [])].map(plain).filter(Boolean);
  };
  const mapping: Mapping = {};
  const taken = new Set<number>();
  const heads_plain = heads.map(plain);
  const look = (fits: (head: string, name: string) => boolean) => {
    for (const target of targets) {
      if (mapping[target.key]) continue;
      const own_names = names(target);
      const at = heads_plain.findIndex((head, i) =>
        head !== "" && !taken.has(i) && own_names.some((name) => fits(head, name)));
      if (at < 0) continue;
      taken.add(at);
      mapping[target.key] = { kind: "column", at };
    }
  };
  look((head, name) => head === name);
  look((head, name) => name.length >= 2 && head.length >= 2 && head.includes(name));
  return mapping;
}

// The row with the headings is the first that fills most columns: titles often stand above it.
export function headAt(cells: string[][]): number {
  const filled = (row: string[]) => row.filter((cell) => cell.trim() !== "").length;
  const wide = Math.max(0, ...cells.slice(0, 10).map(filled));
  const at = cells.slice(0, 10).findIndex((row) => filled(row) >= Math.max(2, wide * 0.7));
  return Math.max(0, at);
}

function valueOf(source: Source | undefined, row: string[]): string {
  if (!source) return "";
  return (source.kind === "fixed" ? source.value : row[source.at] ?? "").trim();
}
// A word of a ledger as the form's own: by id, by text in either language, by what contains it.
export function choiceOf(target: Target, word: string, more: Headings = {}): string {
  const wanted = plain(word);
  if (wanted === "") return "";
  const names = (one: Target["choices"][number]) =>
    [one.value, one.zh, one.en, ...(more[one.value] ?? [])].map(plain);
  const exact = target.choices.find((one) => names(one).includes(wanted));
  if (exact) return exact.value;
  const near = target.choices.filter((one) =>
    names(one).some((name) => name.length >= 2 && wanted.includes(name)));
  return near.length === 1 ? near[0]?.value ?? word : word;
}

export interface Ledger {
  head: number;
  cells: string[][];
}
export interface Words {
  // For each field with choices: what ledgers call them.
  choices: Record<string, Headings>;
  // What is written for a closed case, and for one that is open, where no state is named.
  closed: string[];
  open: string[];
}
export type LedgerRow = Record<string, string | boolean>;

function stateOf(target: Target | undefined, word: string, words: Words): string {
  if (!target || word === "") return "";
  const known = choiceOf(target, word, words.choices["state"]);
  if (target.choices.some((one) => one.value === known)) return known;
  const wanted = plain(word);
  if (words.open.map(plain).some((one) => wanted.includes(one))) return "";
  return words.closed.map(plain).some((one) => wanted.includes(one)) ? "closed" : word;
}

// "mixed": what is closed comes as history, everything else as a case that begins now.
export function rowsOf(
  ledger: Ledger, mapping: Mapping, targets: Target[], mode: Mode, words: Words,
): LedgerRow[] {
  const state_target = targets.find(({ key }) => key === "state");
  const filled = ledger.cells.slice(ledger.head + 1)
    .filter((row) => row.some((cell) => cell.trim() !== ""));
  return filled.map((row) => {
    const state = stateOf(state_target, valueOf(mapping["state"], row), words);
    const isEnded = finalStates.includes(state);
    const isHistory = mode === "history" || (mode === "mixed" && isEnded);
    const fields: LedgerRow = {};
    for (const target of targets) {
      if (["state", "reported_at"].includes(target.key)) continue;
      const text = valueOf(mapping[target.key], row);
      if (text === "") continue;
      fields[target.key] = target.choices.length > 0
        ? choiceOf(target, text, words.choices[target.key]) : text;
    }
    if (!isHistory) return fields;
    const reported_at = valueOf(mapping["reported_at"], row);
    return { ...fields, as_history: true, reported_at, ...(isEnded ? { state } : {}) };
  });
}

// What must still be said before a trial makes sense.
export function lacking(mapping: Mapping, targets: Target[], mode: Mode): string[] {
  const needed = new Set<string>(["area"]);
  // A case that has ended was found good on some day.
  if (mode !== "open") needed.add("reported_at").add("verified_at");
  if (mode === "mixed") needed.add("state");
  if (mode !== "history") {
    targets.filter((one) => one.isNeeded).forEach((one) => needed.add(one.key));
  }
  const isGiven = (source: Source | undefined) =>
    source?.kind === "column" || (source?.kind === "fixed" && source.value !== "");
  return targets.filter((one) => needed.has(one.key) && !isGiven(mapping[one.key]))
    .map(({ title }) => title);
}

// The measures of a permit as a check list: in order, one by one, each with its time. Pure.
import type { FieldValue, Language, RecordRow } from "../api/types.ts";
import { localText } from "./prefs.ts";

export interface Measure {
  key: string;
  text: string;
  steps: string[];
  isInvolved: boolean;
  isDone: boolean;
  needsEvidence: boolean;
  hasEvidence: boolean;
  doneAt: string;
  doneBy: string;
  deviceAt: string;
  // When each step of the guide was done, in order.
  stepsAt: string[];
  whyNot: string;
}
type Row = Record<string, unknown>;

export function rowsIn(value: unknown): Row[] {
  return Array.isArray(value)
    ? (value as unknown[]).filter((row): row is Row => typeof row === "object" && row !== null)
    : [];
}

const textOf = (row: Row, name: string, lang: Language): string =>
  String(row[`${name}_${lang}`] || row[`${name}_zh`] || "");
const linesOf = (text: string): string[] =>
  text.split(/\r?\n|[;;]/).map((line) => line.trim()).filter(Boolean);

const timesIn = (value: unknown): string[] =>
  typeof value === "string" ? value.split(/\s+/).filter(Boolean) : [];
function keysIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === "string" ? value.split(/[\s,]+/).filter(Boolean) : [];
}

export function measuresOf(record: RecordRow, lang: Language, edited?: Row[]): Measure[] {
  const proven = keysIn(record["evidenced"]);
  return (edited ?? rowsIn(record["measures"])).map((row, place) => {
    const key = String(row["key"] ?? place);
    return {
      key, text: textOf(row, "text", lang), steps: linesOf(textOf(row, "steps", lang)),
      isInvolved: row["is_involved"] !== false, isDone: row["is_done"] === true,
      needsEvidence: row["needs_evidence"] === true, hasEvidence: proven.includes(key),
      doneAt: String(row["done_at"] ?? ""),
      doneBy: row["done_by"] ? localText(record._titles?.[`measures.${place}.done_by`], lang) : "",
      deviceAt: String(row["device_at"] ?? ""), stepsAt: timesIn(row["steps_at"]),
      whyNot: String(row["why_not"] ?? ""),
    };
  });
}

// What stands before it must be settled first: no ticking from the bottom up, none at a stroke.
export function nextMeasure(all: readonly Measure[]): Measure | null {
  return all.find((one) => one.isInvolved && !isSettled(one)) ?? null;
}
export const isSettled = (one: Measure): boolean =>
  !one.isInvolved || (one.isDone && (!one.needsEvidence || one.hasEvidence));
export const settledCount = (all: readonly Measure[]): number => all.filter(isSettled).length;

// Seconds until the next may be ticked: nobody looks at two measures in one breath.
export function paceLeft_s(all: readonly Measure[], min_s: number, now: number): number {
  const ticked = all.filter(({ isInvolved }) => isInvolved)
    .map(({ deviceAt }) => Date.parse(deviceAt)).filter((at) => !Number.isNaN(at));
  if (ticked.length === 0) return 0;
  return Math.max(0, Math.ceil(min_s - (now - Math.max(...ticked)) / 1000));
}

const change = (rows: readonly Row[], key: string, next: Row): Row[] =>
  rows.map((row, at) => (String(row["key"] ?? at) === key ? { ...row, ...next } : row));
export const markDone = (rows: readonly Row[], key: string, at: string): Row[] =>
  change(rows, key, { is_done: true, device_at: at });
export const markOpen = (rows: readonly Row[], key: string): Row[] =>
  change(rows, key, { is_done: false, device_at: null, steps_at: null });
export const markStep = (rows: readonly Row[], key: string, at: string): Row[] =>
  rows.map((row, place) => String(row["key"] ?? place) !== key ? row
    : { ...row, steps_at: [...timesIn(row["steps_at"]), at].join("\n") });
// What does not apply says why.
export const markNotInvolved = (rows: readonly Row[], key: string, why_not: string): Row[] =>
  change(rows, key, {
    is_involved: false, why_not, is_done: false, device_at: null, steps_at: null,
  });
export const markInvolved = (rows: readonly Row[], key: string): Row[] =>
  change(rows, key, { is_involved: true, why_not: null });

// The server stamps who and when by itself and refuses what a client says of it.
const mine = ["key", "is_involved", "is_done", "device_at"];
export const toSend = (rows: readonly Row[], keys: readonly string[]): FieldValue =>
  rows.map((row) => Object.fromEntries(
    keys.filter((key) => key in row && (mine.includes(key) || !key.startsWith("done_")))
      .map((key) => [key, row[key] ?? null]),
  )) as unknown as FieldValue;

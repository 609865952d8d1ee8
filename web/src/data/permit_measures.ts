// The measures of a permit as they stand: text, steps, times, evidence. Pure.
import type { Language, RecordRow } from "../api/types.ts";
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
export type Row = Record<string, unknown>;

export function rowsIn(value: unknown): Row[] {
  return Array.isArray(value)
    ? (value as unknown[]).filter((row): row is Row => typeof row === "object" && row !== null)
    : [];
}

const textOf = (row: Row, name: string, lang: Language): string =>
  String(row[`${name}_${lang}`] || row[`${name}_zh`] || "");
const linesOf = (text: string): string[] =>
  text.split(/\r?\n|[;;]/).map((line) => line.trim()).filter(Boolean);

export const timesIn = (value: unknown): string[] =>
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

export const isSettled = (one: Measure): boolean =>
  !one.isInvolved || (one.isDone && (!one.needsEvidence || one.hasEvidence));
export const settledCount = (all: readonly Measure[]): number => all.filter(isSettled).length;

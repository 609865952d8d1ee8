// Hazardous goods in and out: how far the two-person confirmation is. Pure.
import type { FormSource, Language, RecordRow } from "../api/types.ts";
import { choiceText, titleOf } from "./records.ts";

export interface Confirmation {
  field: "first_by" | "second_by";
  name: string;
  at: string;
}
// Who has confirmed so far, first and second.
export function confirmationsOf(row: RecordRow, lang: Language): Confirmation[] {
  return (["first", "second"] as const).map((which) => ({
    field: `${which}_by` as const, name: titleOf(row, `${which}_by`, lang),
    at: String(row[`${which}_at`] ?? ""),
  })).filter(({ name, at }) => name !== "" || at !== "");
}

// What waits stands first, then the newest.
export function byWaiting(a: RecordRow, b: RecordRow): number {
  const waits = (row: RecordRow) => Number(row.state === "asked");
  return waits(b) - waits(a) || b.created_at.localeCompare(a.created_at);
}
export const waitingCount = (rows: RecordRow[]): number =>
  rows.filter((row) => row.state === "asked").length;

// One move in a line: which way, what, how much.
export function goodsText(row: RecordRow, form: FormSource, lang: Language): string {
  const words = (field: string) => choiceText(form, field, row[field], lang);
  const amount = `${String(row["quantity"] ?? "")} ${words("unit")}`.trim();
  return [words("direction"), String(row["substance"] ?? ""), amount].filter(Boolean).join(" · ");
}

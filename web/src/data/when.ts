// Days and moments typed by hand, as they are written everywhere here: 2026-11-23, with 10:05
// behind it where the hour counts. In and out as the browser's own fields have them. Pure.
import { dateTime, localInput, readDateTime } from "./format.ts";

export type WhenKind = "date" | "datetime-local";

export const whenText = (value: string): string => value.replace("T", " ");

// The day of what was typed, "" for nothing; null for what no calendar has or lies outside.
export function dayOf(text: string, min = "", max = ""): string | null {
  if (text.trim() === "") return "";
  const at = readDateTime(`${text.trim()} 00:00`);
  if (Number.isNaN(at)) return null;
  const day = dateTime(at).slice(0, 10);
  return (min && day < min) || (max && day > max) ? null : day;
}

// The same for a moment of this screen's clock, to the minute.
export function momentOf(text: string): string | null {
  if (text.trim() === "") return "";
  const at = readDateTime(text);
  return Number.isNaN(at) ? null : localInput(new Date(at).toISOString());
}

export const readWhen = (kind: WhenKind, text: string): string | null =>
  kind === "date" ? dayOf(text) : momentOf(text);

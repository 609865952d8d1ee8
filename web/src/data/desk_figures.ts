// How key figures are told: value, base, interval, what is too few to say much. Pure.
import type { Language } from "../api/types.ts";
import type { Figure } from "../api/types_hazard.ts";
import { amount } from "./format.ts";

export type Unit = Figure["unit"];
const day_h = 24;
// A time longer than this is told in days.
const long_h = 96;

const rounded = (value: number, places: number): number => {
  const scale = 10 ** places;
  return Math.round(value * scale) / scale;
};

export interface Told {
  number: string;
  unit: "" | "h" | "d" | "%";
}
export function told(value: number, unit: Unit, lang: Language): Told {
  if (unit === "percent") return { number: amount(rounded(value, 1), lang), unit: "%" };
  if (unit === "per_head") return { number: amount(rounded(value, 2), lang), unit: "" };
  if (unit === "count") return { number: amount(Math.round(value), lang), unit: "" };
  if (value >= long_h) return { number: amount(rounded(value / day_h, 1), lang), unit: "d" };
  return { number: amount(rounded(value, 1), lang), unit: "h" };
}

// "longer": the middle or the ninth of ten is still open, so its time is only known to be longer.
export type Interval =
  | { kind: "none" }
  | { kind: "range"; low: number; high: number }
  | { kind: "longer"; low: number };
export function intervalOf(row: Figure): Interval {
  if (row.low === undefined || row.low === null) return { kind: "none" };
  if (row.high !== undefined && row.high !== null) {
    return { kind: "range", low: row.low, high: row.high };
  }
  return row.value === null ? { kind: "longer", low: row.low } : { kind: "none" };
}

export interface Bar {
  value: number | null;
  low: number;
  high: number;
}
// Parts of the drawn width, 0 to 1. A share is drawn on 0 to 100 %, anything else on its interval.
export function barOf(row: Figure): Bar | null {
  const interval = intervalOf(row);
  if (interval.kind !== "range") {
    if (row.unit !== "percent" || row.value === null) return null;
    return { value: part(row.value, 100), low: 0, high: part(row.value, 100) };
  }
  const top = row.unit === "percent" ? 100 : Math.max(interval.high, row.value ?? 0) * 1.15 || 1;
  return {
    value: row.value === null ? null : part(row.value, top),
    low: part(interval.low, top), high: part(interval.high, top),
  };
}
const part = (value: number, top: number): number => Math.min(1, Math.max(0, value / top));

// The order on the page: what waits, how fast it goes, whether it holds, who reports.
export const groups = [
  { id: "now", ids: ["open", "overdue", "major_open", "closed", "on_time_rate"] },
  { id: "speed", ids: ["closure_mean_h", "closure_p50_h", "closure_p90_h", "first_reply_p50_h"] },
  { id: "hold", ids: ["repeat_rate", "not_fixed"] },
  { id: "voice", ids: ["reports", "reports_per_head", "active_reporters", "anonymous_share"] },
] as const;
export type GroupId = (typeof groups)[number]["id"] | "other";
export function grouped(rows: Figure[]): { id: GroupId; rows: Figure[] }[] {
  const known = new Set<string>(groups.flatMap(({ ids }) => ids));
  const of = (id: string) => rows.filter((row) => row.id === id);
  const all: { id: GroupId; rows: Figure[] }[] = [
    ...groups.map(({ id, ids }) => ({ id, rows: ids.flatMap(of) })),
    { id: "other", rows: rows.filter((row) => !known.has(row.id)) },
  ];
  return all.filter((group) => group.rows.length > 0);
}

// Days of the plant's wall clock, as <input type="date"> writes them.
export function dayOf(at: number): string {
  const day = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
export const presets = [7, 30, 90, 365];
export const presetOf = (days: number, now: number) =>
  ({ from: dayOf(now - (days - 1) * 86400000), to: dayOf(now) });

const isDay = (text: string | undefined): text is string =>
  !!text && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
export interface Window {
  from: string;
  to: string;
  org: string;
}
// What stands in the address; nonsense and an end before the beginning give the last 30 days.
export function windowOf(query: Record<string, string>, now: number): Window {
  const { from, to, org = "" } = query;
  const usual = presetOf(30, now);
  if (!isDay(from) || !isDay(to) || from > to) return { ...usual, org };
  return { from, to, org };
}

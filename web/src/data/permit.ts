// What a permit says about itself. Pure; limits of gas and time are the server's.
import type { RecordRow } from "../api/types.ts";

export const openStates = ["applied", "approving", "ready", "active", "suspended"];
export const suspendable = ["ready", "active"];

const has = (value: unknown, id: string) =>
  value === id || (Array.isArray(value) && value.includes(id));

export function isMyPermit(row: RecordRow, me: string): boolean {
  const workers = row["workers"] as { persons?: unknown } | null | undefined;
  const people = ["leader", "guardian", "gas_by", "created_by"];
  return people.some((field) => has(row[field], me)) || has(workers?.persons, me);
}

// Suspended first, then what runs out soonest.
export function byNeed(a: RecordRow, b: RecordRow): number {
  const stopped = (row: RecordRow) => Number(row.state === "suspended");
  return stopped(b) - stopped(a) ||
    String(a["valid_to"] ?? "9").localeCompare(String(b["valid_to"] ?? "9"));
}

export interface Validity {
  left_ms: number;
  share: number;
  tone: "good" | "warn" | "bad";
}
const soon_ms = 30 * 60000;
export function validityOf(row: RecordRow, now: number): Validity | null {
  const from = Date.parse(String(row["valid_from"] ?? ""));
  const to = Date.parse(String(row["valid_to"] ?? ""));
  if (Number.isNaN(to)) return null;
  const left_ms = to - now;
  const whole = Number.isNaN(from) || to <= from ? left_ms : to - from;
  const share = whole > 0 ? Math.min(1, Math.max(0, left_ms / whole)) : 0;
  return { left_ms, share, tone: left_ms <= 0 ? "bad" : left_ms < soon_ms ? "warn" : "good" };
}

export type Reason = "alarm" | "gas_age" | "guardian" | "wind" | "person" | "other";
export function reasonOf(key: unknown): Reason {
  const text = String(key ?? "");
  if (/alarm|leak|gas_level|response/.test(text)) return "alarm";
  if (/gas/.test(text)) return "gas_age";
  if (/guard/.test(text)) return "guardian";
  if (/wind|weather/.test(text)) return "wind";
  return /person|manual|stop/.test(text) ? "person" : "other";
}

// The words that came with the suspension, whatever its detail calls them.
export function detailOf(row: RecordRow, lang: "zh" | "en"): string {
  const detail = row["suspend_detail"];
  if (typeof detail === "string") return detail;
  if (typeof detail !== "object" || !detail) return "";
  const parts = detail as Record<string, unknown>;
  for (const name of ["text", "reason", "name", "alarm_name", "alarm", "alarm_code"]) {
    const value = parts[name];
    if (typeof value === "string" && value) return value;
    const local = (value as Record<string, unknown> | null | undefined)?.[lang];
    if (typeof local === "string" && local) return local;
  }
  return "";
}

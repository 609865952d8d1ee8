// What a permit says about itself. Pure; limits of gas and time are the server's.
import type { Language, RecordRow } from "../api/types.ts";

export const openStates = [
  "applied", "approving", "ready", "active", "suspended", "withdrawing", "watching", "accepting",
];
export const suspendable = ["ready", "active"];

const has = (value: unknown, id: string) =>
  value === id || (Array.isArray(value) && value.includes(id));

export function isMyPermit(row: RecordRow, me: string): boolean {
  const workers = row["workers"] as { persons?: unknown } | null | undefined;
  const people = [
    "leader", "guardian", "gas_by", "created_by", "rigger", "signaller", "crane_driver",
    "coordinator",
  ];
  return people.some((field) => has(row[field], me)) || has(workers?.persons, me);
}

// Suspended first, then what runs out soonest.
export function byNeed(a: RecordRow, b: RecordRow): number {
  const stopped = (row: RecordRow) => Number(row.state === "suspended");
  return stopped(b) - stopped(a) ||
    String(a["valid_to"] ?? "9").localeCompare(String(b["valid_to"] ?? "9"));
}

// Its leader or guardian is off duty: the next shift takes over before anything goes on.
export const isShiftOver = (row: RecordRow): boolean =>
  row.state === "suspended" && row["suspend_reason"] === "shift_end";

export interface Extension {
  hours: number;
  at: string;
}
const hour_ms = 3600000;
const steps_h = [1, 2, 3, 4, 6, 8, 12, 24];
// The ends that a permit may be extended to: whole hours after its present end, within its limits.
export function extensionsOf(record: RecordRow): Extension[] {
  const end = Date.parse(String(record["valid_to"] ?? ""));
  const most_h = Number(record["limit_valid_h"]) + Number(record["limit_extend_h"]);
  const last = Date.parse(String(record["valid_from"] ?? "")) + most_h * hour_ms;
  return steps_h.filter((hours) => end + hours * hour_ms <= last)
    .map((hours) => ({ hours, at: new Date(end + hours * hour_ms).toISOString() }));
}

export interface Cause {
  key: string;
  text: string;
}
// In the order people ask: what it was, where, how much against which limit, since when.
const causeKeys = [
  "text", "comment", "name", "alarm_name", "alarm_code", "alarm", "tag", "substance", "value",
  "limit", "force", "speed_m_s", "zone", "away_s", "age_s", "person_name", "certificate", "kind",
  "number", "gap_m", "fault", "lel", "o2", "toxic", "at",
];

// What a suspension names as its cause, whatever its detail calls it; ids say nothing to people.
export function causesOf(row: RecordRow, lang: Language): Cause[] {
  const detail = row["suspend_detail"];
  if (typeof detail === "string") return [{ key: "text", text: detail }];
  if (typeof detail !== "object" || !detail) return [];
  const parts = detail as Record<string, unknown>;
  return causeKeys.flatMap((key) => {
    const value = parts[key];
    if (value === null || value === undefined || value === "") return [];
    if (typeof value === "object") {
      const local = (value as Record<string, unknown>)[lang];
      return typeof local === "string" && local ? [{ key, text: local }] : [];
    }
    return isId(value) ? [] : [{ key, text: String(value) }];
  });
}
const isId = (value: unknown): boolean =>
  typeof value === "string" && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-/.test(value);

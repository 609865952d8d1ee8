// What was found at a place before is likely to be found there again: kinds and devices of recent
// hazards, by place, from the list that the phone keeps. Pure, apart from the hook.
import * as calls from "../api/calls.ts";
import type { RecordRow } from "../api/types.ts";
import { useKept } from "./kept.ts";
import { readLocal, writeLocal } from "./prefs.ts";

export interface Suggestion {
  categories: string[];
  devices: string[];
}
const shown_max = 3;

function mostFrequent(values: unknown[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) {
    if (typeof value === "string" && value) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  // The rows come newest first and a Map keeps that order, so of equals the newer one leads.
  return [...counts].sort((a, b) => b[1] - a[1]).map(([value]) => value).slice(0, shown_max);
}

// Of the device where one is known and has a history, else of the area.
export function suggest(rows: RecordRow[], area: string | null, device: string | null): Suggestion {
  const here = rows.filter((row) => row["area"] === area && area);
  const own = device ? here.filter((row) => row["device"] === device) : [];
  return {
    categories: mostFrequent((own.length > 0 ? own : here).map((row) => row["category"])),
    devices: mostFrequent(here.map((row) => row["device"])),
  };
}
// Suggested ones first, the rest in its own order.
export function suggestedFirst<T extends { value: string }>(choices: T[], wanted: string[]): T[] {
  const rank = (one: T) => {
    const at = wanted.indexOf(one.value);
    return at < 0 ? wanted.length : at;
  };
  return choices.map((one, at) => ({ one, at }))
    .sort((a, b) => rank(a.one) - rank(b.one) || a.at - b.at).map(({ one }) => one);
}

const recent = { sort: "-created_at", limit: 200 };
export function useRecentHazards(isOn: boolean): RecordRow[] {
  const load = () => isOn ? calls.records("hazard", recent).then((page) => page.rows)
    : Promise.resolve([]);
  return useKept(`recent/hazard/${isOn}`, load).value ?? [];
}

// ---- the last places of this phone ----
interface LastPlace {
  area: string;
  at: number;
}
const place = "anlan.places";
const kept_max = 5;
const fresh_ms = 12 * 3600000;

export function notePlace(area: string, now: number): void {
  const before = readLocal<LastPlace[]>(place) ?? [];
  const others = before.filter((one) => one.area !== area);
  writeLocal(place, [{ area, at: now }, ...others].slice(0, kept_max));
}
export const lastPlaces = (): LastPlace[] => readLocal<LastPlace[]>(place) ?? [];
// Within a shift people mostly stay where they were; older places are offered, not chosen.
export function lastPlace(places: LastPlace[], areas: RecordRow[], now: number): string | null {
  const newest = places[0];
  const isThere = newest && areas.some((row) => row.id === newest.area);
  return isThere && now - newest.at < fresh_ms ? newest.area : null;
}

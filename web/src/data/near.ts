// What stands near a place of the plan. Pure.
import type { RecordRow } from "../api/types.ts";
import type { Presence } from "../api/types_response.ts";

export const near_m = 50;
interface Place {
  area: string;
  x: number | null;
  y: number | null;
}
const numberOf = (value: unknown): number | null =>
  value === null || value === undefined || value === "" ? null : Number(value);

export function distance(a: Place, x: number | null, y: number | null): number | null {
  return a.x === null || a.y === null || x === null || y === null
    ? null : Math.hypot(a.x - x, a.y - y);
}
// In the same area, or within reach of the place; the nearest first.
export function permitsNear(
  place: Place, rows: readonly RecordRow[], codeOf: (area: string) => string,
): { row: RecordRow; away_m: number | null }[] {
  return rows.map((row) => ({
    row, away_m: distance(place, numberOf(row["x"]), numberOf(row["y"])),
    isSame: codeOf(String(row["area"] ?? "")) === place.area,
  })).filter(({ away_m, isSame }) => isSame || (away_m !== null && away_m <= near_m))
    .sort((a, b) => (a.away_m ?? 1e9) - (b.away_m ?? 1e9));
}
// A vehicle is no head: who drives it wears a badge.
export const peopleOf = (presence: Presence | null | undefined) =>
  (presence?.rows ?? []).filter((row) => row.kind !== "vehicle");
export function peopleNear(place: Place, presence: Presence | null | undefined) {
  const rows = peopleOf(presence);
  return {
    area: rows.filter((row) => row.zone === place.area).length,
    near: rows.filter((row) => (distance(place, row.x ?? null, row.y ?? null) ?? Infinity)
      <= near_m).length,
  };
}

// How far a person may be from the dot that stands for him. What is said of an area only is exact:
// he is in it, somewhere.
import type { PresenceRow, Point } from "../api/types_response.ts";
import { isInside, zoneAt, type Plan, type PlanZone } from "./plan.ts";

function gap(at: Point, from: Point, to: Point): number {
  const along: Point = [to[0] - from[0], to[1] - from[1]];
  const length = along[0] ** 2 + along[1] ** 2;
  const share = length === 0 ? 0
    : ((at[0] - from[0]) * along[0] + (at[1] - from[1]) * along[1]) / length;
  const place = Math.min(1, Math.max(0, share));
  return Math.hypot(from[0] + place * along[0] - at[0], from[1] + place * along[1] - at[1]);
}

// Metres to the nearest edge of the zone, from the inside; 0 outside of it.
export function roomIn(zone: PlanZone, at: Point): number {
  if (!isInside(zone.outline, at)) return 0;
  return Math.min(...zone.outline.map((from, i) =>
    gap(at, from, zone.outline[(i + 1) % zone.outline.length] ?? from)));
}

// Radius in metres of the circle in which he is, where it reaches out of the zone he is shown in:
// nothing else is known of him than that he may be next door. Undefined: the zone is sure.
export function doubtOf(
  row: Pick<PresenceRow, "x" | "y" | "zone" | "accuracy_m">, plan: Plan,
): number | undefined {
  if (row.x === null || row.y === null || !(row.accuracy_m > 0)) return undefined;
  const at: Point = [row.x, row.y];
  const zone = plan.zones.find((one) => one.code === row.zone) ?? zoneAt(plan, at);
  if (zone && row.accuracy_m <= roomIn(zone, at)) return undefined;
  return row.accuracy_m;
}

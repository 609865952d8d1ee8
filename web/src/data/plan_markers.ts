// What of the tags stands on the plan: a small sign with code and value where there is a place; the
// most urgent alarm of a tag takes its sign over. Pure.
import type { Alarm, Tag } from "../api/types_response.ts";
import type { PlanMarker } from "../parts/plan_draw.ts";
import { byUrgency, tagFigure } from "./alarms.ts";
import { zoneMiddle, type Plan } from "./plan.ts";

export interface TagMarker extends PlanMarker {
  isGas: boolean;
}

// A detector of gas and what alarms may stand in the middle of its area; anything else has a place
// of its own or none.
export function markersOf(
  tags: readonly Tag[], alarms: readonly Alarm[], plan: Plan, codeOf: (area: string) => string,
): TagMarker[] {
  const worst = new Map<string, Alarm>();
  for (const alarm of [...alarms].sort(byUrgency)) {
    if (alarm.annunciated && !worst.has(alarm.tag)) worst.set(alarm.tag, alarm);
  }
  return tags.flatMap((tag) => {
    const alarm = worst.get(tag.code);
    const isGas = tag.purpose === "gas";
    const area = codeOf(tag.area);
    const zone = plan.zones.find((one) => one.code === area);
    const middle = zone && (alarm || isGas) ? zoneMiddle(zone) : null;
    const x = tag.x ?? middle?.[0];
    const y = tag.y ?? middle?.[1];
    if (x === undefined || y === undefined) return [];
    const isStale = tag.quality === "stale" || tag.quality === "bad";
    const value = tag.value === null ? "" : ` ${tagFigure(tag, tag.value)} ${tag.unit}`;
    return [{
      id: alarm?.id ?? tag.code, x, y, isGas, isStale, zone: area,
      text: `${tag.code}${value}`.trim(),
      ...(alarm ? { priority: alarm.priority, isUnacked: !alarm.acked } : {}),
    }];
  });
}

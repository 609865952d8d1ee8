// How the list goes while a flood lasts.
import type { Alarm } from "../api/types_response.ts";
import { byUrgency } from "./alarms.ts";

// Priorities 1 and 2 and what guards people always pass.
export const passes = (alarm: Alarm): boolean =>
  alarm.priority <= 2 || alarm.safety || alarm.gas_level > 0;

export interface AlarmGroup {
  area: string;
  shown: Alarm[];
  folded: number;
}
// Areas with the most urgent alarm first.
export function groupsOf(rows: readonly Alarm[]): AlarmGroup[] {
  const groups = new Map<string, AlarmGroup>();
  for (const alarm of [...rows].sort(byUrgency)) {
    const group = groups.get(alarm.area) ?? { area: alarm.area, shown: [], folded: 0 };
    if (passes(alarm)) group.shown.push(alarm);
    else group.folded += 1;
    groups.set(alarm.area, group);
  }
  return [...groups.values()];
}

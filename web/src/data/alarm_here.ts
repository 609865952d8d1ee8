// Which alarms are of my area: of my unit, what is above or below it, and where I have a role.
import type { Me } from "../api/types.ts";
import type { Alarm } from "../api/types_response.ts";
import { passes } from "./alarm_groups.ts";
import { isUnacked } from "./alarms.ts";

const isNear = (a: string, b: string) => a.startsWith(b) || b.startsWith(a);
export const isAlarmHere = (alarm: Alarm, me: Me): boolean =>
  isNear(alarm.org_path, me.org_path) ||
  me.grants.some((grant) => isNear(alarm.org_path, grant.org_path));

// What is to be shown one by one, and tags without data, which are counted: a source that was never
// connected would else fill the page. `lost` had values before.
export interface HereAlarms {
  // Guards people and waits to be seen: above everything else.
  first: Alarm[];
  others: Alarm[];
  never: number;
  lost: number;
}
export function hereAlarms(rows: readonly Alarm[]): HereAlarms {
  const real = rows.filter(({ kind }) => kind !== "stale");
  const silent = rows.filter(({ kind }) => kind === "stale");
  const isFirst = (alarm: Alarm) => isUnacked(alarm) && passes(alarm);
  const never = silent.filter(({ value }) => value === null).length;
  return {
    first: real.filter(isFirst), others: real.filter((alarm) => !isFirst(alarm)),
    never, lost: silent.length - never,
  };
}

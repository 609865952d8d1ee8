// Which alarms are of my area: of my unit, what is above or below it, and where I have a role.
import type { Me } from "../api/types.ts";
import type { Alarm } from "../api/types_response.ts";

const isNear = (a: string, b: string) => a.startsWith(b) || b.startsWith(a);
export const isAlarmHere = (alarm: Alarm, me: Me): boolean =>
  isNear(alarm.org_path, me.org_path) ||
  me.grants.some((grant) => isNear(alarm.org_path, grant.org_path));

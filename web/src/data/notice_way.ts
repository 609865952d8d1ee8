// Where a notice leads: to its record, or to the page that shows what has no case of its own. Pure.
import type { Notice } from "../api/types.ts";

type Place = Pick<Notice, "kind" | "form" | "record_id">;
const caseOf = ({ form, record_id }: Place) => `#/case/${form}/${record_id}`;

// A source whose clock is wrong is told of where all sources stand, with what is off about each.
export function deskWay(notice: Place): string {
  if (notice.kind.startsWith("alarm.")) return "#/alarms";
  return notice.form === "source" ? "#/sources" : caseOf(notice);
}
// The phone tells alarms on its first page.
export const phoneWay = (notice: Place): string =>
  (notice.kind.startsWith("alarm.") ? "#/" : caseOf(notice));

// The roster as it is drawn: rows of one role in one unit, a column for each day. Pure.
import type { RecordRow } from "../api/types.ts";
import { dayOf } from "./desk_figures.ts";

export const shifts = ["day", "middle", "night"] as const;
export type Shift = (typeof shifts)[number];
// Usual hours of a shift, as a proposal only: hour of the day and length.
const hours: Record<Shift, [number, number]> = { day: [8, 8], middle: [16, 8], night: [0, 8] };
export function proposal(day: string, shift: Shift): { from: string; until: string } {
  const [start, length] = hours[shift];
  const from = new Date(`${day}T00:00:00`);
  from.setHours(start);
  const until = new Date(from.getTime() + length * 3600000);
  return { from: from.toISOString(), until: until.toISOString() };
}

const day_ms = 86400000;
export function weekOf(at: number): string[] {
  const first = new Date(at);
  first.setHours(12, 0, 0, 0);
  const monday = first.getTime() - ((first.getDay() + 6) % 7) * day_ms;
  return Array.from({ length: 7 }, (_, n) => dayOf(monday + n * day_ms));
}
export const edgesOf = (week: string[]): [number, number] => {
  const [first = "", last = ""] = [week[0], week[week.length - 1]];
  return [Date.parse(`${first}T00:00:00`), Date.parse(`${last}T00:00:00`) + day_ms];
};

const text = (row: RecordRow, field: string): string => String(row[field] ?? "");
export const lasts = (row: RecordRow, from: number, until: number): boolean =>
  Date.parse(text(row, "from")) < until && Date.parse(text(row, "until")) > from;

export interface Line {
  unit: string;
  role: string;
  days: RecordRow[][];
}
// Who stands on the roster for weeks on end stands in each of its days.
export function linesOf(rows: RecordRow[], week: string[]): Line[] {
  const lines = new Map<string, Line>();
  for (const row of rows) {
    const [unit, role] = [row.org_path, text(row, "role")];
    const line = lines.get(`${unit}|${role}`) ?? { unit, role, days: week.map(() => []) };
    week.forEach((day, at) => {
      const start = Date.parse(`${day}T00:00:00`);
      if (lasts(row, start, start + day_ms)) line.days[at]?.push(row);
    });
    lines.set(`${unit}|${role}`, line);
  }
  const bySoonest = (a: RecordRow, b: RecordRow) => text(a, "from").localeCompare(text(b, "from"));
  const shown = [...lines.values()].filter(({ days }) => days.some((day) => day.length > 0));
  for (const { days } of shown) for (const day of days) day.sort(bySoonest);
  return shown.sort((a, b) => a.unit.localeCompare(b.unit) || a.role.localeCompare(b.role));
}

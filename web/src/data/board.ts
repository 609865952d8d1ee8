// What the overview shows, made from one list: open hazards by state, by area and level, overdue.
import type { FormSource, Level, RecordRow } from "../api/types.ts";
import { finalStates, isOpen, levelOf, levels } from "./records.ts";

export interface Column {
  state: string;
  rows: RecordRow[];
}

const rank = (row: RecordRow) => {
  const level = levelOf(row);
  return level ? levels.indexOf(level) : levels.length;
};

// Worst first, then what is due soonest.
export function byWorst(a: RecordRow, b: RecordRow): number {
  const due = (row: RecordRow) => String(row["due_at"] ?? "9");
  return rank(a) - rank(b) || due(a).localeCompare(due(b)) ||
    a.created_at.localeCompare(b.created_at);
}

// Columns of the ends of a case come from another list; a passing state is shown when it is held.
export function columnsOf(form: FormSource, rows: RecordRow[]): Column[] {
  const states = Object.keys(form.states).filter((state) => !finalStates.includes(state));
  const columns = states.map((state) => ({
    state, rows: rows.filter((row) => row.state === state).sort(byWorst),
  }));
  const passing = ["reported", "grading", "weekly", "extending", "interim", "regrading"];
  return columns.filter(({ state, rows: held }) => held.length > 0 || !passing.includes(state));
}

export const isOverdue = (row: RecordRow, now: number): boolean =>
  isOpen(row) && typeof row["due_at"] === "string" && Date.parse(row["due_at"]) < now;

export interface Totals {
  open: number;
  overdue: number;
  red: number;
  verify: number;
}
export function totalsOf(rows: RecordRow[], now: number): Totals {
  const open = rows.filter(isOpen);
  return {
    open: open.length,
    overdue: open.filter((row) => isOverdue(row, now)).length,
    red: open.filter((row) => levelOf(row) === "red").length,
    verify: open.filter((row) => row.state === "verifying").length,
  };
}

export interface AreaLine {
  area: string;
  name: string;
  counts: Record<Level, number>;
  total: number;
}
interface Area {
  id: string;
  name: string;
}
export function matrixOf(areas: Area[], rows: RecordRow[]): AreaLine[] {
  return areas.map(({ id, name }) => {
    const here = rows.filter((row) => isOpen(row) && row["area"] === id);
    const count = (level: Level) => here.filter((row) => levelOf(row) === level).length;
    const counts = {
      red: count("red"), orange: count("orange"), yellow: count("yellow"), blue: count("blue"),
    };
    return { area: id, name, counts, total: here.length };
  });
}

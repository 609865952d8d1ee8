// The board as pure steps: rows become columns, and what comes in while somebody points at a card
// changes words in place but moves nothing under the pointer.
import type { FormSource, RecordRow } from "../api/types.ts";
import { byWorst } from "./board.ts";
import { finalStates } from "./records.ts";

export interface Column {
  state: string;
  rows: RecordRow[];
  count: number;
}
// A case runs through these by itself or seldom: a column only while one stands there.
const passing = ["reported", "grading", "weekly", "extending", "interim", "regrading", "approving",
  "planning", "hearing"];
export const cards_max = 40;

export interface Given {
  form: FormSource;
  rows: RecordRow[];
  counts: Record<string, number>;
  withEnds: boolean;
}
// Counts come from the server, which knows of rows that were not loaded.
export function boardOf({ form, rows, counts, withEnds }: Given): Column[] {
  const states = Object.keys(form.states).filter((state) =>
    withEnds || !finalStates.includes(state));
  const columns = states.map((state) => {
    const here = rows.filter((row) => row.state === state).sort(byWorst);
    return { state, rows: here.slice(0, cards_max), count: counts[state] ?? here.length };
  });
  const isKept = ({ state, count }: Column) =>
    count > 0 || !(passing.includes(state) || finalStates.includes(state));
  return columns.filter(isKept);
}

export interface Card {
  row: RecordRow;
  // The state it has moved on to; "" when it is no longer among these cases.
  wentTo: string | null;
}
export interface Shown {
  columns: { state: string; count: number; cards: Card[] }[];
  waiting: number;
}

const fresh = (columns: Column[]): Shown => ({
  columns: columns.map(({ state, count, rows }) => ({
    state, count, cards: rows.map((row) => ({ row, wentTo: null })),
  })),
  waiting: 0,
});

// Held: every card stays where it is and tells what became of it; what is new waits outside.
export function settle(before: Shown | null, columns: Column[], isHeld: boolean): Shown {
  if (!before || !isHeld) return fresh(columns);
  const now = new Map(columns.flatMap(({ state, rows }) =>
    rows.map((row) => [row.id, { row, state }] as const)));
  const known = new Set<string>();
  let waiting = 0;
  const kept = before.columns.map((column) => {
    const cards = column.cards.map(({ row }): Card => {
      known.add(row.id);
      const there = now.get(row.id);
      if (!there) {
        waiting += 1;
        return { row, wentTo: "" };
      }
      if (there.state === column.state) return { row: there.row, wentTo: null };
      waiting += 1;
      return { row: there.row, wentTo: there.state };
    });
    const count = columns.find(({ state }) => state === column.state)?.count ?? 0;
    return { state: column.state, count, cards };
  });
  for (const id of now.keys()) if (!known.has(id)) waiting += 1;
  return { columns: kept, waiting };
}

export interface Place {
  column: number;
  card: number;
}
// Where an arrow key leads among the cards; empty columns are stepped over.
export function stepTo(sizes: number[], at: Place, key: string): Place | null {
  const card = Math.max(0, Math.min(at.card, (sizes[at.column] ?? 0) - 1));
  const vertical: Record<string, number> = {
    ArrowDown: card + 1, ArrowUp: card - 1, Home: 0, End: (sizes[at.column] ?? 1) - 1,
  };
  const wanted = vertical[key];
  if (wanted !== undefined) {
    const isThere = wanted >= 0 && wanted < (sizes[at.column] ?? 0);
    return isThere ? { column: at.column, card: wanted } : null;
  }
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (!step) return null;
  for (let column = at.column + step; column >= 0 && column < sizes.length; column += step) {
    const size = sizes[column] ?? 0;
    if (size > 0) return { column, card: Math.min(card, size - 1) };
  }
  return null;
}

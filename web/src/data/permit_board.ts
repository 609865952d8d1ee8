// The board of permits: what is asked of the server, and the arithmetic of bars, ticks and lists.
import * as calls from "../api/calls_permit.ts";
import type { Language, LocalText } from "../api/types.ts";
import type { Board, BoardRow, Conflict, ConflictLevel, Named } from "../api/types_permit.ts";
import { localText } from "./prefs.ts";
import { useQuery } from "./query.ts";

const hour_ms = 3600000;
const minute_ms = 60000;

// The key begins as lists of permits do, so that the live stream asks it anew.
export const useBoard = (from: string, to: string) =>
  useQuery(`records/permit/board/${from}/${to}`, () => calls.board(from, to));

export const windows_h = [8, 24, 72, 168];
export interface Span {
  from: number;
  to: number;
}
// A quarter of the window lies behind; edges stand on whole quarters of an hour so that the board
// is not asked for another window every second.
export function boardSpan(hours: number, now: number): Span {
  const step_ms = 15 * minute_ms;
  const from = Math.floor((now - (hours / 4) * hour_ms) / step_ms) * step_ms;
  return { from, to: from + hours * hour_ms };
}
export const iso = (at: number): string => new Date(at).toISOString();

export function namedText(named: Named | undefined, lang: Language): string {
  if (!named) return "";
  if (typeof named === "string") return named;
  return localText(named.name as LocalText | string, lang) || named.code || named.id || "";
}
// What a field of the row is called: its title, else what stands in it.
export const boardTitle = (
  row: BoardRow, field: "area" | "leader" | "guardian", lang: Language,
): string => localText(row._titles?.[field], lang) || row[field] || "";
export function workersOf(row: BoardRow, lang: Language): string[] {
  const { workers } = row;
  if (!workers) return [];
  if (Array.isArray(workers)) return workers.map((one) => namedText(one, lang)).filter(Boolean);
  return workers.names ?? [];
}

// Those of the workers who have an account, to be picked.
export function crewOf(row: BoardRow, lang: Language): { value: string; text: string }[] {
  if (!Array.isArray(row.workers)) return [];
  return row.workers.flatMap((one) => typeof one === "object" && one?.id
    ? [{ value: one.id, text: namedText(one, lang) }] : []);
}

export interface Bar {
  left: number;
  width: number;
  isCutLeft: boolean;
  isCutRight: boolean;
}
// Shares of the window, 0 to 100; null where nothing of it lies inside.
export function barOf(from: string | null, to: string | null, span: Span): Bar | null {
  const begin = from ? Date.parse(from) : NaN;
  const end = to ? Date.parse(to) : NaN;
  if (Number.isNaN(begin) || Number.isNaN(end) || end <= span.from || begin >= span.to) return null;
  const whole = span.to - span.from;
  const low = Math.max(begin, span.from);
  const high = Math.min(end, span.to);
  return {
    left: ((low - span.from) / whole) * 100, width: Math.max(0.4, ((high - low) / whole) * 100),
    isCutLeft: begin < span.from, isCutRight: end > span.to,
  };
}

export interface Tick {
  at: number;
  left: number;
  isDay: boolean;
}
// At most a dozen, on hours of the clock on the wall.
export function ticksOf(span: Span): Tick[] {
  const whole = span.to - span.from;
  const steps_h = [1, 2, 3, 6, 12, 24];
  const step_h = steps_h.find((hours) => whole / (hours * hour_ms) <= 12) ?? 24;
  const ticks: Tick[] = [];
  const day = new Date(span.from);
  day.setMinutes(0, 0, 0);
  for (let at = day.getTime(); at <= span.to; at += hour_ms) {
    const hour = new Date(at).getHours();
    const left = ((at - span.from) / whole) * 100;
    // The words of a tick stand to its right: near the end there is no room for them.
    if (at < span.from || hour % step_h !== 0 || left > 91) continue;
    ticks.push({ at, left, isDay: hour === 0 });
  }
  return ticks;
}

const openRank = [
  "suspended", "withdrawing", "active", "watching", "ready", "approving", "applied", "accepting",
];
export const rankOf = (state: string): number => {
  const at = openRank.indexOf(state);
  return at < 0 ? openRank.length : at;
};
export const isOpenState = (state: string): boolean => openRank.includes(state);
export const isAtWork = (state: string): boolean =>
  ["active", "suspended", "withdrawing"].includes(state);

export interface BoardGroup {
  area: string;
  rows: BoardRow[];
}
// By area; in an area what is suspended first, then what began first.
export function groupsOf(rows: readonly BoardRow[], lang: Language): BoardGroup[] {
  const made = new Map<string, BoardRow[]>();
  for (const row of rows) {
    const area = boardTitle(row, "area", lang);
    made.set(area, [...(made.get(area) ?? []), row]);
  }
  const sorted = (of: BoardRow[]) => [...of].sort((a, b) =>
    rankOf(a.state) - rankOf(b.state) ||
    String(a.valid_from ?? "").localeCompare(String(b.valid_from ?? "")));
  return [...made].map(([area, of]) => ({ area, rows: sorted(of) }))
    .sort((a, b) => a.area.localeCompare(b.area));
}

const levelRank: ConflictLevel[] = ["block", "critical", "high", "medium", "low"];
export const byGravity = (a: Conflict, b: Conflict): number =>
  Number(b.is_hard) - Number(a.is_hard) ||
  levelRank.indexOf(a.level) - levelRank.indexOf(b.level) || a.from.localeCompare(b.from);
export const conflictsFor = (board: Board, id: string): Conflict[] =>
  board.conflicts.filter(({ a, b }) => a === id || b === id).sort(byGravity);
// Empty where it is no permit, or none for the caller's eyes.
export const otherOf = (conflict: Conflict, id: string): string =>
  (conflict.a === id ? conflict.b : conflict.a) ?? "";
export const keyOf = (conflict: Conflict): string =>
  [conflict.a, conflict.b, conflict.tag, conflict.from, conflict.text_zh].join("/");
export const conflictText = (conflict: Conflict, lang: Language): string =>
  localText({ zh: conflict.text_zh, en: conflict.text_en }, lang);
// Low ones are told only where somebody looks at one permit.
export const isGrave = (conflict: Conflict): boolean =>
  conflict.is_hard || levelRank.indexOf(conflict.level) <= 2;

// What ends within the time given, soonest first; what is over already before all.
export function expiring(rows: readonly BoardRow[], now: number, within_ms: number): BoardRow[] {
  const due = (row: BoardRow) => Date.parse(row.valid_to ?? "");
  return rows.filter((row) => isOpenState(row.state) && due(row) - now < within_ms)
    .sort((a, b) => due(a) - due(b));
}
export const waitingOn = (rows: readonly BoardRow[]): BoardRow[] =>
  rows.filter((row) => row.waiting && !isAtWork(row.state))
    .sort((a, b) => (a.waiting?.since ?? "").localeCompare(b.waiting?.since ?? ""));

export interface BoardCounts {
  active: number;
  suspended: number;
  waiting: number;
  watching: number;
  soon: number;
  hard: number;
  inside: number;
  draft: number;
}
export function countsOf(board: Board, now: number): BoardCounts {
  const of = (...states: string[]) =>
    board.rows.filter(({ state }) => states.includes(state)).length;
  const open = board.rows.filter(({ state }) => isOpenState(state));
  return {
    active: of("active", "withdrawing"), suspended: of("suspended"), watching: of("watching"),
    waiting: of("applied", "approving", "ready", "accepting"),
    soon: expiring(board.rows, now, hour_ms).length,
    hard: board.conflicts.filter(({ is_hard }) => is_hard).length,
    inside: open.reduce((sum, row) => sum + (row.inside_count ?? 0), 0),
    draft: open.filter(({ rule_mark }) => rule_mark === "draft").length,
  };
}

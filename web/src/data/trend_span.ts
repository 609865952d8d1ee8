// Which time a trend shows, as the address says it: the last hours, moving with the clock, or a
// window that somebody chose. Pure.
import { sinceOf, type Curve } from "./curve.ts";

export interface TrendWindow {
  from: number;
  to: number;
  hours: number;
  isLive: boolean;
}

const hour_ms = 3_600_000;
export const least_ms = 10_000;
export const most_ms = 366 * 24 * hour_ms;

const instant = (text: string | undefined): number | null => {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? null : at;
};
export function trendWindow(query: Record<string, string>, now: number): TrendWindow {
  const from = instant(query["from"]);
  const to = instant(query["to"]);
  if (from !== null && to !== null && to - from >= least_ms && to - from <= most_ms) {
    return { from, to, hours: (to - from) / hour_ms, isLive: false };
  }
  const asked = Number(query["hours"] ?? 8);
  const hours = asked > 0 && asked * hour_ms <= most_ms ? asked : 8;
  return { from: now - hours * hour_ms, to: now, hours, isLive: true };
}

// What is drawn of a window that moves with the clock: where nothing came in its first half (the
// plant has just begun), only the stretch since the first value, at least young_ms of it.
const young_ms = 5 * 60_000;
type Span = Pick<TrendWindow, "from" | "to">;
export function drawnFrom({ from, to }: Span, since: number | null): number {
  if (since === null || since <= from + (to - from) / 2) return from;
  return Math.max(from, Math.min(since, to - young_ms));
}

interface Start {
  from: number;
  since: number | null;
}
// From where a moving window is drawn, and the first value where that is later than its beginning.
export function startOf(curves: readonly Curve[], span: Span): Start {
  const first = sinceOf(curves);
  const from = drawnFrom(span, first);
  return { from, since: from > span.from ? first : null };
}

// Nearer, further, earlier, later: the next window, never too small or too large.
export type Step = "nearer" | "further" | "earlier" | "later";
export function stepped({ from, to }: TrendWindow, step: Step): { from: number; to: number } {
  const wide = to - from;
  const middle = (from + to) / 2;
  if (step === "earlier" || step === "later") {
    const by = step === "earlier" ? -wide / 2 : wide / 2;
    return { from: from + by, to: to + by };
  }
  const next = Math.min(most_ms, Math.max(least_ms, step === "nearer" ? wide / 2 : wide * 2));
  return { from: middle - next / 2, to: middle + next / 2 };
}

export const asQuery = (from: number, to: number): Record<string, string> => ({
  from: new Date(Math.round(from)).toISOString(), to: new Date(Math.round(to)).toISOString(),
});

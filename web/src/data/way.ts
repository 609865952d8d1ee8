// The way out: how far, which way, and what of it stays in the phone when the link is lost.
import type { MyRoute, Point } from "../api/types_response.ts";

const length = ([ax, ay]: Point, [bx, by]: Point): number => Math.hypot(bx - ax, by - ay);

// Degrees clockwise from north; the plan's y goes north.
export function bearing([ax, ay]: Point, [bx, by]: Point): number {
  return ((Math.atan2(bx - ax, by - ay) * 180) / Math.PI + 360) % 360;
}
export const eighth = (degrees: number): number => Math.round(degrees / 45) % 8;

function footOn(a: Point, b: Point, at: Point): Point {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const square = dx * dx + dy * dy;
  if (square === 0) return a;
  const share = ((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / square;
  const kept = Math.min(1, Math.max(0, share));
  return [a[0] + kept * dx, a[1] + kept * dy];
}

export interface Ahead {
  left_m: number;
  heading: number;
  off_m: number;
}
const ahead_m = 12;

// Where somebody stands on their route: the nearest foot on it, from there to its end. The heading
// looks some steps ahead, so that it does not jump at every corner.
export function aheadOf(points: Point[], at: Point | null): Ahead | null {
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last) return null;
  const me = at ?? first;
  let best = { index: 0, foot: first, off: Infinity };
  for (let index = 0; index + 1 < points.length; index += 1) {
    const foot = footOn(points[index] ?? first, points[index + 1] ?? last, me);
    const off = length(foot, me);
    if (off < best.off - 1e-9) best = { index, foot, off };
  }
  if (points.length === 1) best.off = length(first, me);
  const rest = [best.foot, ...points.slice(best.index + 1)];
  let left_m = best.off;
  for (let index = 0; index + 1 < rest.length; index += 1) {
    left_m += length(rest[index] ?? last, rest[index + 1] ?? last);
  }
  return { left_m, heading: bearing(me, stepAhead(rest, last)), off_m: best.off };
}

function stepAhead(rest: Point[], last: Point): Point {
  let left = ahead_m;
  for (let index = 0; index + 1 < rest.length; index += 1) {
    const a = rest[index] ?? last;
    const b = rest[index + 1] ?? last;
    const step = length(a, b);
    if (step >= left && step > 0) {
      const share = left / step;
      return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
    }
    left -= step;
  }
  return last;
}

// The server's time holds for its own start; somebody who walks has less before them.
export function secondsLeft(seconds: number, points: Point[], left_m: number): number {
  let whole = 0;
  for (let index = 0; index + 1 < points.length; index += 1) {
    whole += length(points[index] ?? [0, 0], points[index + 1] ?? [0, 0]);
  }
  if (whole === 0) return Math.round(seconds);
  return Math.round(seconds * Math.min(1, left_m / whole));
}

export const runningStates = ["responding", "all_counted"];
export const isRunning = (state: string): boolean => runningStates.includes(state);

export interface KeptWay {
  owner: string;
  id: string;
  at: number;
  answer: MyRoute;
}
export const way_keep_ms = 12 * 3600000;
export function isOfUse(kept: KeptWay | null, owner: string, now: number): kept is KeptWay {
  if (!kept?.answer?.response || kept.owner !== owner) return false;
  return now - kept.at < way_keep_ms && isRunning(kept.answer.response.state);
}

// A new version is told once; the first one is no change.
export const isNewVersion = (before: number | null, now: number | null): boolean =>
  before !== null && now !== null && now !== before;

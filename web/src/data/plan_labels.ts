// Where words stand on the plan: beside their sign, over no other sign and over no other words. Who
// is less grave and finds no room goes without. Pixels. Pure.
import type { Point } from "../api/types_response.ts";
import type { Size } from "./plan_view.ts";

export interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}
export interface LabelWish {
  at: Point;
  // Half the width of the sign itself.
  half: number;
  width: number;
  height: number;
  // The smallest is the gravest.
  rank: number;
  // Somebody points at it: it's shown whatever it covers.
  isPointed?: boolean;
}

export const around = ([x, y]: Point, half: number): Area =>
  ({ left: x - half, top: y - half, right: x + half, bottom: y + half });

export const meet = (a: Area, b: Area): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const lies = (area: Area, { width, height }: Size): boolean =>
  area.left >= 0 && area.top >= 0 && area.right <= width && area.bottom <= height;

const gap_px = 3;

// Below, above, right, left, then the corners.
function candidates({ at: [x, y], half, width, height }: LabelWish): Area[] {
  const off = half + gap_px;
  const middle = x - width / 2;
  const level = y - height / 2;
  const corners: Point[] = [
    [middle, y + off], [middle, y - off - height], [x + off, level], [x - off - width, level],
    [x + half, y + half], [x - half - width, y + half], [x + half, y - half - height],
    [x - half - width, y - half - height],
  ];
  return corners.map(([left, top]) =>
    ({ left, top, right: left + width, bottom: top + height }));
}

// Moved into the room, for what must be read there.
function inside(area: Area, { width, height }: Size): Area {
  const dx = Math.max(0, -area.left) - Math.max(0, area.right - width);
  const dy = Math.max(0, -area.top) - Math.max(0, area.bottom - height);
  return {
    left: area.left + dx, right: area.right + dx, top: area.top + dy, bottom: area.bottom + dy,
  };
}

// One place for each wish, in their order; null for who goes without.
export function placeLabels(
  wishes: readonly LabelWish[], signs: readonly Area[], room: Size,
): (Area | null)[] {
  const placed: (Area | null)[] = wishes.map(() => null);
  const words: Area[] = [];
  const weight = ({ rank, isPointed }: LabelWish) => isPointed ? -Infinity : rank;
  const order = wishes.map((wish, at) => ({ wish, at }))
    .sort((a, b) => weight(a.wish) - weight(b.wish) || a.at - b.at);
  for (const { wish, at } of order) {
    const spots = candidates(wish);
    const isFree = (spot: Area) => lies(spot, room) &&
      !signs.some((one) => meet(one, spot)) && !words.some((one) => meet(one, spot));
    const first = spots[0];
    const found = spots.find(isFree) ?? (wish.isPointed && first ? inside(first, room) : null);
    if (!found) continue;
    placed[at] = found;
    words.push(found);
  }
  return placed;
}

// Of several places the first that covers the fewest signs.
export function freeSpot(spots: readonly Area[], signs: readonly Area[]): Area | undefined {
  let best: Area | undefined;
  let least = Infinity;
  for (const spot of spots) {
    const covered = signs.filter((one) => meet(one, spot)).length;
    if (covered < least) {
      best = spot;
      least = covered;
    }
  }
  return best;
}

const rows = 4;
// Places for words of this size within an area: row by row, the top left corner first.
export function spotsIn(area: Area, width: number, height: number, edge: number): Area[] {
  const steps = Array.from({ length: rows }, (_, at) => at / (rows - 1));
  const wide = Math.max(0, area.right - area.left - 2 * edge - width);
  const tall = Math.max(0, area.bottom - area.top - 2 * edge - height);
  return steps.flatMap((down) => steps.map((over): Area => {
    const left = area.left + edge + over * wide;
    const top = area.top + edge + down * tall;
    return { left, top, right: left + width, bottom: top + height };
  }));
}

// What of an area is in the picture; null for nothing.
export function seenOf(area: Area, { width, height }: Size): Area | null {
  const seen = {
    left: Math.max(0, area.left), top: Math.max(0, area.top),
    right: Math.min(width, area.right), bottom: Math.min(height, area.bottom),
  };
  return seen.left < seen.right && seen.top < seen.bottom ? seen : null;
}

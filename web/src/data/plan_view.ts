// From metres of the plan to pixels of the canvas and back. Pure.
import type { Point } from "../api/types_response.ts";
import type { Box } from "./plan.ts";

export interface View {
  scale: number;
  x: number;
  y: number;
}
export interface Size {
  width: number;
  height: number;
}

export function fitView({ low, high }: Box, size: Size, pad: number): View {
  const width = Math.max(1, high[0] - low[0]);
  const height = Math.max(1, high[1] - low[1]);
  const scale = Math.max(0.01, Math.min(
    (size.width - 2 * pad) / width, (size.height - 2 * pad) / height));
  return {
    scale,
    x: size.width / 2 - scale * (low[0] + high[0]) / 2,
    y: size.height / 2 + scale * (low[1] + high[1]) / 2,
  };
}
export const toPixels = (view: View, [x, y]: Point): Point =>
  [view.x + view.scale * x, view.y - view.scale * y];
export const toMetres = (view: View, [x, y]: Point): Point =>
  [(x - view.x) / view.scale, (view.y - y) / view.scale];

// The point under the pointer stays where it is. Never smaller than the whole plan.
export function zoomAt(view: View, factor: number, at: Point, whole: View): View {
  const scale = Math.min(whole.scale * 12, Math.max(whole.scale, view.scale * factor));
  if (scale === whole.scale) return whole;
  const real = scale / view.scale;
  return { scale, x: at[0] - (at[0] - view.x) * real, y: at[1] - (at[1] - view.y) * real };
}

// The nearest of the places within reach of a pointer, in pixels.
export function nearest<T extends { x: number; y: number }>(
  view: View, items: readonly T[], at: Point, reach: number,
): T | null {
  let best: T | null = null;
  let best_px = reach;
  for (const item of items) {
    const [x, y] = toPixels(view, [item.x, item.y]);
    const away = Math.hypot(x - at[0], y - at[1]);
    if (away > best_px) continue;
    best = item;
    best_px = away;
  }
  return best;
}

// Circles of doubt: a person is somewhere in it, and it reaches out of the area he is shown in.
import { toPixels, type View } from "../data/plan_view.ts";
import type { Paint, PlanDot } from "./plan_draw.ts";

const least_px = 8;  // or the dot would hide it

export function drawDoubts(
  ctx: CanvasRenderingContext2D, view: View, paint: Pick<Paint, "warn">,
  people: readonly PlanDot[],
): void {
  ctx.save();
  ctx.strokeStyle = paint.warn;
  ctx.fillStyle = paint.warn;
  ctx.lineWidth = 1.5;
  ctx.setLineDash([4, 4]);
  for (const { x, y, doubt_m } of people) {
    if (doubt_m === undefined) continue;
    const [left, top] = toPixels(view, [x, y]);
    ctx.beginPath();
    ctx.arc(left, top, Math.max(least_px, doubt_m * view.scale), 0, 2 * Math.PI);
    ctx.globalAlpha = 0.12;
    ctx.fill();
    ctx.globalAlpha = 0.8;
    ctx.stroke();
  }
  ctx.restore();
}

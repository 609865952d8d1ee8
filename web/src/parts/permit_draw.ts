// What permits add to the plan: the sign of the kind, how far a job reaches, which jobs conflict.
import { kindSign } from "../data/permit_signs.ts";
import { toPixels, type View } from "../data/plan_view.ts";
import type { Paint } from "./plan_draw.ts";

export interface PlanReach {
  id: string;
  x: number;
  y: number;
  radius_m: number;
  tone: "plain" | "warn" | "bad";
}
export interface PlanLink {
  id: string;
  from: [number, number];
  to: [number, number];
  isHard: boolean;
}
type Ctx = CanvasRenderingContext2D;

const sign_px = 13;
const made = new Map<string, Path2D>();
function signOf(kind: string): Path2D {
  const path = made.get(kind) ?? new Path2D(kindSign(kind));
  made.set(kind, path);
  return path;
}

// Around the point the context stands on.
export function drawSign(ctx: Ctx, kind: string, colour: string): void {
  ctx.save();
  const scale = sign_px / 24;
  ctx.scale(scale, scale);
  ctx.translate(-12, -12);
  ctx.lineWidth = 2.4;
  ctx.lineJoin = "round";
  ctx.strokeStyle = colour;
  ctx.stroke(signOf(kind));
  ctx.restore();
}

function drawReach(ctx: Ctx, view: View, paint: Paint, reach: PlanReach): void {
  const [x, y] = toPixels(view, [reach.x, reach.y]);
  const colour = { plain: paint.soft, warn: paint.warn, bad: paint.bad }[reach.tone];
  ctx.save();
  ctx.beginPath();
  ctx.arc(x, y, Math.max(11, reach.radius_m * view.scale), 0, 2 * Math.PI);
  ctx.fillStyle = colour;
  ctx.globalAlpha = reach.tone === "plain" ? 0.1 : 0.22;
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.lineWidth = reach.tone === "plain" ? 1 : 2;
  if (reach.tone !== "bad") ctx.setLineDash([5, 4]);
  ctx.strokeStyle = colour;
  ctx.stroke();
  ctx.restore();
}

// A full line blocks, a dashed one is scored; the cross in its middle says it without colour.
function drawLink(ctx: Ctx, view: View, paint: Paint, link: PlanLink): void {
  const [ax, ay] = toPixels(view, link.from);
  const [bx, by] = toPixels(view, link.to);
  ctx.save();
  ctx.strokeStyle = link.isHard ? paint.bad : paint.warn;
  ctx.lineWidth = link.isHard ? 3 : 2;
  if (!link.isHard) ctx.setLineDash([6, 5]);
  ctx.beginPath();
  ctx.moveTo(ax, ay);
  ctx.lineTo(bx, by);
  ctx.stroke();
  if (link.isHard) {
    const [x, y] = [(ax + bx) / 2, (ay + by) / 2];
    ctx.beginPath();
    ctx.moveTo(x - 6, y - 6);
    ctx.lineTo(x + 6, y + 6);
    ctx.moveTo(x + 6, y - 6);
    ctx.lineTo(x - 6, y + 6);
    ctx.stroke();
  }
  ctx.restore();
}

export interface Reaching {
  reaches: readonly PlanReach[];
  links: readonly PlanLink[];
}
export function drawReaches(ctx: Ctx, view: View, paint: Paint, all: Reaching): void {
  for (const reach of all.reaches) drawReach(ctx, view, paint, reach);
  for (const link of all.links) drawLink(ctx, view, paint, link);
}

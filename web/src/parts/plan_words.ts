// The words on the plan: names of areas, codes and values of signs. They cover no sign and not each
// other; where there is no room the graver is told, the others when somebody points at them.
import type { Point } from "../api/types_response.ts";
import { boxOf, type PlanZone } from "../data/plan.ts";
import {
  around, freeSpot, placeLabels, seenOf, spotsIn, type Area, type LabelWish,
} from "../data/plan_labels.ts";
import { toPixels, type Size, type View } from "../data/plan_view.ts";
import { riskOf, type Moving, type Paint } from "./plan_draw.ts";

type Ctx = CanvasRenderingContext2D;
interface Sign {
  at: Point;
  half: number;
  text: string;
  rank: number;
  isNamed: boolean;
  isPointed: boolean;
}

// From here on everything has its name; before, only what cannot wait.
const named_scale = 1.8;
const label_px = 12;
const half_px = { alarm: 13, tag: 7, permit: 10, haven: 9 };
const rank_permit = { halted: 4.5, going: 6 };

export function signsOf(view: View, moving: Moving): Sign[] {
  const isAll = view.scale > named_scale;
  const { pointed, highlight } = moving;
  const told = (kind: string, id: string) =>
    [pointed, highlight].some((one) => one?.kind === kind && one.id === id);
  const markers = moving.markers.map((marker): Sign => {
    const { id, priority, isUnacked, isStale, text } = marker;
    const isPointed = told("marker", id);
    const isNews = priority === 1 && isUnacked !== false;
    return {
      at: toPixels(view, [marker.x, marker.y]), half: half_px[priority ? "alarm" : "tag"],
      text: isStale ? `! ${text}` : text, rank: (priority ?? 9) + (isUnacked === false ? 0.5 : 0),
      isNamed: isAll || isNews || isPointed, isPointed,
    };
  });
  const permits = moving.permits.map((permit): Sign => {
    const isPointed = told("permit", permit.id);
    return {
      at: toPixels(view, [permit.x, permit.y]), half: half_px.permit, text: permit.text,
      rank: permit.isSuspended ? rank_permit.halted : rank_permit.going,
      isNamed: isAll || isPointed, isPointed,
    };
  });
  return [...markers, ...permits];
}

// As large as the zone's width allows, so that names never run into each other.
function wordsSize(ctx: Ctx, paint: Paint, name: string, room: number, wish: number): number {
  ctx.font = `500 ${wish}px ${paint.font}`;
  const width = ctx.measureText(name).width;
  return Math.max(10, Math.min(wish, Math.floor(wish * (room / Math.max(1, width)))));
}

const edge_px = 8;
// With a dark edge, so that a name can be read wherever people stand.
function drawName(
  ctx: Ctx, view: View, paint: Paint, moving: Moving, zone: PlanZone, signs: readonly Area[],
): Area[] {
  const { low, high } = boxOf(zone.outline);
  const [left, bottom] = toPixels(view, low);
  const [right, top] = toPixels(view, high);
  const seen = seenOf({ left, top, right, bottom }, moving.room);
  if (!seen) return [];
  const name = moving.words.nameOf(zone);
  const level = moving.words.levelOf(riskOf(moving.risks, zone));
  const size = wordsSize(ctx, paint, name, right - left - 2 * edge_px, moving.isCompact ? 14 : 18);
  const fonts = [`500 ${size}px ${paint.font}`, `400 ${Math.max(10, size - 4)}px ${paint.font}`];
  const lines = [name, level];
  const widths = lines.map((text, at) => {
    ctx.font = fonts[at] ?? "";
    return ctx.measureText(text).width;
  });
  const height = size * 1.25 + 3 + Math.max(10, size - 4);
  const spot = freeSpot(spotsIn(seen, Math.max(...widths), height, edge_px), signs) ?? seen;
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  ctx.lineWidth = 3;
  ctx.lineJoin = "round";
  ctx.strokeStyle = paint.panel;
  ctx.fillStyle = paint.text;
  lines.forEach((text, at) => {
    ctx.font = fonts[at] ?? "";
    const y = spot.top + at * (size * 1.25 + 3);
    ctx.strokeText(text, spot.left, y);
    ctx.fillText(text, spot.left, y);
  });
  return [spot];
}

export function drawNames(
  ctx: Ctx, view: View, paint: Paint, moving: Moving, signs: readonly Sign[],
): Area[] {
  const { musters, exits } = moving.plan;
  const havens = [...musters, ...exits].map(({ at }) => around(toPixels(view, at), half_px.haven));
  const taken = [...signs.map(({ at, half }) => around(at, half)), ...havens];
  return moving.plan.zones.flatMap((zone) => drawName(ctx, view, paint, moving, zone, taken));
}

export function drawLabels(
  ctx: Ctx, paint: Paint, signs: readonly Sign[], names: readonly Area[], room: Size,
): void {
  ctx.font = `600 ${label_px}px ${paint.font}`;
  const told = signs.filter(({ at: [x, y], isNamed }) =>
    isNamed && x >= 0 && y >= 0 && x <= room.width && y <= room.height);
  const wishes = told.map(({ at, half, text, rank, isPointed }): LabelWish => ({
    at, half, rank, isPointed, width: ctx.measureText(text).width + 2, height: label_px + 2,
  }));
  const taken = [...signs.map(({ at, half }) => around(at, half)), ...names];
  const spots = placeLabels(wishes, taken, room);
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  ctx.lineWidth = 3;
  ctx.strokeStyle = paint.panel;
  ctx.fillStyle = paint.text;
  told.forEach(({ text }, at) => {
    const spot = spots[at];
    if (!spot) return;
    ctx.strokeText(text, spot.left + 1, spot.top + 1);
    ctx.fillText(text, spot.left + 1, spot.top + 1);
  });
}

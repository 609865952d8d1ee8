// Draws the plan on a canvas: the ground rarely, what moves often. Colours come from tokens.css.
import type { Level } from "../api/types.ts";
import type { Hazard, Point, Priority, SafetyStatus } from "../api/types_response.ts";
import { boxOf, type Plan, type PlanZone } from "../data/plan.ts";
import { toPixels, type Size, type View } from "../data/plan_view.ts";
import { drawDoubts } from "./doubt_draw.ts";
import { drawReaches, drawSign, type PlanLink, type PlanReach } from "./permit_draw.ts";
import { drawLabels, drawNames, signsOf } from "./plan_words.ts";

export interface PlanDot {
  id: string;
  x: number;
  y: number;
  zone?: string;
  status?: SafetyStatus;
  isStale?: boolean;
  isVehicle?: boolean;
  // Metres that he may be away, where that is out of his zone.
  doubt_m?: number;
}
export interface PlanRoute {
  id: string;
  points: Point[];
  crosses_gas?: boolean;
  isStrong?: boolean;
}
export interface PlanMarker {
  id: string;
  x: number;
  y: number;
  zone?: string;
  text: string;
  priority?: Priority;
  isUnacked?: boolean;
  isStale?: boolean;
}
export interface PlanPermit {
  id: string;
  x: number;
  y: number;
  zone?: string;
  kind: string;
  isSuspended: boolean;
  text: string;
}
export interface Highlight {
  kind: "zone" | "person" | "marker" | "permit" | "place";
  id: string;
  at?: Point;
}

export interface Paint {
  text: string; soft: string; panel: string; line: string; edge: string; dot: string;
  risk: Record<Level, string>; alarm: Record<Priority, string>; bad: string; good: string;
  warn: string; focus: string; gas: string; font: string; ground: string;
}
export function readPaint(): Paint {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: token("val"), soft: token("tx2"), panel: token("bg2"), line: token("line"),
    edge: token("edge"), dot: token("dot"), bad: token("bad"), good: token("good"),
    warn: token("warn"), focus: token("focus"), gas: token("gas"), ground: token("bg"),
    risk: { red: token("r1"), orange: token("r2"), yellow: token("r3"), blue: token("r4") },
    alarm: { 1: token("a1"), 2: token("a2"), 3: token("a3"), 4: token("a4") },
    font: token("font") || "sans-serif",
  };
}

export interface Words {
  nameOf: (zone: PlanZone) => string;
  levelOf: (level: Level | null) => string;
}
export type Risks = Record<string, Level | null>;
export interface Ground {
  plan: Plan;
  risks: Risks;
  hazard: Hazard | null;
  highlight: Highlight | null;
}
export interface Moving {
  plan: Plan;
  risks: Risks;
  words: Words;
  isCompact: boolean;
  people: PlanDot[];
  routes: PlanRoute[];
  markers: PlanMarker[];
  permits: PlanPermit[];
  reaches: PlanReach[];
  links: PlanLink[];
  highlight: Highlight | null;
  // What the pointer rests on, and how large the picture is.
  pointed: Highlight | null;
  room: Size;
  me: Point | null;
  isDim: boolean;
}
type Ctx = CanvasRenderingContext2D;

function trace(ctx: Ctx, view: View, points: Point[], isClosed: boolean): void {
  ctx.beginPath();
  points.forEach((point, at) => {
    const [x, y] = toPixels(view, point);
    if (at === 0) ctx.moveTo(x, y);
    else ctx.lineTo(x, y);
  });
  if (isClosed) ctx.closePath();
}

// Red zones are hatched as well, so that nobody needs to see colours.
function hatch(ctx: Ctx, view: View, zone: PlanZone): void {
  const { low, high } = boxOf(zone.outline);
  const [left, bottom] = toPixels(view, low);
  const [right, top] = toPixels(view, high);
  ctx.save();
  trace(ctx, view, zone.outline, true);
  ctx.clip();
  ctx.beginPath();
  const tall = bottom - top;
  for (let x = left - tall; x < right; x += 14) {
    ctx.moveTo(x, bottom);
    ctx.lineTo(x + tall, top);
  }
  ctx.globalAlpha = 0.18;
  ctx.strokeStyle = "#000000";
  ctx.lineWidth = 4;
  ctx.stroke();
  ctx.restore();
}

export function riskOf(risks: Risks, zone: PlanZone): Level | null {
  return zone.code in risks ? risks[zone.code] ?? null : zone.risk;
}

function drawZone(ctx: Ctx, view: View, paint: Paint, ground: Ground, zone: PlanZone): void {
  const risk = riskOf(ground.risks, zone);
  trace(ctx, view, zone.outline, true);
  ctx.save();
  ctx.globalAlpha = 0.55;
  ctx.fillStyle = risk ? paint.risk[risk] : paint.line;
  ctx.fill();
  ctx.restore();
  if (risk === "red") hatch(ctx, view, zone);
  const { highlight } = ground;
  const isPicked = highlight?.kind === "zone" && highlight.id === zone.code;
  trace(ctx, view, zone.outline, true);
  ctx.strokeStyle = isPicked ? paint.focus : paint.edge;
  ctx.lineWidth = isPicked ? 3 : 1;
  ctx.stroke();
}

function drawGas(ctx: Ctx, view: View, paint: Paint, hazard: Hazard): void {
  ctx.save();
  ctx.fillStyle = paint.gas;
  for (const [x, y, size, level] of hazard.cells) {
    const [left, top] = toPixels(view, [x - size / 2, y + size / 2]);
    const edge = size * view.scale + 0.6;
    ctx.globalAlpha = Math.min(0.8, 0.12 + 0.4 * Math.min(1.5, level));
    ctx.fillRect(left, top, edge, edge);
  }
  ctx.restore();
  const [x, y] = toPixels(view, [hazard.x, hazard.y]);
  ctx.save();
  ctx.beginPath();
  ctx.arc(x, y, Math.max(8, hazard.radius_m * view.scale), 0, 2 * Math.PI);
  ctx.setLineDash([9, 6]);
  ctx.lineWidth = 2.5;
  ctx.strokeStyle = paint.alarm[1];
  ctx.stroke();
  ctx.restore();
}

function drawHaven(ctx: Ctx, view: View, paint: Paint, at: Point, text: string): void {
  const [x, y] = toPixels(view, at);
  ctx.fillStyle = paint.ground;
  ctx.strokeStyle = paint.good;
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.rect(x - 8, y - 8, 16, 16);
  ctx.fill();
  ctx.stroke();
  ctx.fillStyle = paint.good;
  ctx.font = `700 12px ${paint.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(text, x, y + 0.5);
}

function drawRoads(ctx: Ctx, view: View, paint: Paint, plan: Plan): void {
  ctx.save();
  ctx.globalAlpha = 0.3;
  ctx.strokeStyle = paint.line;
  ctx.lineCap = "round";
  for (const road of plan.roads) {
    trace(ctx, view, road.line, false);
    ctx.lineWidth = Math.max(1, road.width_m * view.scale);
    ctx.stroke();
  }
  ctx.restore();
}

// Tanks, buildings, walls and fences: thin, since they are not the news.
function drawWorks(ctx: Ctx, view: View, paint: Paint, plan: Plan): void {
  ctx.save();
  ctx.strokeStyle = paint.soft;
  ctx.fillStyle = paint.edge;
  ctx.globalAlpha = 0.55;
  ctx.lineWidth = 1;
  for (const outline of [...plan.tanks, ...plan.buildings]) {
    trace(ctx, view, outline, true);
    ctx.stroke();
  }
  for (const outline of plan.tanks) {
    trace(ctx, view, outline, true);
    ctx.globalAlpha = 0.2;
    ctx.fill();
  }
  ctx.globalAlpha = 0.8;
  ctx.lineWidth = 1.5;
  for (const wall of plan.walls) {
    trace(ctx, view, wall, false);
    ctx.stroke();
  }
  ctx.setLineDash([5, 4]);
  ctx.lineWidth = 1;
  for (const fence of plan.fences) {
    trace(ctx, view, fence, false);
    ctx.stroke();
  }
  ctx.restore();
}

export function drawGround(ctx: Ctx, view: View, paint: Paint, ground: Ground): void {
  const { plan, hazard } = ground;
  ctx.lineJoin = "round";
  drawRoads(ctx, view, paint, plan);
  for (const zone of plan.zones) drawZone(ctx, view, paint, ground, zone);
  drawWorks(ctx, view, paint, plan);
  ctx.fillStyle = paint.soft;
  for (const door of plan.doors) {
    const [x, y] = toPixels(view, door.at);
    ctx.fillRect(x - 3, y - 3, 6, 6);
  }
  for (const gate of plan.gates) {
    const [x, y] = toPixels(view, gate.at);
    ctx.strokeStyle = paint.text;
    ctx.lineWidth = 2;
    ctx.strokeRect(x - 5, y - 4, 10, 8);
  }
  for (const exit of plan.exits) drawHaven(ctx, view, paint, exit.at, "E");
  for (const muster of plan.musters) drawHaven(ctx, view, paint, muster.at, "M");
  if (hazard) drawGas(ctx, view, paint, hazard);
}

const symbol: Record<Priority, (ctx: Ctx, r: number) => void> = {
  1: (ctx, r) => ctx.rect(-r, -r * 0.9, 2 * r, 1.8 * r),
  2: (ctx, r) => {
    ctx.moveTo(0, -r * 1.15);
    ctx.lineTo(r * 1.2, r * 0.9);
    ctx.lineTo(-r * 1.2, r * 0.9);
    ctx.closePath();
  },
  3: (ctx, r) => {
    ctx.moveTo(0, r * 1.15);
    ctx.lineTo(r * 1.2, -r * 0.9);
    ctx.lineTo(-r * 1.2, -r * 0.9);
    ctx.closePath();
  },
  4: (ctx, r) => ctx.arc(0, 0, r, 0, 2 * Math.PI),
};
const number_y: Record<Priority, number> = { 1: 0.5, 2: 2.5, 3: -2.5, 4: 0.5 };

function drawAlarm(ctx: Ctx, paint: Paint, priority: Priority): void {
  ctx.beginPath();
  symbol[priority](ctx, 11);
  ctx.fillStyle = paint.alarm[priority];
  ctx.fill();
  ctx.lineWidth = 2;
  ctx.strokeStyle = "#14171b";
  ctx.stroke();
  ctx.fillStyle = priority === 1 ? "#ffffff" : "#14171b";
  ctx.font = `700 13px ${paint.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(String(priority), 0, number_y[priority]);
}

// In the sign, where it covers nothing else.
function drawDoubtful(ctx: Ctx, paint: Paint): void {
  ctx.fillStyle = paint.text;
  ctx.font = `700 10px ${paint.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText("!", 0, 0.5);
}

function drawMarker(
  ctx: Ctx, view: View, paint: Paint, marker: PlanMarker, isDim: boolean,
): void {
  const [x, y] = toPixels(view, [marker.x, marker.y]);
  ctx.save();
  ctx.translate(x, y);
  if (marker.priority) {
    if (marker.isUnacked && isDim) ctx.globalAlpha = 0.35;
    drawAlarm(ctx, paint, marker.priority);
  } else {
    ctx.beginPath();
    ctx.moveTo(0, -6);
    ctx.lineTo(6, 0);
    ctx.lineTo(0, 6);
    ctx.lineTo(-6, 0);
    ctx.closePath();
    ctx.fillStyle = marker.isStale ? paint.line : paint.panel;
    ctx.fill();
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = marker.isStale ? paint.warn : paint.soft;
    ctx.stroke();
    if (marker.isStale) drawDoubtful(ctx, paint);
  }
  ctx.restore();
}

function drawPermit(ctx: Ctx, view: View, paint: Paint, permit: PlanPermit): void {
  const [x, y] = toPixels(view, [permit.x, permit.y]);
  ctx.save();
  ctx.translate(x, y);
  ctx.beginPath();
  ctx.rect(-9, -9, 18, 18);
  ctx.fillStyle = paint.panel;
  ctx.fill();
  ctx.lineWidth = 2;
  ctx.strokeStyle = permit.isSuspended ? paint.warn : paint.text;
  ctx.stroke();
  drawSign(ctx, permit.kind, permit.isSuspended ? paint.warn : paint.text);
  if (permit.isSuspended) {
    ctx.beginPath();
    ctx.moveTo(-9, 9);
    ctx.lineTo(9, -9);
    ctx.strokeStyle = paint.warn;
    ctx.stroke();
  }
  ctx.restore();
}

const dotRadius = 4;
type DotLook = SafetyStatus | "plain" | "vehicle";
function dotPicture(paint: Paint, status: DotLook, ratio: number): HTMLCanvasElement {
  const picture = document.createElement("canvas");
  const side = 2 * dotRadius + 6;
  picture.width = side * ratio;
  picture.height = side * ratio;
  const ctx = picture.getContext("2d");
  if (!ctx) return picture;
  ctx.scale(ratio, ratio);
  ctx.translate(side / 2, side / 2);
  ctx.beginPath();
  if (status === "unsafe") ctx.rect(-dotRadius, -dotRadius, 2 * dotRadius, 2 * dotRadius);
  else if (status === "vehicle") ctx.rect(-dotRadius - 2, -3, 2 * dotRadius + 4, 6);
  else ctx.arc(0, 0, dotRadius, 0, 2 * Math.PI);
  const colours = {
    plain: paint.dot, vehicle: paint.dot, safe: paint.good, unsafe: paint.alarm[1],
    unknown: paint.panel,
  };
  ctx.fillStyle = colours[status];
  ctx.fill();
  ctx.lineWidth = status === "unknown" ? 2 : 1.2;
  ctx.strokeStyle = status === "unknown" ? paint.warn : "#14171b";
  ctx.stroke();
  if (status === "unknown") {
    ctx.fillStyle = paint.warn;
    ctx.font = `700 8px ${paint.font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText("?", 0, 0.5);
  }
  return picture;
}

export type DotPictures = Record<DotLook, HTMLCanvasElement>;
export const dotPictures = (paint: Paint, ratio: number): DotPictures => ({
  plain: dotPicture(paint, "plain", ratio), vehicle: dotPicture(paint, "vehicle", ratio),
  safe: dotPicture(paint, "safe", ratio), unsafe: dotPicture(paint, "unsafe", ratio),
  unknown: dotPicture(paint, "unknown", ratio),
});

function drawRoute(ctx: Ctx, view: View, paint: Paint, route: PlanRoute): void {
  ctx.save();
  trace(ctx, view, route.points, false);
  ctx.globalAlpha = route.isStrong ? 1 : 0.35;
  ctx.lineWidth = route.isStrong ? 5 : 1.5;
  ctx.strokeStyle = route.crosses_gas ? paint.bad : paint.good;
  if (route.crosses_gas) ctx.setLineDash([8, 5]);
  ctx.stroke();
  ctx.restore();
}

function ring(ctx: Ctx, paint: Paint, [x, y]: Point): void {
  ctx.beginPath();
  ctx.arc(x, y, 20, 0, 2 * Math.PI);
  ctx.lineWidth = 3;
  ctx.strokeStyle = paint.focus;
  ctx.stroke();
}

function highlightAt(moving: Moving): Point | null {
  const { highlight } = moving;
  if (!highlight || highlight.kind === "zone") return null;
  if (highlight.at) return highlight.at;
  const lists = {
    person: moving.people, marker: moving.markers, permit: moving.permits, place: [],
  };
  const found = (lists[highlight.kind] as { id: string; x: number; y: number }[])
    .find((one) => one.id === highlight.id);
  return found ? [found.x, found.y] : null;
}

export function drawMoving(
  ctx: Ctx, view: View, paint: Paint, moving: Moving, dots: DotPictures,
): void {
  for (const route of moving.routes) drawRoute(ctx, view, paint, route);
  drawReaches(ctx, view, paint, moving);
  for (const permit of moving.permits) drawPermit(ctx, view, paint, permit);
  drawDoubts(ctx, view, paint, moving.people);
  const side = 2 * dotRadius + 6;
  for (const dot of moving.people) {
    const [x, y] = toPixels(view, [dot.x, dot.y]);
    ctx.globalAlpha = dot.isStale ? 0.45 : 1;
    const look = dot.status ?? (dot.isVehicle ? "vehicle" : "plain");
    ctx.drawImage(dots[look], x - side / 2, y - side / 2, side, side);
  }
  ctx.globalAlpha = 1;
  const signs = signsOf(view, moving);
  const names = drawNames(ctx, view, paint, moving, signs);
  const rank = (marker: PlanMarker) => marker.priority ?? 9;
  for (const marker of [...moving.markers].sort((a, b) => rank(b) - rank(a))) {
    drawMarker(ctx, view, paint, marker, moving.isDim);
  }
  if (moving.me) drawMe(ctx, paint, toPixels(view, moving.me));
  const at = highlightAt(moving);
  if (at) ring(ctx, paint, toPixels(view, at));
  drawLabels(ctx, paint, signs, names, moving.room);
}

function drawMe(ctx: Ctx, paint: Paint, [x, y]: Point): void {
  ctx.beginPath();
  ctx.arc(x, y, 9, 0, 2 * Math.PI);
  ctx.fillStyle = paint.focus;
  ctx.fill();
  ctx.lineWidth = 3;
  ctx.strokeStyle = "#ffffff";
  ctx.stroke();
}

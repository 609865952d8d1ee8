// The drawn plan of the plant (docs/formats/plan.md): metres, x to the east, y to the north.
import * as calls from "../api/calls_response.ts";
import type { Level, LocalText } from "../api/types.ts";
import type { PlanFeature, PlanSource, Point } from "../api/types_response.ts";
import { useQuery } from "./query.ts";
import { asLevel } from "./records.ts";

export interface PlanZone {
  code: string;
  name: LocalText;
  outline: Point[];
  risk: Level | null;
}
export interface PlanPlace {
  code: string;
  name: LocalText;
  at: Point;
}
export interface PlanRoad {
  line: Point[];
  width_m: number;
}
export interface Box {
  low: Point;
  high: Point;
}
export interface Plan {
  zones: PlanZone[];
  walls: Point[][];
  fences: Point[][];
  roads: PlanRoad[];
  tanks: Point[][];
  buildings: Point[][];
  labels: PlanPlace[];
  doors: PlanPlace[];
  gates: PlanPlace[];
  exits: PlanPlace[];
  musters: PlanPlace[];
  box: Box;
}

const isPoint = (value: unknown): value is Point =>
  Array.isArray(value) && typeof value[0] === "number" && typeof value[1] === "number";

function pointsOf(value: unknown): Point[] {
  if (!Array.isArray(value)) return [];
  if (isPoint(value)) return [[value[0], value[1]]];
  return value.filter(isPoint).map(([x, y]): Point => [x, y]);
}

// Every line of a geometry: the outer ring of a polygon, each part of a multi-line.
function linesOf(feature: PlanFeature): Point[][] {
  const { geometry } = feature;
  if (!geometry) return [];
  const parts = geometry.coordinates;
  if (geometry.type === "Polygon" && Array.isArray(parts)) return [pointsOf(parts[0])];
  if (geometry.type === "MultiLineString" && Array.isArray(parts)) return parts.map(pointsOf);
  return [pointsOf(parts)];
}

function nameOf(feature: PlanFeature): LocalText {
  const { name, name_zh, name_en, code } = feature.properties;
  if (typeof name === "object" && name) return name as LocalText;
  const zh = String(name_zh ?? name ?? code ?? "");
  return { zh, en: String(name_en ?? zh) };
}

function middleOf(points: Point[]): Point {
  const sum = points.reduce(([x, y], [a, b]): Point => [x + a, y + b], [0, 0]);
  const count = Math.max(1, points.length);
  return [sum[0] / count, sum[1] / count];
}

export function boxOf(points: Point[]): Box {
  const low: Point = [Infinity, Infinity];
  const high: Point = [-Infinity, -Infinity];
  for (const [x, y] of points) {
    low[0] = Math.min(low[0], x);
    low[1] = Math.min(low[1], y);
    high[0] = Math.max(high[0], x);
    high[1] = Math.max(high[1], y);
  }
  return points.length > 0 ? { low, high } : { low: [0, 0], high: [1, 1] };
}

// A tank drawn as a point with a radius becomes an outline as the others are.
const corners = 24;
function outlineOf(line: Point[], radius_m: number): Point[] {
  const [x, y] = line[0] ?? [0, 0];
  if (line.length > 1) return line;
  return Array.from({ length: corners }, (_, at): Point => {
    const turn = (2 * Math.PI * at) / corners;
    return [x + radius_m * Math.cos(turn), y + radius_m * Math.sin(turn)];
  });
}

// What only the computing of routes needs, and what is not known here, is left out.
export function planOf(source: PlanSource): Plan {
  const all: Point[] = [];
  const made: Plan = {
    zones: [], walls: [], fences: [], roads: [], tanks: [], buildings: [], labels: [], doors: [],
    gates: [], exits: [], musters: [], box: boxOf([]),
  };
  const places: Record<string, PlanPlace[]> = {
    door: made.doors, gate: made.gates, exit: made.exits, muster: made.musters,
    label: made.labels,
  };
  for (const feature of source.features) {
    const kind = String(feature.properties["kind"] ?? "");
    const code = String(feature.properties["code"] ?? "");
    const lines = linesOf(feature).filter((line) => line.length > 0);
    const [first] = lines;
    if (!first) continue;
    all.push(...lines.flat());
    if (kind === "zone") {
      const risk = asLevel(feature.properties["risk"]);
      made.zones.push({ code, name: nameOf(feature), outline: first, risk });
    } else if (kind === "wall") {
      const isFence = feature.properties["style"] === "fence";
      (isFence ? made.fences : made.walls).push(...lines);
    } else if (kind === "road" || kind === "path") {
      made.roads.push({ line: first, width_m: Number(feature.properties["width_m"] ?? 2) });
    } else if (kind === "tank") {
      made.tanks.push(outlineOf(first, Number(feature.properties["radius_m"] ?? 1)));
    } else if (kind === "building") made.buildings.push(first);
    else places[kind]?.push({ code, name: nameOf(feature), at: middleOf(first) });
  }
  made.box = boxOf(all);
  return made;
}

export function isInside(outline: Point[], [x, y]: Point): boolean {
  let inside = false;
  outline.forEach(([ax, ay], at) => {
    const [bx, by] = outline[(at + outline.length - 1) % outline.length] ?? [ax, ay];
    const crosses = ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax;
    if (crosses) inside = !inside;
  });
  return inside;
}
export const zoneAt = (plan: Plan, at: Point): PlanZone | null =>
  plan.zones.find((zone) => isInside(zone.outline, at)) ?? null;

// The middle of the zone's box: where its words and what has no place of its own are drawn.
export function zoneMiddle(zone: PlanZone): Point {
  const { low, high } = boxOf(zone.outline);
  return [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
}

// A plan changes rarely: it is asked for once and kept by the query cache.
export const usePlan = () =>
  useQuery("plan", () => calls.plan().then(({ plan }) => planOf(plan)));

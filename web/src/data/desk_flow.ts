// Geometry of the flow picture: what is shown of it, how its lines bend, how its words are broken.
// The server lays it out; here nothing is decided but the view. Pure.
import type { Language } from "../api/types.ts";
import type { FlowEdge, FlowNode, FlowPicture } from "../api/types_hazard.ts";
import { localText } from "./prefs.ts";

export interface View {
  x: number;
  y: number;
  width: number;
  height: number;
}
interface Size {
  width: number;
  height: number;
}
const edge_gap = 16;
export const zoom_min = 0.2;
export const zoom_max = 3;
const readable = 1;

// The whole picture, and at most at its own size.
export function whole(picture: FlowPicture, frame: Size): View {
  const [far_x, far_y] = farOf(picture);
  const scale = Math.min(
    readable, frame.width / (far_x + edge_gap), frame.height / (far_y + edge_gap),
  );
  const width = frame.width / scale;
  const height = frame.height / scale;
  return { x: (far_x - width) / 2, y: (far_y - height) / 2, width, height };
}
function farOf({ nodes, edges }: FlowPicture): [number, number] {
  const points = edges.flatMap((edge) => edge.points);
  const xs = [...nodes.map(({ x, w }) => x + w), ...points.map(([x]) => x)];
  const ys = [...nodes.map(({ y, h }) => y + h), ...points.map(([, y]) => y)];
  return [Math.max(1, ...xs), Math.max(1, ...ys)];
}

// Where the case stands: incidents first, then what waits, else the last that is done.
// A frame only says that something in it is meant.
export function standingAt(nodes: FlowNode[]): FlowNode[] {
  const steps = nodes.filter(({ kind }) => kind !== "frame");
  const of = (state: FlowNode["state"]) => steps.filter((node) => node.state === state);
  const now = [...of("incident"), ...of("waiting")];
  if (now.length > 0) return now;
  const done = of("done");
  const last = done.reduce<FlowNode | null>(
    (far, node) => (!far || node.x > far.x ? node : far), null);
  return last ? [last] : [];
}

// Readable, with where the case stands in the middle.
export function around(picture: FlowPicture, frame: Size): View {
  const all = whole(picture, frame);
  const [first] = standingAt(picture.nodes);
  const isSmall = all.width <= frame.width / readable;
  if (!first || isSmall) return all;
  const middle = { x: first.x + first.w / 2, y: first.y + first.h / 2 };
  const { width, height } = frame;
  const [far_x, far_y] = farOf(picture);
  return {
    x: held(middle.x - width / 2, far_x - width), y: held(middle.y - height / 2, far_y - height),
    width, height,
  };
}
// Not past the edges of the picture, unless it is smaller than the frame.
const held = (at: number, most: number): number =>
  most < 0 ? most / 2 : Math.min(Math.max(-edge_gap, at), most + edge_gap);

export const scaleOf = (view: View, frame: Size): number => frame.width / view.width;
// Nearer or farther around the middle of what is seen.
export function zoomed(view: View, frame: Size, factor: number): View {
  const scale = Math.min(zoom_max, Math.max(zoom_min, scaleOf(view, frame) * factor));
  const width = frame.width / scale;
  const height = frame.height / scale;
  return {
    x: view.x + (view.width - width) / 2, y: view.y + (view.height - height) / 2, width, height,
  };
}
export const panned = (view: View, x: number, y: number): View =>
  ({ ...view, x: view.x + x, y: view.y + y });

const bend = 8;
// A line through the points with round corners.
export function pathOf(points: readonly (readonly [number, number])[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first[0]} ${first[1]}`;
  let [px, py] = first;
  rest.forEach(([x, y], at) => {
    const next = rest[at + 1];
    if (!next) {
      path += `L${x} ${y}`;
    } else {
      const before = Math.min(bend, Math.hypot(x - px, y - py) / 2);
      const after = Math.min(bend, Math.hypot(next[0] - x, next[1] - y) / 2);
      const [ax, ay] = towards([x, y], [px, py], before);
      const [bx, by] = towards([x, y], next, after);
      path += `L${ax} ${ay}Q${x} ${y} ${bx} ${by}`;
    }
    [px, py] = [x, y];
  });
  return path;
}
function towards(
  from: readonly [number, number], to: readonly [number, number], by: number,
): [number, number] {
  const way = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (way === 0) return [from[0], from[1]];
  const round = (n: number) => Math.round(n * 10) / 10;
  const share = by / way;
  return [
    round(from[0] + (to[0] - from[0]) * share), round(from[1] + (to[1] - from[1]) * share),
  ];
}

// Where the words of a line stand: on its longest level piece.
export function wordsAt(edge: FlowEdge): { x: number; y: number; room: number } | null {
  let best: { x: number; y: number; room: number } | null = null;
  for (let at = 1; at < edge.points.length; at += 1) {
    const [ax, ay] = edge.points[at - 1] ?? [0, 0];
    const [bx, by] = edge.points[at] ?? [0, 0];
    const room = Math.abs(bx - ax);
    if (Math.abs(by - ay) < 1 && (!best || room > best.room)) {
      best = { x: (ax + bx) / 2, y: ay, room };
    }
  }
  return best;
}

const isWide = (sign: string): boolean => /[\u2e80-\uffef]/.test(sign);
const widthOf = (text: string): number =>
  [...text].reduce((sum, sign) => sum + (isWide(sign) ? 1 : 0.56), 0);
// Lines of at most so many full-width signs; what does not fit ends in an ellipsis.
export function broken(text: string, signs: number, lines_max = 2): string[] {
  const pieces = text.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+/g) ?? [];
  const lines: string[] = [""];
  for (const piece of pieces) {
    const last = lines.length - 1;
    const longer = (lines[last] ?? "") + piece;
    if (lines[last] === "" || widthOf(longer.trimEnd()) <= signs) lines[last] = longer;
    else lines.push(piece);
  }
  const trimmed = lines.map((line) => line.trim()).filter(Boolean);
  const shown = trimmed.slice(0, lines_max).map((line) => cut(line, signs));
  if (trimmed.length > lines_max && shown.length > 0) {
    shown[lines_max - 1] = cut(`${shown[lines_max - 1]}…`, signs);
  }
  return shown;
}
function cut(line: string, signs: number): string {
  if (widthOf(line) <= signs) return line;
  let text = "";
  for (const sign of line) {
    if (widthOf(`${text}${sign}…`) > signs) break;
    text += sign;
  }
  return `${text}…`;
}

export const nodeName = (node: FlowNode, lang: Language): string => localText(node.name, lang);
// For who does not see pictures: where the case stands first, then its way, then what may come.
const order = ["incident", "waiting", "done", "ahead"];
export function told(picture: FlowPicture, lang: Language): FlowNode[] {
  const isSaid = (node: FlowNode) => node.kind !== "gateway" && nodeName(node, lang) !== "";
  return picture.nodes.filter(isSaid).sort((a, b) =>
    order.indexOf(a.state) - order.indexOf(b.state) || a.x - b.x || a.y - b.y);
}

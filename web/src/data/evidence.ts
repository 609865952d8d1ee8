// What the server found about photos, and what a box on one of them means. Pure, apart from the
// question.
import * as calls from "../api/calls_hazard.ts";
import type {
  Box, Evidence, PairEvidence, PhotoEvidence,
} from "../api/types_hazard.ts";
import { useQuery, type Query } from "./query.ts";

export const useEvidence = (form: string, id: string): Query<Evidence> =>
  useQuery(`record/${form}/${id}/evidence`, () => calls.evidence(form, id));

export const badgeOf = (evidence: Evidence | undefined, sha256: string): PhotoEvidence | null =>
  evidence?.photos.find((photo) => photo.sha256 === sha256) ?? null;
export const pairOf = (evidence: Evidence | undefined): PairEvidence | null =>
  evidence?.pairs.find((pair) => pair.verdict !== "good") ?? evidence?.pairs[0] ?? null;

// Whoever passes this has to say why; the server asks for it too, and by the same rule.
export function isDoubtful(evidence: Evidence | undefined): boolean {
  if (!evidence) return false;
  return evidence.photos.some(({ badge }) => badge === "red" || badge === "pending") ||
    evidence.pairs.some((pair) => pair.state !== "done" || pair.verdict !== "good");
}

const least = 0.04;
const clamp = (n: number, low = 0, high = 1) => Math.min(high, Math.max(low, n));

// Two corners, in whatever order they were given, as a box inside the picture.
export function boxOf(a: [number, number], b: [number, number]): Box {
  const x = clamp(Math.min(a[0], b[0]));
  const y = clamp(Math.min(a[1], b[1]));
  return {
    x: Math.min(x, 1 - least), y: Math.min(y, 1 - least),
    width: clamp(Math.max(a[0], b[0]) - x, least, 1 - Math.min(x, 1 - least)),
    height: clamp(Math.max(a[1], b[1]) - y, least, 1 - Math.min(y, 1 - least)),
  };
}
// For who can neither drag nor aim: a box is moved and changed in steps.
export function moved(box: Box, step: { x?: number; y?: number; size?: number }): Box {
  const width = clamp(box.width + (step.size ?? 0), least, 1);
  const height = clamp(box.height + (step.size ?? 0), least, 1);
  const grown = (step.size ?? 0) / 2;
  return {
    width, height, x: clamp(box.x + (step.x ?? 0) - grown, 0, 1 - width),
    y: clamp(box.y + (step.y ?? 0) - grown, 0, 1 - height),
  };
}
const round = (n: number) => Math.round(n * 10000) / 10000;
export const rounded = ({ x, y, width, height }: Box): Box =>
  ({ x: round(x), y: round(y), width: round(width), height: round(height) });

// Where a point of the screen lies in a picture that is shown whole in a larger frame.
export function placeIn(
  point: [number, number], frame: { left: number; top: number; width: number; height: number },
  picture: { width: number; height: number },
): [number, number] {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
  const wide = picture.width * scale;
  const high = picture.height * scale;
  const left = frame.left + (frame.width - wide) / 2;
  const top = frame.top + (frame.height - high) / 2;
  return [clamp((point[0] - left) / wide), clamp((point[1] - top) / high)];
}
export const percent = (share: number | undefined): number => Math.round((share ?? 0) * 100);

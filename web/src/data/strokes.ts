// A signature as the strokes that make it, in shares of the pad's width: it is drawn anew at any
// size. Pure.
export type Point = readonly [number, number];
export type Stroke = readonly Point[];

export const pad_ratio = 2.5;  // width by height
const least_length = 0.25;  // of the width: a dot is no signature

const lengthOf = (stroke: Stroke): number =>
  stroke.slice(1).reduce((sum, [x, y], at) => {
    const [left, top] = stroke[at] ?? [x, y];
    return sum + Math.hypot(x - left, y - top);
  }, 0);

export const isSigned = (strokes: readonly Stroke[]): boolean =>
  strokes.reduce((sum, stroke) => sum + lengthOf(stroke), 0) >= least_length;

export function drawStrokes(
  paper: CanvasRenderingContext2D, strokes: readonly Stroke[], width: number,
): void {
  paper.fillStyle = "#ffffff";
  paper.fillRect(0, 0, width, width / pad_ratio);
  paper.strokeStyle = "#10151a";
  paper.fillStyle = "#10151a";
  paper.lineWidth = Math.max(2, width / 150);
  paper.lineCap = "round";
  paper.lineJoin = "round";
  for (const stroke of strokes) {
    const [first, ...others] = stroke;
    if (!first) continue;
    paper.beginPath();
    paper.moveTo(first[0] * width, first[1] * width);
    for (const [x, y] of others.length > 0 ? others : [first]) paper.lineTo(x * width, y * width);
    paper.stroke();
  }
}

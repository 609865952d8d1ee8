// What trends draw over their chart: where data is missing, bad or doubted, by shape as well as by
// colour, and the moment that is held.
import type uPlot from "uplot";
import type { Doubt, Mark } from "../data/curve.ts";

export interface DoubtLook {
  bad: string;
  warn: string;
  soft: string;
}
export function doubtLook(): DoubtLook {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return { bad: token("bad"), warn: token("warn"), soft: token("tx2") };
}

const tall: Record<Doubt, number> = { none: 2, uncertain: 3, bad: 5 };
const lane_px = 7;

// One lane for each pen at the foot of the chart: dashes where nothing came, a thin line where it
// is doubted, a bar where it was bad.
export function drawDoubts(chart: uPlot, lanes: readonly Mark[][], look: DoubtLook): void {
  const { ctx, bbox } = chart;
  const ratio = window.devicePixelRatio || 1;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  lanes.forEach((marks, lane) => {
    const y = bbox.top + bbox.height - (lane + 0.5) * lane_px * ratio;
    for (const { from, to, doubt } of marks) {
      const left = chart.valToPos(from / 1000, "x", true);
      const right = Math.max(left + ratio, chart.valToPos(to / 1000, "x", true));
      ctx.strokeStyle = { none: look.soft, bad: look.bad, uncertain: look.warn }[doubt];
      ctx.lineWidth = tall[doubt] * ratio;
      ctx.setLineDash(doubt === "none" ? [4 * ratio, 4 * ratio] : []);
      ctx.beginPath();
      ctx.moveTo(left, y);
      ctx.lineTo(right, y);
      ctx.stroke();
    }
  });
  ctx.restore();
}

export function drawHeld(chart: uPlot, at: number | null, colour: string): void {
  if (at === null) return;
  const { ctx, bbox } = chart;
  const x = chart.valToPos(at / 1000, "x", true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5 * (window.devicePixelRatio || 1);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

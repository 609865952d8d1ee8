// One live trend: an hour from the store, then what comes; of a plant that has just begun the time
// since its first value. Values go from their ring straight into
// the chart, at most four times a second; React only makes the box.
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import * as calls from "../api/calls_response.ts";
import type { Tag, TrendRow } from "../api/types_response.ts";
import { serverNow } from "../data/clock.ts";
import { curveOf, type Mark } from "../data/curve.ts";
import { shortTime } from "../data/format.ts";
import { localText, usePrefs } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { startOf } from "../data/trend_span.ts";
import { ringOf, useReading } from "../data/values.ts";
import { figure, stale_ms, tagFigure } from "../data/alarms.ts";
import { Refused } from "../parts/states.tsx";
import { LiveValue, useDesk } from "./control_parts.tsx";
import { doubtLook, drawDoubts } from "./trend_draw.ts";

interface TrendProps {
  tag: Tag;
  hours: number;
}

const redraw_ms = 250;
const two = (n: number) => String(n).padStart(2, "0");

interface Look {
  text: string; line: string; trend: string; band: string; font: string;
  alarm: Record<number, string>;
}
function lookOf(): Look {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: token("tx2"), line: token("line"), trend: token("trend"), band: token("band"),
    font: `12px ${token("font")}`,
    alarm: { 1: token("a1"), 2: token("a2"), 3: token("a3"), 4: token("a4") },
  };
}

// Dashed lines at the limits, in the colour of their priority.
function drawLimits(chart: uPlot, tag: Tag, look: Look): void {
  const { ctx, bbox } = chart;
  const ratio = window.devicePixelRatio || 1;
  ctx.save();
  for (const { limit, priority, kind } of tag.limits) {
    if (!["hh", "h", "l", "ll"].includes(kind)) continue;
    const y = chart.valToPos(limit, "y", true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.beginPath();
    ctx.setLineDash([6 * ratio, 4 * ratio]);
    ctx.lineWidth = 1.5 * ratio;
    ctx.strokeStyle = look.alarm[priority] ?? look.text;
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillStyle = look.text;
    ctx.font = `${11 * ratio}px sans-serif`;
    ctx.textAlign = "right";
    ctx.textBaseline = "bottom";
    ctx.fillText(`${kind.toUpperCase()} ${figure(limit)}`, bbox.left + bbox.width - 4, y - 2);
  }
  ctx.restore();
}

function rangeOf(tag: Tag, low: number, high: number): [number, number] {
  const limits = tag.limits.filter(({ kind }) => ["hh", "h", "l", "ll"].includes(kind))
    .map(({ limit }) => limit).filter((limit) => limit >= tag.low && limit <= tag.high);
  const least = Math.min(low, ...limits);
  const most = Math.max(high, ...limits);
  const pad = Math.max((most - least) * 0.08, 1e-6, Math.abs(most) * 0.01);
  return [least >= 0 && least - pad < 0 ? 0 : least - pad, most + pad];
}

const sizeOf = (box: HTMLElement) =>
  ({ width: Math.max(80, box.clientWidth), height: Math.max(60, box.clientHeight) });

function chartOf(
  box: HTMLElement, tag: Tag, look: Look, marks: { current: Mark[] },
): uPlot {
  const doubts = doubtLook();
  const axis = { stroke: look.text, font: look.font, ticks: { show: false } };
  const grid = { stroke: look.line, width: 1 };
  const clock = (_: uPlot, times: number[]) => times.map((time) => {
    const day = new Date(time * 1000);
    return `${two(day.getHours())}:${two(day.getMinutes())}`;
  });
  return new uPlot({
    ...sizeOf(box), legend: { show: false }, padding: [8, 8, 0, 0],
    cursor: { show: false },
    scales: {
      x: { time: true },
      y: { range: (_, low, high) => rangeOf(tag, low ?? tag.low, high ?? tag.high) },
    },
    axes: [
      { ...axis, grid, values: clock, size: 24, space: 70 },
      { ...axis, grid, size: 44, values: (_, all) => all.map((value) => figure(value)) },
    ],
    series: [
      {}, { stroke: "transparent", points: { show: false } },
      { stroke: "transparent", points: { show: false } },
      { stroke: look.trend, width: 1.6, points: { show: false }, spanGaps: false },
    ],
    bands: [{ series: [2, 1], fill: look.band }],
    hooks: { draw: [(chart) => {
      drawLimits(chart, tag, look);
      drawDoubts(chart, [marks.current], doubts);
    }] },
  }, [[], [], [], []], box);
}

function useChart({ tag, hours }: TrendProps, rows: TrendRow[] | undefined) {
  const box = useRef<HTMLDivElement>(null);
  const marks = useRef<Mark[]>([]);
  const [since, setSince] = useState<number | null>(null);
  const { theme } = usePrefs();
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const chart = chartOf(element, tag, lookOf(), marks);
    let drawn = "";
    const draw = () => {
      if (document.hidden || element.clientWidth === 0) return;
      const ring = ringOf(tag.code);
      const now = serverNow();
      const sign = `${Math.floor(now / 1000)}/${ring.size}`;
      if (sign === drawn) return;
      drawn = sign;
      const span = { from: now - hours * 3600000, to: now };
      const curve = curveOf(rows ?? [], ring, span);
      // Before the store has answered nobody knows when the first value came.
      const start = rows ? startOf([curve], span) : { from: span.from, since: null };
      setSince(start.since);
      // Before the store has answered nothing is known to be missing.
      marks.current = rows ? curve.marks : [];
      const times = curve.times.map((at) => at / 1000);
      chart.setData([times, curve.low, curve.high, curve.mean] as uPlot.AlignedData, false);
      chart.batch(() => {
        chart.setScale("x", { min: start.from / 1000, max: now / 1000 });
      });
    };
    draw();
    const timer = setInterval(draw, redraw_ms);
    const watch = new ResizeObserver(() => {
      drawn = "";
      chart.setSize(sizeOf(element));
      draw();
    });
    watch.observe(element);
    return () => {
      clearInterval(timer);
      watch.disconnect();
      chart.destroy();
    };
  }, [tag.code, rows, theme, hours]);
  return { box, since };
}

export default function Trend(props: TrendProps) {
  const { tag, hours } = props;
  const { t, lang } = useDesk();
  const reading = useReading(tag);
  const query = useQuery(`trend/${tag.code}/${hours}`, () => {
    const now = serverNow();
    return calls.trend(tag.code, now - hours * 3600000, now);
  });
  const { box, since } = useChart(props, query.value?.rows);
  const name = `${tag.code} ${localText(tag.name, lang)}`;
  const value = `${tagFigure(tag, reading.value)} ${tag.unit}`;
  return (
    <figure className="trend">
      <figcaption>
        <span>{name}</span>
        <LiveValue
          text={tagFigure(tag, reading.value)} unit={tag.unit} at={reading.at}
          quality={reading.quality} stale_ms={stale_ms}
        />
      </figcaption>
      {since !== null && (
        <p className="soft trend-since num">{t("trendYoung", { at: shortTime(since) })}</p>
      )}
      <div
        ref={box} className="trend-box live-area" role="img"
        aria-label={t("trendOf", { name, value })}
      />
      {query.refusal && !query.value && <Refused refusal={query.refusal} retry={query.reload} />}
    </figure>
  );
}

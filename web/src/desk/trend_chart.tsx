// The chart of several pens: a band from least to most with the mean on it, holes where data was
// lost, what is bad marked at its foot. Live samples come by the stream; dragging zooms.
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { RecordRow } from "../api/types.ts";
import { tagFigure } from "../data/alarms.ts";
import { serverNow } from "../data/clock.ts";
import { curveOf, type Curve } from "../data/curve.ts";
import { saveAs } from "../data/desk_save.ts";
import { dateTime, wallClock } from "../data/format.ts";
import {
  align, csvOf, percentOf, readAt, shareUnit, type Column, type Pen, type Told,
} from "../data/pens.ts";
import { localText, usePrefs } from "../data/prefs.ts";
import { least_ms, startOf, type TrendWindow } from "../data/trend_span.ts";
import { ringOf, watch } from "../data/values.ts";
import { useBlock } from "../text/block.ts";
import { sensingText } from "../text/sensing_words.ts";
import { useDesk } from "./control_parts.tsx";
import { doubtLook, drawDoubts, drawHeld } from "./trend_draw.ts";
import { drawNotes, TrendNotes, useTrendNotes } from "./trend_notes.tsx";

const redraw_ms = 1000;
const hour_ms = 3_600_000;

interface Look {
  pens: string[];
  text: string;
  line: string;
  held: string;
  font: string;
}
function lookOf(): Look {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  // Ten that stay apart on a dark and on a light ground, also to the colour-blind (Okabe and Ito).
  const pens = [token("trend"), "#e69f00", "#56b4e9", "#009e73", "#d55e00", "#cc79a7", "#b0a000",
    "#8c8cff", "#a0522d", "#7f7f7f"];
  return {
    pens, text: token("tx2"), line: token("line"), held: token("focus"),
    font: `12px ${token("font")}`,
  };
}

// The clock of this screen; days where the period is longer than one, seconds where it is short.
const two = (n: number) => String(n).padStart(2, "0");
function tellTime(chart: uPlot, times: number[]): string[] {
  const { min = 0, max = 0 } = chart.scales["x"] ?? {};
  const wide_s = (max ?? 0) - (min ?? 0);
  return times.map((time) => {
    const at = new Date(time * 1000);
    const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
    if (wide_s <= 600) return `${clock}:${two(at.getSeconds())}`;
    return wide_s <= 90_000
      ? clock : `${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`;
  });
}

interface Scene {
  from: number;
  to: number;
  // The first value, where a moving window is drawn only from there on.
  since: number | null;
  curves: Curve[];
  columns: [number[], ...Column[]];
}
function sceneOf(pens: readonly Pen[], window: TrendWindow): Scene {
  const to = window.isLive ? serverNow() : window.to;
  const from = to - window.hours * hour_ms;
  const curves = pens.map(({ tag, rows, shift_ms }) => curveOf(
    rows, window.isLive && shift_ms === 0 ? ringOf(tag.code) : null,
    { from: from - shift_ms, to: to - shift_ms }));
  const columns = align(curves.map((curve, at) => ({ curve, shift_ms: pens[at]?.shift_ms ?? 0 })));
  // What is laid over the period before needs the whole period.
  const isWhole = !window.isLive || pens.some(({ shift_ms }) => shift_ms !== 0);
  const start = isWhole ? { from, since: null } : startOf(curves, { from, to });
  return { ...start, to, curves, columns };
}

// While the window moves with the clock the stream is listened to and the scene made anew.
function useScene(pens: readonly Pen[], window: TrendWindow): Scene {
  const [turn, setTurn] = useState(0);
  const codes = [...new Set(pens.map(({ tag }) => tag.code))].join(",");
  useEffect(() => {
    if (!window.isLive) return;
    const ends = codes.split(",").filter(Boolean).map(watch);
    const timer = setInterval(() => {
      if (!document.hidden) setTurn((before) => before + 1);
    }, redraw_ms);
    return () => {
      clearInterval(timer);
      ends.forEach((end) => end());
    };
  }, [codes, window.isLive]);
  return useMemo(() => sceneOf(pens, window),
    [pens, turn, window.hours, window.isLive, window.isLive ? 0 : window.to]);
}

interface ChartProps {
  pens: Pen[];
  window: TrendWindow;
  onZoom: (from: number, to: number) => void;
}

function seriesOf(pens: readonly Pen[], look: Look, tags: number): uPlot.Series[] {
  return pens.flatMap((pen, at): uPlot.Series[] => {
    const colour = look.pens[at % tags] ?? look.text;
    const edge = { stroke: "transparent", points: { show: false }, spanGaps: false };
    return [edge, edge, {
      stroke: colour, width: pen.shift_ms ? 1 : 1.8, spanGaps: false,
      ...(pen.shift_ms ? { dash: [4, 4] } : {}),
    }];
  });
}
const bandsOf = (pens: readonly Pen[], look: Look, tags: number): uPlot.Band[] =>
  pens.map((pen, at) => ({
    series: [3 * at + 2, 3 * at + 1],
    fill: `${look.pens[at % tags] ?? look.text}${pen.shift_ms ? "22" : "44"}`,
  }));

interface Held {
  scene: Scene;
  notes: readonly RecordRow[];
  pinned: number | null;
  onZoom: ChartProps["onZoom"];
}
function makeChart(
  box: HTMLElement, pens: readonly Pen[], look: Look, isShared: boolean, held: { current: Held },
  tell: { cursor: (at: number | null) => void; pin: (at: number) => void },
): uPlot {
  const tags = pens.filter((pen) => pen.shift_ms === 0).length;
  const axis = { stroke: look.text, font: look.font, grid: { stroke: look.line, width: 1 } };
  const doubts = doubtLook();
  let isDragged = false;
  const chart = new uPlot({
    width: Math.max(120, box.clientWidth), height: 420, legend: { show: false },
    cursor: { drag: { x: true, y: false, setScale: false } },
    scales: { x: { time: true, range: (_, low, high) => [low, high] } },
    axes: [
      { ...axis, values: tellTime, space: 110 },
      { ...axis, size: 60, label: isShared ? pens[0]?.tag.unit ?? "" : "%" },
    ],
    series: [{}, ...seriesOf(pens, look, tags)],
    bands: bandsOf(pens, look, tags),
    hooks: {
      setCursor: [({ cursor, posToVal }) => tell.cursor(
        cursor.left === undefined || cursor.left < 0 ? null : posToVal(cursor.left, "x") * 1000)],
      setSelect: [(one) => {
        const { left, width } = one.select;
        const from = one.posToVal(left, "x") * 1000;
        const to = one.posToVal(left + width, "x") * 1000;
        isDragged = width > 4;
        if (isDragged && to - from >= least_ms) held.current.onZoom(from, to);
      }],
      draw: [(one) => {
        const lanes = held.current.scene.curves.map(({ marks }, at) =>
          (pens[at]?.shift_ms ? [] : marks));
        drawDoubts(one, lanes.slice(0, tags), doubts);
        drawNotes(one, held.current.notes, look.text);
        drawHeld(one, held.current.pinned, look.held);
      }],
    },
  }, [[], ...pens.flatMap(() => [[], [], []])] as unknown as uPlot.AlignedData, box);
  chart.over.addEventListener("click", () => {
    if (!isDragged && (chart.cursor.left ?? -1) >= 0) {
      tell.pin(chart.posToVal(chart.cursor.left ?? 0, "x") * 1000);
    }
    isDragged = false;
  });
  return chart;
}

function useChart(props: ChartProps, scene: Scene, notes: readonly RecordRow[]) {
  const { pens } = props;
  const { theme } = usePrefs();
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const [pinned, setPinned] = useState<number | null>(null);
  const held = useRef<Held>({ scene, notes, pinned, onZoom: props.onZoom });
  held.current = { scene, notes, pinned, onZoom: props.onZoom };
  const look = useMemo(lookOf, [theme]);
  const isShared = shareUnit(pens.map(({ tag }) => tag));
  const key = pens.map(({ tag, shift_ms }) => `${tag.code}/${shift_ms > 0}`).join(",");
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const tell = { cursor: setCursor, pin: setPinned };
    const chart = makeChart(element, pens, look, isShared, held, tell);
    drawn.current = chart;
    const watchSize = new ResizeObserver(() =>
      chart.setSize({ width: Math.max(120, element.clientWidth), height: 420 }));
    watchSize.observe(element);
    return () => {
      watchSize.disconnect();
      drawn.current = null;
      chart.destroy();
    };
  }, [key, look, isShared]);
  useEffect(() => {
    const chart = drawn.current;
    if (!chart) return;
    const [times, ...columns] = scene.columns;
    const data = columns.map((column, at) => (isShared ? column : column.map((value) =>
      (value === undefined ? value : percentOf(pens[Math.floor(at / 3)]!.tag, value)))));
    chart.batch(() => {
      chart.setData([times, ...data] as uPlot.AlignedData, false);
      chart.setScale("x", { min: scene.from / 1000, max: scene.to / 1000 });
    });
    // A scale that stayed draws nothing by itself.
    chart.redraw(false, true);
  }, [scene, key, look, isShared, notes, pinned]);
  return { box, look, at: cursor ?? pinned, pinned };
}

export function TrendChart(props: ChartProps) {
  const { pens, window } = props;
  const { t } = useDesk();
  const { t: s } = useBlock(sensingText);
  const scene = useScene(pens, window);
  const tags = useMemo(
    () => pens.filter((pen) => pen.shift_ms === 0).map(({ tag }) => tag), [pens]);
  const notes = useTrendNotes(tags, window);
  const chart = useChart(props, scene, notes);
  const at = chart.at ?? scene.to;
  const when = new Date(at).toISOString();
  const noted = chart.pinned === null ? when : new Date(chart.pinned).toISOString();
  const isDoubted = scene.curves.some(({ marks }, place) =>
    marks.length > 0 && pens[place]?.shift_ms === 0);
  const save = () => saveAs(new Blob([`\ufeff${csvOf(pens)}`], { type: "text/csv" }), "trends.csv");
  return (
    <section className="panel">
      <div
        ref={chart.box} className="trends-box" role="img"
        aria-label={t("trendsOf", { n: tags.length })}
      />
      <p className="soft trend-legend">
        {s("band")} · {s("zoomHint")}
        {isDoubted && <DoubtLegend />}
      </p>
      {scene.since !== null && (
        <p className="soft trend-since">{s("trendSince", { at: dateTime(scene.since) })}</p>
      )}
      <div className="row">
        <p className="soft num">{wallClock(at)}</p>
        <button type="button" className="chip" onClick={save}>{t("trendCsv")}</button>
      </div>
      <table className="rows tight">
        <tbody>
          {pens.map((pen, place) => (
            <PenLine
              key={`${pen.tag.code}/${pen.shift_ms > 0}`} pen={pen}
              colour={chart.look.pens[place % tags.length] ?? chart.look.text}
              told={readAt(scene.curves[place] ?? nothing, at - pen.shift_ms)}
            />
          ))}
        </tbody>
      </table>
      <TrendNotes tags={tags} notes={notes} at={noted} />
    </section>
  );
}
const nothing: Curve = { times: [], low: [], high: [], mean: [], marks: [] };

function DoubtLegend() {
  const { t } = useBlock(sensingText);
  return (
    <span className="doubt-legend">
      {(["none", "uncertain", "bad"] as const).map((doubt) => (
        <span key={doubt}><i className={`doubt ${doubt}`} aria-hidden="true" />
          {t(`doubt_${doubt}`)}</span>
      ))}
    </span>
  );
}

interface LineProps {
  pen: Pen;
  colour: string;
  told: Told;
}
function PenLine({ pen, colour, told }: LineProps) {
  const { t, lang } = useDesk();
  const { t: s } = useBlock(sensingText);
  const { tag } = pen;
  const isBand = told.low !== null && told.high !== null && told.low !== told.high;
  return (
    <tr>
      <td>
        <i
          className="pen" aria-hidden="true"
          style={{ background: colour, opacity: pen.shift_ms ? 0.5 : 1 }}
        />
      </td>
      <th scope="row" className="num nowrap">
        <a className="device-link" href={`#/device/${tag.code}`}>{tag.code}</a>
      </th>
      <td>
        {localText(tag.name, lang)}
        {pen.shift_ms > 0 && ` · ${t("trendBefore")}`}
      </td>
      <td className="num nowrap">{tagFigure(tag, told.mean)} {tag.unit}</td>
      <td className="num nowrap soft">
        {isBand && `${s("leastMost")} ${tagFigure(tag, told.low)}~${tagFigure(tag, told.high)}`}
        {told.doubt && <b className="is-down"> ! {s(`doubt_${told.doubt}`)}</b>}
      </td>
    </tr>
  );
}

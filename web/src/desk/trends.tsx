// Trends of up to ten tags on one axis: a period, the one before laid over it, values under the
// cursor, the table behind it as CSV. What is drawn stands in the address, so that it can be sent.
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import * as calls from "../api/calls_response.ts";
import type { Tag } from "../api/types_response.ts";
import { tagFigure, useTags, useTagsOf } from "../data/alarms.ts";
import { serverNow } from "../data/clock.ts";
import { dateTime } from "../data/format.ts";
import { align, csvOf, pensMax, percentOf, shareUnit, type Pen } from "../data/pens.ts";
import { localText, usePrefs } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { replaceRoute } from "../data/route.ts";
import { Empty, Ready } from "../parts/states.tsx";
import { useTitle } from "../parts/shell.tsx";
import { useDesk } from "./control_parts.tsx";
import { drawNotes, TrendNotes, useTrendNotes } from "./trend_notes.tsx";

const spans_h = [1, 8, 24, 168, 720];
const points = 900;
const refresh_ms = 15_000;
const hour_ms = 3_600_000;

export default function Trends({ query }: { query: Record<string, string> }) {
  const { t } = useDesk();
  const tags = useTags();
  useTitle(t("navTrends"));
  return (
    <Ready query={tags}>
      {({ rows, total }) => <Page tags={rows} isWhole={total === rows.length} query={query} />}
    </Ready>
  );
}

interface PageProps {
  tags: Tag[];
  isWhole: boolean;
  query: Record<string, string>;
}
function Page({ tags, isWhole, query }: PageProps) {
  const { t } = useDesk();
  const codes = (query["tags"] ?? "").split(",").filter(Boolean).slice(0, pensMax);
  const hours = Number(query["hours"] ?? 8) || 8;
  const isCompared = query["compare"] === "1";
  const picked = useTagsOf(codes);
  const set = (next: Record<string, string>) => {
    const whole = { tags: codes.join(","), hours: String(hours), compare: isCompared ? "1" : "" };
    replaceRoute("trends", { ...whole, ...next });
  };
  return (
    <div className="trends-page">
      <div className="row">
        <h1>{t("navTrends")}</h1>
        <div className="row" role="group" aria-label={t("trendSpan")}>
          {spans_h.map((one) => (
            <button
              key={one} type="button" className="chip" aria-pressed={one === hours}
              onClick={() => set({ hours: String(one) })}
            >{one < 48 ? t("hoursN", { n: one }) : t("daysN", { n: one / 24 })}</button>
          ))}
        </div>
        <button
          type="button" className="chip" aria-pressed={isCompared}
          onClick={() => set({ compare: isCompared ? "" : "1" })}
        >{t("trendCompare")}</button>
        <a className="chip" href="#/tags">{t("wallTitle")}</a>
      </div>
      <Chooser
        tags={tags} isWhole={isWhole} codes={codes}
        onChange={(next) => set({ tags: next.join(",") })}
      />
      {picked.length === 0
        ? <Empty icon="board" title={t("trendNone")} />
        : <Drawn tags={picked} hours={hours} isCompared={isCompared} />}
    </div>
  );
}

interface ChooserProps {
  tags: Tag[];
  isWhole: boolean;
  codes: string[];
  onChange: (codes: string[]) => void;
}
function Chooser({ tags, isWhole, codes, onChange }: ChooserProps) {
  const { t, lang } = useDesk();
  const [words, setWords] = useState("");
  const text = words.trim().toLowerCase();
  const asked = isWhole ? "" : text;
  const other = useQuery(`tags/find/${asked}`, async () =>
    asked === "" ? [] : (await calls.tags({ search: asked })).rows);
  const all = isWhole ? tags : other.value ?? [];
  const found = text === "" ? [] : all.filter((tag) => !codes.includes(tag.code) &&
    `${tag.code} ${tag.name.zh} ${tag.name.en}`.toLowerCase().includes(text)).slice(0, 12);
  return (
    <section className="panel trend-chooser" aria-label={t("trendPens")}>
      <input
        type="search" value={words} aria-label={t("trendSearch")} placeholder={t("trendSearch")}
        disabled={codes.length >= pensMax} onChange={(event) => setWords(event.target.value)}
      />
      <div className="row">
        {found.map((tag) => (
          <button
            key={tag.code} type="button" className="chip"
            onClick={() => { setWords(""); onChange([...codes, tag.code]); }}
          >+ {tag.code} {localText(tag.name, lang)}</button>
        ))}
      </div>
      <div className="row">
        {codes.map((code) => (
          <button
            key={code} type="button" className="chip" aria-label={t("trendRemove", { code })}
            onClick={() => onChange(codes.filter((one) => one !== code))}
          >{code} ×</button>
        ))}
        <span className="soft">{t("trendPensN", { n: codes.length, most: pensMax })}</span>
      </div>
    </section>
  );
}

interface DrawnProps {
  tags: Tag[];
  hours: number;
  isCompared: boolean;
}
function Drawn({ tags, hours, isCompared }: DrawnProps) {
  const key = tags.map(({ code }) => code).join(",");
  const query = useQuery(`trends/${key}/${hours}/${isCompared}`, async () => {
    const to = serverNow();
    const shifts = isCompared ? [0, hours * hour_ms] : [0];
    const wanted = shifts.flatMap((shift_ms) => tags.map((tag) => ({ tag, shift_ms })));
    return Promise.all(wanted.map(async ({ tag, shift_ms }): Promise<Pen> => {
      const end = to - shift_ms;
      const { rows } = await calls.trend(tag.code, end - hours * hour_ms, end, points);
      return { tag, rows, shift_ms };
    }));
  });
  const { reload } = query;
  useEffect(() => {
    const timer = setInterval(() => { if (!document.hidden) reload(); }, refresh_ms);
    return () => clearInterval(timer);
  }, [reload]);
  return <Ready query={query}>{(pens) => <Chart pens={pens} hours={hours} />}</Ready>;
}

const colours = () => {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  // Ten that stay apart on a dark and on a light ground, also to the colour-blind (Okabe and Ito).
  const pens = [token("trend"), "#e69f00", "#56b4e9", "#009e73", "#d55e00", "#cc79a7", "#b0a000",
    "#8c8cff", "#a0522d", "#7f7f7f"];
  return { pens, text: token("tx2"), line: token("line"), font: `12px ${token("font")}` };
};

// The clock of this screen; days where the period is longer than one.
const two = (n: number) => String(n).padStart(2, "0");
const tellTime = (hours: number) => (_: uPlot, times: number[]) => times.map((time) => {
  const at = new Date(time * 1000);
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return hours <= 24 ? clock : `${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`;
});

function Chart({ pens, hours }: { pens: Pen[]; hours: number }) {
  const { t, lang } = useDesk();
  const { theme } = usePrefs();
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<number | null>(null);
  const tags = useMemo(
    () => pens.filter((pen) => pen.shift_ms === 0).map(({ tag }) => tag), [pens],
  );
  const columns = useMemo(() => align(pens), [pens]);
  const isShared = shareUnit(tags);
  const look = useMemo(colours, [theme]);
  const notes = useTrendNotes(tags, hours);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const size = () => ({ width: Math.max(120, element.clientWidth), height: 420 });
    const axis = { stroke: look.text, font: look.font, grid: { stroke: look.line, width: 1 } };
    const [times, ...values] = columns;
    const end = serverNow() / 1000;
    const drawn = values.map((column, place) => (isShared
      ? column : column.map((value) => percentOf(pens[place]?.tag ?? tags[0]!, value))));
    const chart = new uPlot({
      ...size(), legend: { show: false },
      scales: { x: { time: true, range: () => [end - hours * 3600, end] } },
      axes: [
        { ...axis, values: tellTime(hours), space: hours <= 24 ? 60 : 110 },
        { ...axis, size: 60, label: isShared ? tags[0]?.unit ?? "" : "%" },
      ],
      series: [{}, ...pens.map((pen, place) => ({
        stroke: look.pens[place % tags.length] ?? look.text, width: pen.shift_ms ? 1 : 1.8,
        ...(pen.shift_ms ? { dash: [4, 4] } : {}), points: { show: times.length < 3 },
        spanGaps: true,
      }))],
      hooks: {
        setCursor: [(one) => setAt(one.cursor.idx ?? null)],
        draw: [(one) => drawNotes(one, notes, look.text)],
      },
    }, [times, ...drawn] as unknown as uPlot.AlignedData, element);
    const watch = new ResizeObserver(() => chart.setSize(size()));
    watch.observe(element);
    return () => { watch.disconnect(); chart.destroy(); };
  }, [columns, pens, tags, isShared, look, hours, notes]);
  const last = columns[0].length - 1;
  const place = Math.min(at ?? last, last);
  const second = columns[0][place];
  const when = second === undefined ? undefined : new Date(second * 1000).toISOString();
  return (
    <section className="panel">
      <div
        ref={box} className="trends-box" role="img"
        aria-label={t("trendsOf", { n: tags.length })}
      />
      <div className="row">
        <p className="soft num">{when === undefined ? "" : dateTime(when)}</p>
        <button type="button" className="chip" onClick={() => save(csvOf(pens))}>
          {t("trendCsv")}
        </button>
      </div>
      <table className="rows tight">
        <tbody>
          {pens.map((pen, pen_at) => (
            <tr key={`${pen.tag.code}/${pen.shift_ms}`}>
              <td>
                <i
                  className="pen" aria-hidden="true"
                  style={{
                    background: look.pens[pen_at % tags.length], opacity: pen.shift_ms ? 0.5 : 1,
                  }}
                />
              </td>
              <th scope="row" className="num nowrap">{pen.tag.code}</th>
              <td>
                {localText(pen.tag.name, lang)}
                {pen.shift_ms > 0 && ` · ${t("trendBefore")}`}
              </td>
              <td className="num nowrap">
                {tagFigure(pen.tag, columns[pen_at + 1]?.[place] ?? null)} {pen.tag.unit}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <TrendNotes tags={tags} notes={notes} at={when} />
    </section>
  );
}

function save(text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`\ufeff${text}`], { type: "text/csv" }));
  link.download = "trends.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Trends of up to ten tags on one axis: a period, the one before laid over it, values under the
// cursor, the table behind it as CSV. What is drawn stands in the address, so that it can be sent.
import { useEffect, useState } from "react";
import * as calls from "../api/calls_response.ts";
import type { Tag } from "../api/types_response.ts";
import { isAnalogue, useTags, useTagsOf } from "../data/alarms.ts";
import { serverNow } from "../data/clock.ts";
import { dateTime, readDateTime } from "../data/format.ts";
import { firstOf, pensMax, type Pen } from "../data/pens.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { replaceRoute } from "../data/route.ts";
import {
  asQuery, drawnFrom, least_ms, most_ms, stepped, trendWindow, type Step, type TrendWindow,
} from "../data/trend_span.ts";
import { useBlock } from "../text/block.ts";
import { retireText } from "../text/retire_words.ts";
import { sensingText } from "../text/sensing_words.ts";
import { Button } from "../parts/button.tsx";
import { TextField } from "../parts/field.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { useTitle } from "../parts/shell.tsx";
import { useDesk } from "./control_parts.tsx";
import { TrendChart } from "./trend_chart.tsx";

const spans_h = [1, 8, 24, 168, 720];
const points = 900;
const reread_ms = 60_000;
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
  const window = trendWindow(query, serverNow());
  const isCompared = query["compare"] === "1";
  const picked = useTagsOf(codes);
  const chosen = window.isLive
    ? { hours: String(window.hours) } : asQuery(window.from, window.to);
  const set = (next: Record<string, string>) => {
    const whole = { tags: codes.join(","), compare: isCompared ? "1" : "", ...chosen, ...next };
    replaceRoute("trends", whole);
  };
  const setHours = (hours: number) => {
    const kept = { tags: codes.join(","), compare: isCompared ? "1" : "" };
    replaceRoute("trends", { ...kept, hours: String(hours) });
  };
  const zoom = (from: number, to: number) => set(asQuery(from, to));
  return (
    <div className="trends-page">
      <div className="row">
        <h1>{t("navTrends")}</h1>
        <div className="row" role="group" aria-label={t("trendSpan")}>
          {spans_h.map((one) => (
            <button
              key={one} type="button" className="chip"
              aria-pressed={window.isLive && one === window.hours} onClick={() => setHours(one)}
            >{one < 48 ? t("hoursN", { n: one }) : t("daysN", { n: one / 24 })}</button>
          ))}
        </div>
        <button
          type="button" className="chip" aria-pressed={isCompared}
          onClick={() => set({ compare: isCompared ? "" : "1" })}
        >{t("trendCompare")}</button>
        <a className="chip" href="#/tags">{t("wallTitle")}</a>
      </div>
      <Dates
        key={`${window.isLive}/${query["from"]}/${query["to"]}`} window={window} onZoom={zoom}
        onLive={() => setHours(8)}
      />
      <Chooser
        tags={tags} isWhole={isWhole} codes={codes}
        onChange={(next) => set({ tags: next.join(",") })}
      />
      {picked.length === 0
        ? <Empty icon="board" title={t("trendNone")} />
        : <Drawn tags={picked} window={window} isCompared={isCompared} onZoom={zoom} />}
    </div>
  );
}

interface DatesProps {
  window: TrendWindow;
  onZoom: (from: number, to: number) => void;
  onLive: () => void;
}
const steps: Step[] = ["earlier", "nearer", "further", "later"];
// A window by its dates, written as everywhere here whatever the browser's language, and stepping
// it without a mouse.
function Dates({ window, onZoom, onLive }: DatesProps) {
  const { t } = useBlock(sensingText);
  const [from, setFrom] = useState(() => dateTime(window.from));
  const [to, setTo] = useState(() => dateTime(window.to));
  const wide = readDateTime(to) - readDateTime(from);
  const isGood = wide >= least_ms && wide <= most_ms;
  const isNew = from !== dateTime(window.from) || to !== dateTime(window.to);
  const move = (step: Step) => {
    const next = stepped({ ...window, ...(window.isLive ? { to: serverNow() } : {}) }, step);
    onZoom(next.from, next.to);
  };
  return (
    <section className="panel trend-dates row" aria-label={`${t("from")} – ${t("to")}`}>
      <TextField label={t("from")} value={from} onChange={setFrom} maxLength={16} />
      <TextField
        label={t("to")} value={to} onChange={setTo} maxLength={16}
        fault={isGood ? undefined : t("windowBad")}
      />
      <Button
        text={t("showWindow")} isOff={!isGood || !isNew}
        run={() => onZoom(readDateTime(from), readDateTime(to))}
      />
      {steps.map((step) => (
        <button key={step} type="button" className="chip" onClick={() => move(step)}>
          {t(`zoom_${step}`)}
        </button>
      ))}
      {!window.isLive && <Button text={t("backToLive")} kind="main" run={onLive} />}
    </section>
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
  const { t: retired } = useBlock(retireText);
  const [words, setWords] = useState("");
  const text = words.trim().toLowerCase();
  const asked = isWhole ? "" : text;
  const other = useQuery(`tags/find/${asked}`, async () =>
    asked === "" ? [] : (await calls.tags({ search: asked })).rows);
  // What is out of use is found by its code or name, never offered by itself.
  const gone = useQuery("tags/retired", async () => (await calls.tags({ retired: "1" })).rows);
  const all = [...(isWhole ? tags : other.value ?? []), ...(gone.value ?? [])];
  // Whoever opens an empty page is offered the first that have limits.
  const offered = codes.length === 0 ? tags.filter(isAnalogue).slice(0, 12) : [];
  const found = text === "" ? offered : all.filter((tag) => !codes.includes(tag.code) &&
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
          >
            + {tag.code} {localText(tag.name, lang)}
            {tag.is_retired && ` · ${retired("retired")}`}
          </button>
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
  window: TrendWindow;
  isCompared: boolean;
  onZoom: (from: number, to: number) => void;
}
function Drawn({ tags, window, isCompared, onZoom }: DrawnProps) {
  const key = tags.map(({ code }) => code).join(",");
  const wide_ms = window.hours * hour_ms;
  const place = window.isLive ? `${window.hours}h` : `${window.from}-${window.to}`;
  const query = useQuery(`trends/${key}/${place}/${isCompared}`, async () => {
    const to = window.isLive ? serverNow() : window.to;
    const shifts = isCompared ? [0, wide_ms] : [0];
    const wanted = shifts.flatMap((shift_ms) => tags.map((tag) => ({ tag, shift_ms })));
    const read = (from: number) => Promise.all(wanted.map(
      async ({ tag, shift_ms }): Promise<Pen> => {
        const end = to - shift_ms;
        const { rows } = await calls.trend(tag.code, from - shift_ms, end, points);
        return { tag, rows, shift_ms };
      }));
    const pens = await read(to - wide_ms);
    if (!window.isLive || isCompared) return pens;
    // A young plant has all its values in few of the parts: they are read again, finer.
    const from = drawnFrom({ from: to - wide_ms, to }, firstOf(pens));
    return from > to - wide_ms ? read(from) : pens;
  });
  const { reload } = query;
  // What is new comes by the stream; now and then the stored parts are read again, for what came
  // late.
  useEffect(() => {
    if (!window.isLive) return;
    const timer = setInterval(() => { if (!document.hidden) reload(); }, reread_ms);
    return () => clearInterval(timer);
  }, [reload, window.isLive]);
  return (
    <Ready query={query}>
      {(pens) => <TrendChart pens={pens} window={window} onZoom={onZoom} />}
    </Ready>
  );
}

// Key figures of the hazard loop, computed by the server from what happened. Each says on how many
// cases it stands and opens them; what is too few to say much is marked.
import { useState } from "react";
import * as calls from "../api/calls.ts";
import { figures } from "../api/calls_hazard.ts";
import type { Figure } from "../api/types_hazard.ts";
import { serverNow } from "../data/clock.ts";
import {
  barOf, grouped, intervalOf, presetOf, presets, told, windowOf, type Window,
} from "../data/desk_figures.ts";
import { casesHref } from "../data/desk_filter.ts";
import { dateTime } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { replaceRoute } from "../data/route.ts";
import { useWork, type WorkSpeech } from "../text/desk_work.ts";
import { Button } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { DayField } from "./day_field.tsx";
import { Select } from "./hazard_filters.tsx";
import "../styles/desk_work.css";

export default function FiguresPage({ query }: { query: Record<string, string> }) {
  const { w } = useWork();
  useTitle(w("figuresTitle"));
  const window = windowOf(query, serverNow());
  const { from, to, org } = window;
  const answer = useQuery(`figures/${from}/${to}/${org}`, () => figures({ from, to, org }));
  return (
    <div className="list-page figures">
      <div className="row">
        <h1>{w("figuresTitle")}</h1>
        <span className="soft grow">{w("figuresHint")}</span>
        {answer.value && (
          <span className="soft num">{w("madeAt", { at: dateTime(answer.value.made_at) })}</span>
        )}
        <Button text={w("again")} icon="refresh" isBusy={answer.isLoading} run={answer.reload} />
      </div>
      <WindowBar window={window} />
      <Ready query={answer}>
        {({ rows }) => rows.length === 0 ? <Empty icon="board" title={w("figuresNone")} />
          : <Groups rows={rows} />}
      </Ready>
    </div>
  );
}

function WindowBar({ window }: { window: Window }) {
  const { w, lang } = useWork();
  const now = serverNow();
  const units = useQuery("org", calls.org).value?.units ?? [];
  const put = (next: Partial<Window>) => {
    const { from, to, org } = { ...window, ...next };
    replaceRoute("figures", { from, to, ...(org ? { org } : {}) });
  };
  const sorted = [...units].sort((a, b) => a.path.localeCompare(b.path));
  const depth = (path: string) => Math.max(0, path.split("/").filter(Boolean).length - 1);
  return (
    <section className="panel case-filters" aria-label={w("period")}>
      <div className="case-levels" role="group" aria-label={w("period")}>
        {presets.map((days) => {
          const range = presetOf(days, now);
          const isHere = range.from === window.from && range.to === window.to;
          return (
            <button
              key={days} type="button" className="chip" aria-pressed={isHere}
              onClick={() => put(range)}
            >{w("lastDays", { n: days })}</button>
          );
        })}
      </div>
      <DayField
        label={w("dayFrom")} value={window.from} max={window.to}
        onChange={(from) => from && put({ from })}
      />
      <DayField
        label={w("dayTo")} value={window.to} min={window.from} onChange={(to) => to && put({ to })}
      />
      <Select
        label={w("unit")} value={window.org} set={(org) => put({ org })}
        choices={sorted.map((unit) => ({
          value: unit.path,
          text: `${"\u3000".repeat(depth(unit.path))}${localText(unit.name, lang)}`,
        }))}
      />
    </section>
  );
}

function Groups({ rows }: { rows: Figure[] }) {
  const { w } = useWork();
  return grouped(rows).map((group) => (
    <section key={group.id} aria-labelledby={`group-${group.id}`} className="figure-group">
      <h2 id={`group-${group.id}`}>{w(`figures_${group.id}`)}</h2>
      <ul className="figure-cards">
        {group.rows.map((row) => <FigureCard key={row.id} row={row} />)}
      </ul>
    </section>
  ));
}

function worded(value: number, row: Figure, { w, lang }: WorkSpeech): string {
  const { number, unit } = told(value, row.unit, lang);
  return unit === "" ? number : `${number} ${w(`unit_${unit === "%" ? "percent" : unit}`)}`;
}

function FigureCard({ row }: { row: Figure }) {
  const speech = useWork();
  const { w, lang } = speech;
  const [isOpen, setOpen] = useState(false);
  const name = localText(row.name, lang);
  const href = casesHref(row);
  const cases = w("openCasesN", { n: row.cases ?? row.base });
  const value = row.value === null ? null : told(row.value, row.unit, lang);
  return (
    <li className={`panel figure${row.small ? " small" : ""}`}>
      <h3>{name}</h3>
      <p className="figure-value num">
        {value
          ? <><b>{value.number}</b> {value.unit && (
            <span>{w(`unit_${value.unit === "%" ? "percent" : value.unit}`)}</span>
          )}</>
          : <b className="unknown">{w("notKnown")}</b>}
      </p>
      <FigureBar row={row} />
      <Spread row={row} />
      <p className="soft num">
        {w(row.unit === "per_head" ? "figureHeads" : "figureBase", { n: row.base })}
      </p>
      {row.small && <p className="figure-small"><Icon name="warn" /> {w("figureSmall")}</p>}
      <div className="row figure-foot">
        <button
          type="button" className="link" aria-expanded={isOpen}
          aria-label={`${w("formula")} · ${name}`} onClick={() => setOpen(!isOpen)}
        >{w("formula")}</button>
        {href
          ? (
            <a href={href} aria-label={`${cases} · ${name}`}>{cases} <Icon name="next" /></a>
          )
          : <span className="soft">{w("noCases")}</span>}
      </div>
      {isOpen && <p className="formula">{localText(row.formula, lang)}</p>}
    </li>
  );
}

function Spread({ row }: { row: Figure }) {
  const speech = useWork();
  const { w } = speech;
  const interval = intervalOf(row);
  if (interval.kind === "none") return null;
  const text = interval.kind === "longer"
    ? w("longerThan", { low: worded(interval.low, row, speech) })
    : w("interval", {
      low: worded(interval.low, row, speech), high: worded(interval.high, row, speech),
    });
  return <p className="soft num">{text}</p>;
}

function FigureBar({ row }: { row: Figure }) {
  const bar = barOf(row);
  if (!bar) return null;
  const [low, high] = [bar.low * 100, bar.high * 100];
  return (
    <svg className="figure-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect className="room" y="3" width="100" height="4" />
      <rect className="span" x={low} y="3" width={Math.max(0.6, high - low)} height="4" />
      {bar.value !== null && (
        <rect className="at" x={bar.value * 100 - 0.5} width="1" height="10" />
      )}
    </svg>
  );
}

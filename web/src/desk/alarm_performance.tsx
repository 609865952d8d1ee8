// How the alarm system does, by the measures of ISA-18.2: figures against their targets, the load
// over time, bad actors, chatter, what stands for days. Of one area or of all one may see.
import { alarmPerformance } from "../api/calls_response.ts";
import type { AlarmLoad, AlarmPerformance, PerformanceFigure } from "../api/types_response.ts";
import { useAreas } from "../data/areas.ts";
import { bins, tellFigure } from "../data/alarm_performance.ts";
import { serverNow } from "../data/clock.ts";
import { presetOf, presets, windowOf } from "../data/desk_figures.ts";
import { dateTime } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { replaceRoute } from "../data/route.ts";
import { useBlock } from "../text/block.ts";
import { sensingText } from "../text/sensing_words.ts";
import { Icon } from "../parts/icon.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { PrioritySign, useDesk } from "./control_parts.tsx";
import { Follows } from "./alarm_follows.tsx";
import { FilterChips } from "./filter_chips.tsx";
import "../styles/desk_work.css";

const startOf = (day: string) => new Date(`${day}T00:00:00`).toISOString();
const endOf = (day: string, now: number) =>
  new Date(Math.min(Date.parse(`${day}T23:59:59.999`), now)).toISOString();
const days_most = 92;
const follow_min = 5;

export function Performance({ query }: { query: Record<string, string> }) {
  const { t, lang } = useDesk();
  const { t: s } = useBlock(sensingText);
  const areas = useAreas();
  const now = serverNow();
  const { from, to } = windowOf(query, now);
  const area = query["area"] ?? "";
  const answer = useQuery(`alarms/performance/${from}/${to}/${area}`, () =>
    alarmPerformance(startOf(from), endOf(to, now), area, follow_min));
  const go = (next: Record<string, string>) =>
    replaceRoute("alarms/performance", { from, to, ...(area ? { area } : {}), ...next });
  return (
    <div className="figures performance-page">
      <section className="panel alarm-filters" aria-label={t("filters")}>
        <div className="row">
          {presets.filter((days) => days <= days_most).map((days) => {
            const range = presetOf(days, now);
            return (
              <button
                key={days} type="button" className="chip"
                aria-pressed={range.from === from && range.to === to}
                onClick={() => go({ ...range })}
              >{t("daysN", { n: days })}</button>
            );
          })}
          <span className="soft num">{from} – {to}</span>
        </div>
        <FilterChips
          label={t("area")} value={area} onChange={(next) => go({ area: next })}
          choices={areas.rows.map((row) => ({
            value: String(row["code"]), text: areas.nameOf(row.id, lang),
          }))}
        />
      </section>
      {area === "" && (
        <Positions
          codes={areas.rows.map((row) => String(row["code"]))} to={endOf(to, now)}
          from={startOf(from)} range={`${from}/${to}`} onPick={(next) => go({ area: next })}
        />
      )}
      {area === "" && <h2>{s("wholePlant")}</h2>}
      <Ready query={answer}>{(found) => <Found found={found} />}</Ready>
    </div>
  );
}

interface PositionsProps {
  codes: string[];
  from: string;
  to: string;
  range: string;
  onPick: (area: string) => void;
}
const positions_max = 24;
// Each operator position by itself: the mean of a plant hides the one that drowns.
function Positions({ codes, from, to, range, onPick }: PositionsProps) {
  const { t, lang } = useDesk();
  const { t: s } = useBlock(sensingText);
  const areas = useAreas();
  const asked = codes.slice(0, positions_max);
  const query = useQuery(`alarms/positions/${range}/${asked.join(",")}`, () =>
    Promise.all(asked.map((area) => alarmPerformance(from, to, area)
      .then((found) => ({ area, found })))));
  return (
    <Ready query={query}>
      {(rows) => (
        <section className="panel table-box" role="group" tabIndex={0} aria-label={s("positions")}>
          <h2>{s("positions")}</h2>
          <table className="rows tight positions">
            <thead>
              <tr>
                <th scope="col">{t("area")}</th>
                {rows[0]?.found.figures.map((one) => (
                  <th key={one.figure} scope="col">
                    {localText(one.name, lang)}{one.unit && ` (${one.unit})`}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...rows].sort((a, b) => b.found.annunciated - a.found.annunciated).map((row) => (
                <tr key={row.area} data-area={row.area}>
                  <th scope="row">
                    <button type="button" className="plain-link" onClick={() => onPick(row.area)}>
                      {areas.nameOf(row.area, lang)}
                    </button>
                  </th>
                  {row.found.figures.map((one) => (
                    <td key={one.figure} className="num nowrap">
                      {tellFigure(one.value, lang)}{" "}
                      {one.verdict === "poor" && (
                        <b className="is-down"><Icon name="warn" /> {t("verdict_poor")}</b>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Ready>
  );
}

function Found({ found }: { found: AlarmPerformance }) {
  const { t } = useDesk();
  return (
    <>
      <ul className="figure-cards">
        {found.figures.map((figure) => <Card key={figure.figure} figure={figure} />)}
      </ul>
      <section className="panel">
        <h2>{t("loadTitle")}</h2>
        <Load windows={found.windows} from={found.from} />
      </section>
      <div className="performance-lists">
        <List title={t("worstTitle")} none={t("alarmsNone")} rows={found.worst} />
        <List title={t("chatterTitle")} none={t("chatterNone")} rows={found.chattering} />
        <List title={t("standingTitle")} none={t("standingNone")} rows={found.standing} />
        <section className="panel">
          <h2>{t("prioritiesTitle")}</h2>
          <table className="rows tight">
            <tbody>
              {found.priorities.map((row) => (
                <tr key={row.priority}>
                  <th scope="row"><PrioritySign priority={row.priority} /></th>
                  <td className="num">{row.count}</td>
                  <td className="num">{row.share.toFixed(1)} %</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </div>
      {found.follows && <Follows rows={found.follows} minutes={follow_min} />}
      <p className="soft">{t("performanceNote")}</p>
    </>
  );
}

function Card({ figure }: { figure: PerformanceFigure }) {
  const { t, lang } = useDesk();
  const value = (one: number) => tellFigure(one, lang);
  return (
    <li className={`panel figure performance ${figure.verdict}`}>
      <h3>{localText(figure.name, lang)}</h3>
      <p className="figure-value num">
        <b>{value(figure.value)}</b> <span>{figure.unit}</span>
      </p>
      <p className="verdict">
        <Icon name={figure.verdict === "good" ? "check" : "warn"} />{" "}
        {t(`verdict_${figure.verdict}`)}
      </p>
      <p className="soft num figure-foot">
        {t("targetUpTo", { value: value(figure.target) })}
        {figure.most > figure.target && ` · ${t("ceilingUpTo", { value: value(figure.most) })}`}
        {" · "}{figure.source}
      </p>
    </li>
  );
}

const tall = 120;
// The most of 10 minutes in each stretch: what a mean would hide is what matters here.
function Load({ windows, from }: { windows: number[]; from: string }) {
  const { t } = useDesk();
  const bars = bins(windows, from);
  const most = Math.max(10, ...bars.map((bar) => bar.most));
  const floodAt = tall - (10 / most) * tall;
  const label = t("loadLabel", { n: most });
  return (
    <figure className="load-figure">
      <svg
        viewBox={`0 0 ${bars.length} ${tall}`} preserveAspectRatio="none" role="img"
        aria-label={label} height={tall}
      >
        {bars.map((bar, at) => (
          <rect
            key={bar.at} x={at + 0.1} width={0.8} y={tall - (bar.most / most) * tall}
            height={(bar.most / most) * tall}
            className={bar.most > 10 ? "flood" : bar.most > 2 ? "much" : ""}
          />
        ))}
        <line x1={0} x2={bars.length} y1={floodAt} y2={floodAt} />
      </svg>
      <figcaption className="soft num row">
        <span>{dateTime(bars[0]?.at ?? from)}</span>
        <span className="grow">{t("loadCaption")}</span>
        <span>{dateTime(bars.at(-1)?.at ?? from)}</span>
      </figcaption>
    </figure>
  );
}

function List({ title, none, rows }: { title: string; none: string; rows: AlarmLoad[] }) {
  const { lang } = useDesk();
  return (
    <section className="panel">
      <h2>{title}</h2>
      {rows.length === 0 ? <Empty icon="check" title={none} /> : (
        <table className="rows tight">
          <tbody>
            {rows.map((row) => (
              <tr key={row.alarm}>
                <th scope="row" className="num nowrap">{row.code ?? "—"}</th>
                <td>{row.name ? localText(row.name, lang) : ""}</td>
                <td className="num nowrap">
                  {row.since ? dateTime(row.since) : row.count}
                  {row.share !== undefined && ` · ${row.share.toFixed(1)} %`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

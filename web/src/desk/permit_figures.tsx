// Figures of permits: how long from application to signature, how much stood still, which
// violations were caught; each opens the permits it is made of.
import { useState } from "react";
import { permitFigures } from "../api/calls_permit.ts";
import type { FormSource, RecordRow } from "../api/types.ts";
import type { RefusedApplication } from "../api/types_permit.ts";
import { serverNow } from "../data/clock.ts";
import { presetOf, presets, windowOf } from "../data/desk_figures.ts";
import { dateTime } from "../data/format.ts";
import { figureRows, figureText, type FigureRow } from "../data/permit_figures.ts";
import { useQuery } from "../data/query.ts";
import {
  choiceText, fieldTitle, titleOf, useAllRows, useForm, useRows,
} from "../data/records.ts";
import { replaceRoute } from "../data/route.ts";
import {
  permitDeskText, usePermitDesk, type PermitDeskKey,
} from "../text/permit_desk.ts";
import { StateBadge } from "../parts/badge.tsx";
import { Icon } from "../parts/icon.tsx";
import { kindText } from "../parts/permit_marks.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import "../styles/desk_work.css";

// Days of the plant on this screen, both counted.
const startOf = (day: string) => new Date(`${day}T00:00:00`).toISOString();
const endOf = (day: string) => new Date(`${day}T23:59:59.999`).toISOString();

export default function FiguresPage({ query }: { query: Record<string, string> }) {
  const { p } = usePermitDesk();
  const { from, to } = windowOf(query, serverNow());
  const answer = useQuery(`records/permit/figures/${from}/${to}`, () =>
    permitFigures(startOf(from), endOf(to)));
  return (
    <div className="figures">
      <section className="panel case-filters" aria-label={p("period")}>
        <div className="case-levels" role="group" aria-label={p("period")}>
          {presets.map((days) => {
            const range = presetOf(days, serverNow());
            return (
              <button
                key={days} type="button" className="chip"
                aria-pressed={range.from === from && range.to === to}
                onClick={() => replaceRoute("permits/figures", { ...range })}
              >{p("daysN", { n: days })}</button>
            );
          })}
        </div>
        <span className="soft num">{from} – {to}</span>
      </section>
      <Ready query={answer}>
        {(figures) => figures.applied.count + figures.caught.length === 0
          ? <Empty icon="board" title={p("figuresNone")} />
          : <Cards rows={figureRows(figures)} />}
      </Ready>
    </div>
  );
}

function Cards({ rows }: { rows: FigureRow[] }) {
  const { p } = usePermitDesk();
  const [open, setOpen] = useState("");
  const chosen = rows.find((row) => keyOf(row) === open);
  return (
    <>
      <ul className="figure-cards">
        {rows.map((row) => (
          <Card
            key={keyOf(row)} row={row} isOpen={keyOf(row) === open}
            onOpen={() => setOpen(keyOf(row) === open ? "" : keyOf(row))}
          />
        ))}
      </ul>
      {chosen && (
        <section className="panel" aria-label={p("figurePermits")}>
          <h2>
            <Name row={chosen} />
            <span className="num soft">{chosen.permits.length + chosen.applications.length}</span>
          </h2>
          {chosen.permits.length > 0 && <Permits ids={chosen.permits} />}
          {chosen.applications.length > 0 && <Applications rows={chosen.applications} />}
        </section>
      )}
    </>
  );
}

const keyOf = (row: FigureRow) => `${row.id}/${row.reason}`;

function Name({ row }: { row: FigureRow }) {
  const { p, lang } = usePermitDesk();
  const form = useForm("permit").value;
  const guard = `guard_${row.reason}`;
  const reason = row.reason === "gate" ? p("caughtAtGate")
    : guard in permitDeskText.zh ? `${p("refusedAct")} ${p(guard as PermitDeskKey)}`
    : row.reason && form && choiceText(form, "suspend_reason", row.reason, lang);
  return <>{[p(`figure_${row.id}`), reason].filter(Boolean).join(" · ")}</>;
}

function Card({ row, isOpen, onOpen }: { row: FigureRow; isOpen: boolean; onOpen: () => void }) {
  const { p, lang, texts } = usePermitDesk();
  const told = (value: number) => figureText(value, row.unit, lang, texts);
  return (
    <li className={`panel figure${row.isSmall ? " small" : ""}`}>
      <h3><Name row={row} /></h3>
      <p className="figure-value num">
        <b className={row.value === null ? "unknown" : ""}>
          {row.value === null ? p("figureUnknown") : told(row.value)}
        </b>
      </p>
      {row.p90 !== null && <p className="soft num">{p("figureP90", { value: told(row.p90) })}</p>}
      {row.isSmall && <p className="figure-small"><Icon name="warn" /> {p("figureSmall")}</p>}
      <div className="row figure-foot">
        <span className="soft num">{p("figureBase", { n: row.base })}</span>
        {row.permits.length + row.applications.length > 0 && (
          <button type="button" className="link" aria-expanded={isOpen} onClick={onOpen}>
            {row.permits.length > 0 && p("figureOpen", { n: row.permits.length })}
            {row.applications.length > 0 && ` ${p("figureApplications", {
              n: row.applications.length })}`} <Icon name="next" />
          </button>
        )}
      </div>
    </li>
  );
}

// What was applied for and refused: nothing else is left of it.
function Applications({ rows }: { rows: RefusedApplication[] }) {
  const { p } = usePermitDesk();
  const form = useForm("permit");
  return (
    <Ready query={form}>
      {(source) => (
        <div
          className="table-box tall" role="group" tabIndex={0} aria-label={p("refusedApplications")}
        >
          <table className="rows tight">
            <tbody>
              {rows.map((row) => (
                <Application key={`${row.at}${row.person.id}`} row={row} form={source} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Ready>
  );
}

function Application({ row, form }: { row: RefusedApplication; form: FormSource }) {
  const { lang } = usePermitDesk();
  const areas = useRows("area", { sort: "code" }).value?.rows ?? [];
  const area = areas.find(({ id }) => id === row.fields["area"]);
  const field = form.data.properties[row.field] ? fieldTitle(form, row.field, lang) : "";
  return (
    <tr>
      <td className="num nowrap">{dateTime(row.at)}</td>
      <td>{row.person.name}</td>
      <td>{choiceText(form, "kind", row.fields["kind"], lang)}</td>
      <td>{area ? String(area[`name_${lang}`] ?? "") : ""}</td>
      <td>{String(row.fields["content"] ?? "")}</td>
      <td>{[lang === "zh" ? row.zh : row.en, field].filter(Boolean).join(" · ")}</td>
    </tr>
  );
}

// As many as one question may name; the next ones come with a press, none is left out.
const page_size = 200;
function Permits({ ids }: { ids: string[] }) {
  const { p } = usePermitDesk();
  const [pages, setPages] = useState(1);
  const parts = Array.from({ length: pages }, (_, at) =>
    ids.slice(at * page_size, (at + 1) * page_size));
  const left = ids.length - pages * page_size;
  return (
    <>
      {parts.map((part, at) => <PermitPart key={at} ids={part} />)}
      {left > 0 && (
        <button type="button" className="link" onClick={() => setPages(pages + 1)}>
          {p("figureMore", { n: left })} <Icon name="next" />
        </button>
      )}
    </>
  );
}

function PermitPart({ ids }: { ids: string[] }) {
  const { p } = usePermitDesk();
  const form = useForm("permit");
  const rows = useAllRows("permit", {
    filter: ["in", "id", ids], sort: "-created_at",
  });
  return (
    <Ready query={form}>
      {(source) => (
        <Ready query={rows}>
          {(all) => (
            <div
              className="table-box tall" role="group" tabIndex={0} aria-label={p("figurePermits")}
            >
              <table className="rows tight">
                <tbody>{all.map((row) => <Line key={row.id} row={row} form={source} />)}</tbody>
              </table>
            </div>
          )}
        </Ready>
      )}
    </Ready>
  );
}

function Line({ row, form }: { row: RecordRow; form: FormSource }) {
  const { lang } = usePermitDesk();
  return (
    <tr>
      <td className="nowrap">
        <a className="num" href={`#/case/permit/${row.id}`}>{row.number}</a>
      </td>
      <td>{kindText(row, form, lang)}</td>
      <td>{titleOf(row, "area", lang)}</td>
      <td><StateBadge form={form} state={row.state} /></td>
      <td className="num nowrap">{dateTime(String(row["valid_from"] ?? ""))}</td>
      <td>{choiceText(form, "suspend_reason", row["suspend_reason"], lang)}</td>
    </tr>
  );
}

// The live board: map, Gantt and table of the same permits, what conflicts, what runs out, who is
// waited for. Choosing one anywhere shows it everywhere.
import { useState, type ReactNode } from "react";
import type { FormSource } from "../api/types.ts";
import type { Board, BoardRow, Waiting } from "../api/types_permit.ts";
import { useNow } from "../data/clock.ts";
import {
  boardSpan, boardTitle, byGravity, countsOf, expiring, iso, isGrave, isOpenState, keyOf,
  namedText, useBoard, waitingOn, windows_h, type Span,
} from "../data/permit_board.ts";
import { localText } from "../data/prefs.ts";
import { useForm } from "../data/records.ts";
import { replaceRoute } from "../data/route.ts";
import { usePoll } from "../data/response.ts";
import { shortTime, span as spanText } from "../data/format.ts";
import { usePermitDesk } from "../text/permit_desk.ts";
import { Countdown } from "../parts/clocks.tsx";
import { ButtonLink } from "../parts/button.tsx";
import { ConflictLine, KindSign, kindText, MarkBadge } from "../parts/permit_marks.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { PermitGantt } from "./permit_gantt.tsx";
import { Holds } from "./permit_hold.tsx";
import { PermitMap } from "./permit_map.tsx";
import { StopArea } from "./permit_stop.tsx";
import { PermitTable } from "./permit_table.tsx";

const look_ms = 15000;
const soon_ms = 3600000;

export function PermitBoard({ query }: { query: Record<string, string> }) {
  const { p } = usePermitDesk();
  const now = useNow();
  const hours = windows_h.find((one) => String(one) === query["h"]) ?? 24;
  const span = boardSpan(hours, now);
  const form = useForm("permit");
  const board = useBoard(iso(span.from), iso(span.to));
  usePoll("records/permit/board", look_ms);
  return (
    <Ready query={form}>
      {(source) => (
        <Ready query={board}>
          {(value) => value.rows.length === 0
            ? (
              <>
                <Switches hours={hours} query={query} rows={[]} />
                <Empty icon="check" title={p("boardNone")} hint={p("boardNoneHint")} />
              </>
            )
            : <Whole board={value} form={source} span={span} hours={hours} query={query} />}
        </Ready>
      )}
    </Ready>
  );
}

interface SwitchProps {
  hours: number;
  query: Record<string, string>;
  rows: BoardRow[];
}
function Switches({ hours, query, rows }: SwitchProps) {
  const { p } = usePermitDesk();
  const put = (next: Record<string, string>) => {
    const all = Object.entries({ ...query, ...next }).filter(([, value]) => value);
    replaceRoute("permits", Object.fromEntries(all));
  };
  return (
    <div className="permit-switches">
      <div className="tab-row" role="group" aria-label={p("window")}>
        {windows_h.map((one) => (
          <button
            key={one} type="button" className="chip" aria-pressed={one === hours}
            onClick={() => put({ h: one === 24 ? "" : String(one) })}
          >{one < 72 ? p("hoursN", { n: one }) : p("daysN", { n: one / 24 })}</button>
        ))}
      </div>
      <button
        type="button" className="chip" aria-pressed={query["ended"] === "1"}
        onClick={() => put({ ended: query["ended"] === "1" ? "" : "1" })}
      >{p("withEnded")}</button>
      <span className="grow" />
      <StopArea rows={rows} />
    </div>
  );
}

interface WholeProps {
  board: Board;
  form: FormSource;
  span: Span;
  hours: number;
  query: Record<string, string>;
}
function Whole({ board, form, span, hours, query }: WholeProps) {
  const { p } = usePermitDesk();
  const [chosen, choose] = useState("");
  const rows = board.rows.filter((row) => query["ended"] === "1" || isOpenState(row.state));
  const pick = (id: string) => choose((before) => (before === id ? "" : id));
  const shared = { board, rows, form, chosen, onChoose: pick };
  const one = rows.find(({ id }) => id === chosen);
  return (
    <>
      <Counts board={board} />
      <Switches hours={hours} query={query} rows={rows} />
      <div className="permit-board">
        <section className="panel permit-map" aria-label={p("map")}>
          <h2>{p("map")}<span className="soft">{p("mapHint")}</span></h2>
          <PermitMap {...shared} />
        </section>
        <section className="panel permit-gantt" aria-label={p("gantt")}>
          <h2>{p("gantt")}<Legend /></h2>
          {one && <Chosen row={one} form={form} />}
          <PermitGantt {...shared} span={span} />
        </section>
        <section className="panel permit-rows" aria-label={p("table")}>
          <h2>{p("table")}<span className="soft num">{rows.length}</span></h2>
          <PermitTable {...shared} />
        </section>
        <div className="permit-side">
          <Holds holds={board.holds ?? []} />
          <Conflicts board={board} />
          <Expiring board={board} form={form} />
          <WaitingList board={board} form={form} />
          <Refusals board={board} />
        </div>
      </div>
    </>
  );
}

function Legend() {
  const { p } = usePermitDesk();
  return (
    <span className="gantt-legend">
      <span className="hard"><i />{p("legendHard")}</span>
      <span className="scored"><i />{p("legendScored")}</span>
    </span>
  );
}

function Chosen({ row, form }: { row: BoardRow; form: FormSource }) {
  const { p, lang } = usePermitDesk();
  return (
    <p className="permit-chosen" role="status">
      <KindSign kind={row.kind} />
      <b className="num">{row.number}</b>
      <span>{kindText(row, form, lang)} · {localText(form.states[row.state], lang)}</span>
      <span className="soft">
        {p("leader")} {boardTitle(row, "leader", lang) || "—"} · {p("guardian")}{" "}
        {boardTitle(row, "guardian", lang) || "—"}
      </span>
      <span className="grow" />
      <ButtonLink href={`#/case/permit/${row.id}`} icon="next">{p("open")}</ButtonLink>
    </p>
  );
}

function Counts({ board }: { board: Board }) {
  const { p } = usePermitDesk();
  const counts = countsOf(board, useNow());
  const cells = [
    ["active", ""], ["suspended", "warn"], ["waiting", ""], ["watching", ""], ["soon", "warn"],
    ["hard", "bad"], ["inside", ""], ["draft", "warn"],
  ] as const;
  return (
    <dl className="permit-counts">
      {cells.map(([name, tone]) => (
        <div key={name} className={counts[name] > 0 ? tone : ""}>
          <dt>{p(`count_${name}`)}</dt><dd className="num">{counts[name]}</dd>
        </div>
      ))}
    </dl>
  );
}

function Side({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  const { p } = usePermitDesk();
  return (
    <section className="panel" aria-label={title}>
      <h2>{title}<span className="num soft">{count}</span></h2>
      {count === 0 ? <p className="soft">{p("nothing")}</p> : <ul className="lines">{children}</ul>}
    </section>
  );
}

const side_max = 8;
function Conflicts({ board }: { board: Board }) {
  const { p } = usePermitDesk();
  const numberOf = (id: string | null | undefined) =>
    board.rows.find((row) => row.id === id)?.number ?? "";
  const grave = board.conflicts.filter(isGrave).sort(byGravity);
  return (
    <Side title={p("conflicts")} count={grave.length}>
      {grave.slice(0, side_max).map((conflict) => (
        <li key={keyOf(conflict)}>
          <a href={`#/case/permit/${conflict.a ?? conflict.b ?? ""}`}>
            <ConflictLine
              conflict={conflict}
              other={[numberOf(conflict.a), numberOf(conflict.b) || conflict.tag]
                .filter(Boolean).join(" ✕ ")}
            />
          </a>
        </li>
      ))}
    </Side>
  );
}

function Expiring({ board, form }: { board: Board; form: FormSource }) {
  const { p, lang } = usePermitDesk();
  const soon = expiring(board.rows, useNow(), soon_ms);
  return (
    <Side title={p("expiring")} count={soon.length}>
      {soon.slice(0, side_max).map((row) => (
        <li key={row.id}>
          <a href={`#/case/permit/${row.id}`}>
            <span className="grow">
              <b className="num">{row.number}</b>
              <span className="soft">{kindText(row, form, lang)}</span>
            </span>
            {row.valid_to && <Countdown due={row.valid_to} />}
          </a>
        </li>
      ))}
    </Side>
  );
}

// Approval time is measured while it runs: who is waited for, and since when.
function WaitingList({ board, form }: { board: Board; form: FormSource }) {
  const { p, lang } = usePermitDesk();
  const rows = waitingOn(board.rows);
  return (
    <Side title={p("waitingFor")} count={rows.length}>
      {rows.slice(0, side_max).map((row) => (
        <li key={row.id}>
          <a href={`#/case/permit/${row.id}`}>
            <span className="grow">
              <b className="num">{row.number}</b>
              <span className="soft">{kindText(row, form, lang)}</span>
              {row.waiting && <WaitLine waiting={row.waiting} />}
            </span>
            <MarkBadge mark={row.rule_mark === "draft" ? "draft" : null} />
          </a>
        </li>
      ))}
    </Side>
  );
}

function WaitLine({ waiting }: { waiting: Waiting }) {
  const { p, lang, texts } = usePermitDesk();
  const now = useNow();
  const names = waiting.persons.map((one) => namedText(one, lang)).join(", ");
  const step = localText({ zh: waiting.name_zh, en: waiting.name_en }, lang);
  return (
    <>
      <span>{step}: <b>{names || "—"}</b></span>
      <span className="num soft">
        {p("since", { span: spanText(now - Date.parse(waiting.since), texts) })}
      </span>
    </>
  );
}

// People without a permit who stood at a gate today.
function Refusals({ board }: { board: Board }) {
  const { p } = usePermitDesk();
  const rows = board.refusals ?? [];
  if (rows.length === 0) return null;
  return (
    <Side title={p("refusals")} count={rows.length}>
      {rows.slice(0, side_max).map((row) => (
        <li key={`${row.at}/${row.badge ?? ""}`} className="refusal">
          <span className="num">{shortTime(row.at)}</span>
          <b>{row.holder ?? row.name ?? row.badge ?? "—"}</b>
          <span className="soft">{row.gate ?? ""}</span>
        </li>
      ))}
    </Side>
  );
}

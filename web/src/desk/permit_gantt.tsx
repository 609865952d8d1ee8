// Permits on an axis of time, by area. A bar says its state in words, a conflict lies on it as a
// hatched piece with its reason; everything is a button, the arrows go from bar to bar.
import type { KeyboardEvent } from "react";
import type { FormSource } from "../api/types.ts";
import type { Board, BoardRow } from "../api/types_permit.ts";
import { useNow } from "../data/clock.ts";
import { shortTime, wallClock } from "../data/format.ts";
import {
  barOf, conflictsFor, conflictText, groupsOf, isGrave, keyOf, ticksOf, type Span,
} from "../data/permit_board.ts";
import { localText } from "../data/prefs.ts";
import { usePermitDesk } from "../text/permit_desk.ts";
import { KindSign, kindText } from "../parts/permit_marks.tsx";

interface GanttProps {
  board: Board;
  rows: BoardRow[];
  span: Span;
  form: FormSource;
  chosen: string;
  onChoose: (id: string) => void;
}

function move(event: KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const bars = [...event.currentTarget.querySelectorAll<HTMLElement>(".gantt-row")];
  const at = bars.indexOf(document.activeElement as HTMLElement);
  const next = bars[at + step];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}

export function PermitGantt(props: GanttProps) {
  const { p, lang } = usePermitDesk();
  const groups = groupsOf(props.rows, lang);
  return (
    <div className="gantt" role="group" aria-label={p("gantt")} onKeyDown={move}>
      <Axis span={props.span} />
      <div className="gantt-body">
        {groups.map(({ area, rows }) => (
          <section key={area} aria-label={area}>
            <h3>{area}<span className="soft num">{rows.length}</span></h3>
            {rows.map((row) => <GanttRow key={row.id} {...props} row={row} />)}
          </section>
        ))}
      </div>
    </div>
  );
}

function Axis({ span }: { span: Span }) {
  const now = useNow();
  const left = ((now - span.from) / (span.to - span.from)) * 100;
  return (
    <div className="gantt-axis" aria-hidden="true">
      {ticksOf(span).map((tick) => (
        <span
          key={tick.at} className={`num${tick.isDay ? " day" : ""}`}
          style={{ left: `${tick.left}%` }}
        >{tick.isDay ? shortTime(tick.at).slice(0, 5) : wallClock(tick.at).slice(11, 16)}</span>
      ))}
      {left >= 0 && left <= 100 && <i className="gantt-now" style={{ left: `${left}%` }} />}
    </div>
  );
}

function GanttRow({ row, board, span, form, chosen, onChoose }: GanttProps & { row: BoardRow }) {
  const { p, lang } = usePermitDesk();
  const now = useNow();
  const bar = barOf(row.valid_from, row.valid_to, span);
  const hits = conflictsFor(board, row.id).filter(isGrave);
  const state = localText(form.states[row.state], lang) || row.state;
  const at = ((now - span.from) / (span.to - span.from)) * 100;
  const told = [
    row.number, kindText(row, form, lang), state,
    row.valid_from && row.valid_to && `${shortTime(row.valid_from)} – ${shortTime(row.valid_to)}`,
    hits.length > 0 && p("conflictsN", { n: hits.length }),
    ...hits.map((hit) => conflictText(hit, lang)),
  ].filter(Boolean).join(", ");
  return (
    <button
      type="button" className={`gantt-row ${row.state}`} aria-pressed={row.id === chosen}
      aria-label={told} title={told} onClick={() => onChoose(row.id)}
    >
      <span className="gantt-name">
        <KindSign kind={row.kind} />
        <span className="num">{row.number.replace(/^\w+-\d{4}/, "")}</span>
        <span className="soft">{kindText(row, form, lang)}</span>
      </span>
      <span className="gantt-track">
        <i className="gantt-now" style={{ left: `${at}%` }} />
        {bar && (
          <span
            className={["gantt-bar", bar.isCutLeft && "cut-left", bar.isCutRight && "cut-right"]
              .filter(Boolean).join(" ")}
            style={{ left: `${bar.left}%`, width: `${bar.width}%` }}
          >{state}</span>
        )}
        {hits.map((hit) => {
          const piece = barOf(hit.from, hit.to, span);
          return piece && (
            <i
              key={keyOf(hit)}
              className={`gantt-hit${hit.is_hard ? " hard" : ""}`}
              style={{ left: `${piece.left}%`, width: `${piece.width}%` }}
            />
          );
        })}
      </span>
    </button>
  );
}

// The overview: counts, areas by level, hazards by state, my tasks, what is new. All live.
import type { FormSource, RecordRow } from "../api/types.ts";
import { columnsOf, matrixOf, totalsOf, type Column } from "../data/board.ts";
import { useNow } from "../data/clock.ts";
import { localText } from "../data/prefs.ts";
import {
  byDue, finalStates, levels, masterName, useAllRows, useForm, useRows, useTasks,
} from "../data/records.ts";
import { hrefOf } from "../data/route.ts";
import { useSeat } from "../text/desk.ts";
import { LevelBadge, LevelMark } from "../parts/badge.tsx";
import { Countdown } from "../parts/clocks.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { CaseCard } from "./hazard_card.tsx";
import { News } from "./news.tsx";
import "../styles/desk_work.css";

const cards_max = 40;
const openOnly = ["not", ["in", "state", finalStates]];
const ended = ["in", "state", ["closed", "rechecking", "effective"]];

export default function Board() {
  const { t } = useSeat();
  useTitle(t("navBoard"));
  const form = useForm("hazard");
  const open = useAllRows("hazard", { filter: openOnly, sort: "-created_at" });
  const closed = useRows("hazard", {
    filter: ended, sort: "-updated_at", limit: 12,
  });
  return (
    <Ready query={form}>
      {(source) => (
        <Ready query={open}>
          {(rows) => (
            <div className="overview">
              <h1 className="unseen">{t("deskTitle")}</h1>
              <Totals rows={rows} />
              <Matrix rows={rows} />
              <Columns form={source} rows={rows} closed={closed.value?.rows ?? []} />
              <Side />
            </div>
          )}
        </Ready>
      )}
    </Ready>
  );
}

function Total(props: { text: string; count: number; to: string; tone?: string }) {
  const tone = props.count > 0 ? props.tone ?? "" : "";
  return (
    <a className={`total ${tone}`} href={props.to}>
      <span className="num">{props.count}</span>
      <span>{props.text}</span>
    </a>
  );
}

function Totals({ rows }: { rows: RecordRow[] }) {
  const { t } = useSeat();
  const totals = totalsOf(rows, useNow());
  const mine = useTasks().value?.rows.length ?? 0;
  const list = (query: Record<string, string>) => hrefOf("hazards", query);
  return (
    <section className="panel totals" aria-label={t("deskTitle")}>
      <Total text={t("kpiOpen")} count={totals.open} to={list({})} />
      <Total
        text={t("kpiRed")} count={totals.red} tone="red" to={list({ level: "red" })}
      />
      <Total
        text={t("kpiOverdue")} count={totals.overdue} tone="late"
        to={list({ overdue: "1" })}
      />
      <Total text={t("kpiVerify")} count={totals.verify} to={list({ state: "verifying" })} />
      <Total text={t("kpiMine")} count={mine} to="#/tasks" />
    </section>
  );
}

function Matrix({ rows }: { rows: RecordRow[] }) {
  const { t, lang } = useSeat();
  const areas = useAllRows("area", { sort: "code" });
  return (
    <section className="panel matrix" aria-labelledby="matrix">
      <h2 id="matrix">{t("boardMatrix")} <span className="soft">{t("boardMatrixHint")}</span></h2>
      <Ready query={areas}>
        {(known) => (
          <table>
            <thead>
              <tr>
                <th scope="col">{t("area")}</th>
                {levels.map((level) => (
                  <th key={level} scope="col"><LevelBadge level={level} isBare /></th>
                ))}
                <th scope="col">{t("total")}</th>
              </tr>
            </thead>
            <tbody>
              {matrixOf(known.map((row) => ({ id: row.id, name: masterName(row, lang) })), rows)
                .map((line) => (
                  <tr key={line.area}>
                    <th scope="row">
                      <a href={hrefOf("hazards", { area: line.area })}>{line.name}</a>
                    </th>
                    {levels.map((level) => (
                      <td key={level} className={`num ${line.counts[level] ? level : "zero"}`}>
                        {line.counts[level]}
                      </td>
                    ))}
                    <td className="num">{line.total}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        )}
      </Ready>
    </section>
  );
}

interface ColumnsProps {
  form: FormSource;
  rows: RecordRow[];
  closed: RecordRow[];
}
function Columns({ form, rows, closed }: ColumnsProps) {
  const { t, lang } = useSeat();
  const columns = columnsOf(form, rows);
  return (
    <section className="panel board" aria-labelledby="board">
      <h2 id="board">{t("boardTitle")}</h2>
      <div className="columns" role="group" tabIndex={0} aria-label={t("boardTitle")}>
        {columns.map((column) => (
          <BoardColumn
            key={column.state} column={column} form={form}
            name={localText(form.states[column.state], lang)}
          />
        ))}
        <BoardColumn
          column={{ state: "closed", rows: closed }} form={form} name={t("boardRecentClosed")}
        />
      </div>
    </section>
  );
}

interface BoardColumnProps {
  column: Column;
  form: FormSource;
  name: string;
}
function BoardColumn({ column, form, name }: BoardColumnProps) {
  const { t } = useSeat();
  return (
    <section className="column" aria-label={name}>
      <h3>
        {name} <span className="num soft">{column.rows.length}</span>
      </h3>
      {column.rows.length === 0 && <p className="soft none">{t("boardColumnEmpty")}</p>}
      <ul>
        {column.rows.slice(0, cards_max).map((row) => (
          <CaseCard key={row.id} row={row} form={form} />
        ))}
      </ul>
    </section>
  );
}

function Side() {
  const { t, lang } = useSeat();
  const tasks = useTasks();
  return (
    <div className="side">
      <section className="panel" aria-labelledby="mytasks">
        <h2 id="mytasks">{t("boardMyTasks")}</h2>
        <Ready query={tasks}>
          {({ rows }) => rows.length === 0 ? <Empty icon="check" title={t("tasksEmpty")} /> : (
            <ul className="lines">
              {[...rows].sort(byDue).slice(0, 8).map((task) => (
                <li key={task.id}>
                  <a href={`#/case/${task.form}/${task.record_id}`}>
                    {task.level && <LevelMark level={task.level} />}
                    <span className="grow">
                      <span className="strong">{localText(task.name, lang)}</span>
                      <span className="soft num">{task.record?.number}</span>
                    </span>
                    {task.due && <Countdown due={task.due} />}
                  </a>
                </li>
              ))}
            </ul>
          )}
        </Ready>
      </section>
      <News />
    </div>
  );
}

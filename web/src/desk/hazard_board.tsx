// Open cases by state. While somebody points at a card or has it under the keyboard, nothing moves:
// what came in meanwhile is counted, and taken over on leaving, by R, or after a minute at rest.
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import * as calls from "../api/calls.ts";
import { countsOf } from "../api/calls_desk.ts";
import type { FormSource, RecordRow } from "../api/types.ts";
import { serverNow, useNow } from "../data/clock.ts";
import { boardOf, settle, stepTo, type Shown } from "../data/desk_board.ts";
import { endsOf, filterOf, isOpenOnly, openOf } from "../data/desk_filter.ts";
import { isOverdue } from "../data/board.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { levelOf } from "../data/records.ts";
import { usePoll } from "../data/response.ts";
import { hrefOf } from "../data/route.ts";
import { useWork } from "../text/desk_work.ts";
import { Button } from "../parts/button.tsx";
import { Empty, Loading, Refused, Stale } from "../parts/states.tsx";
import { CaseCard } from "./hazard_card.tsx";
import type { ViewProps } from "./hazards.tsx";

const ended_max = 12;
const minute_ms = 60000;

interface Loaded {
  rows: RecordRow[];
  counts: Record<string, number>;
  ended: RecordRow[];
  isCut: boolean;
}
const rows_max = 600;
const page_rows = 200;

async function load({ filters, form, me }: ViewProps): Promise<Loaded> {
  const own = filterOf(filters, { form, me, now: serverNow() });
  const q = filters["q"];
  const isOpen = isOpenOnly(filters);
  const filter = isOpen ? ["and", openOf(form), own] : own;
  const ends = ["and", ["in", "state", endsOf(form)], own];
  const rows: RecordRow[] = [];
  let cursor = "";
  do {
    const page = await calls.records(form.id, {
      filter, q, sort: "-created_at", limit: page_rows, cursor,
    });
    rows.push(...page.rows);
    cursor = page.next;
  } while (cursor && rows.length < rows_max);
  const [counted, ended] = await Promise.all([
    countsOf(form.id, "state", { filter, q }),
    isOpen ? calls.records(form.id, { filter: ends, q, sort: "-updated_at", limit: ended_max })
      : null,
  ]);
  const counts = Object.fromEntries(counted.counts.map(({ value, count }) => [value ?? "", count]));
  return { rows, counts, ended: ended?.rows ?? [], isCut: cursor !== "" };
}

export function HazardBoard(props: ViewProps) {
  const { filters, form } = props;
  const asked = JSON.stringify(filters);
  const key = `records/${form.id}/board/${asked}`;
  const query = useQuery(key, () => load(props));
  // What becomes overdue while nobody does anything is seen all the same.
  usePoll(key, minute_ms);
  const { value, refusal } = query;
  if (!value) return refusal ? <Refused refusal={refusal} retry={query.reload} /> : <Loading />;
  return (
    <>
      {query.isStale && <Stale at={query.at} retry={query.reload} />}
      <Board key={asked} {...props} loaded={value} />
    </>
  );
}

// Held while the pointer is over the cards or the focus is among them.
function useHold() {
  const [isHeld, setHeld] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const hold = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setHeld(false), minute_ms);
    setHeld(true);
  };
  const release = () => {
    clearTimeout(timer.current);
    setHeld(false);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return { isHeld, hold, release };
}

function Board({ form, filters, loaded }: ViewProps & { loaded: Loaded }) {
  const { w } = useWork();
  const { isHeld, hold, release } = useHold();
  const kept = useRef<Shown | null>(null);
  const columns = boardOf({ form, ...loaded, withEnds: !isOpenOnly(filters) });
  const shown = settle(kept.current, columns, isHeld);
  kept.current = shown;
  const box = useRef<HTMLDivElement>(null);
  const onKey = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() === "r" && !event.ctrlKey && !event.metaKey) release();
    else walk(event, box.current);
  };
  const isEmpty = shown.columns.every(({ count }) => count === 0);
  const isAlone = isEmpty && loaded.ended.length === 0;
  return (
    <section className="panel case-board" aria-label={w("casesBoard")}>
      <Head loaded={loaded} shown={shown} isHeld={isHeld} release={release} />
      {isAlone ? <Empty icon="search" title={w("boardEmpty")} hint={w("boardEmptyHint")} /> : (
        <div
          className="columns" ref={box} role="group" tabIndex={0} aria-label={w("boardKeys")}
          onPointerEnter={hold} onPointerMove={hold} onPointerLeave={release} onFocus={hold}
          onBlur={(event) => {
            if (!event.currentTarget.contains(event.relatedTarget)) release();
          }}
          onKeyDown={onKey}
        >
          {shown.columns.map((column) => (
            <BoardColumn key={column.state} column={column} form={form} filters={filters} />
          ))}
          {loaded.ended.length > 0 && <Ended form={form} rows={loaded.ended} />}
        </div>
      )}
    </section>
  );
}

function walk(event: KeyboardEvent, box: HTMLElement | null): void {
  const lists = [...box?.querySelectorAll(".column") ?? []].map((column) =>
    [...column.querySelectorAll<HTMLElement>("a.hazard")]);
  const at = lists.findIndex((cards) => cards.includes(document.activeElement as HTMLElement));
  const card = lists[at]?.indexOf(document.activeElement as HTMLElement) ?? 0;
  const sizes = lists.map((cards) => cards.length);
  // From the board itself the first arrow goes to the first card.
  const place = at < 0
    ? event.key.startsWith("Arrow") ? stepTo([0, ...sizes], { column: 0, card: 0 }, "ArrowRight")
      : null
    : stepTo(sizes, { column: at, card }, event.key);
  if (!place) return;
  event.preventDefault();
  const target = lists[at < 0 ? place.column - 1 : place.column]?.[place.card];
  target?.focus();
  target?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

interface HeadProps {
  loaded: Loaded;
  shown: Shown;
  isHeld: boolean;
  release: () => void;
}
function Head({ loaded, shown, isHeld, release }: HeadProps) {
  const { w } = useWork();
  const now = useNow();
  const all = Object.values(loaded.counts).reduce((sum, count) => sum + count, 0);
  const late = loaded.rows.filter((row) => isOverdue(row, now)).length;
  const red = loaded.rows.filter((row) => levelOf(row) === "red").length;
  return (
    <header className="board-head">
      <p role="status">
        <b className="num">{w("casesN", { n: all })}</b>
        {red > 0 && <span className="num red">{w("redN", { n: red })}</span>}
        {late > 0 && <span className="num late">{w("lateN", { n: late })}</span>}
        {loaded.isCut && <span className="soft">{w("boardCut", { n: loaded.rows.length })}</span>}
      </p>
      <p className="board-hold">
        {isHeld && shown.waiting > 0 && (
          <Button text={w("takeOver", { n: shown.waiting })} icon="refresh" run={release} />
        )}
      </p>
    </header>
  );
}

interface ColumnProps {
  column: Shown["columns"][number];
  form: FormSource;
  filters: Record<string, string>;
}
function BoardColumn({ column, form, filters }: ColumnProps) {
  const { t, w, lang } = useWork();
  const name = localText(form.states[column.state], lang) || column.state;
  const more = column.count - column.cards.length;
  return (
    <section className="column" aria-label={name}>
      <h2>{name} <span className="num count">{column.count}</span></h2>
      {column.cards.length === 0 && <p className="soft none">{t("boardColumnEmpty")}</p>}
      <ul>
        {column.cards.map(({ row, wentTo }) => (
          <CaseCard key={row.id} row={row} form={form} wentTo={wentTo} />
        ))}
      </ul>
      {more > 0 && (
        <a className="more" href={hrefOf("list", { ...filters, state: column.state })}>
          {w("moreInList", { n: more })}
        </a>
      )}
    </section>
  );
}

function Ended({ form, rows }: { form: FormSource; rows: RecordRow[] }) {
  const { w } = useWork();
  return (
    <section className="column ended" aria-label={w("recentlyEnded")}>
      <h2>{w("recentlyEnded")}</h2>
      <ul>{rows.map((row) => <CaseCard key={row.id} row={row} form={form} />)}</ul>
    </section>
  );
}

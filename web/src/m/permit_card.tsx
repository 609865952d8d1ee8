// One permit as a live card: what stops it, what runs out, what to do now, who is waited for. It is
// kept on the phone; without a link it shows its age and its end, and stopping still works.
import { lazy, Suspense, useEffect } from "react";
import type { FormSource, RecordRow, RecordView } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { dateTime, shortTime, span } from "../data/format.ts";
import { useKeptForm } from "../data/kept.ts";
import { useLink } from "../data/live.ts";
import { useOutbox } from "../data/outbox.ts";
import { lastOf } from "../data/outbox_step.ts";
import { causesOf, isShiftOver, suspendable } from "../data/permit.ts";
import { isLeaving, keptState } from "../data/permit_clock.ts";
import { isKeptOnly, useKeptPermit, useSeal, type Seal } from "../data/permit_kept.ts";
import { choiceText, isForMe, titleOf } from "../data/records.ts";
import { usePoll } from "../data/response.ts";
import { may, useMe } from "../data/session.ts";
import { permitPhoneText, usePermitPhone, type PermitPhoneKey } from "../text/permit_phone.ts";
import { StateBadge } from "../parts/badge.tsx";
import { ButtonLink } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { PermitClocks } from "../parts/permit_clocks.tsx";
import { DraftNote, KindSign, kindText, MarkBadge } from "../parts/permit_marks.tsx";
import { Loading, Ready } from "../parts/states.tsx";
import { Frame } from "./frame.tsx";
import { CardConflicts, CardMarks, GasLines, People, StepLines } from "./permit_card_parts.tsx";
import { StopWork } from "./permit_stop.tsx";
import "../styles/m_now.css";
import "../styles/m_permit.css";

const PermitTasks = lazy(() => import("./permit_task.tsx").then((all) => ({
  default: all.PermitTasks,
})));

const look_ms = 10000;

export default function PermitCard({ id }: { id: string }) {
  const { p } = usePermitPhone();
  const form = useKeptForm("permit");
  const kept = useKeptPermit(id);
  const me = useMe();
  const op = lastOf(useOutbox(), me.id, id, ["suspend"]);
  usePoll(`record/permit/${id}`, look_ms);
  const mayStop = suspendable.includes(kept.value?.view.record.state ?? "") &&
    op?.state !== "waiting";
  return (
    <Frame
      title={p("permitTitle")} back="#/permits"
      action={mayStop ? <StopWork id={id} /> : undefined}
    >
      <Ready query={form}>
        {(source) => (
          <Ready query={kept}>
            {(value) => <Card form={source} view={value.view} at={value.at} />}
          </Ready>
        )}
      </Ready>
    </Frame>
  );
}

interface CardProps {
  form: FormSource;
  view: RecordView;
}
function Card({ form, view, at }: CardProps & { at: number }) {
  const { p, lang } = usePermitPhone();
  const me = useMe();
  const link = useLink();
  const { record, clocks } = view;
  const op = lastOf(useOutbox(), me.id, record.id, ["suspend"]);
  const isQueued = op?.state === "waiting";
  const isStopped = record.state === "suspended" || isQueued;
  const seal = useFreshSeal(record);
  const isOff = isKeptOnly(at, useNow(), link.state === "down");
  return (
    <div className="case permit-live">
      {isOff && <Snapshot record={record} at={at} seal={seal} />}
      {isStopped && <Stopped form={form} record={record} isQueued={isQueued} />}
      <Leaving record={record} />
      {op?.state === "refused" && (
        <p className="banner bad" role="alert">
          <Icon name="warn" /><span>{p("stopRefused")} · {op.message}</span>
        </p>
      )}
      <section className="panel">
        <p className="case-head">
          <span className="soft num">{record.number}</span>
          <StateBadge form={form} state={record.state} />
        </p>
        <p className="big">
          <KindSign kind={String(record["kind"] ?? "")} /> {kindText(record, form, lang)}
        </p>
        <GradeLine form={form} record={record} />
        <p><Icon name="place" /> {titleOf(record, "area", lang)}</p>
        <p>{String(record["content"] ?? "")}</p>
        <DraftNote mark={record["rule_mark"]} />
        {!isStopped && !isLeaving(record) && <PermitClocks record={record} clocks={clocks} />}
      </section>
      {!isOff && <CardMarks record={record} />}
      {!isOff && <CardConflicts record={record} />}
      {!isOff && view.tasks.some(isForMe) && (
        <Suspense fallback={<Loading />}><PermitTasks form={form} view={view} /></Suspense>
      )}
      {!isOff && <Ways record={record} />}
      <GasLines record={record} form={form} isOff={isOff} />
      <People record={record} />
      {!isOff && <StepLines permit={record.id} />}
    </div>
  );
}

function GradeLine({ form, record }: { form: FormSource; record: RecordRow }) {
  const { p, lang } = usePermitPhone();
  const computed = record["grade_computed"];
  const mark = record["rule_mark"];
  const isOther = computed && computed !== record["grade"];
  if (!isOther && mark === "draft") return null;
  return (
    <p className="soft">
      {isOther ? p("gradeComputed", { grade: choiceText(form, "grade", computed, lang) }) : ""}{" "}
      {mark !== "draft" && <MarkBadge mark={mark as string | null} />}
    </p>
  );
}

// Asked for while there is a link; a head covers the newest act only some seconds later.
const seal_ms = 8000;
function useFreshSeal(record: RecordRow): Seal | null {
  const { value, reload, isLoading } = useSeal(record.id, record.version);
  const link = useLink();
  const isLate = !isLoading && link.state === "up" && (!value || value.pending > 0);
  useEffect(() => {
    if (!isLate) return;
    const timer = setTimeout(reload, seal_ms);
    return () => clearTimeout(timer);
  }, [isLate, value]);
  return value ?? null;
}

// Offline: what was last known, how old it is, when it ends, and the signature that covers it.
function Snapshot({ record, at, seal }: { record: RecordRow; at: number; seal: Seal | null }) {
  const { p, texts } = usePermitPhone();
  const now = useNow();
  const state = keptState(record, at, now);
  return (
    <section className={`panel snapshot ${state}`} aria-label={p("snapshot")} role="status">
      <p className="strong"><Icon name="link" />{p("snapshot")}</p>
      <p className="num">
        {p("snapshotAge", { span: span(now - at, texts), at: shortTime(at) })}
      </p>
      <p className="num strong">
        {state === "over" ? p("snapshotOver") : state === "old" ? p("snapshotOld")
          : p("snapshotUntil", { at: dateTime(String(record["valid_to"] ?? "")) })}
      </p>
      <p className="soft num">
        {seal ? p("snapshotSeal", {
          size: seal.size, at: shortTime(seal.at), key: seal.key,
          sign: seal.signature.slice(0, 12),
        }) : p("snapshotNoSeal")}
      </p>
      <p>{p("snapshotMay")}</p>
    </section>
  );
}

function Stopped({ form, record, isQueued }: {
  form: FormSource; record: RecordRow; isQueued: boolean;
}) {
  const { p, lang } = usePermitPhone();
  const at = record["suspended_at"];
  const isTold = record.state === "suspended";
  const causeText = (key: string) =>
    `cause_${key}` in permitPhoneText.zh ? p(`cause_${key}` as PermitPhoneKey) : key;
  return (
    <section className="stopped-card" role="alert">
      <h2><Icon name="warn" />{p("suspendedBig")}</h2>
      {isQueued && !isTold ? <p><b>{p("stopQueued")}</b></p> : (
        <>
          <p className="soft-on">{p("suspendWhy")}</p>
          <p className="stopped-why">
            {choiceText(form, "suspend_reason", record["suspend_reason"], lang)}
          </p>
          <ul className="stopped-causes">
            {causesOf(record, lang).map(({ key, text }) => (
              <li key={key}>
                <span>{causeText(key)}</span>{" "}
                <b className="num">{key === "at" ? shortTime(text) : text}</b>
              </li>
            ))}
          </ul>
          {typeof at === "string" &&
            <p className="num">{p("suspendedSince", { time: shortTime(at) })}</p>}
        </>
      )}
      <p className="soft-on">{p("suspendTodo")}</p>
      <p className="stopped-todo">
        {p(isTold && isShiftOver(record) ? "todo_shift_end" : "suspendTodoText")}
      </p>
    </section>
  );
}

// The work is over and people are on their way out: who is still inside is told first.
export function Leaving({ record }: { record: RecordRow }) {
  const { p } = usePermitPhone();
  if (!isLeaving(record)) return null;
  const at = record["expired_at"];
  const inside = Number(record["inside_count"] ?? 0);
  return (
    <section className="stopped-card" role="alert">
      <h2><Icon name="warn" />{p("leavingBig")}</h2>
      <p>
        {typeof at === "string" ? p("leavingExpired", { time: shortTime(at) }) : p("leavingEnded")}
      </p>
      {inside > 0 && <p className="stopped-why num">{p("leavingInside", { n: inside })}</p>}
      <p className="soft-on">{p("suspendTodo")}</p>
      <p className="stopped-todo">{p("leavingDo")}</p>
    </section>
  );
}

const live = ["ready", "active", "suspended"];
function Ways({ record }: { record: RecordRow }) {
  const { p } = usePermitPhone();
  const me = useMe();
  const to = (page: string) => `#/permits/${page}/${record.id}`;
  const mayCount = record["kind"] === "confined" && may(me, "permit_entry", "create");
  const entry = mayCount &&
    <ButtonLink href={to("entry")} icon="people">{p("wayEntry")}</ButtonLink>;
  // Who leaves is still counted out.
  if (isLeaving(record) && entry) {
    return <nav className="permit-ways" aria-label={p("ways")}>{entry}</nav>;
  }
  if (!live.includes(record.state)) return null;
  return (
    <nav className="permit-ways" aria-label={p("ways")}>
      {may(me, "permit_gas", "create") && (
        <ButtonLink href={to("gas")} icon="search">{p("wayGas")}</ButtonLink>
      )}
      {entry}
      <ButtonLink href={to("measures")} icon="tasks">{p("wayMeasures")}</ButtonLink>
      {may(me, "permit_isolation", "create") && (
        <ButtonLink href={to("isolation")} icon="shield">{p("wayIsolation")}</ButtonLink>
      )}
    </nav>
  );
}

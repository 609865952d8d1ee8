// My permits, what is suspended first; and one permit as a live card.
import { useState } from "react";
import type { FormSource, RecordRow, RecordView } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { dateTime, shortTime, span } from "../data/format.ts";
import { post, useOutbox } from "../data/outbox.ts";
import { lastOf } from "../data/outbox_step.ts";
import {
  byNeed, detailOf, isMyPermit, openStates, reasonOf, suspendable, validityOf,
} from "../data/permit.ts";
import { choiceText, isFilled, titleOf, useForm, useRecord, useRows } from "../data/records.ts";
import { usePoll } from "../data/response.ts";
import { useMe } from "../data/session.ts";
import { usePhoneText, type PhoneKey } from "../text/phone.ts";
import { StateBadge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Chips } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { Ring } from "../parts/ring.tsx";
import { buzz } from "../parts/siren.ts";
import { Empty, Ready } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { Frame } from "./frame.tsx";
import { Work } from "./work.tsx";
import "../styles/m_now.css";

const look_ms = 10000;

export function PermitList() {
  const { p } = usePhoneText();
  const form = useForm("permit");
  const filter = ["in", "state", openStates];
  const rows = useRows("permit", { filter, sort: "valid_to", limit: 100 });
  return (
    <Frame title={p("permitsTitle")}>
      <Ready query={form}>
        {(source) => (
          <Ready query={rows}>{(page) => <List form={source} rows={page.rows} />}</Ready>
        )}
      </Ready>
    </Frame>
  );
}

function List({ form, rows }: { form: FormSource; rows: RecordRow[] }) {
  const { p } = usePhoneText();
  const me = useMe();
  const mine = rows.filter((row) => isMyPermit(row, me.id));
  const [chosen, choose] = useState<string | null>(null);
  const which = chosen ?? (mine.length > 0 ? "mine" : "all");
  const shown = [...(which === "mine" ? mine : rows)].sort(byNeed);
  const choices = [
    { value: "mine", text: `${p("permitsMine")} ${mine.length}` },
    { value: "all", text: `${p("permitsAll")} ${rows.length}` },
  ];
  return (
    <>
      <Chips label={p("permitTitle")} choices={choices} value={which} onChange={choose} />
      {shown.length === 0
        ? <Empty icon="shield" title={p("permitsNone")} hint={p("permitsNoneHint")} />
        : (
          <ul className="cards">
            {shown.map((row) => <PermitRow key={row.id} row={row} form={form} />)}
          </ul>
        )}
    </>
  );
}

const gradeText = (form: FormSource, row: RecordRow, lang: "zh" | "en") =>
  [choiceText(form, "kind", row["kind"], lang), choiceText(form, "grade", row["grade"], lang)]
    .filter(Boolean).join(" · ");

const urgency = { good: "calm", warn: "soon", bad: "late" };

function PermitRow({ row, form }: { row: RecordRow; form: FormSource }) {
  const { p, lang, texts } = usePhoneText();
  const valid = validityOf(row, useNow());
  const isStopped = row.state === "suspended";
  const why = p(`reason_${reasonOf(row["suspend_reason"])}`);
  return (
    <li>
      <a className={`card permit${isStopped ? " stopped" : ""}`} href={`#/case/permit/${row.id}`}>
        <span className="card-head">
          <span className="num soft">{row.number}</span>
          <StateBadge form={form} state={row.state} />
        </span>
        <span className="card-title">{gradeText(form, row, lang)}</span>
        <span className="soft"><Icon name="place" />{titleOf(row, "area", lang)}</span>
        {isStopped
          ? <b className="fault"><Icon name="warn" />{why}</b>
          : valid && (
            <span className={`countdown ${urgency[valid.tone]}`}>
              <Icon name="clock" />
              {valid.left_ms > 0 ? `${p("valid")} ${span(valid.left_ms, texts)}` : p("validOver")}
            </span>
          )}
      </a>
    </li>
  );
}

export function PermitPage({ id }: { id: string }) {
  const { p } = usePhoneText();
  const form = useForm("permit");
  const view = useRecord("permit", id);
  const me = useMe();
  const op = lastOf(useOutbox(), me.id, id, ["suspend"]);
  usePoll(`record/permit/${id}`, look_ms);
  const mayStop = suspendable.includes(view.value?.record.state ?? "") && op?.state !== "waiting";
  return (
    <Frame
      title={p("permitTitle")} back="#/permits" action={mayStop ? <Stop id={id} /> : undefined}
    >
      <Ready query={form}>
        {(source) => (
          <Ready query={view}>{(value) => <Card form={source} view={value} />}</Ready>
        )}
      </Ready>
    </Frame>
  );
}

function Card({ form, view }: { form: FormSource; view: RecordView }) {
  const { p, lang } = usePhoneText();
  const me = useMe();
  const { record } = view;
  const op = lastOf(useOutbox(), me.id, record.id, ["suspend"]);
  const isQueued = op?.state === "waiting";
  const isStopped = record.state === "suspended" || isQueued;
  return (
    <div className="case">
      {isStopped && <Stopped record={record} isQueued={isQueued} />}
      {op?.state === "refused" && (
        <p className="banner bad" role="alert">
          <Icon name="warn" /><span>{p("opSuspend")}: {p("refusedOp")} · {op.message}</span>
        </p>
      )}
      <section className="panel">
        <p className="case-head">
          <span className="soft num">{record.number}</span>
          <StateBadge form={form} state={record.state} />
        </p>
        <p className="big">{gradeText(form, record, lang)}</p>
        <p><Icon name="place" /> {titleOf(record, "area", lang)}</p>
        {!isStopped && <Valid record={record} />}
        <Gas record={record} />
        <People record={record} />
      </section>
      <Work form={form} view={view} />
    </div>
  );
}

function Stopped({ record, isQueued }: { record: RecordRow; isQueued: boolean }) {
  const { p, lang } = usePhoneText();
  const at = record["suspended_at"];
  const detail = detailOf(record, lang);
  return (
    <section className="stopped-card" role="alert">
      <h2><Icon name="warn" />{p("suspendedBig")}</h2>
      {isQueued && record.state !== "suspended"
        ? <p><b>{p("suspendQueued")}</b></p>
        : (
          <>
            <p className="soft-on">{p("suspendWhy")}</p>
            <p className="stopped-why">
              {p(`reason_${reasonOf(record["suspend_reason"])}`)}{detail && ` · ${detail}`}
            </p>
            {typeof at === "string" &&
              <p className="num">{p("suspendedSince", { time: shortTime(at) })}</p>}
          </>
        )}
      <p className="soft-on">{p("suspendTodo")}</p>
      <p className="stopped-todo">{p("suspendTodoText")}</p>
    </section>
  );
}

function Valid({ record }: { record: RecordRow }) {
  const { p, texts } = usePhoneText();
  const valid = validityOf(record, useNow());
  if (!valid) return null;
  const text = valid.left_ms > 0 ? span(valid.left_ms, texts) : p("validOver");
  const note = p("validUntil", { time: dateTime(String(record["valid_to"])) });
  return <Ring share={valid.share} tone={valid.tone} text={text} note={note} />;
}

const amounts: [string, PhoneKey, string][] = [
  ["gas_lel", "gasLel", "%LEL"], ["gas_o2", "gasO2", "%"], ["gas_toxic", "gasToxic", "ppm"],
];
function Gas({ record }: { record: RecordRow }) {
  const { p, texts } = usePhoneText();
  const now = useNow();
  const at = Date.parse(String(record["gas_at"] ?? ""));
  return (
    <div className="gas">
      <p className="row"><b>{p("gasTest")}</b>
        <span className="num">
          {Number.isNaN(at) ? p("gasNone") : p("gasAge", { age: span(now - at, texts) })}
        </span>
      </p>
      <ul>
        {amounts.filter(([field]) => isFilled(record[field])).map(([field, key, unit]) => (
          <li key={field}>
            <span className="soft">{p(key)}</span>
            <b className="num">{String(record[field])} {unit}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}

function People({ record }: { record: RecordRow }) {
  const { p, lang } = usePhoneText();
  const names = (record["workers"] as { names?: unknown[] } | null)?.names ?? [];
  const rows: [PhoneKey, string][] = [
    ["leader", titleOf(record, "leader", lang)], ["guardian", titleOf(record, "guardian", lang)],
    ["workers", names.map(String).join(", ")], ["content", String(record["content"] ?? "")],
  ];
  return (
    <dl className="facts">
      {rows.filter(([, value]) => value).map(([key, value]) => (
        <div key={key}><dt>{p(key)}</dt><dd>{value}</dd></div>
      ))}
    </dl>
  );
}

const whys: PhoneKey[] = [
  "suspendGas", "suspendFire", "suspendPeople", "suspendGuard", "suspendWeather", "suspendUnsafe",
];

// Stopping is always possible, for everybody, without a link too.
function Stop({ id }: { id: string }) {
  const { p } = usePhoneText();
  const [isAsking, setAsking] = useState(false);
  const stop = (reason: string) => {
    post({
      kind: "suspend", about: id, path: `/api/permits/${encodeURIComponent(id)}/suspend`,
      body: { reason },
    });
    buzz([200, 100, 200]);
    say(p("suspendDone"));
    setAsking(false);
    scrollTo(0, 0);
  };
  return (
    <>
      <p className="soft">{p("suspendHint")}</p>
      <button type="button" className="button help" onClick={() => setAsking(true)}>
        <Icon name="close" /><span>{p("suspendButton")}</span>
      </button>
      {isAsking && (
        <Dialog title={p("suspendButton")} onClose={() => setAsking(false)}>
          <p className="strong">{p("suspendAsk")}</p>
          <div className="stack">
            {whys.map((key) => (
              <Button key={key} text={p(key)} kind="danger" run={() => stop(p(key))} />
            ))}
          </div>
        </Dialog>
      )}
    </>
  );
}

// One permit on the desk: what is done where and by whom, what is to do now, what it conflicts
// with, its tests, entries, isolations and measures, and how long each step took.
import { useState } from "react";
import { permitPrint } from "../api/calls_permit.ts";
import { asRefusal } from "../api/client.ts";
import type { FormSource, RecordRow, RecordView } from "../api/types.ts";
import { fileName, saveAs } from "../data/desk_save.ts";
import { shortTime } from "../data/format.ts";
import { causesOf, isShiftOver } from "../data/permit.ts";
import { useBoard, workersOf } from "../data/permit_board.ts";
import { isLeaving } from "../data/permit_clock.ts";
import { factBlocks } from "../data/permit_facts.ts";
import { isToxic } from "../data/permit_gas.ts";
import {
  choiceText, fieldTitle, isFilled, photosOf, placeOf, tell, useForm, useRecord, useTimeline,
} from "../data/records.ts";
import { usePoll } from "../data/response.ts";
import { permitDeskText, usePermitDesk, type PermitDeskKey } from "../text/permit_desk.ts";
import { StateBadge } from "../parts/badge.tsx";
import { Button, ButtonLink } from "../parts/button.tsx";
import { CommentBox } from "../parts/case_parts.tsx";
import { PermitClocks } from "../parts/permit_clocks.tsx";
import { DraftNote, KindSign, kindText, MarkBadge } from "../parts/permit_marks.tsx";
import { PhotoTiles } from "../parts/photo.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Ready } from "../parts/states.tsx";
import { TaskPanels } from "../parts/task_panels.tsx";
import { Timeline } from "../parts/timeline.tsx";
import { say } from "../parts/toast.tsx";
import { FlowPanel, useFlow } from "./flow_picture.tsx";
import { HistoryTable } from "./history.tsx";
import { CaseConflicts } from "./permit_case_conflicts.tsx";
import { Entries, GasTests, Isolations, Jsa, Measures, Steps } from "./permit_case_parts.tsx";
import { ProofPanel } from "./proof.tsx";
import "../styles/desk_work.css";
import "../styles/permit.css";

const look_ms = 10000;

export default function PermitCase({ id }: { id: string }) {
  const { p } = usePermitDesk();
  const form = useForm("permit");
  const view = useRecord("permit", id);
  usePoll(`record/permit/${id}`, look_ms);
  useTitle(view.value?.record.number ?? p("permitTitle"));
  return (
    <Ready query={form}>
      {(source) => <Ready query={view}>{(value) => <Body form={source} view={value} />}</Ready>}
    </Ready>
  );
}

interface CaseProps {
  form: FormSource;
  view: RecordView;
}
function Body({ form, view }: CaseProps) {
  const { record, clocks } = view;
  const flow = useFlow("permit", record.id).value;
  return (
    <div className="case-page permit-case">
      <Head form={form} record={record} />
      {record.state === "suspended" && <Stopped form={form} record={record} />}
      <Leaving record={record} />
      <div className="case-column">
        <section className="panel"><PermitClocks record={record} clocks={clocks} /></section>
        <Blocks form={form} view={view} />
        <Jsa form={form} record={record} />
      </div>
      <div className="case-column">
        <TaskPanels form={form} view={view} />
        <CaseConflicts record={record} form={form} />
        <Measures record={record} />
      </div>
      <div className="case-column">
        <Steps permit={record.id} />
        <GasTests record={record} />
        {record["kind"] === "confined" && <Entries record={record} />}
        <Isolations record={record} />
        <Past form={form} view={view} />
        <ProofPanel form="permit" id={record.id} number={record.number} />
      </div>
      {flow && <FlowPanel picture={flow} />}
    </div>
  );
}

function Head({ form, record }: { form: FormSource; record: RecordRow }) {
  const { t, p, lang } = usePermitDesk();
  const computed = record["grade_computed"];
  const isRaised = isFilled(computed) && computed !== record["grade"];
  return (
    <header className="panel case-top">
      <ButtonLink href="#/permits" kind="quiet" icon="back">{t("back")}</ButtonLink>
      <KindSign kind={String(record["kind"] ?? "")} />
      <h1>
        <span className="num">{record.number}</span> {kindText(record, form, lang)} ·{" "}
        {placeOf(record, lang)}
      </h1>
      <StateBadge form={form} state={record.state} />
      {isRaised && (
        <span className="countdown soon">
          {p("gradeComputed", { grade: choiceText(form, "grade", computed, lang) })}
        </span>
      )}
      {record["is_contractor"] === true && <span className="state">{p("contractor")}</span>}
      {record["rule_mark"] !== "draft" && (
        <MarkBadge mark={record["rule_mark"] as string | null} />
      )}
      <DraftNote mark={record["rule_mark"]} />
      <span className="grow" />
      <PrintButton record={record} />
    </header>
  );
}

// Fetched, not linked, so that a refusal is told here.
function PrintButton({ record }: { record: RecordRow }) {
  const { p, lang } = usePermitDesk();
  const [isBusy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      const blob = await permitPrint(record.id, lang);
      saveAs(blob, `${fileName(`${p("permitTitle")}-${record.number}`)}.pdf`);
    } catch (reason) {
      say(asRefusal(reason).message || p("printFailed"), false);
    }
    setBusy(false);
  };
  return <Button text={p("print")} icon="print" isBusy={isBusy} run={() => void run()} />;
}

const causeWord = (key: string, p: ReturnType<typeof usePermitDesk>["p"]): string =>
  `cause_${key}` in permitDeskText.zh ? p(`cause_${key}` as PermitDeskKey) : key;

function Stopped({ form, record }: { form: FormSource; record: RecordRow }) {
  const { p, lang } = usePermitDesk();
  const at = record["suspended_at"];
  return (
    <div className="banner bad permit-stopped" role="alert">
      <b>{p("suspendedBig")}</b>
      <span>
        {choiceText(form, "suspend_reason", record["suspend_reason"], lang)}
      </span>
      {causesOf(record, lang).filter(({ key }) => key !== "at").map(({ key, text }) => (
        <span key={key}>{causeWord(key, p)} <b className="num">{text}</b></span>
      ))}
      {typeof at === "string" && <span className="num">{shortTime(at)}</span>}
      <span className="num">
        {p("suspendedTimes", { n: Number(record["suspend_count"] ?? 0) })}
      </span>
      {isShiftOver(record) && <span className="todo">{p("todo_shift_end")}</span>}
    </div>
  );
}

export function Leaving({ record }: { record: RecordRow }) {
  const { p } = usePermitDesk();
  if (!isLeaving(record)) return null;
  const at = record["expired_at"];
  const inside = Number(record["inside_count"] ?? 0);
  return (
    <div className="banner bad permit-stopped" role="alert">
      <b>{p("leavingBig")}</b>
      <span>
        {typeof at === "string" ? p("leavingExpired", { time: shortTime(at) }) : p("leavingEnded")}
      </span>
      {inside > 0 && <b className="num">{p("leavingInside", { n: inside })}</b>}
      <span className="todo">{p("leavingDo")}</span>
    </div>
  );
}

function Blocks({ form, view }: CaseProps) {
  const { p, lang, texts } = usePermitDesk();
  const telling = { form, lang, texts };
  const { record, modes } = view;
  const kind = String(record["kind"] ?? "");
  const isTold = (field: string) => isFilled(record[field]) &&
    (field !== "limit_toxic" || isToxic(record)) && modes[field] !== "hidden" &&
    form.data.properties[field]?.["x-kind"] !== "photos";
  const drawing = photosOf(record["drawing"]);
  return factBlocks(form, kind, lang).map(({ id, fields }) => {
    const shown = fields.filter(isTold);
    if (shown.length === 0) return null;
    const title = id === "kind" ? kindText({ kind }, form, lang) : p(`block_${id}`);
    return (
      <section key={id} className="panel" aria-label={title}>
        <h2>{title}</h2>
        <dl className="facts">
          {shown.map((field) => (
            <div key={field}>
              <dt>{fieldTitle(form, field, lang)}</dt>
              <dd>
                {field === "rule_mark" ? <MarkBadge mark={String(record[field])} />
                  : field === "workers" ? <Workers record={record} />
                    : tell(telling, field, record[field], record._titles?.[field])}
              </dd>
            </div>
          ))}
        </dl>
        {id === "kind" && drawing.length > 0 && (
          <PhotoTiles
            place={{ form: "permit", id: record.id }} photos={drawing}
            label={fieldTitle(form, "drawing", lang)}
          />
        )}
      </section>
    );
  });
}

// By name, as the board tells them; the record itself holds ids.
function Workers({ record }: { record: RecordRow }) {
  const { lang } = usePermitDesk();
  const span = { from: String(record["valid_from"]), to: String(record["valid_to"]) };
  const row = useBoard(span.from, span.to).value?.rows.find(({ id }) => id === record.id);
  const own = (record["workers"] as { names?: string[] } | null)?.names ?? [];
  return <>{(row ? workersOf(row, lang) : own).join(", ") || "—"}</>;
}

function Past({ form, view }: CaseProps) {
  const { t } = usePermitDesk();
  const [tab, setTab] = useState<"timeline" | "history">("timeline");
  const timeline = useTimeline(form.id, view.record.id);
  return (
    <section className="panel" aria-label={t("caseTimeline")}>
      <div className="tab-row" role="group" aria-label={t("caseTimeline")}>
        {(["timeline", "history"] as const).map((one) => (
          <button
            key={one} type="button" className="chip" aria-pressed={tab === one}
            onClick={() => setTab(one)}
          >{t(one === "timeline" ? "caseTimeline" : "caseHistory")}</button>
        ))}
      </div>
      {tab === "timeline"
        ? <Ready query={timeline}>{({ rows }) => (
          <Timeline rows={rows} place={{ form: form.id, id: view.record.id }} />
        )}</Ready>
        : <HistoryTable form={form} id={view.record.id} />}
      {view.buttons.includes("comment") && tab === "timeline" && (
        <CommentBox form={form.id} id={view.record.id} />
      )}
    </section>
  );
}

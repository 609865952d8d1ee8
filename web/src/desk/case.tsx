// One case on the desk: photos and what they are worth, what is to do, clocks, where the flow
// stands, the talk with the reporter, what happened, proof.
import { useState } from "react";
import { notice } from "../api/calls_desk.ts";
import { retryCase } from "../api/calls_hazard.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { FormSource, RecordRow, RecordView } from "../api/types.ts";
import type { FlowPicture } from "../api/types_hazard.ts";
import { boardForms } from "../data/desk_filter.ts";
import { nodeName } from "../data/desk_flow.ts";
import { fileName, saveAs } from "../data/desk_save.ts";
import { refresh } from "../data/query.ts";
import {
  hasThread, inLanguage, levelOf, placeOf, subjectOf, useForm, useRecord, useTimeline,
} from "../data/records.ts";
import { hrefOf } from "../data/route.ts";
import { may, useMe } from "../data/session.ts";
import { useWork } from "../text/desk_work.ts";
import { LevelBadge, StateBadge } from "../parts/badge.tsx";
import { Button, ButtonLink } from "../parts/button.tsx";
import BriefCopy, { CopyBanner } from "../parts/copy_view.tsx";
import { CommentBox, Facts } from "../parts/case_parts.tsx";
import { Clocks } from "../parts/clocks.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Ready, Refused } from "../parts/states.tsx";
import { Timeline } from "../parts/timeline.tsx";
import { say } from "../parts/toast.tsx";
import { TaskPanels } from "../parts/task_panels.tsx";
import { CasePhotos } from "./case_photos.tsx";
import { CaseThread } from "./case_thread.tsx";
import { FlowPanel, Incident, useFlow } from "./flow_picture.tsx";
import { HistoryTable } from "./history.tsx";
import { Occurrences } from "./occurrences.tsx";
import { ProofPanel } from "./proof.tsx";
import "../styles/desk_work.css";

export default function CasePage({ form, id }: { form: string; id: string }) {
  const { t } = useWork();
  const view = useRecord(form, id);
  useTitle(view.value?.record.number ?? t("caseTitle"));
  return (
    <Ready query={view}>
      {(value) => value.copy?.is_brief ? <BriefCopy form={form} view={value} />
        : <Known form={form} view={value} />}
    </Ready>
  );
}

// Whom no role shows the form is not given its source either.
function Known({ form, view }: { form: string; view: RecordView }) {
  const source = useForm(form);
  return <Ready query={source}>{(known) => <Body form={known} view={view} />}</Ready>;
}

// Where cases of this kind stand.
function listHref(form: string): string {
  if (boardForms.includes(form)) return hrefOf("hazards", form === "hazard" ? {} : { form });
  return hrefOf(form === "permit" ? "permits" : form === "response" ? "responses" : "");
}
const has = (form: FormSource, field: string): boolean => field in form.data.properties;

interface CaseProps {
  form: FormSource;
  view: RecordView;
}
function Head({ form, view }: CaseProps) {
  const { t, w, lang } = useWork();
  const { record } = view;
  const steps = Number(record["escalation"] ?? 0);
  const repeats = Number(record["repeat_count"] ?? 0);
  const reason = inLanguage(record, "level_reason", lang);
  return (
    <header className="panel case-top">
      <ButtonLink href={listHref(form.id)} kind="quiet" icon="back">{t("back")}</ButtonLink>
      {has(form, "level_proposed") && <LevelBadge level={levelOf(record)} />}
      <h1>
        <span className="num">{record.number}</span> {placeOf(record, lang) || subjectOf(record)}
      </h1>
      <StateBadge form={form} state={record.state} />
      {steps > 0 && <span className="countdown late">{t("escalationLevel", { n: steps })}</span>}
      {repeats > 0 && <span className="countdown soon">{w("repeatN", { n: repeats })}</span>}
      {record["imported"] === true && <span className="state">{w("imported")}</span>}
      {reason && <span className="soft case-reason">{t("doneLevelWhy")}: {reason}</span>}
      <span className="grow" />
      {has(form, "measure") && has(form, "due_at") && <NoticeButton form={form} record={record} />}
    </header>
  );
}

// The printed notice of repair. Fetched, not linked, so that a refusal is told here.
function NoticeButton({ form, record }: { form: FormSource; record: RecordRow }) {
  const { w, lang } = useWork();
  const [isBusy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      const blob = await notice(form.id, record.id, lang);
      saveAs(blob, `${fileName(`${w("noticeName")}-${record.number}`)}.pdf`);
    } catch (reason) {
      say(asRefusal(reason).message || w("noticeFailed"), false);
    }
    setBusy(false);
  };
  return <Button text={w("notice")} icon="print" isBusy={isBusy} run={() => void run()} />;
}

const hasPhotos = (form: FormSource): boolean =>
  Object.values(form.data.properties).some((field) => field["x-kind"] === "photos");
const closed = ["closed", "effective", "rechecking"];

function Body({ form, view }: CaseProps) {
  const { t } = useWork();
  const me = useMe();
  const { record, clocks } = view;
  const flow = useFlow(form.id, record.id).value;
  const isReporter = record.created_by === me.id || record["reporter"] === me.id;
  return (
    <div className="case-page">
      <Head form={form} view={view} />
      {view.copy && <CopyBanner />}
      {flow && <Stuck form={form} view={view} flow={flow} />}
      <div className="case-column">
        {hasPhotos(form) && (
          <section className="panel" aria-labelledby="photos">
            <h2 id="photos">{t("photo")}</h2>
            <CasePhotos form={form} view={view} />
          </section>
        )}
        <Occurrences form={form} record={record} />
        {hasThread(form, view) && (
          <CaseThread
            form={form.id} id={record.id}
            mayReopen={isReporter && closed.includes(record.state)}
          />
        )}
      </div>
      <div className="case-column">
        <TaskPanels form={form} view={view} />
        <section className="panel" aria-labelledby="facts">
          <h2 id="facts">{t("caseFacts")}</h2>
          <Facts form={form} view={view} />
        </section>
      </div>
      <div className="case-column">
        <section className="panel" aria-labelledby="clocks">
          <h2 id="clocks">{t("caseClocks")}</h2>
          <Clocks clocks={clocks} />
        </section>
        <Past form={form} view={view} />
        {!view.copy && <ProofPanel form={form.id} id={record.id} number={record.number} />}
      </div>
      {flow && <FlowPanel picture={flow} />}
    </div>
  );
}

// The flow could not go on by itself; who keeps the flows lets it try again.
function Stuck({ form, view, flow }: CaseProps & { flow: FlowPicture }) {
  const { w, lang } = useWork();
  const me = useMe();
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const stuck = flow.nodes.filter(({ state }) => state === "incident");
  if (stuck.length === 0) return null;
  const mayRetry = may(me, "flow", "administer") || view.buttons.includes("retry");
  const retry = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      await retryCase(form.id, view.record.id);
      say(w("retried"));
      refresh(`record/${form.id}/${view.record.id}`);
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
    setBusy(false);
  };
  return (
    <section className="case-stuck" aria-label={w("incident")}>
      <div className="banner bad" role="alert">
        <Incident names={stuck.map((node) => nodeName(node, lang) || node.id).join(", ")} />
        {mayRetry
          ? <Button text={w("retryCase")} icon="refresh" isBusy={isBusy} run={() => void retry()} />
          : <span>{w("retryWho")}</span>}
      </div>
      {refusal && <Refused refusal={refusal} />}
    </section>
  );
}

function Past({ form, view }: CaseProps) {
  const { t } = useWork();
  const [tab, setTab] = useState<"timeline" | "history">("timeline");
  const { record, buttons } = view;
  const timeline = useTimeline(form.id, record.id);
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
        ? (
          <Ready query={timeline}>
            {({ rows }) => <Timeline rows={rows} place={{ form: form.id, id: record.id }} />}
          </Ready>
        )
        : <HistoryTable form={form} id={record.id} />}
      {buttons.includes("comment") && tab === "timeline" && (
        <CommentBox form={form.id} id={record.id} />
      )}
    </section>
  );
}

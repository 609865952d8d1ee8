// One hazard on the desk: photos and facts, what is to do, clocks, what happened, proof.
import { useState } from "react";
import type { FormSource, RecordView } from "../api/types.ts";
import { inLanguage, levelOf, placeOf, useForm, useRecord, useTimeline } from "../data/records.ts";
import { useText } from "../text/index.ts";
import { LevelBadge, StateBadge } from "../parts/badge.tsx";
import { ButtonLink } from "../parts/button.tsx";
import { CasePhotos, CommentBox, Facts } from "../parts/case_parts.tsx";
import { Clocks } from "../parts/clocks.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Ready } from "../parts/states.tsx";
import { TaskPanels } from "../parts/task_panel.tsx";
import { Timeline } from "../parts/timeline.tsx";
import { HistoryTable } from "./history.tsx";
import { ProofPanel } from "./proof.tsx";

export function CasePage({ form, id }: { form: string; id: string }) {
  const { t } = useText();
  const source = useForm(form);
  const view = useRecord(form, id);
  useTitle(view.value?.record.number ?? t("caseTitle"));
  return (
    <Ready query={source}>
      {(known) => <Ready query={view}>{(value) => <Body form={known} view={value} />}</Ready>}
    </Ready>
  );
}

// Where one of its kind is listed.
const lists: Record<string, string> = {
  hazard: "list", permit: "permits", response: "responses",
};

function Head({ form, view }: { form: FormSource; view: RecordView }) {
  const { t, lang } = useText();
  const { record } = view;
  const steps = Number(record["escalation"] ?? 0);
  const reason = inLanguage(record, "level_reason", lang);
  return (
    <header className="panel case-top">
      <ButtonLink href={`#/${lists[form.id] ?? ""}`} kind="quiet" icon="back">
        {t("back")}
      </ButtonLink>
      {form.data.properties["level_proposed"] && <LevelBadge level={levelOf(record)} />}
      <h1><span className="num">{record.number}</span> {placeOf(record, lang)}</h1>
      <StateBadge form={form} state={record.state} />
      {steps > 0 && <span className="countdown late">{t("escalationLevel", { n: steps })}</span>}
      {reason && (
        <span className="soft">{t("doneLevelWhy")}: {reason}</span>
      )}
    </header>
  );
}

const hasPhotos = (form: FormSource): boolean =>
  Object.values(form.data.properties).some((field) => field["x-kind"] === "photos");

function Body({ form, view }: { form: FormSource; view: RecordView }) {
  const { t } = useText();
  const { record, clocks } = view;
  return (
    <div className="case-page">
      <Head form={form} view={view} />
      <div className="case-column">
        {hasPhotos(form) && (
          <section className="panel" aria-labelledby="photos">
            <h2 id="photos">{t("photo")}</h2>
            <CasePhotos form={form} record={record} />
          </section>
        )}
        <ProofPanel form={form.id} id={record.id} number={record.number} />
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
      </div>
    </div>
  );
}

function Past({ form, view }: { form: FormSource; view: RecordView }) {
  const { t } = useText();
  const [tab, setTab] = useState<"timeline" | "history">("timeline");
  const { record, buttons } = view;
  const timeline = useTimeline(form.id, record.id);
  return (
    <section className="panel" aria-label={t("caseTimeline")}>
      <div className="tab-row" role="group" aria-label={t("caseTimeline")}>
        <button
          type="button" className="chip" aria-pressed={tab === "timeline"}
          onClick={() => setTab("timeline")}
        >{t("caseTimeline")}</button>
        <button
          type="button" className="chip" aria-pressed={tab === "history"}
          onClick={() => setTab("history")}
        >{t("caseHistory")}</button>
      </div>
      {tab === "timeline"
        ? <Ready query={timeline}>{({ rows }) => <Timeline rows={rows} />}</Ready>
        : <HistoryTable form={form} id={record.id} />}
      {buttons.includes("comment") && tab === "timeline" && (
        <CommentBox form={form.id} id={record.id} />
      )}
    </section>
  );
}

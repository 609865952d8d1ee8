// The page of one hazard on the phone: what it is, what is to do now, what happened.
import type { FormSource, RecordView } from "../api/types.ts";
import { inLanguage, levelOf, placeOf, useForm, useRecord, useTimeline } from "../data/records.ts";
import { useText } from "../text/index.ts";
import { LevelBadge, StateBadge } from "../parts/badge.tsx";
import { CasePhotos, CommentBox, Facts } from "../parts/case_parts.tsx";
import { Clocks } from "../parts/clocks.tsx";
import { Icon } from "../parts/icon.tsx";
import { Ready } from "../parts/states.tsx";
import { TaskPanels } from "../parts/task_panel.tsx";
import { Timeline } from "../parts/timeline.tsx";
import { Frame } from "./frame.tsx";

export default function Case({ form, id }: { form: string; id: string }) {
  const { t } = useText();
  const source = useForm(form);
  const view = useRecord(form, id);
  return (
    <Frame title={t("caseTitle")}>
      <Ready query={source}>
        {(known) => (
          <Ready query={view}>{(value) => <Body form={known} view={value} />}</Ready>
        )}
      </Ready>
    </Frame>
  );
}

function Body({ form, view }: { form: FormSource; view: RecordView }) {
  const { t, lang } = useText();
  const { record, clocks, buttons } = view;
  const timeline = useTimeline(form.id, record.id);
  const reason = inLanguage(record, "level_reason", lang);
  return (
    <div className="case">
      <section className="panel">
        <p className="case-head">
          <LevelBadge level={levelOf(record)} />
          <StateBadge form={form} state={record.state} />
        </p>
        <p className="soft num">{record.number}</p>
        <p className="big"><Icon name="place" /> {placeOf(record, lang)}</p>
        {reason && (
          <p className="soft">{t("doneLevelWhy")}: {reason}</p>
        )}
        <CasePhotos form={form} record={record} />
      </section>
      <TaskPanels form={form} view={view} />
      {clocks.length > 0 && (
        <section className="panel" aria-labelledby="clocks">
          <h2 id="clocks">{t("caseClocks")}</h2>
          <Clocks clocks={clocks} />
        </section>
      )}
      <section className="panel" aria-labelledby="facts">
        <h2 id="facts">{t("caseFacts")}</h2>
        <Facts form={form} view={view} />
      </section>
      <section className="panel" aria-labelledby="timeline">
        <h2 id="timeline">{t("caseTimeline")}</h2>
        <Ready query={timeline}>{({ rows }) => <Timeline rows={rows} />}</Ready>
        {buttons.includes("comment") && <CommentBox form={form.id} id={record.id} />}
      </section>
    </div>
  );
}

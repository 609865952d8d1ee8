// The page of one hazard on the phone: what it is, what is to do now, what happened.
import { lazy, Suspense } from "react";
import type { FormSource, RecordRow, RecordView, Task } from "../api/types.ts";
import {
  hasThread, inLanguage, levelOf, placeOf, subjectOf, useForm, useRecord, useTimeline,
} from "../data/records.ts";
import { localText } from "../data/prefs.ts";
import type { Query } from "../data/query.ts";
import { useMe } from "../data/session.ts";
import { useText } from "../text/index.ts";
import { LevelBadge, StateBadge } from "../parts/badge.tsx";
import { CommentBox, Facts } from "../parts/case_parts.tsx";
import { Clocks } from "../parts/clocks.tsx";
import { Icon } from "../parts/icon.tsx";
import { Ready } from "../parts/states.tsx";
import { Timeline } from "../parts/timeline.tsx";
import { EvidencePhotos } from "./evidence.tsx";
import { Frame } from "./frame.tsx";
import { Part } from "./part.tsx";
import { TaskPanels } from "../parts/task_panels.tsx";

const copies = () => import("../parts/copy_view.tsx");
const BriefCopy = lazy(copies);
const CopyBanner = lazy(() => copies().then((all) => ({ default: all.CopyBanner })));
const ThreadPanel = lazy(() => import("../parts/thread.tsx"));

export default function Case({ form, id }: { form: string; id: string }) {
  const { t, lang } = useText();
  const view = useRecord(form, id);
  const { value } = view;
  if (!value) {
    return <Frame title={t("caseTitle")}><Ready query={view}>{() => null}</Ready></Frame>;
  }
  if (!value.copy?.is_brief) return <Known form={form} view={view} />;
  return (
    <Frame title={localText(value.copy.title, lang)}>
      <Suspense fallback={null}><BriefCopy form={form} view={value} /></Suspense>
    </Frame>
  );
}

// Whom no role shows the form is not given its source either.
function Known({ form, view }: { form: string; view: Query<RecordView> }) {
  const { t, lang } = useText();
  const source = useForm(form);
  return (
    <Frame title={localText(source.value?.title, lang) || t("caseTitle")}>
      <Ready query={source}>
        {(known) => (
          <Ready query={view}>{(value) => <Body form={known} view={value} />}</Ready>
        )}
      </Ready>
    </Frame>
  );
}

// Who repairs or verifies may say where on the photo the hazard is.
const isMarker = (task: Task) => task.is_mine;
// Closed is not safe: who reported it may say that it is not.
const closed = ["closed", "effective", "verified", "rechecking"];
const mayReopen = (record: RecordRow, me: string) =>
  closed.includes(record.state) && (record.created_by === me || record["reporter"] === me);

function Body({ form, view }: { form: FormSource; view: RecordView }) {
  const { t, lang } = useText();
  const { record, clocks, buttons } = view;
  const me = useMe();
  const timeline = useTimeline(form.id, record.id);
  const place = placeOf(record, lang);
  const reason = inLanguage(record, "level_reason", lang);
  return (
    <div className="case">
      {view.copy && <Suspense fallback={null}><CopyBanner /></Suspense>}
      <section className="panel">
        <p className="case-head">
          {"level" in form.data.properties && <LevelBadge level={levelOf(record)} />}
          <StateBadge form={form} state={record.state} />
        </p>
        <p className="soft num">{record.number}</p>
        {place ? <p className="big"><Icon name="place" /> {place}</p>
          : <p className="big">{subjectOf(record)}</p>}
        {reason && (
          <p className="soft">{t("doneLevelWhy")}: {reason}</p>
        )}
        <EvidencePhotos form={form} record={record} mayMark={view.tasks.some(isMarker)} />
      </section>
      <TaskPanels form={form} view={view} />
      {hasThread(form, view) && (
        <Part isSilent>
          <Suspense fallback={null}>
            <ThreadPanel form={form.id} id={record.id} mayReopen={mayReopen(record, me.id)} />
          </Suspense>
        </Part>
      )}
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
        <Ready query={timeline}>
          {({ rows }) => <Timeline rows={rows} place={{ form: form.id, id: record.id }} />}
        </Ready>
        {buttons.includes("comment") && <CommentBox form={form.id} id={record.id} />}
      </section>
    </div>
  );
}

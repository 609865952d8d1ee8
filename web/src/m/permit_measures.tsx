// The measures as a check list: the next one is big, with its steps and its photo; what is done is
// ticked with its time. Nothing is ticked out of order or all at once.
import { lazy, Suspense, useEffect, useState, type ReactNode } from "react";
import { permitPreview } from "../api/calls_permit.ts";
import type { FormSource, Outcome, RecordRow, RecordView, Task } from "../api/types.ts";
import { serverNow, useNow } from "../data/clock.ts";
import { clockTime, shortTime } from "../data/format.ts";
import { pressOutcome } from "../data/permit_act.ts";
import { measuresOf, rowsIn, settledCount, type Measure } from "../data/permit_measures.ts";
import { usePermitRows } from "../data/permit_rows.ts";
import {
  markDone, markInvolved, markNotInvolved, markOpen, markStep, nextMeasure, paceLeft_s, toSend,
} from "../data/permit_ticks.ts";
import { watchPosition } from "../data/position.ts";
import { localText, readLocal, writeLocal } from "../data/prefs.ts";
import { ruleFields } from "../data/permit_wish.ts";
import { useQuery } from "../data/query.ts";
import { isForMe, needsComment, photosOf, useForm, useRecord } from "../data/records.ts";
import { go } from "../data/route.ts";
import { writable } from "../data/rows.ts";
import { useTaskForm, type TaskForm } from "../data/task_form.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { TextArea } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { PhotoTiles } from "../parts/photo.tsx";
import { buzz } from "../parts/siren.ts";
import { Empty, Ready, Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { Frame } from "./frame.tsx";
import { SpotLine, SpotRefusal, SpotWords } from "./permit_spot.tsx";

const OnSpot = lazy(() => import("./permit_on_spot.tsx"));
const Evidence = lazy(() => import("./permit_evidence.tsx"));

type Rows = Record<string, unknown>[];

export default function MeasuresPage({ id }: { id: string }) {
  const { p } = usePermitPhone();
  const form = useForm("permit");
  const view = useRecord("permit", id);
  return (
    <Ready query={form}>
      {(source) => (
        <Ready query={view}>
          {(value) => rowsIn(value.record["measures"]).length === 0
            ? (
              <Frame title={p("measures")} back={`#/case/permit/${id}`}>
                <Empty icon="tasks" title={p("measuresNone")} />
              </Frame>
            )
            : <List key={taskOf(value)?.id ?? ""} form={source} view={value} />}
        </Ready>
      )}
    </Ready>
  );
}

const taskOf = (view: RecordView): Task | undefined =>
  view.tasks.find((task) => task.node === "confirm" && isForMe(task));

// What was ticked survives a reload; the server has it once the list is handed in.
function useTicks(view: RecordView, task: Task) {
  const place = `anlan.measures.${task.id}`;
  const [rows, setRows] = useState<Rows>(() => {
    const whole = rowsIn(view.record["measures"]);
    const kept = readLocal<Rows>(place);
    const ticks = ["is_done", "device_at", "is_involved", "why_not", "steps_at"];
    return whole.map((row) => {
      const own = kept?.find((one) => one["key"] === row["key"]);
      return own ? { ...row, ...Object.fromEntries(ticks.map((key) => [key, own[key]])) } : row;
    });
  });
  const put = (next: Rows) => {
    setRows(next);
    writeLocal(place, next);
  };
  return { rows, put, drop: () => writeLocal(place, null) };
}

function List({ form, view }: { form: FormSource; view: RecordView }) {
  const task = taskOf(view);
  return task ? <Ticking form={form} view={view} task={task} />
    : <Sheet view={view} rows={rowsIn(view.record["measures"])} />;
}

function Ticking({ form, view, task }: { form: FormSource; view: RecordView; task: Task }) {
  const { lang } = usePermitPhone();
  const ticks = useTicks(view, task);
  const state = useTaskForm(task, form, view);
  const proofs = usePermitRows("permit_evidence", view.record.id).value?.rows ?? [];
  const all = proven(measuresOf(view.record, lang, ticks.rows), proofs);
  const rules = useQuery(`record/permit/${view.record.id}/rules`, () =>
    permitPreview(ruleFields(view.record)));
  const min_s = Number(rules.value?.limits?.["measure_min_s"] ?? 0);
  useEffect(watchPosition, []);
  return (
    <Sheet
      view={view} rows={ticks.rows} ticks={ticks} wait_s={paceLeft_s(all, min_s, useNow())}
      more={(
        <Suspense fallback={null}><OnSpot form={form} view={view} state={state} /></Suspense>
      )}
      action={(
        <HandIn
          form={form} view={view} task={task} ticks={ticks} state={state}
          isReady={nextMeasure(all) === null}
        />
      )}
    />
  );
}

const proven = (all: Measure[], proofs: RecordRow[]): Measure[] => all.map((one) => ({
  ...one, hasEvidence: one.hasEvidence || proofs.some((row) => row["measure"] === one.key),
}));

const iso = () => new Date(serverNow()).toISOString();

interface SheetProps {
  view: RecordView;
  rows: Rows;
  ticks?: ReturnType<typeof useTicks>;
  wait_s?: number;
  more?: ReactNode;
  action?: ReactNode;
}
function Sheet({ view, rows, ticks, wait_s = 0, more, action }: SheetProps) {
  const { p, lang } = usePermitPhone();
  const { record } = view;
  const proofs = usePermitRows("permit_evidence", record.id).value?.rows ?? [];
  const all = proven(measuresOf(record, lang, rows), proofs);
  const next = ticks ? nextMeasure(all) : null;
  const count = settledCount(all);
  return (
    <Frame title={p("measures")} back={`#/case/permit/${record.id}`} action={action}>
      <p className="measure-count num" role="status">
        <progress max={all.length} value={count} aria-label={p("measures")} />
        {p("measuresDone", { done: count, all: all.length })}
      </p>
      {!ticks && <p className="soft">{p("measuresNotYours")}</p>}
      <ol className="measure-list">
        {all.map((one, at) => (
          <Line
            key={one.key} one={one} number={at + 1} isNext={next?.key === one.key}
            permit={record.id} isMine={!!ticks} wait_s={wait_s}
            proofs={proofs.filter((row) => row["measure"] === one.key)}
            onDone={() => {
              buzz([40]);
              ticks?.put(markDone(rows, one.key, iso()));
            }}
            onStep={() => ticks?.put(markStep(rows, one.key, iso()))}
            onOpen={() => ticks?.put(markOpen(rows, one.key))}
            onInvolved={() => ticks?.put(markInvolved(rows, one.key))}
            onNotInvolved={(why) => ticks?.put(markNotInvolved(rows, one.key, why))}
          />
        ))}
      </ol>
      {more}
    </Frame>
  );
}

interface HandInProps {
  form: FormSource;
  view: RecordView;
  task: Task;
  ticks: ReturnType<typeof useTicks>;
  isReady: boolean;
}
function HandIn({ form, view, task, ticks, isReady, state }: HandInProps & { state: TaskForm }) {
  const { p, lang } = usePermitPhone();
  const [isRefusing, setRefusing] = useState(false);
  const [first, ...others] = task.outcomes;
  const send = async (outcome: Outcome) => {
    const { measures: _, ...more } = state.fields;
    const fields = { ...more, measures: toSend(ticks.rows, writable(form, "measures")) };
    const act = { task, view, outcome, fields, comment: state.comment };
    if (!await state.act(outcome.id, () => pressOutcome(act, state))) return;
    ticks.drop();
    say(p("measuresSent"));
    go(`case/permit/${view.record.id}`);
  };
  return (
    <>
      {state.refusal && <Refused refusal={state.refusal} />}
      <SpotRefusal refusal={state.refusal} />
      {isReady && first && <SpotWords outcome={first} state={state} />}
      {isReady && <SpotLine />}
      <div className="hand-in">
        {others.length > 0 && (
          <Button text={p("notSafe")} kind="danger" icon="warn" run={() => setRefusing(true)} />
        )}
        {first && (
          <Button
            text={p(isReady ? "measuresSend" : "measuresLeft")} kind="main" icon="check"
            isBusy={state.busy === first.id} isOff={!isReady || state.busy !== null}
            run={() => void send(first)}
          />
        )}
      </div>
      {isRefusing && (
        <Dialog title={p("notSafe")} onClose={() => setRefusing(false)}>
          <TextArea
            label={p("notSafeWhy")} value={state.comment} onChange={state.say} maxLength={1000}
          />
          {others.map((outcome) => (
            <Button
              key={outcome.id} text={localText(outcome.name, lang)} kind="danger"
              isBusy={state.busy === outcome.id}
              isOff={needsComment(outcome) && state.comment.trim() === ""}
              run={() => void send(outcome)}
            />
          ))}
        </Dialog>
      )}
    </>
  );
}

interface LineProps {
  one: Measure;
  number: number;
  isNext: boolean;
  isMine: boolean;
  permit: string;
  proofs: RecordRow[];
  wait_s: number;
  onDone: () => void;
  onStep: () => void;
  onOpen: () => void;
  onInvolved: () => void;
  onNotInvolved: (why: string) => void;
}
function Line(props: LineProps) {
  const { one, number, isNext, isMine, onOpen } = props;
  const { p } = usePermitPhone();
  const state = !one.isInvolved ? "off" : one.isDone ? "done" : isNext ? "next" : "later";
  return (
    <li className={`measure ${state}`} aria-current={isNext ? "step" : undefined}>
      <p className="measure-head">
        <b className="step num">{one.isDone ? <Icon name="check" /> : number}</b>
        <span className="grow">{one.text}</span>
      </p>
      {isNext && <Next {...props} />}
      {!isNext && <Told one={one} />}
      <Proofs rows={props.proofs} />
      {!isNext && one.isDone && isMine && (
        <Button text={p("measureUndo")} kind="quiet" icon="back" run={onOpen} />
      )}
      {!isNext && !one.isInvolved && isMine && (
        <Button text={p("isInvolved")} kind="quiet" icon="plus" run={props.onInvolved} />
      )}
    </li>
  );
}

function Told({ one }: { one: Measure }) {
  const { p } = usePermitPhone();
  return (
    <p className="soft num">
      {!one.isInvolved ? [p("notInvolved"), one.whyNot].filter(Boolean).join(": ")
        : one.isDone ? p("doneAt", { at: shortTime(one.deviceAt || one.doneAt) })
          : p("measureLater")}
      {one.isDone && one.stepsAt.length > 0 && (
        <span> · {p("stepsAt", { times: one.stepsAt.map(clockTime).join(" ") })}</span>
      )}
      {one.needsEvidence && one.isInvolved && (
        <span> · {p(one.hasEvidence ? "evidenceThere" : "evidenceNeeded")}</span>
      )}
    </p>
  );
}

function Proofs({ rows }: { rows: RecordRow[] }) {
  const { p } = usePermitPhone();
  return rows.map((row) => (
    <PhotoTiles
      key={row.id} place={{ form: "permit_evidence", id: row.id }} photos={photosOf(row["photos"])}
      label={p("evidence")}
    />
  ));
}

function Next(props: LineProps) {
  const { one, permit, wait_s, onDone } = props;
  const { p } = usePermitPhone();
  const [isAsking, setAsking] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const lacksPhoto = one.needsEvidence && !one.hasEvidence;
  const lacksSteps = one.steps.length > one.stepsAt.length;
  return (
    <div className="measure-next">
      {one.steps.length > 0 && <Guide one={one} onStep={props.onStep} />}
      {one.needsEvidence && (
        <Button
          text={p(one.hasEvidence ? "evidenceMore" : "evidenceTake")} icon="camera"
          run={() => setAsking(true)}
        />
      )}
      {lacksPhoto && <p className="lacking"><Icon name="warn" />{p("evidenceMissing")}</p>}
      {lacksSteps && <p className="lacking"><Icon name="warn" />{p("guideLeft")}</p>}
      <div className="actions">
        <Button
          text={wait_s > 0 ? p("measureWait", { n: wait_s }) : p("measureDone")} kind="main"
          icon="check" isOff={lacksPhoto || lacksSteps || wait_s > 0}
          run={onDone}
        />
        {!one.needsEvidence && (
          <Button text={p("notInvolvedPress")} run={() => setLeaving(true)} />
        )}
      </div>
      {isAsking && (
        <Suspense fallback={null}>
          <Evidence permit={permit} one={one} onClose={() => setAsking(false)} />
        </Suspense>
      )}
      {isLeaving && (
        <NotInvolved one={one} onClose={() => setLeaving(false)} onDone={props.onNotInvolved} />
      )}
    </div>
  );
}

// One step after the other; each is told with the time at which it was pressed.
function Guide({ one, onStep }: { one: Measure; onStep: () => void }) {
  const { p } = usePermitPhone();
  const done = one.stepsAt.length;
  return (
    <ol className="measure-steps" aria-label={p("guide")}>
      {one.steps.map((step, at) => (
        <li key={step}>
          <button
            type="button" className="button plain" aria-pressed={at < done} disabled={at !== done}
            onClick={onStep}
          >
            <b className="step num">{at < done ? <Icon name="check" /> : at + 1}</b>
            <span className="grow">{step}</span>
            {at < done && <span className="num soft">{clockTime(one.stepsAt[at] ?? "")}</span>}
          </button>
        </li>
      ))}
    </ol>
  );
}

function NotInvolved({ one, onClose, onDone }: {
  one: Measure; onClose: () => void; onDone: (why: string) => void;
}) {
  const { p, t } = usePermitPhone();
  const [why, setWhy] = useState("");
  const actions = (
    <>
      <Button text={t("cancel")} run={onClose} />
      <Button
        text={p("notInvolvedPress")} kind="main" icon="check" isOff={why.trim() === ""}
        run={() => {
          onDone(why.trim());
          onClose();
        }}
      />
    </>
  );
  return (
    <Dialog title={p("notInvolvedPress")} onClose={onClose} actions={actions}>
      <p className="strong">{one.text}</p>
      <TextArea label={p("notInvolvedWhy")} value={why} onChange={setWhy} maxLength={200} />
    </Dialog>
  );
}

// What the person with the phone has to do on a permit now: approve, sign on the spot, hand over,
// take up again, accept. The position goes along with every press.
import { lazy, Suspense, useEffect } from "react";
import type { FormSource, Outcome, RecordView, Task } from "../api/types.ts";
import { lackingIn, pressOutcome } from "../data/permit_act.ts";
import { measuresOf, settledCount } from "../data/permit_measures.ts";
import { watchPosition } from "../data/position.ts";
import { localText } from "../data/prefs.ts";
import { fieldTitle, isForMe, mayDecide, needsComment, placeOf } from "../data/records.ts";
import { useTaskForm, type TaskForm } from "../data/task_form.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { Button, ButtonLink } from "../parts/button.tsx";
import { Countdown } from "../parts/clocks.tsx";
import { TextArea } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { PermitInput } from "../parts/permit_input.tsx";
import { Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { SpotLine } from "./permit_spot.tsx";

const TaskExtras = lazy(() => import("../parts/task_extras.tsx"));

interface TasksProps {
  form: FormSource;
  view: RecordView;
}
export function PermitTasks({ form, view }: TasksProps) {
  const mine = view.tasks.filter(isForMe);
  if (mine.length === 0) return null;
  return mine.map((task) => task.node === "confirm"
    ? <ConfirmLink key={task.id} task={task} view={view} />
    : <PermitTask key={`${task.id}/${task.is_mine}`} task={task} form={form} view={view} />);
}

// The measures have a page of their own: one by one, in order.
function ConfirmLink({ task, view }: { task: Task; view: RecordView }) {
  const { p, lang } = usePermitPhone();
  const all = measuresOf(view.record, lang);
  return (
    <section className="panel task" aria-label={localText(task.name, lang)}>
      <header className="panel-head">
        <h2>{localText(task.name, lang)}</h2>
        {task.due && <Countdown due={task.due} />}
      </header>
      <p>{p("confirmHint", { done: settledCount(all), all: all.length })}</p>
      <div className="actions">
        <ButtonLink href={`#/permits/measures/${view.record.id}`} kind="main" icon="tasks">
          {p("confirmGo")}
        </ButtonLink>
      </div>
    </section>
  );
}

interface TaskProps extends TasksProps {
  task: Task;
}
function PermitTask({ task, form, view }: TaskProps) {
  const { p, t, lang } = usePermitPhone();
  const state = useTaskForm(task, form, view);
  useEffect(watchPosition, []);
  const outcomes = outcomesOf(task, t("taskFinish"));
  const wantsWords = outcomes.some(needsComment);
  return (
    <section className="panel task" aria-label={localText(task.name, lang)}>
      <header className="panel-head">
        <h2>{localText(task.name, lang)}</h2>
        {task.due && <Countdown due={task.due} />}
      </header>
      {state.writes.map((field) => (
        <Field key={field} field={field} task={task} form={form} view={view} state={state} />
      ))}
      <TextArea
        label={wantsWords ? t("taskComment") : `${t("taskComment")} · ${t("optional")}`} rows={2}
        value={state.comment} onChange={state.say} maxLength={1000}
      />
      <Suspense fallback={null}><TaskExtras task={task} view={view} state={state} /></Suspense>
      <SpotLine />
      {mayDecide(task) && (
        <div className="actions">
          {outcomes.map((outcome, at) => (
            <Press
              key={outcome.id} outcome={outcome} isMain={at === 0} task={task} form={form}
              view={view} state={state}
            />
          ))}
        </div>
      )}
      {state.refusal && <Refused refusal={state.refusal} />}
      {state.refusal?.code === "place_unproven" && (
        <p className="strong">{p("spotWhy")}</p>
      )}
    </section>
  );
}

function outcomesOf(task: Task, ending: string): Outcome[] {
  return task.outcomes.length > 0
    ? task.outcomes : [{ id: "", name: { zh: ending, en: ending } }];
}

type FieldProps = TaskProps & { state: TaskForm; field: string };
function Field({ field, task, form, view, state }: FieldProps) {
  const { t, lang } = usePermitPhone();
  const isNeeded = [...task.requires, ...task.outcomes.flatMap((one) => one.fields ?? [])]
    .includes(field);
  return (
    <PermitInput
      form={form} field={field} value={state.fields[field]} isRequired={isNeeded} isHeld
      onChange={(value) => state.fill(field, value)} org={view.record.org_path}
      roll={state.rolls[field]} place={placeOf(view.record, lang) || view.record.number}
      fault={state.missing.includes(field) ? t("required")
        : state.refusal?.field?.split(".")[0] === field ? state.refusal.message : undefined}
    />
  );
}

type PressProps = TaskProps & { state: TaskForm; outcome: Outcome; isMain: boolean };
function Press({ outcome, isMain, task, form, view, state }: PressProps) {
  const { p, t, lang } = usePermitPhone();
  const { fields, isMute, isUnsigned } = lackingIn(task, outcome, state);
  const words = [
    ...fields.map((field) => fieldTitle(form, field, lang)), ...(isMute ? [t("taskComment")] : []),
    ...(isUnsigned ? [p("signature")] : []),
  ].join(", ");
  const run = async () => {
    const act = { task, view, outcome, fields: state.fields, comment: state.comment };
    const isDone = await state.act(outcome.id, () => pressOutcome(act, state));
    if (isDone) say(`${localText(task.name, lang)} · ${localText(outcome.name, lang)}`);
  };
  return (
    <div className="outcome">
      {words && <p className="lacking"><Icon name="warn" />{p("lacking", { list: words })}</p>}
      <Button
        text={localText(outcome.name, lang)} kind={isMain ? "main" : "plain"}
        isBusy={state.busy === outcome.id}
        isOff={state.isSending || state.busy !== null || words !== ""} run={() => void run()}
      />
    </div>
  );
}

// What the person in front of the screen can do to a record now: take a task on, fill in what it
// asks for, decide, give it back. The server decides again whether they may.
import { lazy, Suspense, useState } from "react";
import * as calls from "../api/calls.ts";
import { fileUrl } from "../api/calls.ts";
import type { FormSource, Outcome, RecordRow, RecordView, Task } from "../api/types.ts";
import { localText } from "../data/prefs.ts";
import {
  fieldTitle, isForMe, mayDecide, needsComment, photosOf, placeOf,
} from "../data/records.ts";
import { useMe } from "../data/session.ts";
import { useTaskForm, type TaskForm } from "../data/task_form.ts";
import { useText } from "../text/index.ts";
import { CaseActs, TaskActs } from "./act_buttons.tsx";
import { Button } from "./button.tsx";
import { Countdown } from "./clocks.tsx";
import { Dialog } from "./dialog.tsx";
import { Chips, TextArea } from "./field.tsx";
import { Input } from "./input.tsx";
import { OtherTasks } from "./other_tasks.tsx";
import { Refused } from "./states.tsx";
import { say } from "./toast.tsx";

const TaskExtras = lazy(() => import("./task_extras.tsx"));

interface PanelProps {
  task: Task;
  form: FormSource;
  view: RecordView;
}

// All open tasks of a record; those of other people in one line each.
export function TaskPanels({ form, view }: { form: FormSource; view: RecordView }) {
  const { t } = useText();
  const others = view.tasks.filter((task) => !isForMe(task));
  return (
    <>
      {view.tasks.filter(isForMe).map((task) => (
        <TaskPanel key={`${task.id}/${task.is_mine}`} task={task} form={form} view={view} />
      ))}
      <OtherTasks tasks={others} title={t("caseOthers")} />
      <CaseActs form={form.id} view={view} />
    </>
  );
}

function TaskPanel({ task, form, view }: PanelProps) {
  const { lang } = useText();
  const state = useTaskForm(task, form, view);
  return (
    <section className="panel task" aria-label={localText(task.name, lang)}>
      <header className="panel-head">
        <h2>{localText(task.name, lang)}</h2>
        {task.due && <Countdown due={task.due} />}
      </header>
      {task.is_mine
        ? <Mine task={task} form={form} view={view} state={state} />
        : <Free task={task} state={state} />}
      {state.refusal && <Refused refusal={state.refusal} />}
    </section>
  );
}

function Free({ task, state }: { task: Task; state: TaskForm }) {
  const { t } = useText();
  return (
    <div className="actions">
      <Button
        text={t("taskClaim")} kind="main" icon="check" isBusy={state.busy === "claim"}
        run={() => void state.act("claim", () => calls.claimTask(task.id))}
      />
    </div>
  );
}

// The photo that the first photo field of the form holds: what it looked like before.
function beforeUrl(form: FormSource, record: RecordRow, field: string): string | undefined {
  const names = Object.keys(form.data.properties);
  const first = names.find((name) => form.data.properties[name]?.["x-kind"] === "photos");
  if (!first || first === field) return undefined;
  const photo = photosOf(record[first])[0];
  return photo && fileUrl(form.id, record.id, photo.sha256);
}

function Mine({ task, form, view, state }: PanelProps & { state: TaskForm }) {
  const { t, lang } = useText();
  const { record } = view;
  const me = useMe();
  const [isReturning, setReturning] = useState(false);
  const place = placeOf(record, lang);
  const wantsWords = task.outcomes.some(needsComment);
  const asked = new Set([
    ...task.requires, ...task.outcomes.flatMap((outcome) => outcome.fields ?? []),
  ]);
  const missing = state.missing.map((field) => fieldTitle(form, field, lang)).join(", ");
  return (
    <>
      {state.writes.map((field) => {
        const roll = state.rolls[field];
        const isMissing = state.missing.includes(field);
        return (
          <Input
            key={field} form={form} field={field} value={state.fields[field]}
            onChange={(value) => state.fill(field, value)} org={record.org_path || me.org_path}
            isRequired={asked.has(field)}
            fault={isMissing ? t("required") : state.refusal?.field?.split(".")[0] === field
              ? state.refusal.message : undefined}
            photos={roll && { roll, place, ghostUrl: beforeUrl(form, record, field) }}
          />
        );
      })}
      <TextArea
        label={wantsWords ? t("taskComment") : `${t("taskComment")} · ${t("optional")}`}
        value={state.comment} onChange={state.say} rows={2}
        maxLength={1000}
        fault={state.lacksComment ? t("taskNeedsComment") : undefined}
      />
      {missing && <p className="fault" role="alert">{t("taskNeeds", { list: missing })}</p>}
      <Suspense fallback={null}><TaskExtras task={task} view={view} state={state} /></Suspense>
      <Outcomes task={task} state={state} onReturn={() => setReturning(true)} />
      {isReturning && (
        <ReturnDialog task={task} state={state} onClose={() => setReturning(false)} />
      )}
    </>
  );
}

interface OutcomesProps {
  task: Task;
  state: TaskForm;
  onReturn: () => void;
}
function Outcomes({ task, state, onReturn }: OutcomesProps) {
  const { t, lang } = useText();
  // A task without outcomes has one way to end, which has no name of its own.
  const ending = { id: "", name: { zh: t("taskFinish"), en: t("taskFinish") } };
  const outcomes = task.outcomes.length > 0 ? task.outcomes : [ending];
  const finish = async (outcome: Outcome) => {
    if (await state.complete(outcome)) {
      say(`${localText(task.name, lang)} · ${localText(outcome.name, lang)}`);
    }
  };
  return (
    <div className="actions">
      {mayDecide(task) && outcomes.map((outcome, at) => (
        <Button
          key={outcome.id} text={localText(outcome.name, lang)} kind={at === 0 ? "main" : "plain"}
          isBusy={state.busy === outcome.id} isOff={state.isSending || state.busy !== null}
          run={() => void finish(outcome)}
        />
      ))}
      {mayDecide(task) && task.return_targets.length > 0 && (
        <Button text={t("taskReturn")} icon="back" run={onReturn} isOff={state.busy !== null} />
      )}
      <TaskActs task={task} />
      <Button
        text={t("taskUnclaim")} kind="quiet" isBusy={state.busy === "unclaim"}
        isOff={state.busy !== null}
        run={() => void state.act("unclaim", () => calls.unclaimTask(task.id))}
      />
    </div>
  );
}

interface ReturnProps {
  task: Task;
  state: TaskForm;
  onClose: () => void;
}
export function ReturnDialog({ task, state, onClose }: ReturnProps) {
  const { t, lang } = useText();
  const [to, setTo] = useState(task.return_targets[0]?.id ?? null);
  const [why, setWhy] = useState("");
  const send = async () => {
    const target = to ?? "";
    if (await state.act("return", () => calls.returnTask(task.id, target, why.trim()))) {
      say(t("actReturn"));
    }
    onClose();
  };
  const choices = task.return_targets.map((target) => ({
    value: target.id, text: localText(target.name, lang),
  }));
  const actions = (
    <>
      <Button text={t("cancel")} run={onClose} />
      <Button
        text={t("taskReturn")} kind="main" isBusy={state.busy === "return"}
        isOff={!to || why.trim() === ""} run={() => void send()}
      />
    </>
  );
  return (
    <Dialog title={t("taskReturn")} onClose={onClose} actions={actions}>
      <Chips label={t("taskReturnTo")} choices={choices} value={to} onChange={setTo} />
      <TextArea
        label={t("taskReturnWhy")} value={why} onChange={setWhy} isRequired maxLength={1000}
      />
    </Dialog>
  );
}

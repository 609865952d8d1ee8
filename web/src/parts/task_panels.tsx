// What the person with the phone can do to a record now. The usual way stands in front; each other
// way (more time, wrong owner, cannot be fixed now) opens with only what it asks for.
import { lazy, Suspense, useState } from "react";
import * as calls from "../api/calls.ts";
import type { FormSource, Outcome, RecordRow, RecordView, Task } from "../api/types.ts";
import { isDoubtful, useEvidence } from "../data/evidence.ts";
import { layoutOf, wantsReason } from "../data/outcomes.ts";
import { localText } from "../data/prefs.ts";
import {
  fieldTitle, isForMe, mayDecide, needsComment, photosOf, placeOf,
} from "../data/records.ts";
import { useMe } from "../data/session.ts";
import { useTaskForm, type TaskForm } from "../data/task_form.ts";
import { useLoopText } from "../text/loop.ts";
import { CaseActs, TaskActs } from "./act_buttons.tsx";
import { Button } from "./button.tsx";
import { Countdown } from "./clocks.tsx";
import { Dialog } from "./dialog.tsx";
import { TextArea } from "./field.tsx";
import { Input } from "./input.tsx";
import { OtherTasks } from "./other_tasks.tsx";
import { Refused } from "./states.tsx";
import { ReturnDialog } from "./task_panel.tsx";
import { say } from "./toast.tsx";
import { HandOver } from "./hand_over.tsx";
import "../styles/m_loop.css";

const TaskExtras = lazy(() => import("./task_extras.tsx"));

interface PanelProps {
  task: Task;
  form: FormSource;
  view: RecordView;
}

export function TaskPanels({ form, view }: { form: FormSource; view: RecordView }) {
  const { t } = useLoopText();
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
  const { t, lang } = useLoopText();
  const state = useTaskForm(task, form, view);
  return (
    <section className="panel task" aria-label={localText(task.name, lang)}>
      <header className="panel-head">
        <h2>{localText(task.name, lang)}</h2>
        {task.due && <Countdown due={task.due} />}
      </header>
      {task.is_mine ? <Mine task={task} form={form} view={view} state={state} /> : (
        <div className="actions">
          <Button
            text={t("taskClaim")} kind="main" icon="check" isBusy={state.busy === "claim"}
            run={() => void state.act("claim", () => calls.claimTask(task.id))}
          />
        </div>
      )}
      {state.refusal && state.refusal.code !== "evidence_doubtful" &&
        <Refused refusal={state.refusal} />}
    </section>
  );
}

// The photo that the first photo field of the form holds: what it looked like before.
function beforeUrl(form: FormSource, record: RecordRow, field: string): string | undefined {
  const names = Object.keys(form.data.properties);
  const first = names.find((name) => form.data.properties[name]?.["x-kind"] === "photos");
  if (!first || first === field) return undefined;
  const photo = photosOf(record[first])[0];
  return photo && calls.fileUrl(form.id, record.id, photo.sha256);
}

type MineProps = PanelProps & { state: TaskForm };

function Fields({ fields, ...props }: MineProps & { fields: string[] }) {
  const { task, form, view, state } = props;
  const { t, lang } = useLoopText();
  const me = useMe();
  const { record } = view;
  const asked = new Set([
    ...task.requires, ...task.outcomes.flatMap((outcome) => outcome.fields ?? []),
  ]);
  return fields.map((field) => {
    const roll = state.rolls[field];
    const isMissing = state.missing.includes(field);
    return (
      <Input
        key={field} form={form} field={field} value={state.fields[field]}
        onChange={(value) => state.fill(field, value)} org={record.org_path || me.org_path}
        isRequired={asked.has(field)}
        fault={isMissing ? t("required") : state.refusal?.field?.split(".")[0] === field
          ? state.refusal.message : undefined}
        photos={roll && {
          roll, place: placeOf(record, lang), ghostUrl: beforeUrl(form, record, field),
        }}
      />
    );
  });
}

function Mine(props: MineProps) {
  const { task, form, view, state } = props;
  const { t, p, lang } = useLoopText();
  const [isReturning, setReturning] = useState(false);
  const layout = layoutOf(task, state.writes, form);
  const evidence = useEvidence(form.id, view.record.id);
  const isInDoubt = isDoubtful(evidence.value) || state.refusal?.code === "evidence_doubtful";
  const hasDoubt = isInDoubt && (state.refusal?.code === "evidence_doubtful" ||
    task.outcomes.some((outcome) => outcome.doubt === "comment"));
  const [usual] = task.outcomes;
  const wantsWords = hasDoubt || (usual !== undefined && needsComment(usual));
  const missing = state.missing.map((field) => fieldTitle(form, field, lang)).join(", ");
  return (
    <>
      <Fields {...props} fields={layout.front} />
      {hasDoubt && (
        <p className="banner warn" role="alert">{p("doubtTitle")}</p>
      )}
      <TextArea
        label={wantsWords ? t("taskComment") : `${t("taskComment")} · ${t("optional")}`}
        value={state.comment} onChange={state.say} rows={2} maxLength={1000}
        hint={hasDoubt ? p("doubtWhy") : undefined}
        fault={state.lacksComment || (hasDoubt && state.refusal && state.comment.trim() === "")
          ? t("taskNeedsComment") : undefined}
      />
      {missing && <p className="fault" role="alert">{t("taskNeeds", { list: missing })}</p>}
      <Suspense fallback={null}><TaskExtras task={task} view={view} state={state} /></Suspense>
      {state.isSending && <p className="soft" role="status">{p("waitPhotos")}</p>}
      <Outcomes {...props} isInDoubt={isInDoubt} onReturn={() => setReturning(true)} />
      {isReturning && (
        <ReturnDialog task={task} state={state} onClose={() => setReturning(false)} />
      )}
    </>
  );
}

type OutcomesProps = MineProps & { isInDoubt: boolean; onReturn: () => void };

function useFinish({ task, state, isInDoubt }: OutcomesProps) {
  const { lang } = useLoopText();
  return async (outcome: Outcome): Promise<boolean> => {
    const isMute = state.comment.trim() === "";
    const wish = wantsReason(outcome, isInDoubt) && isMute
      ? { ...outcome, comment: "required" as const } : outcome;
    const isDone = await state.complete(wish);
    if (isDone) say(`${localText(task.name, lang)} · ${localText(outcome.name, lang)}`);
    return isDone;
  };
}

function Outcomes(props: OutcomesProps) {
  const { task, form, state, onReturn } = props;
  const { t, p, lang } = useLoopText();
  const [open, setOpen] = useState<Outcome | null>(null);
  const finish = useFinish(props);
  const layout = layoutOf(task, state.writes, form);
  // A task without outcomes has one way to end, which has no name of its own.
  const ending = { id: "", name: { zh: t("taskFinish"), en: t("taskFinish") } };
  const front = [task.outcomes[0] ?? ending, ...layout.plain];
  const fields = layout.apart.find(({ outcome }) => outcome.id === open?.id)?.fields ?? [];
  // What needs words asks for them when it is chosen, unless they are there already.
  const choose = (outcome: Outcome) => {
    const isUsual = outcome.id === front[0]?.id;
    if (!isUsual && needsComment(outcome) && state.comment.trim() === "") setOpen(outcome);
    else void finish(outcome);
  };
  return (
    <div className="actions">
      {mayDecide(task) && front.map((outcome, at) => (
        <Button
          key={outcome.id} text={localText(outcome.name, lang)} kind={at === 0 ? "main" : "plain"}
          isBusy={state.busy === outcome.id} isOff={state.isSending || state.busy !== null}
          run={() => choose(outcome)}
        />
      ))}
      {mayDecide(task) && layout.apart.length > 0 && (
        <p className="soft other-ways">{p("otherWays")}</p>
      )}
      {mayDecide(task) && layout.apart.map(({ outcome }) => (
        <Button
          key={outcome.id} text={`${localText(outcome.name, lang)} …`}
          isOff={state.busy !== null} run={() => setOpen(outcome)}
        />
      ))}
      {open && (
        <ApartDialog
          {...props} outcome={open} fields={fields} finish={finish} onClose={() => setOpen(null)}
        />
      )}
      {mayDecide(task) && task.return_targets.length > 0 && (
        <Button text={t("taskReturn")} icon="back" run={onReturn} isOff={state.busy !== null} />
      )}
      {mayDecide(task) && <HandOver task={task} />}
      <TaskActs task={task} />
      <Button
        text={t("taskUnclaim")} kind="quiet" isBusy={state.busy === "unclaim"}
        isOff={state.busy !== null}
        run={() => void state.act("unclaim", () => calls.unclaimTask(task.id))}
      />
    </div>
  );
}

interface ApartProps extends MineProps {
  outcome: Outcome;
  fields: string[];
  finish: (outcome: Outcome) => Promise<boolean>;
  onClose: () => void;
}
function ApartDialog({ outcome, fields, finish, onClose, ...props }: ApartProps) {
  const { state } = props;
  const { t, lang } = useLoopText();
  const name = localText(outcome.name, lang);
  const run = async () => {
    if (await finish(outcome)) onClose();
  };
  const actions = (
    <>
      <Button text={t("cancel")} run={onClose} />
      <Button
        text={name} kind="main" isBusy={state.busy === outcome.id} isOff={state.isSending}
        run={() => void run()}
      />
    </>
  );
  return (
    <Dialog title={name} onClose={onClose} actions={actions}>
      <div className="stack">
        <Fields {...props} fields={fields} />
        <TextArea
          label={needsComment(outcome) ? t("taskComment")
            : `${t("taskComment")} · ${t("optional")}`}
          value={state.comment} onChange={state.say} rows={2} maxLength={1000}
          isRequired={needsComment(outcome)}
          fault={state.lacksComment ? t("taskNeedsComment") : undefined}
        />
        {state.refusal && <Refused refusal={state.refusal} />}
      </div>
    </Dialog>
  );
}

// What the person with the phone has to do on a permit now: approve, sign on the spot, hand over,
// take up again, accept. Each act is one button, which opens only what that act asks for.
import { lazy, Suspense, useEffect, useState } from "react";
import type { FormSource, RecordRow, RecordView, Task } from "../api/types.ts";
import { actsOf, type Act } from "../data/outcomes.ts";
import { measuresOf, settledCount } from "../data/permit_measures.ts";
import { watchPosition } from "../data/position.ts";
import { localText } from "../data/prefs.ts";
import { isForMe, mayDecide } from "../data/records.ts";
import { useTaskForm } from "../data/task_form.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { Button, ButtonLink } from "../parts/button.tsx";
import { Countdown } from "../parts/clocks.tsx";

const ActSheet = lazy(() => import("./permit_act.tsx"));

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
  const { t, lang } = usePermitPhone();
  const state = useTaskForm(task, form, view);
  const [open, setOpen] = useState<string | null>(null);
  useEffect(watchPosition, []);
  const acts = openActs(task, state.writes, view.record);
  const all = acts.length > 0 ? acts : [endingOf(t("taskFinish"))];
  const chosen = all.find(({ outcome }) => outcome.id === open);
  return (
    <section className="panel task" aria-label={localText(task.name, lang)}>
      <header className="panel-head">
        <h2>{localText(task.name, lang)}</h2>
        {task.due && <Countdown due={task.due} />}
      </header>
      {mayDecide(task) && (
        <div className="actions">
          {all.map(({ outcome }, at) => (
            <Button
              key={outcome.id} text={localText(outcome.name, lang)}
              kind={at === 0 ? "main" : "plain"} icon={at === 0 ? "check" : "next"}
              run={() => setOpen(outcome.id)}
            />
          ))}
        </div>
      )}
      {chosen && (
        <Suspense fallback={null}>
          <ActSheet
            act={chosen} task={task} form={form} view={view} state={state}
            onClose={() => setOpen(null)}
          />
        </Suspense>
      )}
    </section>
  );
}

const endingOf = (text: string): Act =>
  ({ outcome: { id: "", name: { zh: text, en: text } }, fields: [] });

// Stopping has its own red button, which works without a link too; what the rules never extend, or
// what was extended already, is not offered.
function openActs(task: Task, writes: string[], record: RecordRow): Act[] {
  const isOver = record["extended_at"] || Number(record["limit_extend_h"] ?? 0) === 0;
  const shut = task.node === "work" ? ["suspend", ...(isOver ? ["extend"] : [])] : [];
  return actsOf(task, writes).filter(({ outcome }) => !shut.includes(outcome.id));
}

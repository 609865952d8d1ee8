// The way to the acts of approval: one button on a task, one for each act on the case. What opens
// comes later.
import { lazy, Suspense, useState } from "react";
import type { RecordView, Task } from "../api/types.ts";
import { useMe } from "../data/session.ts";
import { actsOf, caseActsOf, type CaseAct } from "../data/task_acts.ts";
import { useActsText } from "../text/acts.ts";
import { Button } from "./button.tsx";

const sheet = () => import("./more_acts.tsx");
const MoreActs = lazy(sheet);
const CaseActDialog = lazy(() => sheet().then((all) => ({ default: all.CaseActDialog })));

export function TaskActs({ task }: { task: Task }) {
  const { t } = useActsText();
  const me = useMe();
  const [isOpen, setOpen] = useState(false);
  const acts = actsOf(task);
  const [only] = acts;
  if (!only) return null;
  return (
    <>
      <Button
        text={acts.length === 1 ? t(only) : t("more")} kind="quiet" run={() => setOpen(true)}
      />
      {isOpen && (
        <Suspense>
          <MoreActs task={task} org={me.org_path} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

// What somebody else's task waits for, where that is no plain work.
export function TaskWaits({ task }: { task: Task }) {
  const { t } = useActsText();
  if (task.state === "suspended") return <span className="soft">{t("suspended")}</span>;
  return task.owner ? <span className="soft">{t("withOther")}</span> : null;
}

export function CaseActs({ form, view }: { form: string; view: RecordView }) {
  const { t } = useActsText();
  const [open, setOpen] = useState<CaseAct | null>(null);
  const acts = caseActsOf(view);
  if (acts.length === 0) return null;
  return (
    <section className="panel" aria-label={t("caseActs")}>
      <div className="actions">
        {acts.map((act) => (
          <Button key={act} text={t(act)} kind="quiet" run={() => setOpen(act)} />
        ))}
      </div>
      {open && (
        <Suspense>
          <CaseActDialog
            act={open} form={form} id={view.record.id} onClose={() => setOpen(null)}
          />
        </Suspense>
      )}
    </section>
  );
}

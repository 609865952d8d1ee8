// The acts of approval beside the usual buttons: a sheet that lists them, and a dialog for each
// that asks for what it needs. Loaded when somebody opens it; the server decides again.
import { useState, type ReactNode } from "react";
import * as calls from "../api/calls_acts.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { SignTime, Task } from "../api/types.ts";
import { afterTask } from "../data/task_form.ts";
import {
  actsOf, asksOf, isReady, pick, type Act, type CaseAct,
} from "../data/task_acts.ts";
import { useActsText } from "../text/acts.ts";
import { useText } from "../text/index.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Chips, TextArea } from "./field.tsx";
import { PickPerson } from "./picker.tsx";
import { Refused } from "./states.tsx";
import { say } from "./toast.tsx";

export interface MoreActsProps {
  task: Task;
  org: string;
  onClose: () => void;
}

export default function MoreActs({ task, org, onClose }: MoreActsProps) {
  const { t: a } = useActsText();
  const acts = actsOf(task);
  const [open, setOpen] = useState<Act | null>(acts.length === 1 ? acts[0] ?? null : null);
  if (open) return <TaskActDialog task={task} act={open} org={org} onClose={onClose} />;
  return (
    <Dialog title={a("more")} onClose={onClose}>
      <div className="stack" role="list">
        {acts.map((act) => (
          <div role="listitem" key={act}>
            <Button text={a(act)} run={() => setOpen(act)} />
            <p className="soft">{a(`${act}Hint`)}</p>
          </div>
        ))}
      </div>
    </Dialog>
  );
}

interface Wish {
  people: string[];
  reason: string;
  when: SignTime;
  mode: calls.Mode;
}

function send(task: string, act: Act, wish: Wish): Promise<object> {
  const { people, when, mode } = wish;
  const [first = ""] = people;
  const comment = wish.reason.trim();
  switch (act) {
    case "transfer": return calls.transfer(task, first, comment);
    case "delegate": return calls.delegate(task, first, comment);
    case "resolve": return calls.resolve(task, comment);
    case "reject": return calls.reject(task, comment);
    case "urge": return calls.urge(task, comment);
    case "remove_sign": return calls.removeSign(task, first, comment);
    case "cc": return calls.copyTo(task, people, comment);
    case "add_sign": return calls.addSign(task, { when, mode, to: people, comment });
  }
}

interface ActDialogProps {
  act: Act | CaseAct;
  org: string;
  onClose: () => void;
  run: (wish: Wish) => Promise<object>;
  when?: readonly SignTime[];
}

// Every act asks for people, a reason, or nothing but to be meant.
function ActDialog({ act, org, onClose, run, when = [] }: ActDialogProps) {
  const { t } = useText();
  const { t: a } = useActsText();
  const [wish, setWish] = useState<Wish>({
    people: [], reason: "", when: when[0] ?? "parallel", mode: "all",
  });
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const asks = asksOf(act);
  const finish = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      await run(wish);
      say(a("done", { act: a(act) }));
      afterTask();
      onClose();
    } catch (reason) {
      setRefusal(asRefusal(reason));
      setBusy(false);
    }
  };
  const actions = (
    <>
      <Button text={t("cancel")} run={onClose} />
      <Button
        text={a(act)} kind="main" isBusy={isBusy}
        isOff={!isReady(act, wish.people, wish.reason)} run={() => void finish()}
      />
    </>
  );
  return (
    <Dialog title={a(act)} onClose={onClose} actions={actions}>
      <div className="stack">
        <p className="soft">{a(`${act}Hint`)}</p>
        {act === "add_sign" && <SignTerms wish={wish} when={when} onChange={setWish} />}
        {asks.people !== "none" && <People act={act} org={org} wish={wish} onChange={setWish} />}
        <TextArea
          label={a(asks.isReasonNeeded ? "reason" : "reasonOptional")} value={wish.reason}
          onChange={(reason) => setWish({ ...wish, reason })} rows={2} maxLength={1000}
          isRequired={asks.isReasonNeeded}
        />
        {refusal && <Refused refusal={refusal} />}
      </div>
    </Dialog>
  );
}

interface PartProps {
  wish: Wish;
  onChange: (wish: Wish) => void;
}

function People({ act, org, wish, onChange }: PartProps & { act: Act | CaseAct; org: string }) {
  const { t: a } = useActsText();
  const { people } = wish;
  const last = people[people.length - 1] ?? null;
  return (
    <>
      <PickPerson
        label={a("person")} value={last} org={org}
        onChange={(person) => onChange({ ...wish, people: pick(act, people, person) })}
      />
      {people.length > 1 && <p role="status">{a("people", { n: people.length })}</p>}
    </>
  );
}

function SignTerms({ wish, when, onChange }: PartProps & { when: readonly SignTime[] }) {
  const { t: a } = useActsText();
  const modes: calls.Mode[] = ["all", "any", "sequence"];
  return (
    <>
      <Chips
        label={a("when")} value={wish.when}
        choices={when.map((one) => ({ value: one, text: a(one) }))}
        onChange={(value) => onChange({ ...wish, when: value as SignTime })}
      />
      <Chips
        label={a("mode")} value={wish.mode}
        choices={modes.map((one) => ({ value: one, text: a(one) }))}
        onChange={(value) => onChange({ ...wish, mode: value as calls.Mode })}
      />
    </>
  );
}

function TaskActDialog({ task, act, org, onClose }: MoreActsProps & { act: Act }): ReactNode {
  return (
    <ActDialog
      act={act} org={org} onClose={onClose} when={task.add_sign ?? []}
      run={(wish) => send(task.id, act, wish)}
    />
  );
}

interface CaseActProps {
  act: CaseAct;
  form: string;
  id: string;
  onClose: () => void;
}
export function CaseActDialog({ act, form, id, onClose }: CaseActProps) {
  return (
    <ActDialog
      act={act} org="" onClose={onClose}
      run={(wish) => calls.actOnCase(form, id, act, wish.reason.trim())}
    />
  );
}

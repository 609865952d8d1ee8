// Giving work to a colleague: one task, or everything at the end of a shift. Who is on duty now
// comes first; who is away is shown with the deputy.
import { useState } from "react";
import * as calls from "../api/calls_hazard.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { Task } from "../api/types.ts";
import type { DutyPerson } from "../api/types_hazard.ts";
import { afterTask } from "../data/task_form.ts";
import { useQuery } from "../data/query.ts";
import { go } from "../data/route.ts";
import { useMe } from "../data/session.ts";
import { useLoopText } from "../text/loop.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Chips, TextArea } from "./field.tsx";
import { PickPerson } from "./picker.tsx";
import { Refused } from "./states.tsx";
import { say } from "./toast.tsx";

export function HandOver({ task }: { task?: Task }) {
  const { p } = useLoopText();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        text={p(task ? "handOver" : "handOverAll")} icon="people" run={() => setOpen(true)}
      />
      {isOpen && <HandOverDialog task={task} onClose={() => setOpen(false)} />}
    </>
  );
}

function useOnDuty(me: string): DutyPerson[] {
  const rows = useQuery("duty", () => calls.duty()).value?.rows ?? [];
  const people = rows.flatMap((row) => row.people).filter((one) => one.id !== me);
  return [...new Map(people.map((one) => [one.id, one])).values()];
}
const deputyName = (one: DutyPerson): string =>
  typeof one.deputy === "string" ? one.deputy : one.deputy?.name ?? "";

function Away({ people }: { people: DutyPerson[] }) {
  const { p } = useLoopText();
  return people.map((one) => (
    <p className="soft" key={one.id}>
      {p("handOverAway", { name: one.name, deputy: deputyName(one) })}
    </p>
  ));
}

function HandOverDialog({ task, onClose }: { task: Task | undefined; onClose: () => void }) {
  const { p, t } = useLoopText();
  const me = useMe();
  const duty = useOnDuty(me.id);
  const [to, setTo] = useState<string | null>(null);
  const [why, setWhy] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const run = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      const { handed } = task
        ? await calls.handOver(task.id, to ?? "", why.trim())
        : await calls.handOverAll(to ?? "", why.trim());
      say(p("handOverDone", { n: handed }));
      afterTask();
      onClose();
      if (task) go("tasks");
    } catch (reason) {
      setRefusal(asRefusal(reason));
      setBusy(false);
    }
  };
  const here = duty.filter((one) => !one.is_away);
  const away = duty.filter((one) => one.is_away && one.deputy);
  const actions = (
    <>
      <Button text={t("cancel")} run={onClose} />
      <Button
        text={p("handOverSend")} kind="main" isOff={!to || why.trim() === ""} isBusy={isBusy}
        run={() => void run()}
      />
    </>
  );
  return (
    <Dialog
      title={p(task ? "handOver" : "handOverAll")} onClose={onClose} actions={actions}
    >
      <div className="stack">
        {here.length > 0 && (
          <Chips
            label={p("handOverDuty")} value={to} onChange={setTo}
            choices={here.slice(0, 6).map((one) => ({ value: one.id, text: one.name }))}
          />
        )}
        <Away people={away} />
        <PickPerson label={p("handOverTo")} value={to} onChange={setTo} org={me.org_path} />
        <TextArea
          label={p("handOverWhy")} value={why} onChange={setWhy} isRequired rows={2}
          maxLength={1000}
        />
        {refusal && <Refused refusal={refusal} />}
      </div>
    </Dialog>
  );
}

// Putting somebody on the roster, and writing down who is away. Ids and keys are made once, so that
// a lost answer makes no second entry.
import { useRef, useState, type ReactNode } from "react";
import * as calls from "../api/calls.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
import type { FieldValue } from "../api/types.ts";
import { serverNow } from "../data/clock.ts";
import { proposal, shifts, type Shift } from "../data/desk_duty.ts";
import { localInput } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { refresh, useQuery } from "../data/query.ts";
import { choiceText, useForm } from "../data/records.ts";
import { useMe } from "../data/session.ts";
import { useWork } from "../text/desk_work.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Chips, TextField } from "../parts/field.tsx";
import { PickPerson } from "../parts/picker.tsx";
import { Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { Select } from "./hazard_filters.tsx";

type Fields = Record<string, FieldValue>;
function useEntry(form: string, first: Fields, onClose: () => void) {
  const { w } = useWork();
  const [fields, setFields] = useState<Fields>(first);
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const ids = useRef({ id: newId(), key: newId() });
  const put = (more: Fields) => {
    ids.current = { id: newId(), key: newId() };
    setFields((before) => ({ ...before, ...more }));
  };
  const save = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      const filled = Object.entries(fields).filter(([, value]) => value !== "" && value !== null);
      await calls.createRecord(form, ids.current.id, Object.fromEntries(filled), ids.current.key);
      for (const prefix of [`records/${form}`, "duty"]) refresh(prefix);
      say(w("entrySaved"));
      onClose();
    } catch (reason) {
      setRefusal(asRefusal(reason));
      setBusy(false);
    }
  };
  return { fields, put, save, isBusy, refusal };
}
type Entry = ReturnType<typeof useEntry>;

interface FrameProps {
  title: string;
  entry: Entry;
  needed: string[];
  onClose: () => void;
  children: ReactNode;
}
function EntryDialog({ title, entry, needed, onClose, children }: FrameProps) {
  const { t, w } = useWork();
  const isWhole = needed.every((field) => entry.fields[field]);
  const actions = (
    <>
      <Button text={t("cancel")} run={onClose} />
      <Button
        text={w("save")} kind="main" isOff={!isWhole} isBusy={entry.isBusy}
        run={() => void entry.save()}
      />
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      {children}
      {entry.refusal && <Refused refusal={entry.refusal} />}
    </Dialog>
  );
}

const textOf = (value: FieldValue | undefined): string => typeof value === "string" ? value : "";
function Moment({ label, field, entry }: { label: string; field: string; entry: Entry }) {
  const type = (local: string) => {
    const at = new Date(local);
    entry.put({ [field]: Number.isNaN(at.getTime()) ? null : at.toISOString() });
  };
  return (
    <TextField
      kind="datetime-local" label={label} value={localInput(textOf(entry.fields[field]) || null)}
      onChange={type} isRequired
      fault={entry.refusal?.field === field ? entry.refusal.message : undefined}
    />
  );
}

export function DutyDialog({ day, onClose }: { day: string; onClose: () => void }) {
  const { w, lang } = useWork();
  const me = useMe();
  const form = useForm("duty").value;
  const units = useQuery("org", calls.org).value?.units ?? [];
  const roles = useQuery("roles", calls.roles).value?.roles ?? [];
  const entry = useEntry("duty", { shift: "day", ...proposal(day, "day") }, onClose);
  const { fields, put } = entry;
  const unit = units.find((one) => one.code === fields["unit"]);
  const sorted = [...units].sort((a, b) => a.path.localeCompare(b.path));
  return (
    <EntryDialog
      title={w("dutyAdd")} entry={entry} onClose={onClose}
      needed={["unit", "role", "person", "from", "until"]}
    >
      <div className="two-fields">
        <Select
          label={w("unit")} value={textOf(fields["unit"])} set={(value) => put({ unit: value })}
          choices={sorted.map((one) => ({ value: one.code, text: localText(one.name, lang) }))}
        />
        <Select
          label={w("role")} value={textOf(fields["role"])} set={(value) => put({ role: value })}
          choices={roles.map((one) => ({ value: one.id, text: localText(one.name, lang) }))}
        />
      </div>
      <PickPerson
        label={w("dutyWho")} value={textOf(fields["person"]) || null} isRequired
        onChange={(person) => put({ person })} org={unit?.path ?? me.org_path}
      />
      <Chips
        label={w("shift")} value={textOf(fields["shift"])}
        choices={shifts.map((value) => ({
          value, text: form ? choiceText(form, "shift", value, lang) : value,
        }))}
        onChange={(shift) => put({ shift, ...proposal(day, shift as Shift) })}
      />
      <div className="two-fields">
        <Moment label={w("momentFrom")} field="from" entry={entry} />
        <Moment label={w("momentUntil")} field="until" entry={entry} />
      </div>
    </EntryDialog>
  );
}

const day_ms = 86400000;
export function AbsenceDialog({ onClose }: { onClose: () => void }) {
  const { w, lang } = useWork();
  const me = useMe();
  const form = useForm("absence").value;
  const entry = useEntry("absence", {
    from: new Date(serverNow()).toISOString(), until: new Date(serverNow() + day_ms).toISOString(),
  }, onClose);
  const { fields, put } = entry;
  const reasons = form?.data.properties["reason"]?.enum ?? [];
  return (
    <EntryDialog
      title={w("absenceAdd")} entry={entry} onClose={onClose}
      needed={["person", "from", "until", "reason"]}
    >
      <PickPerson
        label={w("awayWho")} value={textOf(fields["person"]) || null} isRequired
        onChange={(person) => put({ person })} org={me.org_path}
      />
      <PickPerson
        label={w("deputy")} value={textOf(fields["deputy"]) || null} hint={w("deputyHint")}
        onChange={(deputy) => put({ deputy })} org={me.org_path}
        fault={entry.refusal?.field === "deputy" ? entry.refusal.message : undefined}
      />
      <Chips
        label={w("awayWhy")} value={textOf(fields["reason"])} isRequired
        choices={reasons.map((value) => ({
          value, text: form ? choiceText(form, "reason", value, lang) : value,
        }))}
        onChange={(reason) => put({ reason })}
      />
      <div className="two-fields">
        <Moment label={w("momentFrom")} field="from" entry={entry} />
        <Moment label={w("momentUntil")} field="until" entry={entry} />
      </div>
    </EntryDialog>
  );
}

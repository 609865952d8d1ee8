// My delegations, on phone and desk: to whom, from when until when, of which forms.
import { useState } from "react";
import * as calls from "../api/calls_acts.ts";
import type { Delegation } from "../api/calls_acts.ts";
import type { FormSource } from "../api/types.ts";
import { serverNow } from "../data/clock.ts";
import {
  faultOf, isRunning, useDelegations, useForms, usualPeriod, withTasks,
} from "../data/delegations.ts";
import { dateTime } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { refresh } from "../data/query.ts";
import { useMe } from "../data/session.ts";
import { useDelegationText } from "../text/delegation.ts";
import { useText } from "../text/index.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { TextField } from "./field.tsx";
import { PickPerson } from "./picker.tsx";
import { useSending } from "./sending.ts";
import { Ready, Refused } from "./states.tsx";
import { say } from "./toast.tsx";
import "../styles/delegation.css";

export default function Delegations() {
  const { t } = useDelegationText();
  const me = useMe();
  const query = useDelegations();
  const forms = useForms().value?.forms ?? [];
  const [isAdding, setAdding] = useState(false);
  return (
    <div className="stack delegations">
      <p className="soft">{t("hint")}</p>
      <Ready query={query}>
        {({ rows }) => (
          <>
            <List
              title={t("mine")} rows={rows.filter((row) => row.person === me.id)} forms={forms}
              isMine
            />
            <List
              title={t("others")} rows={rows.filter((row) => row.person !== me.id)} forms={forms}
            />
          </>
        )}
      </Ready>
      <div className="actions">
        <Button text={t("add")} icon="plus" kind="main" run={() => setAdding(true)} />
      </div>
      {isAdding && <AddDialog forms={withTasks(forms)} onClose={() => setAdding(false)} />}
    </div>
  );
}

interface ListProps {
  title: string;
  rows: Delegation[];
  forms: FormSource[];
  isMine?: boolean;
}
function List({ title, rows, forms, isMine = false }: ListProps) {
  const { t, lang } = useDelegationText();
  const nameOf = (id: string) => localText(forms.find((form) => form.id === id)?.title, lang) || id;
  return (
    <section className="panel" aria-label={title}>
      <h2>{title}</h2>
      {rows.length === 0 ? <p className="soft">{t("none")}</p> : (
        <ul className="delegation-list">
          {rows.map((row) => (
            <li key={row.id}>
              <b>{isMine ? row.deputy_name : row.person_name}</b>{" "}
              <span className="state">
                {t(isRunning(row, serverNow()) ? "running" : "ahead")}
              </span>
              <span className="num">
                {t("period", { from: dateTime(row.from), until: dateTime(row.until) })}
              </span>
              <span>
                {row.forms.length === 0 ? t("allForms") : row.forms.map(nameOf).join(", ")}
              </span>
              {row.reason && <span className="soft">{row.reason}</span>}
              {isMine && <EndButton row={row} />}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function EndButton({ row }: { row: Delegation }) {
  const { t } = useDelegationText();
  const { t: c } = useText();
  const [isOpen, setOpen] = useState(false);
  const { refusal, isBusy, send } = useSending();
  const end = () => send(async () => {
    await calls.endDelegation(row.id);
    say(t("ended"));
    refresh("delegations");
    setOpen(false);
  });
  const actions = (
    <>
      <Button text={c("cancel")} run={() => setOpen(false)} />
      <Button text={t("end")} kind="danger" isBusy={isBusy} run={() => void end()} />
    </>
  );
  return (
    <>
      <Button text={t("end")} run={() => setOpen(true)} />
      {isOpen && (
        <Dialog title={t("end")} onClose={() => setOpen(false)} actions={actions}>
          <p>{row.deputy_name}</p>
          <p>{t("endSure")}</p>
          {refusal && <Refused refusal={refusal} />}
        </Dialog>
      )}
    </>
  );
}

function AddDialog({ forms, onClose }: { forms: FormSource[]; onClose: () => void }) {
  const { t } = useDelegationText();
  const { t: c } = useText();
  const me = useMe();
  const [period, setPeriod] = useState(() => usualPeriod(serverNow()));
  const [deputy, setDeputy] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const [reason, setReason] = useState("");
  const { refusal, isBusy, send } = useSending();
  const fault = faultOf(period, serverNow());
  const save = () => send(async () => {
    const iso = (local: string) => new Date(local).toISOString();
    await calls.setDelegation({
      deputy, forms: chosen, from: iso(period.from), until: iso(period.until),
      reason: reason.trim(),
    });
    say(t("saved"));
    refresh("delegations");
    onClose();
  });
  const actions = (
    <>
      <Button text={c("cancel")} run={onClose} />
      <Button
        text={t("save")} kind="main" isBusy={isBusy} isOff={!deputy || fault !== ""}
        run={() => void save()}
      />
    </>
  );
  return (
    <Dialog title={t("add")} onClose={onClose} actions={actions}>
      <div className="stack">
        <PickPerson
          label={t("deputy")} value={deputy || null} onChange={setDeputy} org={me.org_path}
          isRequired
        />
        <TextField
          kind="datetime-local" label={t("from")} value={period.from} isRequired
          onChange={(from) => setPeriod({ ...period, from })}
        />
        <TextField
          kind="datetime-local" label={t("until")} value={period.until} isRequired
          onChange={(until) => setPeriod({ ...period, until })}
          fault={fault ? t(fault) : undefined}
        />
        <FormChips forms={forms} chosen={chosen} onChange={setChosen} />
        <TextField label={t("reason")} value={reason} onChange={setReason} maxLength={200} />
        {refusal && <Refused refusal={refusal} />}
      </div>
    </Dialog>
  );
}

interface FormChipsProps {
  forms: FormSource[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
}
// None chosen means all of them, which is a choice of its own.
function FormChips({ forms, chosen, onChange }: FormChipsProps) {
  const { t, lang } = useDelegationText();
  const flip = (id: string) => onChange(
    chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <fieldset className="field">
      <legend className="label">{t("forms")}</legend>
      <div className="chips">
        <button
          type="button" className="chip" aria-pressed={chosen.length === 0}
          onClick={() => onChange([])}
        >{t("allForms")}</button>
        {forms.map((form) => (
          <button
            key={form.id} type="button" className="chip" aria-pressed={chosen.includes(form.id)}
            onClick={() => flip(form.id)}
          >{localText(form.title, lang)}</button>
        ))}
      </div>
    </fieldset>
  );
}

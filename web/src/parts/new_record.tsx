// Making a record of any form with a flow: its fields, and whom the initiator chooses for the steps
// that ask it. Phone and desk; loaded when somebody begins one.
import { useRef, useState } from "react";
import * as acts from "../api/calls_acts.ts";
import * as calls from "../api/calls.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
import type { FieldValue, FormSource } from "../api/types.ts";
import { useForms } from "../data/delegations.ts";
import {
  choose, fieldsToFill, lackingIn, mayStart, startable, type Wish,
} from "../data/new_record.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { fieldTitle, isFilled, useForm } from "../data/records.ts";
import { go } from "../data/route.ts";
import { useMe } from "../data/session.ts";
import { afterTask } from "../data/task_form.ts";
import { useDelegationText } from "../text/delegation.ts";
import { useText } from "../text/index.ts";
import { Button, ButtonLink } from "./button.tsx";
import { Input } from "./input.tsx";
import { PickPerson } from "./picker.tsx";
import { Empty, Ready, Refused } from "./states.tsx";
import { say } from "./toast.tsx";
import "../styles/delegation.css";

// The way in: nothing where nothing can be begun.
export function StartLink() {
  return mayStart(useMe()) ? <StartLinkOf /> : null;
}

function StartLinkOf() {
  const { t } = useDelegationText();
  const me = useMe();
  const forms = useForms().value?.forms ?? [];
  if (startable(forms, me).length === 0) return null;
  return <ButtonLink href="#/new" icon="plus">{t("begin")}</ButtonLink>;
}

export default function NewRecord({ form }: { form: string }) {
  const { t } = useDelegationText();
  return (
    <div className="stack new-record" role="group" aria-label={t("beginTitle")}>
      {form ? <OneForm key={form} id={form} /> : <Choose />}
    </div>
  );
}

function Choose() {
  const { t, lang } = useDelegationText();
  const me = useMe();
  const query = useForms();
  return (
    <Ready query={query}>
      {({ forms }) => {
        const open = startable(forms, me);
        if (open.length === 0) return <Empty icon="file" title={t("beginNone")} />;
        return (
          <section className="panel" aria-label={t("beginHint")}>
            <p>{t("beginHint")}</p>
            <div className="actions">
              {open.map((form) => (
                <ButtonLink key={form.id} href={`#/new/${form.id}`} icon="file">
                  {localText(form.title, lang)}
                </ButtonLink>
              ))}
            </div>
          </section>
        );
      }}
    </Ready>
  );
}

function OneForm({ id }: { id: string }) {
  const { lang } = useDelegationText();
  const query = useForm(id);
  return (
    <Ready query={query}>
      {(form) => (
        <section className="panel" aria-label={localText(form.title, lang)}>
          <h2>{localText(form.title, lang)}</h2>
          <Sheet form={form} />
        </section>
      )}
    </Ready>
  );
}

function useSheet(form: FormSource) {
  const { t } = useDelegationText();
  const me = useMe();
  const ids = useRef({ id: newId(), key: newId() });
  const units = useQuery("org", calls.org).value?.units ?? [];
  const [wish, setWish] = useState<Wish>({ fields: {}, chosen: {} });
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const change = (next: Partial<Wish>) => {
    ids.current.key = newId();
    setWish((before) => ({ ...before, ...next }));
  };
  // The unit that the record belongs to is the own one unless another was said.
  const ownUnit = units.find((unit) => unit.path === me.org_path)?.code ?? "";
  const orgs = fieldsToFill(form).filter((name) =>
    form.data.properties[name]?.["x-kind"] === "org");
  const whole = {
    ...Object.fromEntries(ownUnit ? orgs.map((name) => [name, ownUnit]) : []),
    ...Object.fromEntries(Object.entries(wish.fields).filter(([, value]) => isFilled(value))),
  };
  const lacking = lackingIn(form, { ...wish, fields: whole });
  const send = async () => {
    setTried(true);
    if (lacking.fields.length + lacking.steps.length > 0) return;
    setBusy(true);
    setRefusal(null);
    const { id, key } = ids.current;
    try {
      const { record } = await acts.makeRecord(
        form.id, { id, fields: whole, chosen: wish.chosen }, key);
      say(t("made", { number: record.number }));
      afterTask();
      go(`case/${form.id}/${record.id}`);
    } catch (reason) {
      const why = asRefusal(reason);
      if (!why.isOffline) ids.current = { id: newId(), key: newId() };
      setRefusal(why);
      setBusy(false);
    }
  };
  return { wish, fields: whole, change, lacking, isTried, isBusy, refusal, send };
}

function Sheet({ form }: { form: FormSource }) {
  const { t, lang } = useDelegationText();
  const { t: c } = useText();
  const me = useMe();
  const state = useSheet(form);
  const { wish, lacking, isTried, refusal } = state;
  const fill = (field: string, value: FieldValue) =>
    state.change({ fields: { ...wish.fields, [field]: value } });
  const steps = form.choices ?? [];
  const missing = [
    ...lacking.fields.map((field) => fieldTitle(form, field, lang)),
    ...lacking.steps.map((node) =>
      localText(steps.find((step) => step.node === node)?.name, lang)),
  ].join(", ");
  return (
    <>
      {fieldsToFill(form).map((field) => (
        <Input
          key={field} form={form} field={field} org={me.org_path}
          value={state.fields[field] as FieldValue | undefined}
          onChange={(value) => fill(field, value)}
          isRequired={form.data.required?.includes(field) ?? false}
          fault={isTried && lacking.fields.includes(field) ? c("required")
            : refusal?.field?.split(".")[0] === field ? refusal.message : undefined}
        />
      ))}
      {steps.map((step) => (
        <Choice
          key={step.node} label={t("choose", { step: localText(step.name, lang) })}
          chosen={wish.chosen[step.node] ?? []} isSeveral={step.several}
          fault={isTried && lacking.steps.includes(step.node) ? c("required") : undefined}
          onChange={(people) => state.change({ chosen: { ...wish.chosen, [step.node]: people } })}
        />
      ))}
      {isTried && missing && (
        <p className="fault" role="alert">{t("needs", { list: missing })}</p>
      )}
      {refusal && <Refused refusal={refusal} />}
      <div className="actions">
        <Button
          text={t("submit")} kind="main" isBusy={state.isBusy} run={() => void state.send()}
        />
      </div>
    </>
  );
}

interface ChoiceProps {
  label: string;
  chosen: string[];
  isSeveral: boolean;
  fault: string | undefined;
  onChange: (people: string[]) => void;
}
function Choice({ label, chosen, isSeveral, fault, onChange }: ChoiceProps) {
  const { t } = useDelegationText();
  const me = useMe();
  const [names, setNames] = useState<Record<string, string>>({});
  return (
    <>
      <PickPerson
        label={label} value={chosen[chosen.length - 1] ?? null} org={me.org_path} isRequired
        fault={fault} onName={(id, name) => setNames((known) => ({ ...known, [id]: name }))}
        onChange={(person) => onChange(choose(chosen, person, isSeveral))}
      />
      {isSeveral && chosen.length > 0 && (
        <p role="status">
          {t("chosen", { names: chosen.map((one) => names[one] ?? one).join(", ") })}
        </p>
      )}
    </>
  );
}

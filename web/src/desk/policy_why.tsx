// Why somebody sees a field of a record, or does not: the chain of rights, step by step.
import { useState } from "react";
import { why } from "../api/calls_policy.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { Matrix, Why, WhyStep } from "../api/types_policy.ts";
import { localText } from "../data/prefs.ts";
import { sourceOf, usePolicy, type PolicyKey } from "../text/policy_words.ts";
import { Button } from "../parts/button.tsx";
import { TextField } from "../parts/field.tsx";
import { PickPerson } from "../parts/picker.tsx";
import { Refused } from "../parts/states.tsx";
import { Select } from "./policy.tsx";

export function PolicyWhy({ matrix }: { matrix: Matrix }) {
  const { t, lang } = usePolicy();
  const [person, setPerson] = useState("");
  const [record, setRecord] = useState("");
  const [field, setField] = useState(matrix.fields[0]?.key ?? "");
  const [answer, setAnswer] = useState<Why | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const ask = async () => {
    setRefusal(null);
    try {
      setAnswer(await why({ person, record: record.trim(), form: matrix.form, field }));
    } catch (reason) {
      setAnswer(null);
      setRefusal(asRefusal(reason));
    }
  };
  return (
    <div className="panel policy-form">
      <PickPerson
        label={t("person")} value={person} onChange={setPerson}
      />
      <TextField label={t("number")} value={record} onChange={setRecord} maxLength={40} />
      <Select label={t("field")} value={field} onChange={setField}>
        {matrix.fields.map((one) => (
          <option key={one.key} value={one.key}>{localText(one.title, lang)}</option>
        ))}
      </Select>
      <Button
        text={t("ask")} icon="search" kind="main" isOff={!person || !record.trim()}
        run={() => void ask()}
      />
      {refusal && <Refused refusal={refusal} />}
      {answer && <Chain answer={answer} />}
    </div>
  );
}

function Chain({ answer }: { answer: Why }) {
  const { t } = usePolicy();
  const name = answer.person_name;
  return (
    <div role="status">
      <p className="strong">
        {answer.is_reached
          ? t("answer", { name, mode: t(answer.mode) }) : t("notReached", { name })}
      </p>
      <ol>
        {answer.steps.map((step, at) => <li key={at}><Step step={step} /></li>)}
      </ol>
    </div>
  );
}

function Step({ step }: { step: WhyStep }) {
  const { t, lang } = usePolicy();
  const key: PolicyKey = `step_${step.key}`;
  return t(key, {
    role: localText(step.role_name ?? undefined, lang) || step.role || "",
    source: sourceOf(step, { t, lang }),
    mode: step.mode ? t(step.mode) : "",
  });
}

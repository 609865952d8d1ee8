// A decision file tried with inputs: what it says, which rules fitted, and why something is null.
import { useMemo, useState } from "react";
import { serverNow } from "../data/clock.ts";
import { givenOf } from "../data/models.ts";
import type { Decided, Described, Rules, RulesRefusal } from "../rules/rules.ts";
import { useModelWords } from "../text/model_words.ts";
import { Icon } from "../parts/icon.tsx";
import { TextField } from "../parts/field.tsx";
import { Select } from "./policy.tsx";

export function Trial({ rules, xml }: { rules: Rules; xml: string }) {
  const { t } = useModelWords();
  const about = useMemo(() => rules.describe(xml), [rules, xml]);
  if (about.error) return <Wrong title={t("badModel")} error={about.error} />;
  return <Inputs key={about.name} rules={rules} xml={xml} about={about} />;
}

export function Wrong({ title, error }: { title: string; error: RulesRefusal }) {
  return (
    <div className="refused" role="alert">
      <Icon name="warn" />
      <div>
        <p className="strong">{title}</p>
        <p className="mono">{[error.field, error.detail].filter(Boolean).join(": ")}</p>
      </div>
    </div>
  );
}

interface InputsProps {
  rules: Rules;
  xml: string;
  about: Described;
}
function Inputs({ rules, xml, about }: InputsProps) {
  const { t } = useModelWords();
  const [decision, setDecision] = useState("");
  const [values, setValues] = useState<Record<string, string>>({});
  const wanted = about.decisions.some(({ id }) => id === decision)
    ? decision : about.decisions.at(-1)?.id ?? "";
  const told = useMemo(
    () => rules.decide(xml, wanted, {
      ...givenOf(about.inputs, values), ...plantTime(),
    }), [rules, xml, wanted, about, values],
  );
  return (
    <section className="panel model-trial">
      <Select label={t("decision")} value={wanted} onChange={setDecision}>
        {about.decisions.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      </Select>
      <h2>{t("inputs")}</h2>
      <p className="soft">{t("inputHint")}</p>
      <div className="model-inputs">
        {about.inputs.map(({ name, type }) => (
          <TextField
            key={name} label={type ? `${name} (${type})` : name} value={values[name] ?? ""}
            onChange={(value) => setValues({ ...values, [name]: value })}
          />
        ))}
      </div>
      {told.error ? <Wrong title={t("badModel")} error={told.error} /> : <Answer told={told} />}
    </section>
  );
}

// The server's clock, in the offset of the person's own.
export function plantTime(): { now: string; utc_offset_seconds: number } {
  const now = new Date(serverNow());
  return { now: now.toISOString(), utc_offset_seconds: now.getTimezoneOffset() * -60 };
}

function Answer({ told }: { told: Decided }) {
  const { t } = useModelWords();
  return (
    <div className="model-answer" aria-live="polite">
      <h2>{t("result")}</h2>
      <p className="mono strong model-value">{told.text}</p>
      <h2>{t("matched")}</h2>
      {told.matched.length === 0 && <p className="soft">{t("matchedNone")}</p>}
      <ul className="grants">
        {told.matched.map((rule, at) => (
          <li key={at}>
            <b>{t("rule", { decision: rule.decision, number: rule.index + 1 })}</b>
            {rule.rule && <span className="soft mono"> {rule.rule}</span>}
            {rule.annotation && <p>{rule.annotation}</p>}
          </li>
        ))}
      </ul>
      <Warnings warnings={told.warnings} />
    </div>
  );
}

export function Warnings({ warnings }: { warnings: string[] }) {
  const { t } = useModelWords();
  if (warnings.length === 0) return null;
  return (
    <>
      <h2>{t("warnings")}</h2>
      <ul className="grants">
        {warnings.map((one, at) => <li key={at} className="mono">{one}</li>)}
      </ul>
    </>
  );
}

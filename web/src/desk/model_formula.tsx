// A FEEL expression tried with values, as it is typed.
import { useMemo, useState } from "react";
import { contextOf } from "../data/models.ts";
import type { Rules } from "../rules/rules.ts";
import { useModelWords } from "../text/model_words.ts";
import { TextArea } from "../parts/field.tsx";
import { plantTime, Warnings, Wrong } from "./model_tables.tsx";

const example = '{"gas": 12.5, "kind": "hot_work"}';

export function Formula({ rules }: { rules: Rules }) {
  const { t } = useModelWords();
  const [text, setText] = useState('if gas > 10 and kind = "hot_work" then "stop" else "go on"');
  const [values, setValues] = useState(example);
  const context = contextOf(values);
  const told = useMemo(
    () => rules.evaluate(text, { context: contextOf(values) ?? {}, ...plantTime() }),
    [rules, text, values],
  );
  return (
    <section className="panel model-trial">
      <TextArea label={t("expression")} value={text} onChange={setText} rows={4} isMono />
      <TextArea
        label={t("context")} value={values} onChange={setValues} rows={4} isMono
        hint={t("contextHint", { example })} fault={context ? "" : t("contextBad")}
      />
      {told.error ? <Wrong title={t("badExpression")} error={told.error} /> : (
        <div className="model-answer" aria-live="polite">
          <h2>{t("result")}</h2>
          <p className="mono strong model-value">{told.text}</p>
          <p className="soft">{t("kind")}: <span className="mono">{told.kind}</span></p>
          {told.unknown.length > 0 && (
            <p className="fault">{t("unknown", { names: told.unknown.join(", ") })}</p>
          )}
          <Warnings warnings={told.warnings} />
        </div>
      )}
    </section>
  );
}

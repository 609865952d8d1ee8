// Under a decision in the timeline: which rules fired and what they looked at.
import type { TimelineRow } from "../api/types.ts";
import { inputsOf, whyOf } from "../data/why.ts";
import { useWhyText } from "../text/why_words.ts";
import "../styles/proof.css";

export default function DecisionWhy({ row }: { row: TimelineRow }) {
  const { t } = useWhyText();
  const why = whyOf(row);
  if (!why) return null;
  const inputs = inputsOf(why);
  return (
    <details className="decision-why">
      <summary>{t("why")}</summary>
      {why.fired.length === 0 && <p className="soft">{t("none")}</p>}
      {why.fired.map((one) => (
        <p className="decision-rule" key={`${one.decision}/${one.rule}/${one.row}`}>
          <span className="strong">{t("rule", { decision: one.decision, number: one.row })}</span>
          {one.annotation && <span className="words"> {one.annotation}</span>}
        </p>
      ))}
      {inputs.length > 0 && <p className="soft">{t("inputs", { names: inputs.join(", ") })}</p>}
      {why.warnings.map((text) => <p key={text} className="soft">{t("warnings", { text })}</p>)}
    </details>
  );
}

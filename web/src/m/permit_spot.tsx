// Whether it is proven that somebody is on the spot, told before they press.
import type { Outcome } from "../api/types.ts";
import { spotNow } from "../data/permit_act.ts";
import { useFix } from "../data/position.ts";
import type { TaskForm } from "../data/task_form.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { TextArea } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";

// Whether the act asks for somebody on the spot and nothing here proves it: words may.
export function useUnproven(outcome: Outcome, state: Pick<TaskForm, "refusal">): boolean {
  useFix();
  return state.refusal?.code === "place_unproven" ||
    (outcome.guards?.includes("presence") === true && !spotNow());
}

interface WordsProps {
  outcome: Outcome;
  state: TaskForm;
}
// Why nothing proves the place; and what else there is to say.
export function SpotWords({ outcome, state }: WordsProps) {
  const { p, t } = usePermitPhone();
  if (!useUnproven(outcome, state)) return null;
  return (
    <>
      {state.refusal?.code === "place_unproven" && <p className="strong">{p("spotWhy")}</p>}
      <TextArea
        label={`${t("taskComment")} · ${t("optional")}`} rows={2} value={state.comment}
        onChange={state.say} maxLength={1000}
      />
    </>
  );
}

export function SpotLine() {
  const { p } = usePermitPhone();
  const fix = useFix();
  const isKnown = fix.state === "known";
  return (
    <p className={`spot-line ${isKnown ? "good" : "warn"}`} role="status">
      <Icon name={isKnown ? "check" : "place"} />
      <span className="num">
        {isKnown ? p("spotKnown", { m: Math.round(fix.position.accuracy_m) })
          : p(fix.state === "asking" ? "spotAsking" : "spotNone")}
      </span>
    </p>
  );
}

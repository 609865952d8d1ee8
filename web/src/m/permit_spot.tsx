// Whether it is proven that somebody is on the spot, told before they press.
import type { Refusal } from "../api/client.ts";
import type { Outcome } from "../api/types.ts";
import { spotNow } from "../data/permit_act.ts";
import { useFix } from "../data/position.ts";
import type { TaskForm } from "../data/task_form.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { TextArea } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";

interface SpotProps {
  outcome: Outcome;
  state: Pick<TaskForm, "refusal" | "comment" | "say">;
}

// Whether words may stand for the place: the act asks for it and no phone proves it. They don't
// help whom a phone shows elsewhere.
export function useUnproven({ outcome, state }: SpotProps): boolean {
  useFix();
  const isRefused = state.refusal?.code === "place_unproven" && state.refusal.field === "comment";
  return isRefused || (outcome.guards?.includes("presence") === true && !spotNow());
}

// What to do about it: nearer, or words.
export function SpotRefusal({ refusal }: { refusal: Refusal | null }) {
  const { p } = usePermitPhone();
  if (refusal?.code !== "place_unproven") return null;
  const { distance_m, radius_m } = refusal.params;
  return (
    <p className="strong num spot-told">
      {typeof distance_m === "number"
        ? p("spotFar", { m: Math.round(distance_m), r: Number(radius_m) }) : p("spotWhy")}
    </p>
  );
}

export function SpotWords(props: SpotProps) {
  const { t } = usePermitPhone();
  const { state } = props;
  if (!useUnproven(props)) return null;
  return (
    <TextArea
      label={t("taskComment")} rows={2} value={state.comment} onChange={state.say} maxLength={1000}
    />
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

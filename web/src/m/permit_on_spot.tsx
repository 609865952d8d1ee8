// What is known only at the place, beside the measures: the anchor, the test of the breaker.
import type { FormSource, RecordView } from "../api/types.ts";
import { kindFields } from "../data/permit_wish.ts";
import { placeOf } from "../data/records.ts";
import type { TaskForm } from "../data/task_form.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { PermitInput } from "../parts/permit_input.tsx";

interface OnSpotProps {
  form: FormSource;
  view: RecordView;
  state: TaskForm;
}
export default function OnSpot({ form, view, state }: OnSpotProps) {
  const { p, lang } = usePermitPhone();
  const own = kindFields[String(view.record["kind"] ?? "")] ?? [];
  const fields = state.writes.filter((field) => own.includes(field));
  if (fields.length === 0) return null;
  return (
    <section className="panel" aria-label={p("onSpot")}>
      <h2>{p("onSpot")}</h2>
      {fields.map((field) => (
        <PermitInput
          key={field} form={form} field={field} value={state.fields[field]} isHeld
          onChange={(value) => state.fill(field, value)} org={view.record.org_path}
          roll={state.rolls[field]} place={placeOf(view.record, lang)}
        />
      ))}
    </section>
  );
}

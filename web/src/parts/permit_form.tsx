// A new record that hangs on a permit, drawn from its form: every field the caller may fill in that
// the page has not given already.
import type { ReactNode } from "react";
import type { FormSource, RecordRow } from "../api/types.ts";
import { fieldTitle } from "../data/records.ts";
import { openFields, useNewRecord, type Fields, type NewRecord } from "../data/permit_form.ts";
import { usePermitText } from "../text/permit.ts";
import { Button } from "./button.tsx";
import { PermitInput } from "./permit_input.tsx";
import { Refused } from "./states.tsx";

interface NewFormProps {
  form: FormSource;
  given: Fields;
  // Filled in already, to be changed.
  start?: Fields;
  sendText: string;
  onDone: (record: RecordRow) => void;
  // Fields that stand first, in this order; `skip` are not asked for here.
  first?: string[];
  skip?: string[];
  // Seldom needed: behind one line that opens, with these words.
  folded?: { title: string; fields: string[] };
  more?: () => Fields;
  org?: string;
  place?: string;
  isHeld?: boolean;
  noteOf?: (field: string, fields: Fields) => ReactNode;
  // A field with an input of its own; nothing where the usual one will do.
  draw?: (field: string, state: NewRecord) => ReactNode;
}

export function NewForm(props: NewFormProps) {
  const { form, given, first = [], skip = [], more } = props;
  const { p, lang } = usePermitText();
  const state = useNewRecord(form, given, props.start);
  const open = openFields(form, given).filter((field) => !skip.includes(field));
  const fields = [...first.filter((field) => open.includes(field)),
    ...open.filter((field) => !first.includes(field))];
  const isFolded = (field: string) => props.folded?.fields.includes(field) ?? false;
  const send = async () => {
    const record = await state.send(more?.());
    if (record) props.onDone(record);
  };
  const missing = state.missing.map((field) => fieldTitle(form, field, lang)).join(", ");
  return (
    <div className="plain-form permit-form">
      {fields.filter((field) => !isFolded(field)).map((field) => (
        <Cell key={field} {...props} field={field} state={state} />
      ))}
      {fields.some(isFolded) && (
        <details className="folded">
          <summary>{props.folded?.title}</summary>
          {fields.filter(isFolded).map((field) => (
            <Cell key={field} {...props} field={field} state={state} />
          ))}
        </details>
      )}
      {missing && <p className="fault" role="alert">{p("lacking", { list: missing })}</p>}
      {state.refusal && <Refused refusal={state.refusal} />}
      <div className="actions">
        <Button
          text={props.sendText} kind="main" icon="check" isBusy={state.isBusy}
          isOff={state.isSending} run={() => void send()}
        />
      </div>
    </div>
  );
}

function Cell({ form, field, state, ...props }: NewFormProps & {
  field: string; state: NewRecord;
}) {
  const { t } = usePermitText();
  const own = props.draw?.(field, state);
  if (own) return <div className="form-cell">{own}</div>;
  const fault = state.missing.includes(field) ? t("required")
    : state.refusal?.field?.split(".")[0] === field ? state.refusal.message : undefined;
  return (
    <div className="form-cell">
      <PermitInput
        form={form} field={field} value={state.fields[field]} org={props.org}
        onChange={(value) => state.fill(field, value)} isHeld={props.isHeld}
        isRequired={form.data.required?.includes(field) ?? false}
        roll={state.rolls[field]} place={props.place} fault={fault}
      />
      {props.noteOf?.(field, state.fields)}
    </div>
  );
}

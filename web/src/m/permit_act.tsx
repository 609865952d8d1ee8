// One act on a permit, before it is signed: what it is about, what it asks for and no more, whether
// the phone proves the place. The position goes along with the press.
import { lazy, Suspense, useState } from "react";
import type { FieldValue, FormSource, RecordRow, RecordView, Task } from "../api/types.ts";
import type { Act } from "../data/outcomes.ts";
import { extensionsOf } from "../data/permit.ts";
import { lackingIn, pressOutcome } from "../data/permit_act.ts";
import { dateTime } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { fieldTitle, isFilled, needsComment, placeOf, tell, titleOf } from "../data/records.ts";
import type { TaskForm } from "../data/task_form.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Chips, TextArea } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { PermitInput } from "../parts/permit_input.tsx";
import { KindSign, kindText } from "../parts/permit_marks.tsx";
import { Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { SpotLine, SpotRefusal, useUnproven } from "./permit_spot.tsx";

const TaskExtras = lazy(() => import("../parts/task_extras.tsx"));

interface SheetProps {
  act: Act;
  task: Task;
  form: FormSource;
  view: RecordView;
  state: TaskForm;
  onClose: () => void;
}

export default function ActSheet(props: SheetProps) {
  const { act, task, form, view, state, onClose } = props;
  const { p, t, lang } = usePermitPhone();
  const { outcome, fields } = act;
  const name = localText(outcome.name, lang);
  const lacking = useLacking(props);
  const run = async () => {
    const pressed = { task, view, outcome, fields: state.fields, comment: state.comment };
    if (!await state.act(outcome.id, () => pressOutcome(pressed, state))) return;
    say(`${localText(task.name, lang)} · ${name}`);
    onClose();
  };
  const actions = (
    <>
      {lacking && <p className="lacking"><Icon name="warn" />{p("lacking", { list: lacking })}</p>}
      <Button text={t("cancel")} isOff={state.busy !== null} run={onClose} />
      <Button
        text={name} kind="main" icon="check" isBusy={state.busy === outcome.id}
        isOff={state.isSending || state.busy !== null || lacking !== ""} run={() => void run()}
      />
    </>
  );
  return (
    <Dialog title={name} onClose={onClose} actions={actions}>
      <About form={form} record={view.record} />
      {fields.map((field) => <Field key={field} {...props} field={field} />)}
      <Words {...props} />
      <Suspense fallback={null}>
        <TaskExtras task={task} view={view} state={state} hasDraft={false} />
      </Suspense>
      <SpotLine />
      {state.refusal && <Refused refusal={state.refusal} />}
      <SpotRefusal refusal={state.refusal} />
    </Dialog>
  );
}

// Nobody signs without reading what for.
function About({ form, record }: { form: FormSource; record: RecordRow }) {
  const { lang, texts } = usePermitPhone();
  const kind = record["kind"];
  const told = Object.entries(form.data.properties)
    .filter(([field, source]) => source["x-list"] && isFilled(record[field]))
    .map(([field]) => tell({ form, lang, texts }, field, record[field], record._titles?.[field]));
  return (
    <div className="act-about">
      <p className="strong">
        {form.id === "permit"
          ? <><KindSign kind={String(kind ?? "")} /> {kindText(record, form, lang)}</>
          : localText(form.title, lang)}
      </p>
      {form.id === "permit" ? (
        <>
          <p className="num soft">{record.number} · {titleOf(record, "area", lang)}</p>
          <p>{String(record["content"] ?? "")}</p>
        </>
      ) : <p>{[record.number, ...told].join(" · ")}</p>}
    </div>
  );
}

function useLacking({ act, task, form, state }: SheetProps): string {
  const { p, t, lang } = usePermitPhone();
  const { fields, isMute, isUnsigned } = lackingIn(task, act.outcome, state);
  return [
    ...fields.map((field) => fieldTitle(form, field, lang)), ...(isMute ? [t("taskComment")] : []),
    ...(isUnsigned ? [p("signature")] : []),
  ].join(", ");
}

// Words are asked for where the act needs them, or where nothing else proves the place.
function Words({ act, state }: SheetProps) {
  const { p, t } = usePermitPhone();
  const [isWanted, setWanted] = useState(state.comment !== "");
  const isNeeded = needsComment(act.outcome);
  const isUnproven = useUnproven({ outcome: act.outcome, state });
  if (!isNeeded && !isUnproven && !isWanted) {
    return <Button text={p("addWords")} icon="plus" kind="quiet" run={() => setWanted(true)} />;
  }
  return (
    <TextArea
      label={isNeeded ? t("taskComment") : `${t("taskComment")} · ${t("optional")}`} rows={2}
      value={state.comment} onChange={state.say} maxLength={1000} isRequired={isNeeded}
    />
  );
}

function Field({ field, act, task, form, view, state }: SheetProps & { field: string }) {
  const { t, lang } = usePermitPhone();
  const isNeeded = [...task.requires, ...(act.outcome.fields ?? [])].includes(field);
  const fault = state.missing.includes(field) ? t("required")
    : state.refusal?.field?.split(".")[0] === field ? state.refusal.message : undefined;
  const put = (value: FieldValue) => state.fill(field, value);
  if (field === "extend_to") {
    return (
      <Extension
        label={fieldTitle(form, field, lang)} record={view.record} fault={fault}
        value={String(state.fields[field] ?? "")} onChange={put}
      />
    );
  }
  return (
    <PermitInput
      form={form} field={field} value={state.fields[field]} isRequired={isNeeded} isHeld
      onChange={put} org={view.record.org_path} roll={state.rolls[field]}
      place={placeOf(view.record, lang) || view.record.number} fault={fault}
    />
  );
}

interface ExtensionProps {
  label: string;
  record: RecordRow;
  value: string;
  fault?: string;
  onChange: (value: string) => void;
}
// By whole hours from the present end, as far as the rules go.
function Extension({ label, record, value, fault, onChange }: ExtensionProps) {
  const { p } = usePermitPhone();
  const choices = extensionsOf(record).map(({ hours, at }) => ({
    value: at, text: `${p("extendBy", { n: hours })} · ${dateTime(at).slice(5)}`,
  }));
  return (
    <Chips
      label={label} choices={choices} value={value || null} onChange={onChange} isRequired
      fault={fault}
    />
  );
}

// Making and changing a record of master data through its own form; only what changed is sent.
import { useRef, useState } from "react";
import * as calls from "../api/calls.ts";
import { patchRecord } from "../api/calls_desk.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
import type { FieldValue, FormSource, RecordRow } from "../api/types.ts";
import { columnsOfForm } from "../data/form_lists.ts";
import { localText } from "../data/prefs.ts";
import { refresh } from "../data/query.ts";
import { fieldTitle, isFilled } from "../data/records.ts";
import { useMe } from "../data/session.ts";
import { useBlock } from "../text/block.ts";
import { useText } from "../text/index.ts";
import { sensingText } from "../text/sensing_words.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Input } from "../parts/input.tsx";
import { Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";

interface EditorProps {
  form: FormSource;
  // Null: a new one.
  row: RecordRow | null;
  onClose: () => void;
}
type Fields = Record<string, FieldValue>;

function useEditor({ form, row, onClose }: EditorProps) {
  const { t } = useBlock(sensingText);
  const [changed, setChanged] = useState<Fields>({});
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isBusy, setBusy] = useState(false);
  const ids = useRef({ id: newId(), key: newId() });
  const valueOf = (field: string) =>
    (field in changed ? changed[field] : row?.[field]) as FieldValue | undefined;
  const lacking = (form.data.required ?? []).filter((field) => !isFilled(valueOf(field)));
  const save = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      if (row) await patchRecord(form.id, row.id, { version: row.version, fields: changed });
      else {
        const filled = Object.fromEntries(
          Object.entries(changed).filter(([, value]) => isFilled(value)));
        await calls.createRecord(form.id, ids.current.id, filled, ids.current.key);
      }
      say(t("saved"));
      for (const prefix of ["records/", "tags", "sources", "alarms"]) refresh(prefix);
      onClose();
    } catch (reason) {
      const why = asRefusal(reason);
      if (!why.isOffline) ids.current = { id: newId(), key: newId() };
      setRefusal(why);
      setBusy(false);
    }
  };
  const fill = (field: string, value: FieldValue) =>
    setChanged((before) => ({ ...before, [field]: value }));
  return { valueOf, fill, lacking, save, refusal, isBusy, isNew: Object.keys(changed).length > 0 };
}

export function RecordEditor(props: EditorProps) {
  const { form, row, onClose } = props;
  const { t, lang } = useBlock(sensingText);
  const { t: c } = useText();
  const me = useMe();
  const state = useEditor(props);
  const { refusal, lacking } = state;
  const title = `${localText(form.title, lang)} ${String(row?.["code"] ?? "")}`;
  const actions = (
    <>
      <Button text={c("cancel")} run={onClose} />
      <Button
        text={t("save")} kind="main" isBusy={state.isBusy}
        isOff={!state.isNew || lacking.length > 0} run={() => void state.save()}
      />
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} actions={actions} isWide>
      <div className="editor-fields">
        {columnsOfForm(form).map(([field, source]) => source["x-kind"] === "choices" ? (
          <Several
            key={field} form={form} field={field} value={state.valueOf(field)}
            onChange={(value) => state.fill(field, value)}
          />
        ) : (
          <Input
            key={field} form={form} field={field} org={me.org_path} value={state.valueOf(field)}
            isRequired={form.data.required?.includes(field) ?? false}
            onChange={(value) => state.fill(field, value)}
            fault={refusal?.field?.split(".")[0] === field ? refusal.message : undefined}
          />
        ))}
      </div>
      {refusal && <Refused refusal={refusal} />}
    </Dialog>
  );
}

interface SeveralProps {
  form: FormSource;
  field: string;
  value: FieldValue | undefined;
  onChange: (value: string[]) => void;
}
function Several({ form, field, value, onChange }: SeveralProps) {
  const { lang } = useBlock(sensingText);
  const source = form.data.properties[field];
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const flip = (one: string) => onChange(chosen.includes(one)
    ? chosen.filter((other) => other !== one) : [...chosen, one]);
  return (
    <div className="field" role="group" aria-label={fieldTitle(form, field, lang)}>
      <span className="label">{fieldTitle(form, field, lang)}</span>
      <div className="chips">
        {(source?.enum ?? []).map((one) => (
          <button
            key={one} type="button" className="chip" aria-pressed={chosen.includes(one)}
            onClick={() => flip(one)}
          >{localText(source?.["x-texts"]?.[one], lang) || one}</button>
        ))}
      </div>
    </div>
  );
}

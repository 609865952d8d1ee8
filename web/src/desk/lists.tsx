// What an engineer sets up: sources, tags, limits and response cards, each to be looked through,
// changed through its form, brought in and taken out as a list.
import { useState } from "react";
import type { FormSource, RecordRow } from "../api/types.ts";
import type { Retirement } from "../api/types_retire.ts";
import { asRefusal } from "../api/client.ts";
import { saveAs } from "../data/desk_save.ts";
import { planOfForm, wholeCsv } from "../data/form_lists.ts";
import {
  fieldTitle, masterName, tell, titleOf, useAllRows, useForm, type Telling,
} from "../data/records.ts";
import { retirable, retiredOf, useRetired } from "../data/retired.ts";
import { may, useMe } from "../data/session.ts";
import { useBlock } from "../text/block.ts";
import { useSeat } from "../text/desk.ts";
import { sensingText } from "../text/sensing_words.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { ImportPanel } from "./import_panel.tsx";
import { RecordEditor } from "./record_editor.tsx";
import { RetireAct, RetiredMark } from "./retire.tsx";

export const listForms = [
  "tag", "alarm_limit", "response_card", "source", "retention_class",
] as const;
const columns: Record<string, string[]> = {
  tag: ["source", "area", "device", "unit", "range_low", "range_high", "purpose"],
  alarm_limit: ["tag", "area", "kind", "limit_value", "deadband", "priority", "is_safety"],
  response_card: ["tag", "area", "purpose", "gas_level", "respond_min"],
  retention_class: ["keep_samples_days", "keep_minutes_days", "keep_hours_days", "basis"],
  source: ["protocol", "host", "port", "is_simulated", "area"],
};

export default function Lists({ form, find = "" }: { form: string; find?: string }) {
  const { t } = useBlock(sensingText);
  const me = useMe();
  const open = listForms.filter((one) => may(me, one, "list"));
  const shown = open.find((one) => one === form) ?? open[0];
  useTitle(t("listsTitle"));
  if (!shown) return <Empty icon="shield" />;
  return (
    <div className="alarm-page">
      <div className="row">
        <h1>{t("listsTitle")}</h1>
        <nav className="tab-row" aria-label={t("listsTitle")}>
          {open.map((one) => (
            <a
              key={one} className="chip" href={`#/lists/${one}`}
              aria-current={one === shown ? "page" : undefined}
            >{t(`list_${one}`)}</a>
          ))}
        </nav>
      </div>
      <OneList key={shown} id={shown} find={find} />
    </div>
  );
}

type Open = { kind: "edit"; row: RecordRow | null } | { kind: "import" };

function OneList({ id, find }: { id: string; find: string }) {
  const query = useForm(id);
  return <Ready query={query}>{(form) => <FormList form={form} find={find} />}</Ready>;
}

function FormList({ form, find }: { form: FormSource; find: string }) {
  const { t } = useBlock(sensingText);
  const me = useMe();
  const [words, setWords] = useState(find);
  const [open, setOpen] = useState<Open | null>(null);
  const rows = useAllRows(form.id, { sort: "code" });
  const close = () => setOpen(null);
  return (
    <>
      <div className="panel row list-tools">
        <input
          type="search" value={words} aria-label={t("listSearch")} placeholder={t("listSearch")}
          onChange={(event) => setWords(event.target.value)}
        />
        {may(me, form.id, "create") && (
          <>
            <Button
              text={t("addOne")} icon="plus" run={() => setOpen({ kind: "edit", row: null })}
            />
            <Button text={t("importCsv")} icon="upload" run={() => setOpen({ kind: "import" })} />
          </>
        )}
        <FormFile form={form} />
      </div>
      <Ready query={rows}>
        {(known) => (
          <Table
            form={form} rows={known.filter((row) => fits(row, words))}
            onEdit={(row) => setOpen({ kind: "edit", row })}
          />
        )}
      </Ready>
      {open?.kind === "edit" && <RecordEditor form={form} row={open.row} onClose={close} />}
      {open?.kind === "import" && (
        <Dialog title={t("importCsv")} onClose={close} isWide>
          <ImportPanel plan={planOfForm(form)} onDone={close} />
        </Dialog>
      )}
    </>
  );
}
const fits = (row: RecordRow, words: string): boolean =>
  [row["code"], row["name_zh"], row["name_en"]].join(" ").toLowerCase()
    .includes(words.trim().toLowerCase());

export function FormFile({ form, text }: { form: FormSource; text?: string }) {
  const { t } = useBlock(sensingText);
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      saveAs(new Blob([await wholeCsv(form)], { type: "text/csv" }), `${form.id}s.csv`);
    } catch (reason) {
      const refusal = asRefusal(reason);
      say(refusal.message || refusal.code, false);
    }
    setBusy(false);
  };
  return (
    <Button
      text={text ?? t("exportCsv")} icon="download" isBusy={isBusy} run={() => void save()}
    />
  );
}

const MarkOf = ({ gone }: { gone: Retirement | undefined }) =>
  gone ? <RetiredMark gone={gone} /> : null;

const drawn_max = 300;
interface TableProps {
  form: FormSource;
  rows: RecordRow[];
  onEdit: (row: RecordRow) => void;
}
function Table({ form, rows, onEdit }: TableProps) {
  const { t, lang } = useBlock(sensingText);
  const { texts } = useSeat();
  const me = useMe();
  const telling: Telling = { form, lang, texts };
  if (rows.length === 0) return <Empty icon="search" />;
  const shown = columns[form.id] ?? [];
  const mayChange = may(me, form.id, "update");
  const retired = useRetired().value?.rows;
  const gone = retiredOf(retired, form.id);
  // A tag goes with its source, and comes back with it.
  const sources = retiredOf(retired, "source");
  const sourceOf = (row: RecordRow) =>
    form.id === "tag" ? sources.get(String(row["source"])) : undefined;
  const cell = (row: RecordRow, field: string) =>
    form.data.properties[field]?.["x-kind"] === "ref"
      ? titleOf(row, field, lang) || "—" : tell(telling, field, row[field]);
  const heads = ["code", lang === "en" ? "name_en" : "name_zh", ...shown];
  return (
    <section className="panel table-box" role="group" tabIndex={0} aria-label={t("listsTitle")}>
      <table className="rows tight form-list">
        <thead>
          <tr>
            {heads.map((one) => <th key={one} scope="col">{fieldTitle(form, one, lang)}</th>)}
            <th scope="col"><span className="unseen">{t("change")}</span></th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, drawn_max).map((row) => (
            <tr key={row.id}>
              <th scope="row" className="num nowrap">
                {form.id === "tag"
                  ? <a href={`#/device/${String(row["code"])}`}>{String(row["code"])}</a>
                  : String(row["code"])}
              </th>
              <td>
                {masterName(row, lang)} <MarkOf gone={gone.get(row.id) ?? sourceOf(row)} />
              </td>
              {shown.map((field) => <td key={field}>{cell(row, field)}</td>)}
              <td>
                {mayChange && !gone.has(row.id) && (
                  <button
                    type="button" className="act" onClick={() => onEdit(row)}
                    aria-label={`${t("change")} ${String(row["code"])}`}
                  >{t("change")}</button>
                )}
                {mayChange && retirable.includes(form.id) && !sourceOf(row) && (
                  <RetireAct row={row} form={form.id} gone={gone.get(row.id)} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > drawn_max && (
        <p className="soft num">{t("listMore", { n: rows.length - drawn_max })}</p>
      )}
    </section>
  );
}

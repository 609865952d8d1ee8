// Gas instruments: which there are, what they measure, until when they are calibrated. What has run
// out stands first; what is withdrawn stays on the register, with its reason.
import { useState } from "react";
import { changeRecord } from "../api/calls_permit.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { FieldValue, FormSource, RecordRow } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { instrumentState, sortedInstruments } from "../data/gas_instrument.ts";
import { refresh } from "../data/query.ts";
import { choiceText, fieldTitle, photosOf, useAllRows, useForm } from "../data/records.ts";
import { may, useMe } from "../data/session.ts";
import { usePermitDesk } from "../text/permit_desk.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { TextField } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { NewForm } from "../parts/permit_form.tsx";
import { PhotoTiles } from "../parts/photo.tsx";
import { Empty, Ready, Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";

const form_id = "gas_instrument";

export default function InstrumentsPage() {
  const { p } = usePermitDesk();
  const me = useMe();
  const form = useForm(form_id);
  const rows = useAllRows(form_id, { sort: "code" });
  const [isOpen, setOpen] = useState(false);
  return (
    <Ready query={form}>
      {(source) => (
        <Ready query={rows}>
          {(all) => (
            <>
              {may(me, form_id, "create") && (
                <div className="row">
                  <Button
                    text={p("instrumentAdd")} icon="plus" kind="main" run={() => setOpen(true)}
                  />
                </div>
              )}
              {all.length === 0
                ? <Empty icon="shield" title={p("instrumentsNone")} />
                : <Table rows={all} form={source} />}
              {isOpen && (
                <Dialog title={p("instrumentAdd")} onClose={() => setOpen(false)}>
                  <NewForm
                    form={source} given={{}} skip={["is_withdrawn", "withdrawn_why"]}
                    sendText={p("save")}
                    onDone={() => {
                      say(p("saved"));
                      setOpen(false);
                    }}
                  />
                </Dialog>
              )}
            </>
          )}
        </Ready>
      )}
    </Ready>
  );
}

function Table({ rows, form }: { rows: RecordRow[]; form: FormSource }) {
  const { p } = usePermitDesk();
  const [words, setWords] = useState("");
  const now = useNow();
  const wanted = words.trim().toLowerCase();
  const shown = sortedInstruments(rows, now).filter((row) =>
    `${String(row["code"])} ${String(row["model"])}`.toLowerCase().includes(wanted));
  const heads = [p("instrumentCode"), p("instrumentModel"), p("instrumentGases"), p("calibration"),
    p("state"), ""];
  return (
    <section className="panel" aria-label={p("tabInstruments")}>
      <TextField label={p("instrumentSearch")} kind="search" value={words} onChange={setWords} />
      <div className="table-box" role="group" tabIndex={0} aria-label={p("tabInstruments")}>
        <table className="rows tight">
          <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
          <tbody>{shown.map((row) => <Line key={row.id} row={row} form={form} now={now} />)}</tbody>
        </table>
      </div>
    </section>
  );
}

type Change = Record<string, FieldValue>;
const day = (row: RecordRow, field: string) => String(row[field] ?? "").slice(0, 10) || "—";

function Line({ row, form, now }: { row: RecordRow; form: FormSource; now: number }) {
  const { p, t, lang } = usePermitDesk();
  const me = useMe();
  const state = instrumentState(row, now);
  const scans = photosOf(row["scan"]);
  const gases = (Array.isArray(row["gases"]) ? row["gases"] as string[] : [])
    .map((gas) => choiceText(form, "gases", gas, lang));
  const [open, setOpen] = useState<"calibrate" | "withdraw" | null>(null);
  const putBack = async () => {
    try {
      const change = { is_withdrawn: false, withdrawn_why: null };
      await changeRecord(form_id, row.id, row.version, change);
      refresh(`records/${form_id}`);
    } catch (reason) {
      say(asRefusal(reason).message, false);
    }
  };
  return (
    <tr className={["good", "soon"].includes(state) ? "" : "off-row"}>
      <td className="num nowrap"><b>{String(row["code"])}</b></td>
      <td>{String(row["model"] ?? "")}</td>
      <td>{gases.join(lang === "zh" ? "、" : ", ")}</td>
      <td className="num nowrap">{day(row, "calibrated_on")} – {day(row, "calibrated_until")}</td>
      <td>
        <span className={`cert ${state === "withdrawn" ? "over" : state}`}>
          <Icon name={state === "good" ? "check" : "warn"} />{p(`inst_${state}`)}
        </span>
        {state === "withdrawn" && <p className="soft">{String(row["withdrawn_why"] ?? "")}</p>}
      </td>
      <td>
        {scans.length > 0 && (
          <PhotoTiles place={{ form: form_id, id: row.id }} photos={scans} label={t("photo")} />
        )}
        {may(me, form_id, "update") && (
          <div className="row nowrap">
            {state !== "withdrawn" && (
              <Button text={p("calibrate")} run={() => setOpen("calibrate")} />
            )}
            {state === "withdrawn"
              ? <Button text={p("putBack")} run={() => void putBack()} />
              : <Button text={p("withdraw")} run={() => setOpen("withdraw")} />}
          </div>
        )}
        {open && (
          <ChangeDialog
            row={row} form={form} title={p(open)} onClose={() => setOpen(null)}
            fields={open === "calibrate"
              ? ["calibrated_on", "calibrated_until"] : ["withdrawn_why"]}
            more={open === "withdraw" ? { is_withdrawn: true } : {}}
          />
        )}
      </td>
    </tr>
  );
}

interface ChangeProps {
  row: RecordRow;
  form: FormSource;
  title: string;
  fields: string[];
  more: Change;
  onClose: () => void;
}
function ChangeDialog({ row, form, title, fields, more, onClose }: ChangeProps) {
  const { p, lang } = usePermitDesk();
  const [values, setValues] = useState<Record<string, string>>({});
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const send = async () => {
    try {
      await changeRecord(form_id, row.id, row.version, { ...values, ...more });
      refresh(`records/${form_id}`);
      say(p("saved"));
      onClose();
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
  };
  const isFull = fields.every((field) => (values[field] ?? "").trim() !== "");
  return (
    <Dialog title={`${title} · ${String(row["code"])}`} onClose={onClose}>
      <div className="plain-form">
        {fields.map((field) => (
          <TextField
            key={field} label={fieldTitle(form, field, lang)} isRequired
            kind={form.data.properties[field]?.["x-kind"] === "date" ? "date" : "text"}
            value={values[field] ?? ""}
            onChange={(value) => setValues((before) => ({ ...before, [field]: value }))}
          />
        ))}
        {refusal && <Refused refusal={refusal} />}
        <div className="actions">
          <Button
            text={p("save")} kind="main" icon="check" isOff={!isFull} run={() => void send()}
          />
        </div>
      </div>
    </Dialog>
  );
}

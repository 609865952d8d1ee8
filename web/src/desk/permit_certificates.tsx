// Certificates: who may lead, guard, work or analyse, and until when. What has run out or runs out
// soon stands first.
import { useState } from "react";
import { changeRecord } from "../api/calls_permit.ts";
import { asRefusal } from "../api/client.ts";
import type { FormSource, RecordRow } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { refresh } from "../data/query.ts";
import { certificateState, sortedCertificates, verifiedBy } from "../data/permit_certificate.ts";
import { choiceText, photosOf, titleOf, useAllRows, useForm } from "../data/records.ts";
import { may, useMe } from "../data/session.ts";
import { usePermitDesk } from "../text/permit_desk.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { TextField } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { NewForm } from "../parts/permit_form.tsx";
import { PhotoTiles } from "../parts/photo.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";

export default function CertificatesPage() {
  const { p } = usePermitDesk();
  const me = useMe();
  const form = useForm("certificate");
  const rows = useAllRows("certificate", { sort: "valid_to" });
  const [isOpen, setOpen] = useState(false);
  return (
    <Ready query={form}>
      {(source) => (
        <Ready query={rows}>
          {(all) => (
            <>
              {may(me, "certificate", "create") && (
                <div className="row">
                  <Button
                    text={p("certificateAdd")} icon="plus" kind="main" run={() => setOpen(true)}
                  />
                </div>
              )}
              {all.length === 0
                ? <Empty icon="shield" title={p("certificatesNone")} />
                : <Table rows={all} form={source} />}
              {isOpen && (
                <Dialog title={p("certificateAdd")} onClose={() => setOpen(false)}>
                  <NewForm
                    form={source} given={{}} skip={["is_verified"]} sendText={p("save")}
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
  const { p, lang } = usePermitDesk();
  const [words, setWords] = useState("");
  const now = useNow();
  const wanted = words.trim().toLowerCase();
  const shown = sortedCertificates(rows, now).filter((row) =>
    `${titleOf(row, "person", lang)} ${String(row["certificate_no"] ?? "")} ${
      choiceText(form, "kind", row["kind"], lang)}`.toLowerCase().includes(wanted));
  const heads = [p("person"), p("certificateKind"), p("certificateNumber"), p("validity"),
    p("state"), p("verified"), ""];
  return (
    <section className="panel" aria-label={p("tabCertificates")}>
      <TextField label={p("certificateSearch")} kind="search" value={words} onChange={setWords} />
      <div className="table-box" role="group" tabIndex={0} aria-label={p("tabCertificates")}>
        <table className="rows tight">
          <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
          <tbody>{shown.map((row) => <Line key={row.id} row={row} form={form} now={now} />)}</tbody>
        </table>
      </div>
    </section>
  );
}

function Line({ row, form, now }: { row: RecordRow; form: FormSource; now: number }) {
  const { p, t, lang } = usePermitDesk();
  const me = useMe();
  const state = certificateState(row, now);
  const scans = photosOf(row["scan"]);
  const mayVerify = may(me, "certificate", "update") &&
    (form.modes?.["is_verified"] ?? "write") === "write";
  const verify = async () => {
    try {
      await changeRecord("certificate", row.id, row.version, verifiedBy(me.id));
      refresh("records/certificate");
    } catch (reason) {
      say(asRefusal(reason).message, false);
    }
  };
  const day = (field: string) => String(row[field] ?? "").slice(0, 10) || "—";
  return (
    <tr className={state === "good" ? "" : "off-row"}>
      <td><b>{titleOf(row, "person", lang)}</b></td>
      <td>{choiceText(form, "kind", row["kind"], lang)}</td>
      <td className="num">{String(row["certificate_no"] ?? "")}</td>
      <td className="num nowrap">{day("valid_from")} – {day("valid_to")}</td>
      <td>
        <span className={`cert ${state}`}>
          <Icon name={state === "good" ? "check" : "warn"} />{p(`cert_${state}`)}
        </span>
      </td>
      <td>{row["is_verified"] === true ? t("yes") : t("no")}</td>
      <td>
        {scans.length > 0 && (
          <PhotoTiles
            place={{ form: "certificate", id: row.id }} photos={scans} label={t("photo")}
          />
        )}
        {row["is_verified"] !== true && mayVerify && (
          <Button text={p("verifyIt")} icon="shield" run={() => void verify()} />
        )}
      </td>
    </tr>
  );
}

// Taking a source or a tag out of use, or bringing it back: a reason, and what stands against it.
import { useState } from "react";
import * as calls from "../api/calls_response.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { RecordRow } from "../api/types.ts";
import type { Need, Retirement } from "../api/types_retire.ts";
import { dateTime } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { refresh } from "../data/query.ts";
import { masterName, useAllRows } from "../data/records.ts";
import { needLink, needsOf, useRetired } from "../data/retired.ts";
import { useBlock } from "../text/block.ts";
import { useText } from "../text/index.ts";
import { retireText } from "../text/retire_words.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { TextArea } from "../parts/field.tsx";
import { Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";

export interface Retiring {
  form: string;
  id: string;
  code: string;
  isBack: boolean;
}

export function RetireDialog({ what, onClose }: { what: Retiring; onClose: () => void }) {
  const { t } = useBlock(retireText);
  const { t: common } = useText();
  const [reason, setReason] = useState("");
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isBusy, setBusy] = useState(false);
  const { form, id, code, isBack } = what;
  const send = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      await calls.retire({ form, id, reason: reason.trim(), is_back: isBack });
      say(t(isBack ? "backDone" : "done", { code }));
      for (const one of ["retirements", "tags", "sources", "records/", "alarms"]) refresh(one);
      onClose();
    } catch (why) {
      setRefusal(asRefusal(why));
      setBusy(false);
    }
  };
  const needs = needsOf(refusal);
  const actions = (
    <>
      <Button text={common("cancel")} run={onClose} />
      <Button
        text={t(isBack ? "bringBack" : "retire")} kind={isBack ? "main" : "danger"}
        isBusy={isBusy} isOff={reason.trim() === ""} run={() => void send()}
      />
    </>
  );
  return (
    <Dialog title={t(isBack ? "backTitle" : "retireTitle", { code })} onClose={onClose}
      actions={actions}>
      <p>{t(isBack ? "backHint" : "retireHint")}</p>
      {form === "source" && !isBack && <p>{t("retireSourceHint")}</p>}
      <TextArea label={t("reason")} value={reason} onChange={setReason} rows={3} />
      {refusal && needs.length === 0 && <Refused refusal={refusal} />}
      <NeededBy needs={needs} />
    </Dialog>
  );
}

export function NeededBy({ needs }: { needs: readonly Need[] }) {
  const { t, lang } = useBlock(retireText);
  if (needs.length === 0) return null;
  return (
    <div className="refused" role="alert">
      <div>
        <p className="strong">{t("neededBy")}</p>
        <ul className="needed-by">
          {needs.map((need) => (
            <li key={`${need.tag}/${need.why}/${need.id}`}>
              <span className="soft">{t("needOf", { tag: need.tag })} {t(`why_${need.why}`)} </span>
              <a href={needLink(need)}>{need.code} {localText(need.name, lang)}</a>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

// In a list: the button of one row, and who took it out and why.
export function RetireAct({ row, form, gone }: {
  row: RecordRow; form: string; gone: Retirement | undefined;
}) {
  const { t } = useBlock(retireText);
  const [isOpen, setOpen] = useState(false);
  const code = String(row["code"]);
  const text = t(gone ? "bringBack" : "retire");
  return (
    <>
      <button
        type="button" className="act" aria-label={`${text} ${code}`} onClick={() => setOpen(true)}
      >{text}</button>
      {isOpen && (
        <RetireDialog
          what={{ form, id: row.id, code, isBack: gone !== undefined }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

export function RetiredMark({ gone }: { gone: Retirement }) {
  const { t } = useBlock(retireText);
  const told = t("keptSince", {
    by: gone.by_name, at: dateTime(Date.parse(gone.at)), reason: gone.reason,
  });
  return <span className="retired-mark" title={told}><b>{t("retired")}</b> {told}</span>;
}

// On the page of sources: those that are read, each with its button, then what is out of use.
export default function SourceRetire() {
  const { t, lang } = useBlock(retireText);
  const rows = useAllRows("source", { sort: "code" });
  const gone = useRetired().value?.rows ?? [];
  const byId = new Map(gone.map((one) => [one.id, one]));
  return (
    <details className="panel source-retire">
      <summary>{t("retire")} · {t("bringBack")}</summary>
      <table className="rows tight">
        <tbody>
          {(rows.value ?? []).map((row) => {
            const out = byId.get(row.id);
            return (
              <tr key={row.id}>
                <th scope="row" className="num">{String(row["code"])}</th>
                <td>{masterName(row, lang)} {out && <RetiredMark gone={out} />}</td>
                <td><RetireAct row={row} form="source" gone={out} /></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </details>
  );
}

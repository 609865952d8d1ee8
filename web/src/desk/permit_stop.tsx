// Stopping everything in an area: which area, why, and how many jobs and people it means.
import { useState } from "react";
import { suspendArea } from "../api/calls_permit.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
import type { BoardRow } from "../api/types_permit.ts";
import { refresh } from "../data/query.ts";
import { masterName, useAllRows } from "../data/records.ts";
import { usePermitDesk } from "../text/permit_desk.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Chips, TextArea } from "../parts/field.tsx";
import { Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";

const isStoppable = (row: BoardRow) => ["ready", "active"].includes(row.state);

export function StopArea({ rows }: { rows: BoardRow[] }) {
  const { p } = usePermitDesk();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button text={p("stopArea")} icon="close" kind="danger" run={() => setOpen(true)} />
      {isOpen && <StopDialog rows={rows} onClose={() => setOpen(false)} />}
    </>
  );
}

function StopDialog({ rows, onClose }: { rows: BoardRow[]; onClose: () => void }) {
  const { p, t, lang } = usePermitDesk();
  const areas = useAllRows("area", { sort: "code" }).value ?? [];
  const [area, setArea] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [key] = useState(newId);
  const inArea = (row: BoardRow, code: string) => {
    const known = areas.find((one) => one["code"] === code);
    return row.area !== null && [code, known?.id].includes(row.area);
  };
  const hit = rows.filter((row) => isStoppable(row) && area !== null && inArea(row, area));
  const choices = areas.map((row) => {
    const code = String(row["code"] ?? row.id);
    const count = rows.filter((one) => isStoppable(one) && inArea(one, code)).length;
    return { value: code, text: `${masterName(row, lang)} (${count})` };
  });
  const send = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      await suspendArea(area ?? "", reason.trim(), key);
      refresh("records/permit");
      say(p("stopAreaDone"));
      onClose();
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
    setBusy(false);
  };
  const actions = (
    <>
      <Button text={t("cancel")} run={onClose} />
      <Button
        text={p("stopAreaNow", { n: hit.length })} kind="danger" icon="close" isBusy={isBusy}
        isOff={area === null || reason.trim() === ""} run={() => void send()}
      />
    </>
  );
  return (
    <Dialog title={p("stopArea")} onClose={onClose} actions={actions}>
      <p>{p("stopAreaHint")}</p>
      <Chips label={t("filterArea")} choices={choices} value={area} onChange={setArea} isRequired />
      <TextArea
        label={p("stopAreaWhy")} value={reason} onChange={setReason} isRequired maxLength={200}
      />
      {area !== null && (
        <p className="strong num">
          {p("stopAreaHits", { n: hit.length })} {hit.map(({ number }) => number).join(", ")}
        </p>
      )}
      {refusal && <Refused refusal={refusal} />}
    </Dialog>
  );
}

// Areas that somebody holds: who, why, since when; and letting work go on there again.
import { useState } from "react";
import { releaseArea } from "../api/calls_permit.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
import type { Hold } from "../api/types_permit.ts";
import { shortTime } from "../data/format.ts";
import { refresh } from "../data/query.ts";
import { masterName, useAllRows } from "../data/records.ts";
import { usePermitDesk } from "../text/permit_desk.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { TextArea } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";

export function Holds({ holds }: { holds: Hold[] }) {
  const { p, lang } = usePermitDesk();
  const areas = useAllRows("area", { sort: "code" }).value ?? [];
  const [open, setOpen] = useState<Hold | null>(null);
  if (holds.length === 0) return null;
  const nameOf = (hold: Hold) => {
    const row = areas.find(({ id }) => id === hold.area_id);
    return row ? masterName(row, lang) : hold.area;
  };
  return (
    <section className="panel held" aria-label={p("held")}>
      <h2><Icon name="warn" />{p("held")}<span className="num soft">{holds.length}</span></h2>
      <ul className="lines">
        {holds.map((hold) => (
          <li key={hold.area}>
            <span className="grow">
              <b>{nameOf(hold)}</b> <span>{hold.reason}</span>{" "}
              <span className="soft num">{p("heldBy", {
                name: hold.by.name, time: shortTime(hold.at),
              })}</span>
            </span>
            <Button text={p("release")} run={() => setOpen(hold)} />
          </li>
        ))}
      </ul>
      {open && <Release hold={open} name={nameOf(open)} onClose={() => setOpen(null)} />}
    </section>
  );
}

interface ReleaseProps {
  hold: Hold;
  name: string;
  onClose: () => void;
}
function Release({ hold, name, onClose }: ReleaseProps) {
  const { p, t } = usePermitDesk();
  const [reason, setReason] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [key] = useState(newId);
  const send = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      await releaseArea(hold.area, reason.trim(), key);
      refresh("records/permit");
      say(p("releaseDone"));
      onClose();
    } catch (failure) {
      setRefusal(asRefusal(failure));
      setBusy(false);
    }
  };
  const actions = (
    <>
      <Button text={t("cancel")} run={onClose} />
      <Button
        text={p("releaseNow")} kind="main" isBusy={isBusy} isOff={reason.trim() === ""}
        run={() => void send()}
      />
    </>
  );
  return (
    <Dialog title={`${p("release")} · ${name}`} onClose={onClose} actions={actions}>
      <p>{p("releaseHint")}</p>
      <TextArea
        label={p("releaseWhy")} value={reason} onChange={setReason} isRequired maxLength={200}
      />
      {refusal && <Refused refusal={refusal} />}
    </Dialog>
  );
}

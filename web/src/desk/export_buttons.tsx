// Taking out what is listed now, as a file; the server notes who took out what.
import { useState } from "react";
import { exportRecords, type ExportKind } from "../api/calls_desk.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import { serverNow } from "../data/clock.ts";
import { dayOf } from "../data/desk_figures.ts";
import { filterOf, isOpenOnly, listFilter, openOf } from "../data/desk_filter.ts";
import { fileName, saveAs } from "../data/desk_save.ts";
import { localText } from "../data/prefs.ts";
import { may } from "../data/session.ts";
import { useWork } from "../text/desk_work.ts";
import { Button, ButtonLink } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import type { ViewProps } from "./hazards.tsx";

const kinds: ExportKind[] = ["xlsx", "csv", "pdf", "zip"];

export function ExportButtons(props: ViewProps) {
  const { w } = useWork();
  const [isOpen, setOpen] = useState(false);
  const { form, me } = props;
  const mayImport = may(me, "setup", "administer") || may(me, form.id, "administer");
  return (
    <>
      {mayImport && <ButtonLink href={`#/ledger/${form.id}`} icon="upload">{w("importLedger")}
      </ButtonLink>}
      {may(me, form.id, "export") && (
        <Button text={w("export")} icon="download" run={() => setOpen(true)} />
      )}
      {isOpen && <ExportDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function wishOf({ view, filters, form, me }: ViewProps) {
  const around = { form, me, now: serverNow() };
  const board = isOpenOnly(filters) ? ["and", openOf(form), filterOf(filters, around)]
    : filterOf(filters, around);
  const filter = view === "list" ? listFilter(filters, around) : board;
  return { filter, q: filters["q"], sort: filters["sort"] || "-created_at" };
}

function ExportDialog(props: ViewProps & { onClose: () => void }) {
  const { form, onClose } = props;
  const { w, lang } = useWork();
  const [busy, setBusy] = useState<ExportKind | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const run = async (kind: ExportKind) => {
    setBusy(kind);
    setRefusal(null);
    try {
      const blob = await exportRecords(form.id, kind, wishOf(props), lang);
      const title = localText(form.title, lang) || form.id;
      saveAs(blob, `${fileName(title)}-${dayOf(serverNow())}.${kind}`);
      say(w("exportDone"));
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
    setBusy(null);
  };
  return (
    <Dialog title={w("export")} onClose={onClose}>
      <p className="soft">{w("exportHint")}</p>
      <ul className="export-kinds">
        {kinds.map((kind) => (
          <li key={kind}>
            <Button
              text={w(`export_${kind}`)} icon="file" isBusy={busy === kind}
              isOff={busy !== null} run={() => void run(kind)}
            />
            <span className="soft">{w(`exportWhat_${kind}`)}</span>
          </li>
        ))}
      </ul>
      {refusal && <Refused refusal={refusal} />}
    </Dialog>
  );
}

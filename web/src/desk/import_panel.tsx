// Bringing in a list: by hand, pasted, or from a file; first as a trial that shows what would be
// refused and why, then for good. All or nothing.
import { useId, useState } from "react";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { ImportAnswer } from "../api/types.ts";
import { parseCsv, toRows } from "../data/csv.ts";
import { columnsOf, useColumnNames, type ListPlan } from "../data/import.ts";
import { refresh } from "../data/query.ts";
import { readSheet } from "../data/sheet.ts";
import { useSeat } from "../text/desk.ts";
import { Button } from "../parts/button.tsx";
import { TextArea } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { ImportGrid, type Cells } from "./import_grid.tsx";

interface PanelProps {
  plan: ListPlan;
  hint?: string;
  first?: Cells[];
  onDone?: () => void;
}

function useImport({ plan, first = [{}], onDone }: PanelProps) {
  const { t } = useSeat();
  const [rows, setRows] = useState<Cells[]>(first);
  const [answer, setAnswer] = useState<ImportAnswer | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isBusy, setBusy] = useState(false);
  const full = rows.filter((row) => Object.values(row).some((cell) => cell.trim() !== ""));
  const change = (next: Cells[]) => {
    setRows(next);
    setAnswer(null);
  };
  const send = async (dry_run: boolean) => {
    setBusy(true);
    setRefusal(null);
    try {
      const got = await plan.send(full, dry_run);
      setRows(full);
      setAnswer(got);
      if (!dry_run && got.refused.length === 0) {
        say(t("importDone", { n: got.accepted }));
        change([{}]);
        for (const prefix of ["org", "people", "records/", "have/"]) refresh(prefix);
        onDone?.();
      }
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
    setBusy(false);
  };
  return { rows, full, answer, refusal, isBusy, change, send };
}

export function ImportPanel(props: PanelProps) {
  const { plan, hint } = props;
  const { t } = useSeat();
  const columns = useColumnNames(plan);
  const state = useImport(props);
  const { answer, full } = state;
  const isClean = answer !== null && answer.refused.length === 0;
  return (
    <div className="import">
      <p className="soft">{t("importPaste")}</p>
      {hint && <p className="soft">{hint}</p>}
      <Sources plan={plan} onRows={(rows) => state.change(rows)} />
      <ImportGrid
        columns={columns} rows={state.rows} refused={answer?.refused ?? []}
        onChange={state.change}
      />
      <div className="row import-foot">
        <Button
          text={t("importRow")} icon="plus" run={() => state.change([...state.rows, {}])}
        />
        <ImportVerdict answer={answer} />
        <Button
          text={t("importTry")} isBusy={state.isBusy && !isClean} isOff={full.length === 0}
          run={() => void state.send(true)}
        />
        <Button
          text={t("importGo", { n: full.length })} kind="main" icon="check"
          isBusy={state.isBusy && isClean} isOff={!isClean || full.length === 0}
          run={() => void state.send(false)}
        />
      </div>
      {state.refusal && <Refused refusal={state.refusal} />}
    </div>
  );
}

function ImportVerdict({ answer }: { answer: ImportAnswer | null }) {
  const { t } = useSeat();
  if (!answer) return <span role="status" className="grow" />;
  const bad = new Set(answer.refused.map((one) => one.row)).size;
  return (
    <span role="status" className={`verdict grow ${bad > 0 ? "bad" : "good"}`}>
      <Icon name={bad > 0 ? "warn" : "check"} />
      {bad > 0 ? t("importRefused", { n: bad }) : t("importOk", { n: answer.accepted })}
    </span>
  );
}

interface SourcesProps {
  plan: ListPlan;
  onRows: (rows: Cells[]) => void;
}
function Sources({ plan, onRows }: SourcesProps) {
  const { t } = useSeat();
  const id = useId();
  const [text, setText] = useState("");
  const [isBad, setBad] = useState(false);
  const take = (cells: string[][]) => {
    const rows = toRows(cells, columnsOf(plan));
    setBad(rows.length === 0);
    if (rows.length > 0) onRows(rows);
  };
  const choose = async (file: File | undefined) => {
    if (!file) return;
    try {
      take(await readSheet(file));
    } catch {
      setBad(true);
    }
  };
  const columns = useColumnNames(plan).map((column) => column.name).join(" · ");
  return (
    <div className="import-sources">
      <div className="grow">
        <TextArea
          label={t("importPasteBox")} value={text} onChange={setText} rows={3} isMono
          hint={t("importTemplate", { list: columns })}
          fault={isBad ? t("importBadFile") : undefined}
        />
      </div>
      <div className="stack">
        <Button
          text={t("importPasteTake")} isOff={text.trim() === ""}
          run={() => take(parseCsv(text))}
        />
        <input
          id={id} className="unseen" type="file" accept=".xlsx,.csv,.txt"
          onChange={(event) => {
            void choose(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
        <label htmlFor={id} className="button plain"><Icon name="upload" />{t("importFile")}</label>
      </div>
    </div>
  );
}

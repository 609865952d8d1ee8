// Bringing in an existing ledger: a file, what its columns mean, a trial that says what each row
// would become, then for good. All rows or none.
import { useId, useMemo, useState } from "react";
import { importLedger } from "../api/calls_desk.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { FormSource } from "../api/types.ts";
import type { LedgerAnswer } from "../api/types_desk.ts";
import {
  guess, headAt, lacking, rowsOf, targetsOf, type Ledger, type LedgerRow, type Mapping, type Mode,
} from "../data/desk_ledger.ts";
import { localText } from "../data/prefs.ts";
import { refresh } from "../data/query.ts";
import { useForm } from "../data/records.ts";
import { hrefOf } from "../data/route.ts";
import { may, useMe } from "../data/session.ts";
import { readSheet } from "../data/sheet.ts";
import { ledgerHeadings, ledgerWords } from "../text/ledger_words.ts";
import { useWork } from "../text/desk_work.ts";
import { Button, ButtonLink } from "../parts/button.tsx";
import { Chips } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Ready, Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { MappingTable } from "./ledger_mapping.tsx";
import { TrialTable } from "./ledger_trial.tsx";
import "../styles/desk_work.css";

export default function LedgerPage({ form }: { form: string }) {
  const { w } = useWork();
  useTitle(w("importLedger"));
  const source = useForm(form || "hazard");
  return (
    <div className="list-page ledger">
      <Ready query={source}>{(known) => <LedgerImport form={known} />}</Ready>
    </div>
  );
}

interface Chosen {
  name: string;
  ledger: Ledger;
}
function useLedger(form: FormSource) {
  const { w, lang } = useWork();
  const targets = useMemo(() => targetsOf(form, lang, {
    reported_at: w("targetReportedAt"), state: w("targetState"),
  }), [form, lang]);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [mapping, setMapping] = useState<Mapping>({});
  const [mode, setMode] = useState<Mode>("mixed");
  const [answer, setAnswer] = useState<LedgerAnswer | null>(null);
  const rows = useMemo(() => chosen
    ? rowsOf(chosen.ledger, mapping, targets, mode, ledgerWords) : [],
  [chosen, mapping, targets, mode]);
  const stale = <T,>(set: (value: T) => void) => (value: T) => {
    set(value);
    setAnswer(null);
  };
  const open = (name: string, cells: string[][]) => {
    const head = headAt(cells);
    setChosen({ name, ledger: { head, cells } });
    setMapping(guess(cells[head] ?? [], targets, form, ledgerHeadings));
    setAnswer(null);
  };
  return {
    targets, chosen, mapping, mode, rows, answer, setAnswer, open,
    setMapping: stale(setMapping), setMode: stale(setMode),
    close: () => setChosen(null), lacks: lacking(mapping, targets, mode),
  };
}
export type LedgerState = ReturnType<typeof useLedger>;

const rows_max = 20000;
function useSend(form: FormSource, state: LedgerState) {
  const { w } = useWork();
  const [busy, setBusy] = useState<"trial" | "real" | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [done, setDone] = useState<number | null>(null);
  const send = async (rows: LedgerRow[], isTrial: boolean) => {
    setBusy(isTrial ? "trial" : "real");
    setRefusal(null);
    try {
      const answer = await importLedger(form.id, rows, isTrial);
      if (isTrial || answer.refused.length > 0) state.setAnswer(answer);
      else {
        say(w("ledgerDone", { n: answer.accepted }));
        for (const prefix of ["records/", "counts/", "figures/"]) refresh(prefix);
        state.close();
        state.setAnswer(null);
        setDone(answer.accepted);
      }
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
    setBusy(null);
  };
  return { busy, refusal, done, send };
}

function LedgerImport({ form }: { form: FormSource }) {
  const { w, lang } = useWork();
  const state = useLedger(form);
  const { chosen, rows, answer, lacks } = state;
  const me = useMe();
  const { busy, refusal, done, send } = useSend(form, state);
  const isClean = answer !== null && answer.refused.length === 0;
  const isTooLong = rows.length > rows_max;
  const isReady = rows.length > 0 && lacks.length === 0 && !isTooLong;
  const list = hrefOf("list", form.id === "hazard" ? {} : { form: form.id });
  const seesList = may(me, form.id, "list");
  return (
    <>
      <div className="row">
        {seesList && (
          <ButtonLink href={list} kind="quiet" icon="back">{w("backToList")}</ButtonLink>
        )}
        <h1 className="grow">{w("importLedger")}: {localText(form.title, lang)}</h1>
      </div>
      <FileBox chosen={chosen} rows={rows.length} onOpen={state.open} />
      {done !== null && !chosen && (
        <p className="banner info" role="status">
          <Icon name="check" /><span>{w("ledgerDone", { n: done })}</span>
          {seesList && <a href={list}>{w("backToList")}</a>}
        </p>
      )}
      {chosen && (
        <>
          <section className="panel" aria-labelledby="ledger-mode">
            <h2 id="ledger-mode">{w("ledgerMode")}</h2>
            <Chips
              label={w("ledgerModeAsk")} value={state.mode}
              onChange={(mode) => state.setMode(mode as Mode)}
              choices={(["mixed", "history", "open"] as const).map((value) => ({
                value, text: w(`ledger_${value}`),
              }))}
              hint={w(`ledgerHint_${state.mode}`)}
            />
          </section>
          <MappingTable state={state} />
          <section className="panel ledger-send" aria-label={w("ledgerTry")}>
            {lacks.length > 0 && (
              <p className="fault" role="alert">
                <Icon name="warn" />{w("ledgerLacks", { list: lacks.join(w("listComma")) })}
              </p>
            )}
            {isTooLong && <p className="fault" role="alert">{w("ledgerLong", { n: rows_max })}</p>}
            <div className="row">
              <Verdict answer={answer} />
              <Button
                text={w("ledgerTry")} isBusy={busy === "trial"} isOff={!isReady || busy !== null}
                kind={isClean ? "plain" : "main"} run={() => void send(rows, true)}
              />
              <Button
                text={w("ledgerGo", { n: rows.length })} icon="check" isBusy={busy === "real"}
                kind={isClean ? "main" : "plain"} isOff={!isClean || !isReady || busy !== null}
                run={() => void send(rows, false)}
              />
            </div>
            {refusal && <Refused refusal={refusal} />}
          </section>
          {answer && <TrialTable answer={answer} rows={rows} form={form} />}
        </>
      )}
    </>
  );
}

function Verdict({ answer }: { answer: LedgerAnswer | null }) {
  const { w } = useWork();
  if (!answer) return <span role="status" className="grow soft">{w("ledgerTryFirst")}</span>;
  const bad = new Set(answer.refused.map((one) => one.row)).size;
  return (
    <span role="status" className={`verdict grow ${bad > 0 ? "bad" : "good"}`}>
      <Icon name={bad > 0 ? "warn" : "check"} />
      {bad > 0 ? w("ledgerBad", { n: bad }) : w("ledgerGood", { n: answer.accepted })}
    </span>
  );
}

interface FileProps {
  chosen: Chosen | null;
  rows: number;
  onOpen: (name: string, cells: string[][]) => void;
}
function FileBox({ chosen, rows, onOpen }: FileProps) {
  const { t, w } = useWork();
  const id = useId();
  const [isBad, setBad] = useState(false);
  const choose = async (file: File | undefined) => {
    if (!file) return;
    try {
      const cells = await readSheet(file);
      setBad(cells.length < 2);
      if (cells.length >= 2) onOpen(file.name, cells);
    } catch {
      setBad(true);
    }
  };
  return (
    <section className="panel" aria-label={w("ledgerFile")}>
      <p className="soft">{w("ledgerHow")}</p>
      <div className="row import-sources">
        <span>
          <input
            id={id} className="unseen" type="file" accept=".xlsx,.csv,.txt"
            onChange={(event) => {
              void choose(event.target.files?.[0]);
              event.target.value = "";
            }}
          />
          <label htmlFor={id} className={`button ${chosen ? "plain" : "main"}`}>
            <Icon name="upload" />{t("importFile")}
          </label>
        </span>
        {chosen && (
          <span className="grow">
            <b>{chosen.name}</b> <span className="soft num">{w("ledgerRows", { n: rows })}</span>
          </span>
        )}
      </div>
      {isBad && <p className="fault" role="alert"><Icon name="warn" />{t("importBadFile")}</p>}
    </section>
  );
}

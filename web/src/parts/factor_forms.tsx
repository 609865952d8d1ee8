// The pieces of a second factor: typing a code, setting it up, keeping the recovery codes.
import { useEffect, useState, type FormEvent } from "react";
import type { FactorProposal } from "../api/calls_factor.ts";
import type { Refusal } from "../api/client.ts";
import { useFactorText } from "../text/factor.ts";
import { Button } from "./button.tsx";
import { TextField } from "./field.tsx";
import { useSending } from "./sending.ts";
import { Loading, Refused } from "./states.tsx";
import "../styles/factor.css";

// A wrong code is said beside the field, everything else as elsewhere.
const isAboutCode = (refusal: Refusal): boolean => refusal.field === "code";

interface CodeProps {
  label: string;
  go: string;
  fault: string;
  send: (code: string) => Promise<void>;
}
export function CodeForm({ label, go, fault, send: bring }: CodeProps) {
  const [code, setCode] = useState("");
  const { refusal, isBusy, send } = useSending();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send(async () => {
      await bring(code.trim());
      setCode("");
    });
  };
  const isWrong = refusal !== null && isAboutCode(refusal);
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label={label} value={code} onChange={setCode} autoComplete="one-time-code" maxLength={40}
        fault={isWrong ? fault : undefined}
      />
      {refusal && !isWrong && <Refused refusal={refusal} />}
      <Button
        text={go} kind="main" isSubmit isBusy={isBusy} run={() => {}} isOff={code.trim() === ""}
      />
    </form>
  );
}

interface SetUpProps {
  propose: () => Promise<FactorProposal>;
  confirm: (code: string) => Promise<void>;
}
export function SetUpForm({ propose, confirm }: SetUpProps) {
  const { p } = useFactorText();
  const [proposal, setProposal] = useState<FactorProposal | null>(null);
  const { refusal, send } = useSending();
  useEffect(() => {
    // Once: every proposal replaces the one before, which may be in the app already.
    void send(async () => setProposal(await propose()));
  }, []);
  if (refusal) return <Refused refusal={refusal} />;
  if (!proposal) return <Loading />;
  return (
    <div className="stack">
      <p>{p("setUpHint")}</p>
      <img
        className="factor-qr" alt={p("setUpQr")}
        src={`data:image/svg+xml,${encodeURIComponent(proposal.qr)}`}
      />
      <p className="soft">{p("setUpKey")}</p>
      <p className="factor-key num">{proposal.secret.replace(/(.{4})/g, "$1 ").trim()}</p>
      <CodeForm label={p("appCode")} go={p("setUpGo")} fault={p("codeBad")} send={confirm} />
    </div>
  );
}

export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { p } = useFactorText();
  return (
    <div className="stack">
      <h2>{p("codesTitle")}</h2>
      <p>{p("codesHint")}</p>
      <ol className="factor-codes num">
        {codes.map((code) => <li key={code}>{code}</li>)}
      </ol>
      <div className="row">
        <Button text={p("codesPrint")} run={() => print()} />
        <Button text={p("codesKept")} kind="main" run={onDone} />
      </div>
    </div>
  );
}

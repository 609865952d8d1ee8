// My second factor: on or off, set it up, fresh recovery codes.
import { useState, type FormEvent } from "react";
import * as factor from "../api/calls_factor.ts";
import type { FactorProposal, FactorState } from "../api/calls_factor.ts";
import { refresh, useQuery } from "../data/query.ts";
import { useFactorText } from "../text/factor.ts";
import { Button } from "./button.tsx";
import { CodeForm, RecoveryCodes, SetUpForm } from "./factor_forms.tsx";
import { PasswordField } from "./field.tsx";
import { Icon } from "./icon.tsx";
import { useSending } from "./sending.ts";
import { Ready, Refused } from "./states.tsx";
import { say } from "./toast.tsx";

type Doing = { kind: "nothing" } | { kind: "password" } | { kind: "renew" } | { kind: "remove" }
  | { kind: "set_up"; proposal: FactorProposal } | { kind: "codes"; codes: string[] };

function AskPassword({ onProposal }: { onProposal: (made: FactorProposal) => void }) {
  const { t, p } = useFactorText();
  const [password, setPassword] = useState("");
  const { refusal, isBusy, send } = useSending();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send(async () => onProposal(await factor.proposeFactor(password)));
  };
  return (
    <form className="stack" onSubmit={submit}>
      <PasswordField
        label={p("passwordAgain")} value={password} onChange={setPassword}
        autoComplete="current-password"
      />
      {refusal && <Refused refusal={refusal} />}
      <Button
        text={t("next")} kind="main" isSubmit isBusy={isBusy} run={() => {}}
        isOff={password === ""}
      />
    </form>
  );
}

function Choices({ state, onPick }: { state: FactorState; onPick: (doing: Doing) => void }) {
  const { p } = useFactorText();
  if (!state.is_on) {
    return (
      <>
        <p role="status">{p("panelOff")}</p>
        <Button
          text={p("setUpStart")} icon="shield" run={() => onPick({ kind: "password" })}
        />
      </>
    );
  }
  return (
    <>
      <p role="status">{p("panelOn", { n: state.codes_left })}</p>
      {state.codes_left < 3 && <p className="banner warn">{p("panelFewCodes")}</p>}
      <Button text={p("renew")} run={() => onPick({ kind: "renew" })} />
      {state.is_required ? <p className="soft">{p("panelRequired")}</p>
        : <Button text={p("remove")} kind="danger" run={() => onPick({ kind: "remove" })} />}
    </>
  );
}

export default function FactorPanel() {
  const { p } = useFactorText();
  const state = useQuery("second-factor", factor.factorState);
  const [doing, setDoing] = useState<Doing>({ kind: "nothing" });
  const done = (next: Doing) => {
    refresh("second-factor");
    setDoing(next);
  };
  const label = p("appCode");
  return (
    <section className="panel stack" aria-labelledby="second-factor">
      <h2 id="second-factor"><Icon name="shield" /> {p("panelTitle")}</h2>
      {doing.kind === "nothing" && (
        <Ready query={state}>{(now) => <Choices state={now} onPick={setDoing} />}</Ready>
      )}
      {doing.kind === "password" && (
        <AskPassword onProposal={(proposal) => setDoing({ kind: "set_up", proposal })} />
      )}
      {doing.kind === "set_up" && (
        <SetUpForm
          propose={() => Promise.resolve(doing.proposal)}
          confirm={async (code) => {
            const { recovery_codes: codes } = await factor.confirmFactor(code);
            done({ kind: "codes", codes });
          }}
        />
      )}
      {doing.kind === "renew" && (
        <CodeForm
          label={label} go={p("renew")} fault={p("codeWrong")}
          send={async (code) => {
            const { recovery_codes: codes } = await factor.renewCodes(code);
            done({ kind: "codes", codes });
          }}
        />
      )}
      {doing.kind === "remove" && (
        <CodeForm
          label={p("code")} go={p("remove")} fault={p("codeWrong")}
          send={async (code) => {
            await factor.removeFactor(code);
            say(p("removed"));
            done({ kind: "nothing" });
          }}
        />
      )}
      {doing.kind === "codes" && (
        <RecoveryCodes codes={doing.codes} onDone={() => done({ kind: "nothing" })} />
      )}
    </section>
  );
}

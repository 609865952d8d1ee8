// The second half of a log-in: the code, or setting the factor up where a role needs one.
import { useState } from "react";
import * as factor from "../api/calls_factor.ts";
import { asRefusal } from "../api/client.ts";
import type { Me, NextStep } from "../api/types.ts";
import { useFactorText } from "../text/factor.ts";
import { Button } from "./button.tsx";
import { CodeForm, RecoveryCodes, SetUpForm } from "./factor_forms.tsx";
import { say } from "./toast.tsx";

interface StepProps {
  next: NextStep;
  onIn: (me: Me) => void;
  onOver: () => void;
}
export default function SecondStep({ next, onIn, onOver }: StepProps) {
  const { p } = useFactorText();
  const [done, setDone] = useState<{ codes: string[]; enter: () => void } | null>(null);
  // Half a session lives ten minutes: then everything begins again.
  const orOver = async <T,>(asked: Promise<T>): Promise<T> => {
    try {
      return await asked;
    } catch (reason) {
      const refusal = asRefusal(reason);
      if (refusal.code === "not_logged_in") {
        say(p("sessionLost"));
        onOver();
      }
      throw refusal;
    }
  };
  if (done) {
    return (
      <section className="login-card">
        <RecoveryCodes codes={done.codes} onDone={done.enter} />
      </section>
    );
  }
  const isSetUp = next === "set_up_factor";
  return (
    <section className="login-card">
      <h1>{p(isSetUp ? "setUpTitle" : "codeTitle")}</h1>
      <p className="soft">{p(isSetUp ? "setUpNeeded" : "codeHint")}</p>
      {isSetUp ? (
        <SetUpForm
          propose={() => orOver(factor.proposeInLogin())}
          confirm={async (code) => {
            const answer = await orOver(factor.confirmInLogin(code));
            setDone({ codes: answer.recovery_codes, enter: () => onIn(answer.me) });
          }}
        />
      ) : (
        <CodeForm
          label={p("code")} go={p("codeGo")} fault={p("codeWrong")}
          send={async (code) => onIn(await orOver(factor.loginSecond(code)))}
        />
      )}
      <Button text={p("startOver")} kind="quiet" run={onOver} />
    </section>
  );
}

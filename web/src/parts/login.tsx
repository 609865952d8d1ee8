// Log-in and the forced change of a first password: the same on phone and desk.
import { lazy, Suspense, useEffect, useState, type FormEvent } from "react";
import * as calls from "../api/calls.ts";
import type { Demo, NextStep } from "../api/types.ts";
import { localText } from "../data/prefs.ts";
import { replaceRoute, useRoute } from "../data/route.ts";
import { changePassword, logIn, logOut, welcomeBack } from "../data/session.ts";
import { useText } from "../text/index.ts";
import { Button } from "./button.tsx";
import { PasswordField, TextField } from "./field.tsx";
import { useSending } from "./sending.ts";
import { LanguageButton, Mark } from "./shell.tsx";
import { Refused } from "./states.tsx";
import { say } from "./toast.tsx";

const SecondStep = lazy(() => import("./second_step.tsx"));
const ProviderButton = lazy(() => import("./provider_button.tsx"));

const steps: readonly string[] = ["second_factor", "set_up_factor"];
const asStep = (text: string | undefined): NextStep | undefined =>
  text && steps.includes(text) ? (text as NextStep) : undefined;

// The way back from the provider leads to #/entry, with what came of it.
export function Login({ client, wasThere }: { client: "m" | "desk"; wasThere: boolean }) {
  const { path, query } = useRoute();
  const isEntry = path[0] === "entry";
  const [next, setNext] = useState(isEntry ? asStep(query["next"]) : undefined);
  const over = () => {
    setNext(undefined);
    if (isEntry) replaceRoute("");
  };
  return (
    <main className="login" id="main">
      <div className="login-top"><LanguageButton /></div>
      <Mark isLarge />
      {next ? (
        <Suspense fallback={null}>
          <SecondStep next={next} onIn={welcomeBack} onOver={over} />
        </Suspense>
      ) : (
        <PasswordStep
          client={client} wasThere={wasThere} onNext={setNext}
          refused={isEntry ? query["refused"] : undefined}
        />
      )}
    </main>
  );
}

interface PasswordProps {
  client: "m" | "desk";
  wasThere: boolean;
  refused: string | undefined;
  onNext: (next: NextStep | undefined) => void;
}
function PasswordStep({ client, wasThere, refused, onNext }: PasswordProps) {
  const { t } = useText();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [demo, setDemo] = useState<Demo | null>(null);
  const { refusal, isBusy, send } = useSending();
  useEffect(() => {
    // No demo plant: the answer is a refusal, and there is nothing to show.
    calls.demo().then(setDemo, () => setDemo(null));
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send(async () => onNext(await logIn(name.trim(), password, client)));
  };
  return (
    <>
      <form className="login-card" onSubmit={submit}>
        <h1>{t("loginTitle")}</h1>
        {wasThere && <p className="banner warn">{t("loginAgain")}</p>}
        <TextField
          label={t("loginName")} value={name} onChange={setName} autoComplete="username"
        />
        <PasswordField
          label={t("loginPassword")} value={password} onChange={setPassword}
          autoComplete="current-password"
        />
        {refusal && <Refused refusal={refusal} />}
        <Button
          text={t("loginButton")} kind="main" isSubmit isBusy={isBusy} run={() => {}}
          isOff={name.trim() === "" || password === ""}
        />
        <Suspense fallback={null}><ProviderButton client={client} refused={refused} /></Suspense>
      </form>
      {demo && (
        <DemoAccounts
          demo={demo} picked={name}
          onPick={(login) => {
            setName(login);
            setPassword(demo.password);
          }}
        />
      )}
    </>
  );
}

interface DemoProps {
  demo: Demo;
  picked: string;
  onPick: (login: string) => void;
}
function DemoAccounts({ demo, picked, onPick }: DemoProps) {
  const { t, lang } = useText();
  return (
    <section className="login-card demo" aria-label={t("demoTitle")}>
      <h2>{t("demoTitle")}</h2>
      <p className="soft">{t("demoHint")}</p>
      <div className="demo-list">
        {demo.accounts.map((account) => (
          <button
            key={account.login} type="button" className="demo-account"
            aria-pressed={account.login === picked} onClick={() => onPick(account.login)}
          >
            <strong>{localText(account.role, lang)}</strong>
            <span>{account.name} · {account.login}</span>
          </button>
        ))}
      </div>
    </section>
  );
}

export function PasswordForm({ isForced, onDone }: { isForced: boolean; onDone?: () => void }) {
  const { t } = useText();
  const [before, setBefore] = useState("");
  const [after, setAfter] = useState("");
  const [again, setAgain] = useState("");
  const { refusal, isBusy, send } = useSending();
  const differs = again !== "" && again !== after;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send(async () => {
      await changePassword(before, after);
      say(t("passwordChanged"));
      onDone?.();
    });
  };
  return (
    <form className={isForced ? "login-card" : "plain-form"} onSubmit={submit}>
      {isForced && <h1>{t("mustChangeTitle")}</h1>}
      {isForced && <p className="soft">{t("mustChangeHint")}</p>}
      <PasswordField
        label={t("oldPassword")} value={before} onChange={setBefore}
        autoComplete="current-password"
      />
      <PasswordField
        label={t("newPassword")} value={after} onChange={setAfter} hint={t("passwordRule")}
        autoComplete="new-password"
      />
      <PasswordField
        label={t("newPasswordAgain")} value={again} onChange={setAgain}
        fault={differs ? t("passwordDiffers") : undefined} autoComplete="new-password"
      />
      {refusal && <Refused refusal={refusal} />}
      <Button
        text={t("changePassword")} kind="main" isSubmit isBusy={isBusy} run={() => {}}
        isOff={before === "" || after === "" || again !== after}
      />
    </form>
  );
}

export function MustChange() {
  const { t } = useText();
  return (
    <main className="login" id="main">
      <div className="login-top">
        <LanguageButton />
        <Button text={t("logOut")} icon="out" kind="quiet" run={() => void logOut()} />
      </div>
      <Mark isLarge />
      <PasswordForm isForced />
    </main>
  );
}

// Log-in and the forced change of a first password: the same on phone and desk.
import { useEffect, useState, type FormEvent } from "react";
import * as calls from "../api/calls.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { Demo } from "../api/types.ts";
import { localText } from "../data/prefs.ts";
import { changePassword, logIn, logOut } from "../data/session.ts";
import { useText } from "../text/index.ts";
import { Button } from "./button.tsx";
import { PasswordField, TextField } from "./field.tsx";
import { LanguageButton, Mark } from "./shell.tsx";
import { Refused } from "./states.tsx";
import { say } from "./toast.tsx";

function useSending() {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isBusy, setBusy] = useState(false);
  const send = async (run: () => Promise<void>) => {
    setBusy(true);
    setRefusal(null);
    try {
      await run();
    } catch (reason) {
      setRefusal(asRefusal(reason));
      setBusy(false);
    }
  };
  return { refusal, isBusy, send };
}

export function Login({ client, wasThere }: { client: "m" | "desk"; wasThere: boolean }) {
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
    void send(() => logIn(name.trim(), password, client));
  };
  return (
    <main className="login" id="main">
      <div className="login-top"><LanguageButton /></div>
      <Mark isLarge />
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
    </main>
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

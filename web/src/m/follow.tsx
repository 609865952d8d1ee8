// A report without a name, followed by its code: each step, the pictures, the talk. No log-in is
// asked for, and none goes along. The code is never put into the address.
import { useEffect, useState } from "react";
import * as calls from "../api/calls_hazard.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { Follow } from "../api/types_hazard.ts";
import {
  forgetCode, grouped, keepCode, takeCode, tidyCode, useCodes,
} from "../data/codes.ts";
import { dateTime } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { useSession } from "../data/session.ts";
import { useLoopText } from "../text/loop.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { TextField } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { Loading, Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { Frame } from "./frame.tsx";
import { Messages, Writing } from "../parts/thread.tsx";
import "../styles/m_loop.css";

interface Known {
  code: string;
  answer: Follow;
}

export default function FollowPage() {
  const { p } = useLoopText();
  const isPerson = useSession().kind === "person";
  const [known, setKnown] = useState<Known | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isBusy, setBusy] = useState(false);
  const look = async (code: string) => {
    setBusy(true);
    setRefusal(null);
    try {
      setKnown({ code, answer: await calls.follow(code) });
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
    setBusy(false);
  };
  useEffect(() => {
    const code = takeCode();
    if (code) void look(code);
  }, []);
  return (
    <Frame title={p("followTitle")} isBare={!isPerson}>
      {known
        ? <Steps known={known} again={() => void look(known.code)} />
        : <Ask look={look} isBusy={isBusy} />}
      {isBusy && !known && <Loading />}
      {refusal && (refusal.code === "not_found"
        ? <p className="banner bad" role="alert">{p("followGone")}</p>
        : <Refused refusal={refusal} />)}
    </Frame>
  );
}

function Ask({ look, isBusy }: { look: (code: string) => Promise<void>; isBusy: boolean }) {
  const { p } = useLoopText();
  const [typed, type] = useState("");
  const kept = useCodes();
  return (
    <>
      <p className="soft"><Icon name="shield" /> {p("followSafe")}</p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void look(tidyCode(typed));
        }}
      >
        <TextField label={p("followAsk")} value={typed} onChange={type} maxLength={80} />
        <Button
          text={p("followOpen")} kind="main" icon="eye" isSubmit isOff={tidyCode(typed) === ""}
          isBusy={isBusy} run={() => {}}
        />
      </form>
      {kept.length > 0 && (
        <section className="stack" aria-labelledby="kept">
          <h2 id="kept" className="section-title">{p("followKept")}</h2>
          {kept.map((one) => (
            <Button
              key={one.code} text={`${one.number} · ${dateTime(one.at)}`} icon="mine"
              run={() => void look(one.code)}
            />
          ))}
        </section>
      )}
    </>
  );
}

function Steps({ known, again }: { known: Known; again: () => void }) {
  const { p, t, lang } = useLoopText();
  const { code, answer } = known;
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const send = async (text: string, is_not_fixed: boolean) => {
    try {
      await calls.writeAnonymously(is_not_fixed ? { code, text, is_not_fixed } : { code, text });
      setRefusal(null);
      if (is_not_fixed) say(p("notFixedSent"));
      again();
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
  };
  return (
    <>
      <section className="panel">
        <p className="soft num">{t("doneNumber")} {answer.number}</p>
        <p className="big">{localText(answer.state, lang)}</p>
        <Button text={t("reload")} icon="refresh" run={again} />
      </section>
      <Photos code={code} shas={answer.before} title={p("followBefore")} isAsked />
      <Photos code={code} shas={answer.after} title={p("followAfter")} />
      <section className="panel" aria-labelledby="steps">
        <h2 id="steps">{p("followSteps")}</h2>
        <ol className="timeline">
          {[...answer.steps].reverse().map((step, at) => (
            <li key={`${step.at}/${at}`} className={at === 0 ? "by-person" : "by-system"}>
              <p className="strong">{localText(step, lang)}</p>
              <p className="soft"><time className="num" dateTime={step.at}>
                {dateTime(step.at)}
              </time></p>
            </li>
          ))}
        </ol>
      </section>
      <section className="panel" aria-labelledby="talk">
        <h2 id="talk">{p("threadTitleMine")}</h2>
        <Messages rows={answer.messages} isReporter />
        <Writing
          thread={{ is_reporter: true, may_write: true }} send={send}
          mayReopen={answer.may_say_not_fixed}
        />
        {refusal && <Refused refusal={refusal} />}
      </section>
      <Keeping code={code} number={answer.number} />
    </>
  );
}

function Keeping({ code, number }: { code: string; number: string }) {
  const { p } = useLoopText();
  const isKept = useCodes().some((one) => one.code === code);
  return (
    <section className="panel">
      <p className="num">{p("codeTitle")}: <b>{grouped(code)}</b></p>
      {isKept
        ? <Button text={p("codeForget")} icon="trash" run={() => forgetCode(code)} />
        : <Button text={p("codeKeep")} icon="download" run={() => keepCode(code, number)} />}
      <p className="soft">{p("codeKeepHint")}</p>
    </section>
  );
}

// Fetched with the code in the body: a picture's address would carry the session along.
function useFile(code: string, sha256: string): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let made = "";
    let isOver = false;
    calls.anonymousFile(code, sha256).then((blob) => {
      if (isOver) return;
      made = URL.createObjectURL(blob);
      setUrl(made);
    }, () => {});
    return () => {
      isOver = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [code, sha256]);
  return url;
}

interface PhotosProps {
  code: string;
  shas: string[];
  title: string;
  isAsked?: boolean;
}
function Photos({ code, shas, title, isAsked = false }: PhotosProps) {
  const { p } = useLoopText();
  if (shas.length === 0) return isAsked ? <p className="soft">{p("followNoPhotos")}</p> : null;
  return (
    <section className="panel">
      <h2>{title}</h2>
      <div className={`tiles${shas.length === 1 ? " single" : ""}`}>
        {shas.map((sha) => <Photo key={sha} code={code} sha256={sha} title={title} />)}
      </div>
    </section>
  );
}

function Photo({ code, sha256, title }: { code: string; sha256: string; title: string }) {
  const { p, t } = useLoopText();
  const url = useFile(code, sha256);
  const [isOpen, setOpen] = useState(false);
  if (!url) return <p className="soft">{p("followNoPhotos")}</p>;
  return (
    <>
      <button
        type="button" className="tile" aria-label={`${title}: ${t("photoOpen")}`}
        onClick={() => setOpen(true)}
      >
        <img src={url} alt="" />
      </button>
      {isOpen && (
        <Dialog title={title} onClose={() => setOpen(false)} isWide>
          <figure className="photo-view"><img src={url} alt={title} /></figure>
        </Dialog>
      )}
    </>
  );
}

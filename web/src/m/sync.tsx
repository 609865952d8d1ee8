// Everything that has not reached the server: what it is, since when, how often it was tried, and
// what the person can do about it. Nothing is hidden here and nothing is thrown away by itself.
import { useEffect, useState } from "react";
import { dropCargo, flushCargo, startCargo, tryCargo, useCargo } from "../data/cargo.ts";
import type { Cargo } from "../data/cargo_step.ts";
import { useNow } from "../data/clock.ts";
import { ago, wallClock } from "../data/format.ts";
import { flush, tryAgain, useOutbox } from "../data/outbox.ts";
import { nobodys, type Op } from "../data/outbox_step.ts";
import { giveUp, mend } from "../data/report.ts";
import { go } from "../data/route.ts";
import { useSession } from "../data/session.ts";
import { useLoopText } from "../text/loop.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { Empty } from "../parts/states.tsx";
import { CodeCard } from "./code_card.tsx";
import { Frame } from "./frame.tsx";
import "../styles/m_loop.css";

const old_ms = 4 * 3600000;

export default function SyncPage() {
  const { p } = useLoopText();
  const session = useSession();
  const me = session.kind === "person" ? session.me.id : "";
  useEffect(startCargo, []);
  const now = useNow();
  const ops = useOutbox().filter((op) => isShown(op, me));
  const all = useCargo().filter((one) => one.owner === me || one.owner === nobodys);
  const loose = all.filter((one) => !ops.some((op) => op.id === one.op));
  const isOld = ops.some((op) => op.state === "waiting" && now - op.at > old_ms);
  const send = () => {
    void flush(true);
    void flushCargo(true);
  };
  return (
    <Frame title={p("syncTitle")} isBare={!me}>
      {ops.length + loose.length === 0
        ? <Empty icon="check" title={p("syncEmpty")} hint={p("syncEmptyHint")} />
        : (
          <>
            {isOld && <p className="banner warn" role="alert">{p("syncOld")}</p>}
            <p className="soft">{p("syncWhat")}</p>
            <Button text={p("syncNow")} kind="main" icon="upload" run={send} />
            <ul className="cards">
              {ops.map((op) => (
                <OpCard key={op.id} op={op} me={me} photos={all.filter((c) => c.op === op.id)} />
              ))}
              {loose.map((one) => <li className="card" key={one.id}><PhotoRow cargo={one} /></li>)}
            </ul>
          </>
        )}
      <Storage />
    </Frame>
  );
}

// A code that nobody has seen yet stays here too.
function isShown(op: Op, me: string): boolean {
  if (op.kind === "receipt" || (op.owner !== me && op.owner !== nobodys)) return false;
  return op.state !== "sent" || op.kind === "anonymous";
}

const icons: Partial<Record<Op["kind"], IconName>> = {
  report: "camera", anonymous: "shield", message: "mine",
};

function OpCard({ op, me, photos }: { op: Op; me: string; photos: Cargo[] }) {
  const { p, texts } = useLoopText();
  const now = useNow();
  const wait_s = Math.ceil((op.not_before - Date.now()) / 1000);
  const text = (op.body as { fields?: { description?: unknown } })?.fields?.description;
  return (
    <li className={`card sync ${op.state}`}>
      <span className="card-head">
        <Icon name={icons[op.kind] ?? "warn"} />
        <span className="card-title">{p(`op_${op.kind}`)}</span>
        <span className="state">
          {op.state === "sent" ? p("syncSent")
            : op.state === "refused" ? p("sentRefused") : p("syncWaiting")}
        </span>
      </span>
      {typeof text === "string" && text && <span className="clip">{text}</span>}
      <span className="soft num">
        {wallClock(op.at)} · {ago(op.at, now, texts)}
        {op.tries > 0 && op.state === "waiting" && ` · ${p("syncTries", { n: op.tries })}`}
        {op.tries > 0 && op.state === "waiting" && wait_s > 0 &&
          ` · ${p("syncNext", { n: wait_s })}`}
      </span>
      {op.state === "refused" &&
        <span className="fault">{p("syncRefused", { why: op.message ?? "" })}</span>}
      {photos.map((one) => <PhotoRow key={one.id} cargo={one} />)}
      <OpActions op={op} me={me} />
    </li>
  );
}

function OpActions({ op, me }: { op: Op; me: string }) {
  const { p, t } = useLoopText();
  const [isAsking, setAsking] = useState(false);
  const isReport = op.kind === "report" || op.kind === "anonymous";
  const answer = op.answer as { code?: string; number?: string } | undefined;
  if (op.state === "sent") {
    return answer?.code
      ? <CodeCard code={answer.code} number={answer.number ?? ""} onSeen={() => giveUp(op)} />
      : null;
  }
  const drop = () => {
    giveUp(op);
    setAsking(false);
  };
  return (
    <span className="sync-actions">
      {op.state === "refused" && isReport && (
        <Button
          text={p("syncMend")} icon="back"
          run={() => void mend(op, me).then(() => go(me ? "report" : "anonymous"))}
        />
      )}
      {op.state === "refused" && !isReport &&
        <Button text={t("retry")} icon="refresh" run={() => tryAgain(op.id)} />}
      {(op.state === "refused" || isReport) &&
        <Button text={p("syncDrop")} icon="trash" kind="quiet" run={() => setAsking(true)} />}
      {isAsking && (
        <Dialog
          title={p("syncDrop")} onClose={() => setAsking(false)}
          actions={(
            <>
              <Button text={t("cancel")} run={() => setAsking(false)} />
              <Button text={p("syncDrop")} kind="danger" icon="trash" run={drop} />
            </>
          )}
        >
          <p>{p("syncDropAsk")}</p>
        </Dialog>
      )}
    </span>
  );
}

function PhotoRow({ cargo }: { cargo: Cargo }) {
  const { p, t } = useLoopText();
  const percent = Math.floor(cargo.share * 100);
  const word = cargo.state === "held" ? p("syncHeld")
    : cargo.state === "refused" ? p("syncRefused", { why: cargo.message ?? "" })
      : percent > 0 ? p("syncSending", { n: percent }) : p("syncWaiting");
  return (
    <span className="sync-photo">
      <span className="num">
        <Icon name="camera" /> {p("syncPhoto", { kb: Math.round(cargo.bytes / 1024) })} · {word}
      </span>
      {cargo.state === "waiting" && <progress max={100} value={percent} aria-label={word} />}
      {cargo.state === "refused" && (
        <span className="sync-actions">
          <Button text={t("retry")} icon="refresh" run={() => tryCargo(cargo.id)} />
          <Button text={p("syncDrop")} icon="trash" kind="quiet" run={() => dropCargo(cargo.id)} />
        </span>
      )}
    </span>
  );
}

function Storage() {
  const { p } = useLoopText();
  const [used, setUsed] = useState<number | null>(null);
  useEffect(() => {
    void navigator.storage?.estimate?.().then(({ usage }) => setUsed(usage ?? null), () => {});
  }, []);
  if (used === null) return null;
  return <p className="soft num">{p("syncKept", { used: Math.round(used / 1048576) })}</p>;
}

// My way out: the plan with my place and route, where to and how far, and the two words that the
// people who count want to hear. It works from what the phone remembers.
import { useEffect, useMemo, useRef, useState } from "react";
import type { MyRoute, Point } from "../api/types_response.ts";
import { serverNow, useNow } from "../data/clock.ts";
import { span } from "../data/format.ts";
import { outbox, post, takeBack, useOutbox } from "../data/outbox.ts";
import { lastOf, mayUndo, type Op } from "../data/outbox_step.ts";
import { boxOf, type Plan, type PlanPlace } from "../data/plan.ts";
import { localText } from "../data/prefs.ts";
import { usePoll } from "../data/response.ts";
import { useKeptPlan, useRunning, useWay, type Way } from "../data/running.ts";
import { useMe } from "../data/session.ts";
import { aheadOf, eighth, isNewVersion, isRunning, secondsLeft, type Ahead } from "../data/way.ts";
import { usePhoneText, type PhoneKey } from "../text/phone.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icon.tsx";
import { PlanCanvas, type PlanRoute } from "../parts/plan_canvas.tsx";
import { buzz } from "../parts/siren.ts";
import { Empty, Loading, Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { Frame } from "./frame.tsx";
import { ModeStrip } from "./mode.tsx";
import "../styles/m_now.css";

const ask_ms = 3000;

export default function WayPage({ id }: { id: string }) {
  const running = useRunning();
  const { p } = usePhoneText();
  const chosen = id || running?.id;
  if (chosen) return <WayOf key={chosen} id={chosen} />;
  return (
    <Frame title={p("wayTitle")}>
      <Empty icon="shield" title={p("wayNone")} hint={p("wayNoneHint")} />
    </Frame>
  );
}

function WayOf({ id }: { id: string }) {
  const way = useWay(id);
  const { p } = usePhoneText();
  usePoll(`response/${id}/route`, ask_ms);
  const { answer, query } = way;
  if (!answer) {
    return (
      <Frame title={p("wayTitle")}>
        {query.refusal ? <Refused refusal={query.refusal} retry={query.reload} /> : <Loading />}
      </Frame>
    );
  }
  if (!isRunning(answer.response.state)) {
    const isStopped = answer.response.state === "stopped";
    return (
      <Frame title={p("wayTitle")}>
        <ModeStrip mode={answer.response.mode} />
        <Empty icon="check" title={p(isStopped ? "wayStopped" : "wayEnded")} />
      </Frame>
    );
  }
  return (
    <Frame title={p("wayTitle")} action={<Words id={id} answer={answer} />}>
      <Shown way={way} answer={answer} />
    </Frame>
  );
}

function useChange(version: number | null): boolean {
  const before = useRef<number | null>(null);
  const [isChanged, setChanged] = useState(false);
  useEffect(() => {
    const isNew = isNewVersion(before.current, version);
    before.current = version ?? before.current;
    if (!isNew) return;
    setChanged(true);
    buzz();
    const timer = setTimeout(() => setChanged(false), 15000);
    return () => clearTimeout(timer);
  }, [version]);
  return isChanged;
}

function havenOf(answer: MyRoute, musters: PlanPlace[]) {
  const { route } = answer;
  const drawn = musters.find(({ code }) => code === route?.haven);
  return route?.haven_name ?? drawn?.name ?? route?.haven;
}

function Shown({ way, answer }: { way: Way; answer: MyRoute }) {
  const { p, lang, texts } = usePhoneText();
  const plan = useKeptPlan();
  useNow();
  const isChanged = useChange(answer.route?.version ?? null);
  const { response, route, me, hazard } = answer;
  const at: [number, number] | null = me ? [me.x, me.y] : null;
  const ahead = route ? aheadOf(route.points, at) : null;
  const haven = localText(havenOf(answer, plan?.musters ?? []), lang);
  return (
    <div className="way">
      <ModeStrip mode={response.mode} />
      {way.isKept && (
        <p className="banner warn" role="status">
          <Icon name="link" />
          <span>{p("wayKept", { age: span(way.age_ms, texts) })}</span>
        </p>
      )}
      {isChanged && <p className="banner bad" role="alert">
        <Icon name="refresh" /><span>{p("wayChanged")}</span>
      </p>}
      <Goal answer={answer} ahead={ahead} haven={haven} />
      {plan && <WayPlan plan={plan} answer={answer} label={`${p("wayTitle")}: ${haven}`} />}
      <p className="way-what">
        <Icon name="warn" />
        <span>
          <b>{localText(response.name, lang)}</b> {localText(response.area_name, lang)}
          {response.alarm_name && ` · ${response.alarm_name}`}
        </span>
      </p>
      <p className="soft num">
        {me ? p("wayMyPlace", { age: span(me.age_ms + way.age_ms, texts) }) : p("wayNoPlace")}
        {route && ` · ${p("wayVersion", { n: route.version })}`}
      </p>
      {hazard && (
        <p className="soft num">
          {hazard.value !== null && `${p("gasAt", {
            value: Math.round(hazard.value * 10) / 10, unit: hazard.unit, limit: hazard.limit,
          })} · `}
          {hazard.wind && !hazard.is_calm ? p("wayWind", {
            from: p(`dir${eighth(hazard.wind.from)}` as PhoneKey),
            speed: hazard.wind.speed.toFixed(1),
          }) : p("wayCalm")}
        </p>
      )}
      <p className="soft">{p("notDetector")}</p>
    </div>
  );
}

const margin_m = 45;

// My route fills the picture; the whole plant is one press away.
function WayPlan({ plan, answer, label }: { plan: Plan; answer: MyRoute; label: string }) {
  const { p } = usePhoneText();
  const [isWhole, setWhole] = useState(false);
  const { route, me, hazard } = answer;
  const at = useMemo((): Point | null => (me ? [me.x, me.y] : null), [me?.x, me?.y]);
  const routes = useMemo((): PlanRoute[] => route
    ? [{ id: "mine", points: route.points, isStrong: true, crosses_gas: route.crosses_gas }]
    : [], [route?.version]);
  const near = useMemo(() => {
    const points = [...(route?.points ?? []), ...(at ? [at] : [])];
    if (isWhole || points.length === 0) return plan;
    const { low, high } = boxOf(points);
    const wide = (point: Point, by: number): Point => [point[0] + by, point[1] + by];
    return { ...plan, box: { low: wide(low, -margin_m), high: wide(high, margin_m) } };
  }, [plan, route?.version, isWhole]);
  return (
    <div className="way-plan">
      <PlanCanvas plan={near} me={at} hazard={hazard} label={label} routes={routes} />
      <Button
        text={p(isWhole ? "wayNear" : "wayWhole")} icon="search" run={() => setWhole(!isWhole)}
      />
    </div>
  );
}

interface GoalProps {
  answer: MyRoute;
  ahead: Ahead | null;
  haven: string;
}
const there_m = 15;

function Goal({ answer: { route }, ahead, haven }: GoalProps) {
  const { p } = usePhoneText();
  if (!route || !ahead) {
    return (
      <section className="goal none" role="status">
        <p className="goal-name">{p("wayNoRoute")}</p>
        <p>{p("wayNoRouteHint")}</p>
      </section>
    );
  }
  if (ahead.left_m < there_m) {
    return (
      <section className="goal there" role="status">
        <Icon name="check" />
        <div><p className="goal-name">{haven}</p><p>{p("wayThere")}</p></div>
      </section>
    );
  }
  const heading = p(`dir${eighth(ahead.heading)}` as PhoneKey);
  return (
    <section className="goal" aria-live="polite">
      <svg
        className="goal-arrow" viewBox="0 0 64 64" role="img"
        aria-label={p("wayHead", { to: heading })}
        style={{ transform: `rotate(${Math.round(ahead.heading)}deg)` }}
      >
        <path d="M32 4 54 40H41V60H23V40H10z" />
      </svg>
      <div>
        <p className="soft">{p("wayTo")}</p>
        <p className="goal-name">{haven}</p>
        <p className="goal-far num">
          <b>{p("wayDistance", { m: Math.round(ahead.left_m) })}</b>
          <span>{p("wayHead", { to: heading })}</span>
          <Seconds s={secondsLeft(route.seconds, route.points, ahead.left_m)} />
        </p>
      </div>
      {route.crosses_gas && <p className="goal-gas"><Icon name="warn" />{p("wayCrossesGas")}</p>}
    </section>
  );
}

function Seconds({ s }: { s: number }) {
  const { p } = usePhoneText();
  if (s < 100) return <span>{p("waySeconds", { s })}</span>;
  return <span>{p("wayMinutes", { m: Math.floor(s / 60), s: s % 60 })}</span>;
}

const needs: [string, PhoneKey][] = [
  ["hurt", "helpHurt"], ["trapped", "helpTrapped"], ["lost", "helpLost"], ["gas", "helpGas"],
  ["other", "helpOther"],
];

// A plain press with five seconds to take it back: gloves press well and hold badly.
function Words({ id, answer }: { id: string; answer: MyRoute }) {
  const { p } = usePhoneText();
  const me = useMe();
  const ops = useOutbox();
  const [isAsking, setAsking] = useState(false);
  const last = lastOf(ops, me.id, id, ["safe", "unsafe"]);
  const path = `/api/responses/${encodeURIComponent(id)}`;
  const saySafe = () => {
    post({ kind: "safe", about: id, path: `${path}/safe`, body: {}, undo: true });
    buzz([80]);
  };
  const askHelp = (note: string) => {
    // A word of safety that still waits is not to follow a cry for help.
    for (const op of outbox.get()) if (op.about === id && op.kind === "safe") takeBack(op.id);
    post({ kind: "unsafe", about: id, path: `${path}/unsafe`, body: { note } });
    buzz([80, 60, 80]);
    say(p("helpIs"));
    setAsking(false);
  };
  const isSaid = last?.kind === "safe" && last.state !== "refused";
  return (
    <>
      {last ? <Said op={last} /> : answer.me?.status === "safe" && (
        <p className="said good"><Icon name="check" /><b>{p("safeIs")}</b></p>
      )}
      <div className="words">
        {!isSaid && (
          <button type="button" className="button safe" onClick={saySafe}>
            <Icon name="check" /><span>{p("safe")}</span>
          </button>
        )}
        <button type="button" className="button help" onClick={() => setAsking(true)}>
          <Icon name="warn" /><span>{p("help")}</span>
        </button>
      </div>
      {isAsking && (
        <Dialog title={p("help")} onClose={() => setAsking(false)}>
          <p className="strong">{p("helpAsk")}</p>
          <div className="stack">
            {needs.map(([note, key]) => (
              <Button key={note} text={p(key)} kind="danger" run={() => askHelp(p(key))} />
            ))}
          </div>
        </Dialog>
      )}
    </>
  );
}

function Said({ op }: { op: Op }) {
  const { p } = usePhoneText();
  useNow();
  const now = Date.now();
  const word = p(op.kind === "safe" ? "safeIs" : "helpIs");
  if (mayUndo(op, now)) {
    const left = Math.max(1, Math.ceil((op.not_before - now) / 1000));
    return (
      <div className="said undo" role="status">
        <span className="num"><b>{word}</b> {p("safeWait", { n: left })}</span>
        <Button text={p("undo")} icon="back" run={() => takeBack(op.id)} />
      </div>
    );
  }
  const at = new Date(op.at || serverNow());
  const time = at.toTimeString().slice(0, 8);
  if (op.state === "refused") {
    return <p className="said bad" role="alert"><Icon name="warn" />{word}: {p("refusedOp")}
      {op.message && ` · ${op.message}`}</p>;
  }
  if (op.state === "waiting") {
    const isTrying = op.tries === 0;
    return (
      <p className="said warn" role="status">
        <Icon name={isTrying ? "refresh" : "link"} />
        <span><b>{word} · {p(isTrying ? "sending" : "notSent")}</b>
          {!isTrying && <> {p("notSentHint")}</>}</span>
      </p>
    );
  }
  const tone = op.kind === "safe" ? "good" : "bad";
  return (
    <p className={`said ${tone}`} role="status">
      <Icon name="check" /><span className="num"><b>{word}</b> {p("sent")} {time}</span>
    </p>
  );
}

// Calling for help. The ring is held two seconds; who cannot hold presses twice. Nothing waits for
// a link: the call is stored first.
import { useEffect, useState } from "react";
import { record } from "../api/calls.ts";
import { useNow } from "../data/clock.ts";
import { span, wallClock } from "../data/format.ts";
import { startOutbox, useOutbox } from "../data/outbox.ts";
import { lastOf } from "../data/outbox_step.ts";
import { useFix, watchPosition } from "../data/position.ts";
import { useQuery } from "../data/query.ts";
import { usePoll } from "../data/response.ts";
import { keptPlace } from "../data/running.ts";
import { useMe } from "../data/session.ts";
import { addPosition, callForHelp, helpOf, myCall, type Help, type MyCall } from "../data/sos.ts";
import { usePhoneText, type PhoneKey } from "../text/phone.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { HoldButton } from "../parts/hold.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { buzz } from "../parts/siren.ts";
import { Frame } from "./frame.tsx";
import "../styles/m_now.css";

const hold_ms = 2000;

export default function SosPage() {
  const { p } = usePhoneText();
  const me = useMe();
  const [call, setCall] = useState<MyCall | null>(() => myCall(me.id));
  useEffect(watchPosition, []);
  useEffect(startOutbox, []);
  const send = () => {
    callForHelp(me.id);
    buzz([200, 100, 200]);
    setCall(myCall(me.id));
    scrollTo(0, 0);
  };
  return (
    <Frame title={p("sosTitle")}>
      {call ? <State call={call} onAgain={() => setCall(null)} /> : <Ask send={send} />}
    </Frame>
  );
}

function Ask({ send }: { send: () => void }) {
  const { p } = usePhoneText();
  const [isAsking, setAsking] = useState(false);
  return (
    <div className="sos-page">
      <p className="sos-what">{p("sosWhat")}</p>
      <HoldButton text={p("sosHold")} holding={p("sosHolding")} need_ms={hold_ms} run={send} />
      <Button text={p("sosNoHold")} icon="next" run={() => setAsking(true)} />
      <Place />
      {isAsking && (
        <Dialog title={p("sosAsk")} onClose={() => setAsking(false)}>
          <button type="button" className="button help sos-yes" onClick={send}>
            <Icon name="warn" /><span>{p("sosYes")}</span>
          </button>
          <Button text={p("sosNo")} run={() => setAsking(false)} />
        </Dialog>
      )}
    </div>
  );
}

function Place() {
  const { p, t, texts } = usePhoneText();
  const me = useMe();
  const fix = useFix();
  const now = useNow();
  const kept = keptPlace(me.id);
  const text = fix.state === "known" ? p("sosPlaceGps", { m: Math.round(fix.position.accuracy_m) })
    : kept ? p("sosPlaceBadge", { age: span(now - kept.at, texts) })
      : fix.state === "asking" ? t("positionAsking") : p("sosPlaceNone");
  return (
    <p className="soft position num"><Icon name="place" /><span>{p("sosPlace")}: {text}</span></p>
  );
}

const heads: Record<Help, [PhoneKey, IconName]> = {
  waiting: ["notSent", "link"], refused: ["refusedOp", "warn"], told: ["sent", "check"],
  coming: ["sosComing", "people"], over: ["sosEnded", "check"],
};
const notes: Record<Help, PhoneKey> = {
  waiting: "notSentHint", refused: "sosStay", told: "sosWaiting", coming: "sosStay",
  over: "sosStay",
};

function State({ call, onAgain }: { call: MyCall; onAgain: () => void }) {
  const { p } = usePhoneText();
  const me = useMe();
  const fix = useFix();
  const op = lastOf(useOutbox(), me.id, call.id, ["sos"]);
  const isSent = op?.state !== "waiting" && op?.state !== "refused";
  const key = isSent ? `record/sos/${call.id}` : "record/sos/none";
  const view = useQuery(key, () => isSent ? record("sos", call.id) : Promise.resolve(null));
  usePoll(`record/sos/${call.id}`, 4000);
  useEffect(() => {
    if (op?.state === "waiting") addPosition(op, me.id);
  }, [fix.state]);
  const { help, by } = helpOf(op, view.value ?? null);
  useEffect(() => {
    if (help === "coming") buzz([100, 60, 100, 60, 100]);
  }, [help]);
  const [head, icon] = heads[help];
  return (
    <div className="sos-page">
      <section className={`help-state ${help}`} role="status" aria-label={p("sosState")}>
        <Icon name={icon} />
        <p className="help-head">{p(head)}</p>
        {by && <p className="big">{p("sosComingBy", { name: by })}</p>}
        <p>{op?.state === "refused" && op.message ? op.message : p(notes[help])}</p>
      </section>
      <dl className="facts wide">
        <div><dt>{p("sosAt")}</dt><dd className="num">{wallClock(call.at)}</dd></div>
      </dl>
      <Place />
      {help !== "over" && help !== "coming" && help !== "refused" &&
        <p className="sos-what">{p("sosStay")}</p>}
      <Button text={p("sosAgain")} icon="refresh" run={onAgain} />
    </div>
  );
}

// Watches for urgent words and gives them the whole screen: what, where, what to do. Three things
// are told to the server, each when it is true: it came, it was shown, somebody pressed.
import { useEffect, useRef, useState } from "react";
import type { Notice } from "../api/types.ts";
import { serverNow, useNow } from "../data/clock.ts";
import { ago } from "../data/format.ts";
import { post, startOutbox } from "../data/outbox.ts";
import { localText } from "../data/prefs.ts";
import { useNotices } from "../data/records.ts";
import { go } from "../data/route.ts";
import { useWay } from "../data/running.ts";
import { arrived, urgentCards, type UrgentCard, type UrgentKind } from "../data/urgent.ts";
import { usePhoneText, type PhoneKey } from "../text/phone.ts";
import { Button } from "../parts/button.tsx";
import { useTrap } from "../parts/dialog.tsx";
import { Icon } from "../parts/icon.tsx";
import { sound } from "../parts/siren.ts";
import { ModeStrip } from "./mode.tsx";
import { startWorker } from "./worker.ts";
import "../styles/m_now.css";

const heads: Record<UrgentKind, [PhoneKey, PhoneKey, PhoneKey]> = {
  way: ["kindWay", "doWay", "ackWay"],
  sos: ["kindSos", "doSos", "ackTask"],
  permit: ["kindPermit", "doPermit", "ackPermit"],
  confirm: ["kindConfirm", "doConfirm", "ackTask"],
  task: ["kindTask", "doTask", "ackTask"],
  alarm: ["kindAlarm", "doAlarm", "ack"],
  other: ["kindOther", "doOther", "ack"],
};

// Each is said once; what was shown has come.
const told = { delivered: new Set<string>(), read: new Set<string>() };

function receipt(notice: Notice, what: "delivered" | "read" | "acknowledge"): void {
  post({
    kind: "receipt", about: notice.id, body: {},
    path: `/api/notices/${encodeURIComponent(notice.id)}/${what}`,
  });
}

function sayDelivered(notice: Notice): void {
  if (notice.delivered_at || told.delivered.has(notice.id)) return;
  told.delivered.add(notice.id);
  receipt(notice, "delivered");
}
function sayRead(notice: Notice): void {
  if (notice.read_at || told.read.has(notice.id)) return;
  sayDelivered(notice);
  told.read.add(notice.id);
  receipt(notice, "read");
}

export default function UrgentWatch() {
  const rows = useNotices().value?.rows ?? [];
  const [answered, setAnswered] = useState(() => new Set<string>());
  useEffect(() => {
    startOutbox();
    startWorker();
  }, []);
  useEffect(() => {
    for (const notice of arrived(rows, told.delivered)) sayDelivered(notice);
  }, [rows]);
  const cards = urgentCards(rows, serverNow(), answered);
  const card = cards[0];
  if (!card) return null;
  const answer = (isOpening: boolean) => {
    setAnswered((before) => new Set([...before, ...card.notices.map(({ id }) => id)]));
    for (const notice of card.notices) receipt(notice, "acknowledge");
    const { form, record_id } = card.newest;
    if (isOpening) go(card.kind === "way" ? `way/${record_id}` : `case/${form}/${record_id}`);
  };
  return <Card key={card.newest.id} card={card} others={cards.length - 1} answer={answer} />;
}

interface CardProps {
  card: UrgentCard;
  others: number;
  answer: (isOpening: boolean) => void;
}
function Card({ card, others, answer }: CardProps) {
  const { p, lang, texts } = usePhoneText();
  const now = useNow();
  const box = useTrap(() => {});
  const { kind, newest } = card;
  const [head, todo, ack] = heads[kind];
  useEffect(sound, []);
  useEffect(() => {
    card.notices.forEach(sayRead);
  }, [card.notices]);
  const opens = kind !== "alarm" && kind !== "other";
  return (
    <div
      className={`urgent ${kind}`} role="alertdialog" aria-modal="true" tabIndex={-1} ref={box}
      aria-labelledby="urgent-head" aria-describedby="urgent-what"
    >
      {newest.form === "response" && <ResponseMode id={newest.record_id} />}
      <div className="urgent-body">
        <h1 id="urgent-head"><Icon name="warn" />{p(head)}</h1>
        <div id="urgent-what">
          <p className="urgent-text">{localText(newest.text, lang)}</p>
          <p className="urgent-age num">
            {newest.number && `${newest.number} · `}{ago(newest.at, now, texts)}
          </p>
          {newest.form === "response" && <ResponsePlace id={newest.record_id} />}
          <h2>{p("todo")}</h2>
          <p className="urgent-todo">{p(todo)}</p>
        </div>
        {others > 0 && <p className="urgent-more">{p("urgentCount", { n: others })}</p>}
      </div>
      <footer>
        <Button text={p(ack)} kind="main" icon="check" run={() => answer(opens)} />
        {opens && <Button text={p("ack")} run={() => answer(false)} />}
      </footer>
    </div>
  );
}

// Whether it is a drill comes with the route; until then the text of the notice says it.
function ResponseMode({ id }: { id: string }) {
  const mode = useWay(id).answer?.response.mode;
  return mode ? <ModeStrip mode={mode} /> : null;
}
function ResponsePlace({ id }: { id: string }) {
  const { p, lang } = usePhoneText();
  const { answer } = useWay(id);
  const known = useRef("");
  if (answer) {
    const { area_name, name } = answer.response;
    const parts = [localText(area_name, lang), localText(name, lang)];
    known.current = parts.filter(Boolean).join(" · ");
  }
  if (!known.current) return null;
  return (
    <>
      <h2>{p("where")}</h2>
      <p className="urgent-todo">{known.current}</p>
    </>
  );
}

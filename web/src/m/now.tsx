// What is urgent on the first screen: the response that runs, alarms of my area, what is unsent.
import * as calls from "../api/calls_response.ts";
import type { Alarm } from "../api/types_response.ts";
import { hereAlarms, isAlarmHere } from "../data/alarm_here.ts";
import { standings } from "../data/alarms.ts";
import { useNow } from "../data/clock.ts";
import { span } from "../data/format.ts";
import { useOutbox } from "../data/outbox.ts";
import { unsent, type Op } from "../data/outbox_step.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { useRunning } from "../data/running.ts";
import { useMe } from "../data/session.ts";
import { alarmText } from "../text/alarm_words.ts";
import { useBlock } from "../text/block.ts";
import { usePhoneText, type PhoneKey } from "../text/phone.ts";
import { Icon } from "../parts/icon.tsx";
import { ModeStrip } from "./mode.tsx";
import { SilentTags } from "./silent_tags.tsx";
import "../styles/m_now.css";

const shown_max = 3;

export default function Now() {
  return (
    <>
      <Unsent />
      <RunningBanner />
      <FirstAlarms />
    </>
  );
}

const opKeys: Partial<Record<Op["kind"], PhoneKey>> = {
  sos: "opSos", safe: "opSafe", unsafe: "opUnsafe", suspend: "opSuspend",
};
function Unsent() {
  const { p } = usePhoneText();
  const me = useMe();
  useNow();
  const ops = unsent(useOutbox(), me.id).filter((op) => op.tries > 0 && opKeys[op.kind]);
  if (ops.length === 0) return null;
  const names = [...new Set(ops.map((op) => opKeys[op.kind]))].map((key) => key && p(key));
  return (
    <p className="banner warn" role="status">
      <Icon name="link" />
      <span>
        <b>{p("unsentTitle", { n: ops.length })}</b>: {names.join(", ")}. {p("notSentHint")}
      </span>
    </p>
  );
}

function RunningBanner() {
  const { p, lang } = usePhoneText();
  const running = useRunning();
  if (!running) return null;
  const { response } = running.answer;
  return (
    <a className="running" href={`#/way/${running.id}`}>
      <ModeStrip mode={response.mode} />
      <span className="running-body">
        <b>{p("runningTitle")}</b>
        <span>{localText(response.name, lang)} · {localText(response.area_name, lang)}</span>
        <span className="running-go"><Icon name="place" />{p("runningOpen")}</span>
      </span>
    </a>
  );
}

function useHere() {
  const me = useMe();
  const rows = (useQuery("alarms/here", calls.alarms).value?.rows ?? [])
    .filter((row) => row.active && isAlarmHere(row, me))
    .sort((a, b) => Number(a.acked) - Number(b.acked) || a.priority - b.priority);
  return { rows, ...hereAlarms(rows) };
}

// What guards people and was not seen yet stands above what a person came to do.
function FirstAlarms() {
  const { p } = usePhoneText();
  const { first } = useHere();
  return <AlarmList id="alarms-first" title={p("alarmsHere")} rows={first} />;
}

// The rest comes after it; tags without data in one line.
export function OtherAlarms() {
  const { p } = usePhoneText();
  const { rows, others, never, lost } = useHere();
  return (
    <>
      <AlarmList id="alarms-here" title={p("alarmsHere")} rows={others} />
      {never + lost > 0 && (
        <a className="soft silent-line" href="#/alarms"><SilentTags rows={rows} /></a>
      )}
    </>
  );
}

function AlarmList({ id, title, rows }: { id: string; title: string; rows: Alarm[] }) {
  const { p } = usePhoneText();
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby={id} className="alarms-here">
      <h2 id={id} className="section-title">{title}</h2>
      <ul className="cards">
        {rows.slice(0, shown_max).map((row) => <AlarmRow key={row.id} alarm={row} />)}
      </ul>
      {rows.length > shown_max &&
        <a className="soft" href="#/alarms">
          {p("alarmsMore", { n: rows.length - shown_max })}
        </a>}
    </section>
  );
}

const marks: Record<number, { path: string; y: number }> = {
  1: { path: "M3 3h18v18H3z", y: 16.5 }, 2: { path: "M12 2L23 21.5H1z", y: 19 },
  3: { path: "M1 2.5h22L12 22z", y: 13.5 },
  4: { path: "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21z", y: 16.5 },
};

function AlarmRow({ alarm }: { alarm: Alarm }) {
  const { p, lang, texts } = usePhoneText();
  const { t } = useBlock(alarmText);
  const now = useNow();
  const mark = marks[alarm.priority] ?? marks[4];
  const since = alarm.raised_at ? now - Date.parse(alarm.raised_at) : null;
  return (
    <li className={`card alarm a${alarm.priority}${alarm.acked ? "" : " unacked"}`}>
      <span className="card-head">
        <svg className={`alarm-mark a${alarm.priority}`} viewBox="0 0 24 24" aria-hidden="true">
          <path d={mark?.path} />
          <text x="12" y={mark?.y} textAnchor="middle">{alarm.priority}</text>
        </svg>
        <span className="num strong">{alarm.tag || alarm.code}</span>
        {standings(alarm).map((one) => (
          <span key={one} className={`state ${one}`}>{t(`standing_${one}`)}</span>
        ))}
      </span>
      <a className="card-title" href={`#/alarms/${alarm.id}`}>{localText(alarm.name, lang)}</a>
      <span className="num">
        {alarm.value !== null && alarm.kind !== "stale" && p("alarmValue", {
          value: Math.round(alarm.value * 10) / 10, unit: alarm.unit, limit: alarm.limit,
        })}
        {since !== null && <> {p("alarmSince", { span: span(since, texts) })}</>}
      </span>
    </li>
  );
}

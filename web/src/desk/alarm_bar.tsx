// On every page of who sees alarms: the most urgent unacknowledged alarm with what can be done
// about it, the responses that run, the function keys, the sound, and the dialogs.
import { lazy, Suspense, useEffect, useRef } from "react";
import type { Alarm, AlarmCounts } from "../api/types_response.ts";
import {
  alarmName, byUrgency, limitText, mayPress, mayStart, mostUrgent, placedName, soundOf,
  toAcknowledge, useAlarms, valueText,
} from "../data/alarms.ts";
import { useAreas } from "../data/areas.ts";
import { useNow } from "../data/clock.ts";
import { span, wallClock } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { isOver, useResponses } from "../data/response.ts";
import { go, useRoute } from "../data/route.ts";
import { useMe } from "../data/session.ts";
import { useStore } from "../data/store.ts";
import { acknowledge, selected, sheet, silence, silenced } from "../data/watchkeeper.ts";
import { alarmText } from "../text/alarm_words.ts";
import { useBlock } from "../text/block.ts";
import { useText } from "../text/index.ts";
import { Button } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { say } from "../parts/toast.tsx";
import { useAlarmSound, useSound } from "./alarm_sound.ts";
import { ModeMark, PrioritySign, useDesk } from "./control_parts.tsx";

const Sheets = lazy(() => import("./sheets.tsx"));

const none: Alarm[] = [];

export function locate(alarm: Alarm): void {
  selected.set(alarm.id);
  go("", { locate: alarm.id });
}
export async function ackNow(alarm: Alarm): Promise<void> {
  const trouble = await acknowledge(alarm);
  if (trouble) say(trouble, false);
}

// F2 acknowledge, F3 locate, F4 response card, F8 silence: on the selected alarm, else on the most
// urgent one. A dialog has the keyboard for itself.
function useKeys(rows: Alarm[]): void {
  const latest = useRef(rows);
  latest.current = rows;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!["F2", "F3", "F4", "F8"].includes(event.key) || event.altKey || event.ctrlKey) return;
      if (sheet.get()) return;
      event.preventDefault();
      const all = latest.current;
      if (event.key === "F8") return silence(all);
      const chosen = all.find((alarm) => alarm.id === selected.get());
      const alarm = chosen ?? mostUrgent(all) ?? [...all].sort(byUrgency)[0];
      if (!alarm) return;
      if (event.key === "F2" && toAcknowledge(alarm) && mayPress(alarm, "ack")) void ackNow(alarm);
      if (event.key === "F3") locate(alarm);
      if (event.key === "F4") sheet.set({ kind: "card", alarm });
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

export default function AlarmBar() {
  const list = useAlarms().value;
  const rows = list?.rows ?? none;
  const quiet = useStore(silenced);
  const open = useStore(sheet);
  const priority = soundOf(rows, quiet);
  useKeys(rows);
  useAlarmSound(priority);
  const urgent = mostUrgent(rows);
  return (
    <>
      {/* Always as high as with an alarm, so that nothing moves when one comes. */}
      <div className="watch-strip">
        <RunningResponses />
        {urgent ? <Urgent alarm={urgent} rows={rows} isLoud={priority !== null} /> : <Calm />}
        {list && <Away counts={list.counts} />}
      </div>
      {open && <Suspense fallback={null}><Sheets sheet={open} /></Suspense>}
    </>
  );
}

// What is kept out of sight is never forgotten: the count stands on every page.
function Away({ counts }: { counts: AlarmCounts }) {
  const { t } = useBlock(alarmText);
  const { shelved, suppressed, out_of_service: out } = counts;
  const total = shelved + suppressed + out;
  return (
    <a
      className={`watch-away num${total > 0 ? " some" : ""}`} href="#/alarms/shelved"
      title={t("awayEach", { shelved, suppressed, out })}
    >{t("awayN", { n: total })}</a>
  );
}

function Calm() {
  const { t } = useDesk();
  return (
    <p className="watch-calm" role="status"><Icon name="check" /> {t("noUrgent")}</p>
  );
}

interface UrgentProps {
  alarm: Alarm;
  rows: Alarm[];
  isLoud: boolean;
}
function Urgent({ alarm, rows, isLoud }: UrgentProps) {
  const { t, lang } = useDesk();
  const { texts } = useText();
  const me = useMe();
  const areas = useAreas();
  const now = useNow();
  const state = useSound();
  const raised = alarm.raised_at ? Date.parse(alarm.raised_at) : now;
  const others = rows.filter((one) => !one.acked && one.annunciated).length - 1;
  return (
    <section className={`urgent p${alarm.priority}`} aria-label={t("urgentAlarm")}>
      <PrioritySign priority={alarm.priority} isBlinking />
      <p className="urgent-words" role="alert">
        <b className="num">{alarm.code}</b>{" "}
        <b>{placedName(areas.nameOf(alarm.area, lang), alarmName(alarm, lang))}</b>{" "}
        <b className="num">{valueText(alarm)} {limitText(alarm)}</b>
      </p>
      <p className="urgent-since num">
        {wallClock(raised).slice(11)} · {t("soundingFor", { span: span(now - raised, texts) })}
        {others > 0 && <> · {t("moreUnacked", { n: others })}</>}
      </p>
      <div className="urgent-acts">
        {state === "waiting" && isLoud && (
          <span className="soft" title={t("soundWaits")}>
            <Icon name="bell" /> <span className="sound-words">{t("soundWaits")}</span>
          </span>
        )}
        {mayPress(alarm, "ack") && (
          <Button text={t("ackKey")} kind="main" run={() => void ackNow(alarm)} />
        )}
        <Button text={t("locateKey")} run={() => locate(alarm)} />
        <Button text={t("cardKey")} run={() => sheet.set({ kind: "card", alarm })} />
        <Button text={t("silenceKey")} isOff={!isLoud} run={() => silence(rows)} />
        {mayStart(me) && (
          <Button
            text={t("startEmergency")} kind="danger" run={() => sheet.set({ kind: "start", alarm })}
          />
        )}
      </div>
    </section>
  );
}

// One of them; the others are behind the count.
function RunningResponses() {
  const { t, lang } = useDesk();
  const { path } = useRoute();
  const rows = useResponses().value?.rows.filter((row) => !isOver(row.state)) ?? [];
  const away = rows.filter((row) => !(path[0] === "response" && path[1] === row.id));
  const [row] = away;
  if (!row) return null;
  const where = `${localText(row.procedure_name, lang)} · ${localText(row.area_name, lang)}`;
  return (
    <nav className="running" aria-label={t("runningResponses")}>
      <a className={`running-one ${row.mode}`} href={`#/response/${row.id}`} title={where}>
        <ModeMark mode={row.mode} />
        <span className="num">{row.number}</span>
        <span className="running-where">{where}</span>
        <span className="num">
          {t("unknownN", { n: row.counts.unknown })} / {row.counts.total}
        </span>
        <span className="open-it">{t("openConsole")} <Icon name="next" /></span>
      </a>
      {away.length > 1 && <a className="running-more num" href="#/responses">+{away.length - 1}</a>}
    </nav>
  );
}

// The alarm list: one row for each alarm, arrows move the selection, each act has a button.
import { memo, useEffect, useMemo, useRef, type KeyboardEvent } from "react";
import type { Alarm } from "../api/types_response.ts";
import {
  alarmName, byUrgency, figure, isUnacked, limitText, mayPress, mayReset, placedName, toAcknowledge,
  valueText,
} from "../data/alarms.ts";
import { useAreas } from "../data/areas.ts";
import { dateTime, shortTime, wallClock } from "../data/format.ts";
import { useStore } from "../data/store.ts";
import { reset, selected, sheet, unshelve } from "../data/watchkeeper.ts";
import { alarmText } from "../text/alarm_words.ts";
import { useBlock } from "../text/block.ts";
import { say } from "../parts/toast.tsx";
import { ackNow, locate } from "./alarm_bar.tsx";
import { LetterBadge, PrioritySign, useDesk } from "./control_parts.tsx";

interface TableProps {
  rows: readonly Alarm[];
  isBrief?: boolean;
  label: string;
}
const rows_max = 300;

function move(event: KeyboardEvent, rows: readonly Alarm[], at: string | null): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const here = rows.findIndex((alarm) => alarm.id === at);
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
  if (next) selected.set(next.id);
}

export function AlarmTable({ rows, isBrief = false, label }: TableProps) {
  const { t, lang } = useDesk();
  const areas = useAreas();  // here, not in each row: 300 rows would ask for them and wait for each
  const picked = useStore(selected);
  const box = useRef<HTMLDivElement>(null);
  const sorted = useMemo(() => [...rows].sort(byUrgency), [rows]);
  const shown = sorted.slice(0, rows_max);
  useEffect(() => {
    box.current?.querySelector("tr[aria-selected='true']")?.scrollIntoView({ block: "nearest" });
  }, [picked]);
  const heads = [
    t("colPriority"), t("colTagCode"), t("colWhat"), t("colValue"), t("colLimit"), t("colRaised"),
    t("colState"), t("colActs"),
  ];
  return (
    <div
      className="table-box alarm-box" ref={box} role="group" tabIndex={0} aria-label={label}
      onKeyDown={(event) => move(event, shown, picked)}
    >
      <table className={`rows alarms live-area${isBrief ? " tight" : ""}`} role="grid"
        aria-label={label}>
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {shown.map((alarm) => (
            <AlarmLine
              key={alarm.id} alarm={alarm} area={areas.nameOf(alarm.area, lang)}
              isPicked={alarm.id === picked} isBrief={isBrief}
            />
          ))}
        </tbody>
      </table>
      {sorted.length > rows_max && (
        <p className="soft">{t("moreAlarms", { n: sorted.length - rows_max })}</p>
      )}
    </div>
  );
}

interface LineProps {
  alarm: Alarm;
  area: string;  // its name
  isPicked: boolean;
  isBrief: boolean;
}
// Drawn anew only when it changed: in a flood 300 of them stand here.
const AlarmLine = memo(function AlarmLine({ alarm, area, isPicked, isBrief }: LineProps) {
  const { t, lang } = useDesk();
  const isOff = !alarm.annunciated || !alarm.active;
  const tone = isUnacked(alarm) ? " unacked" : isOff ? " off" : "";
  const raised = alarm.raised_at ? Date.parse(alarm.raised_at) : 0;
  const isToday = Date.now() - raised < 43200000;
  const value = alarm.quality === "good" || alarm.quality === "uncertain"
    ? valueText(alarm) : `! ${valueText(alarm)}`;
  return (
    <tr
      className={tone.trim()} aria-selected={isPicked}
      onClick={() => selected.set(alarm.id)}
    >
      <td><PrioritySign priority={alarm.priority} isBlinking={isUnacked(alarm)} /></td>
      <td className="num nowrap">
        {alarm.tag
          ? <a className="device-link" href={`#/device/${alarm.tag}`}>{alarm.code}</a>
          : alarm.code}
      </td>
      <td>
        {alarm.first_out && <><b className="first-out">{t("firstOut")}</b> </>}
        {placedName(area, alarmName(alarm, lang))}
        <Often alarm={alarm} />
      </td>
      <td className="num nowrap live-value-cell">{value}</td>
      <td className="num nowrap">{limitText(alarm)}</td>
      <td className="num nowrap">
        {raised === 0 ? "—" : isToday ? wallClock(raised).slice(11) : shortTime(raised)}
      </td>
      <td><LetterBadge alarm={alarm} /> <Until alarm={alarm} /></td>
      <td><Acts alarm={alarm} isBrief={isBrief} /></td>
    </tr>
  );
});

// How often it came, what of it nobody saw, and that its limit is looser than the rules ask.
function Often({ alarm }: { alarm: Alarm }) {
  const { t } = useBlock(alarmText);
  const { repeats } = alarm;
  const branches = alarm.branches?.length ?? 0;
  return (
    <>
      {repeats && (
        <span className="often num">
          {" "}{t("repeatsN", { n: repeats.count })} · {t("repeatsRange", {
            least: figure(repeats.least), most: figure(repeats.most),
          })}
          {repeats.is_chattering && <b> {t("chatters")}</b>}
        </span>
      )}
      {branches > 0 && <b className="often"> {t("branchesN", { n: branches })}</b>}
      {alarm.is_looser && <span className="often looser"> {t("basisLooser")}</span>}
      {alarm.order && (
        <a className="often num" href={`#/case/alarm_order/${alarm.order.id}`}>
          {" "}{alarm.order.number}
        </a>
      )}
    </>
  );
}

function Until({ alarm }: { alarm: Alarm }) {
  const { t } = useDesk();
  const { shelf } = alarm;
  if (shelf) {
    const until = shelf.until ? shortTime(shelf.until) : t("shelveOnce");
    return <span className="soft">{t("until", { at: until })} · {shelf.by_name}</span>;
  }
  if (alarm.out_of_service && alarm.out_until) {
    const until = t("until", { at: dateTime(alarm.out_until) });
    return <span className="soft">{until} · {alarm.out_link?.number ?? alarm.out_reason}</span>;
  }
  if (alarm.suppressed.length > 0) {
    return <span className="soft">{t("causedBy", { code: alarm.suppressed.join(", ") })}</span>;
  }
  return null;
}

interface ActProps {
  text: string;
  alarm: Alarm;
  run: () => void;
}
function Act({ text, alarm, run }: ActProps) {
  return (
    <button
      type="button" className="act" aria-label={`${text} ${alarm.code}`}
      onClick={(event) => {
        event.stopPropagation();
        selected.set(alarm.id);
        run();
      }}
    >
      {text}
    </button>
  );
}

function Acts({ alarm, isBrief }: { alarm: Alarm; isBrief: boolean }) {
  const { t } = useDesk();
  const told = (work: Promise<string | null>) => void work.then((bad) => bad && say(bad, false));
  return (
    <span className="acts">
      {toAcknowledge(alarm) && mayPress(alarm, "ack") && (
        <Act text={t("ackShort")} alarm={alarm} run={() => void ackNow(alarm)} />
      )}
      {mayReset(alarm) && mayPress(alarm, "reset") && (
        <Act text={t("reset")} alarm={alarm} run={() => told(reset(alarm))} />
      )}
      {alarm.shelf
        ? mayPress(alarm, "unshelve") && (
          <Act text={t("unshelve")} alarm={alarm} run={() => told(unshelve(alarm))} />
        )
        : !alarm.out_of_service && mayPress(alarm, "shelve") && (
          <Act
            text={t("shelve")} alarm={alarm} run={() => sheet.set({ kind: "shelve", alarm })}
          />
        )}
      {!isBrief && mayPress(alarm, "out_of_service") && (
        <Act
          text={t(alarm.out_of_service ? "putBack" : "takeOutShort")} alarm={alarm}
          run={() => sheet.set({ kind: "out", alarm })}
        />
      )}
      <Act text={t("locate")} alarm={alarm} run={() => locate(alarm)} />
      <Act text={t("card")} alarm={alarm} run={() => sheet.set({ kind: "card", alarm })} />
    </span>
  );
}

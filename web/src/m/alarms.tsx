// Alarms of my area on the phone: acknowledge by role, and the response card.
import { useState } from "react";
import * as calls from "../api/calls_response.ts";
import type { Alarm } from "../api/types_response.ts";
import {
  byUrgency, limitText, mayPress, standings, toAcknowledge, valueText,
} from "../data/alarms.ts";
import { isAlarmHere } from "../data/alarm_here.ts";
import { dateTime } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { useMe } from "../data/session.ts";
import { acknowledge } from "../data/watchkeeper.ts";
import { alarmText } from "../text/alarm_words.ts";
import { useBlock } from "../text/block.ts";
import { AlarmCardBody } from "../parts/alarm_card.tsx";
import { Button } from "../parts/button.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { Frame } from "./frame.tsx";
import { SilentTags } from "./silent_tags.tsx";
import "../styles/m_now.css";

const shown_max = 100;

export default function AlarmPage({ id }: { id: string }) {
  const { t } = useBlock(alarmText);
  const me = useMe();
  const query = useQuery("alarms/here", calls.alarms);
  return (
    <Frame title={t("alarmsMine")}>
      <Ready query={query}>
        {({ rows }) => {
          const mine = rows.filter((row) => row.id === id || isAlarmHere(row, me)).sort(byUrgency);
          if (mine.length === 0) return <Empty icon="check" title={t("alarmsMineNone")} />;
          const silent = mine.filter((row) => row.kind === "stale" && row.id !== id);
          const shown = mine.filter((row) => !silent.includes(row)).slice(0, shown_max);
          return (
            <>
              <Cards rows={shown} id={id} />
              {silent.length > 0 && (
                <details className="silent-tags">
                  <summary><SilentTags rows={silent} /></summary>
                  <Cards rows={silent.slice(0, shown_max)} id={id} />
                </details>
              )}
            </>
          );
        }}
      </Ready>
    </Frame>
  );
}

function Cards({ rows, id }: { rows: Alarm[]; id: string }) {
  return (
    <ul className="cards">
      {rows.map((row) => <AlarmLine key={row.id} alarm={row} isFirst={row.id === id} />)}
    </ul>
  );
}

function AlarmLine({ alarm, isFirst }: { alarm: Alarm; isFirst: boolean }) {
  const { t, lang } = useBlock(alarmText);
  const [isOpen, setOpen] = useState(isFirst);
  const isWaiting = toAcknowledge(alarm) !== null;
  const ack = () => void acknowledge(alarm).then((bad) => bad && say(bad, false));
  return (
    <li className={`card alarm a${alarm.priority}${isWaiting ? " unacked" : ""}`}>
      <span className="card-head">
        <span className="num strong">{alarm.code}</span>
        {standings(alarm).map((one) => (
          <span key={one} className={`state ${one}`}>{t(`standing_${one}`)}</span>
        ))}
      </span>
      <span className="card-title">{localText(alarm.name, lang)}</span>
      <span className="num">{valueText(alarm)} · {limitText(alarm)}</span>
      <span className="num soft">
        {alarm.raised_at && dateTime(alarm.raised_at)}
        {alarm.repeats && <> · {t("repeatsN", { n: alarm.repeats.count })}</>}
        {alarm.acked_by_name && <> · {t("acked")} {alarm.acked_by_name}</>}
      </span>
      {alarm.shelf && (
        <span className="soft">
          {alarm.shelf.reason}
          {alarm.shelf.until && <> · {t("whyUntil", { at: dateTime(alarm.shelf.until) })}</>}
        </span>
      )}
      {alarm.out_of_service && alarm.out_reason &&
        <span className="soft">{alarm.out_reason}</span>}
      <span className="row">
        {isWaiting && mayPress(alarm, "ack") && (
          <Button text={t("ackIt")} kind="main" run={ack} />
        )}
        <Button text={t("cardOpen")} run={() => setOpen(!isOpen)} />
      </span>
      {isOpen && <AlarmCardBody alarm={alarm} caseHref={(form, one) => `#/case/${form}/${one}`} />}
    </li>
  );
}

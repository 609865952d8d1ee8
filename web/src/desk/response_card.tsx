// The response card of an alarm: what it means, what is to be done, how the value went, what was
// done before.
import { lazy, Suspense } from "react";
import type { Alarm } from "../api/types_response.ts";
import {
  alarmName, limitText, mayPress, mayReset, mayStart, useTag, valueText,
} from "../data/alarms.ts";
import { useAreas } from "../data/areas.ts";
import { dateTime, wallClock } from "../data/format.ts";
import { useRows } from "../data/records.ts";
import { isOver, useResponses } from "../data/response.ts";
import { go } from "../data/route.ts";
import { may, useMe } from "../data/session.ts";
import { reset, sheet } from "../data/watchkeeper.ts";
import { Button, ButtonLink } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Loading } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { useBlock } from "../text/block.ts";
import type { DeskKey } from "../text/desk.ts";
import { sensingText } from "../text/sensing_words.ts";
import { ackNow, locate } from "./alarm_bar.tsx";
import { AlarmCardBody } from "../parts/alarm_card.tsx";
import { AlarmWhyPanel } from "./alarm_why.tsx";
import { LetterBadge, useDesk } from "./control_parts.tsx";
import { AlarmHead } from "./shelve.tsx";

const Trend = lazy(() => import("./trend.tsx"));

interface CardProps {
  alarm: Alarm;
  onClose: () => void;
}

export function ResponseCard({ alarm, onClose }: CardProps) {
  const { t, lang } = useDesk();
  const { t: s } = useBlock(sensingText);
  const me = useMe();
  const tag = useTag(alarm.tag);
  const running = useResponses().value?.rows.find((row) =>
    row.id === alarm.response && !isOver(row.state));
  const act = (run: () => void) => () => {
    onClose();
    run();
  };
  const actions = (
    <>
      {alarm.response && (
        <ButtonLink href={`#/response/${alarm.response}`}>{t("openConsole")}</ButtonLink>
      )}
      {alarm.tag && (
        <Button text={s("deviceOpen")} run={act(() => go(`device/${alarm.tag}`))} />
      )}
      <Button text={t("locate")} run={act(() => locate(alarm))} />
      {mayReset(alarm) && mayPress(alarm, "reset") && (
        <Button
          text={t("reset")}
          run={act(() => void reset(alarm).then((bad) => bad && say(bad, false)))}
        />
      )}
      {!running && mayStart(me) && (
        <Button
          text={t("startEmergency")} kind="danger" run={() => sheet.set({ kind: "start", alarm })}
        />
      )}
      {!alarm.acked && mayPress(alarm, "ack") && (
        <Button text={t("ack")} kind="main" run={act(() => void ackNow(alarm))} />
      )}
    </>
  );
  return (
    <Dialog title={t("cardTitle")} onClose={onClose} actions={actions} isWide>
      <AlarmHead alarm={alarm} />
      <div className="card-columns">
        <div className="stack">
          <CardFacts alarm={alarm} />
          <AlarmCardBody alarm={alarm} caseHref={(form, id) => `#/case/${form}/${id}`} />
          <p className="soft">{t("cardHint")}</p>
        </div>
        <div className="stack">
          {tag && (
            <Suspense fallback={<Loading />}>
              <Trend tag={tag} hours={1} />
            </Suspense>
          )}
          <AlarmWhyPanel alarm={alarm} />
        </div>
      </div>
      <p className="unseen">{alarmName(alarm, lang)}</p>
    </Dialog>
  );
}

function CardFacts({ alarm }: { alarm: Alarm }) {
  const { t, lang } = useDesk();
  const areas = useAreas();
  const me = useMe();
  const facts: [string, string][] = [
    [t("colValue"), valueText(alarm)],
    [t("colLimit"), limitText(alarm)],
    [t("area"), areas.nameOf(alarm.area, lang)],
    [t("colRaised"), alarm.raised_at ? wallClock(Date.parse(alarm.raised_at)) : "—"],
    [t("colCount"), String(alarm.count)],
  ];
  if (alarm.gas_level > 0) facts.push([t("gasLevel"), String(alarm.gas_level)]);
  if (alarm.acked_by_name) {
    facts.push([t("ackedBy"), `${alarm.acked_by_name} · ${dateTime(alarm.acked_at)}`]);
  }
  if (alarm.shelf) facts.push([t("reason"), alarm.shelf.reason]);
  return (
    <>
      <p><LetterBadge alarm={alarm} /></p>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}><dt>{name}</dt><dd className="num">{value}</dd></div>
        ))}
        {may(me, "alarm_limit", "list") && <Procedure code={alarm.code} />}
      </dl>
    </>
  );
}

function Procedure({ code }: { code: string }) {
  const { t } = useDesk();
  const rows = useRows("alarm_limit", { filter: ["eq", "code", code], limit: 1 }).value?.rows;
  const procedure = String(rows?.[0]?.["procedure"] ?? "");
  return procedure ? <div><dt>{t("procedure")}</dt><dd>{procedure}</dd></div> : null;
}

const acts: Record<string, DeskKey> = {
  raise: "actRaise", raised: "actRaise", clear: "actClear", cleared: "actClear", ack: "ack",
  acked: "ack", acknowledge: "ack", reset: "reset", shelve: "shelve", shelved: "shelve",
  unshelve: "unshelve", unshelved: "unshelve", suppress: "letterH", unsuppress: "actUnsuppress",
  note: "comment",
  out_of_service: "takeOut", in_service: "putBack", latch: "letterE", stale: "letterStale",
  take_out: "takeOut", put_back: "putBack", remove: "actRemove", follow_failed: "actFollowFailed",
};
export function actText(t: (key: DeskKey) => string, act: string): string {
  const word = act.replace(/^alarm\./, "");
  const key = acts[word];
  return key ? t(key) : word;
}

// The body of a response card, for phone and desk: what the alarm means, what to check and do, whom
// to call, where its limit comes from, and the work that was ordered.
import * as calls from "../api/calls_alarm.ts";
import { asRefusal } from "../api/client.ts";
import type { AlarmCard, LimitBasis } from "../api/types_alarm.ts";
import type { Alarm } from "../api/types_response.ts";
import { mayPress } from "../data/alarms.ts";
import { refresh, useQuery } from "../data/query.ts";
import { alarmText, type AlarmWord } from "../text/alarm_words.ts";
import { useBlock } from "../text/block.ts";
import { Button } from "./button.tsx";
import { Chatter } from "./chatter_advice.tsx";
import { Ready } from "./states.tsx";
import { say } from "./toast.tsx";

const lines = (text: string | null): string[] =>
  (text ?? "").split("\n").map((line) => line.trim()).filter(Boolean);

export function useAlarmCard(alarm: Alarm) {
  return useQuery(`alarms/card/${alarm.id}`, () => calls.alarmCard(alarm.id));
}

export function AlarmCardBody({ alarm, caseHref }: BodyProps) {
  const query = useAlarmCard(alarm);
  return (
    <Ready query={query}>
      {(found) => (
        <>
          <Words found={found} />
          {found.chatter && <Chatter alarm={alarm} advice={found.chatter} />}
          {found.basis && <Basis basis={found.basis} />}
          <Orders alarm={alarm} found={found} caseHref={caseHref} />
        </>
      )}
    </Ready>
  );
}

function Words({ found }: { found: AlarmCard }) {
  const { t, lang } = useBlock(alarmText);
  const { card } = found;
  if (!card) return <p className="soft">{t("cardNone")}</p>;
  const pick = (zh: string | null, en: string | null) => (lang === "en" && en ? en : zh);
  const blocks: [AlarmWord, string[]][] = [
    ["cardCheck", lines(pick(card.check_zh, card.check_en))],
    ["cardDo", lines(pick(card.do_zh, card.do_en))],
  ];
  return (
    <div className="stack" data-card={card.code}>
      <h3>{pick(card.name_zh, card.name_en)}</h3>
      <p><b>{t("cardMeans")}</b> {pick(card.meaning_zh, card.meaning_en)}</p>
      {blocks.filter(([, all]) => all.length > 0).map(([key, all]) => (
        <section key={key}>
          <h4>{t(key)}</h4>
          <ol className="card-steps">{all.map((line) => <li key={line}>{line}</li>)}</ol>
        </section>
      ))}
      <p>
        {card.respond_min !== null && <b>{t("cardWithin", { n: card.respond_min })}</b>}
        {card.call_zh && <> · {t("cardCall")}: {pick(card.call_zh, card.call_en)}</>}
      </p>
    </div>
  );
}

function Basis({ basis }: { basis: LimitBasis }) {
  const { t } = useBlock(alarmText);
  const mark = t(`mark_${basis.mark}` as AlarmWord);
  return (
    <p className={basis.is_looser ? "banner warn" : "soft"}>
      <span>
        {basis.is_looser && <b>{t("basisLooser")}: </b>}
        {basis.is_of_pack && <>{t("basisPack")}: </>}
        {t("basisOf", { value: basis.asked, unit: basis.unit, basis: basis.basis })}
        {" · "}{basis.source} · {mark}
        {basis.reason && <> · {basis.reason}</>}
      </span>
    </p>
  );
}

interface BodyProps {
  alarm: Alarm;
  caseHref: (form: string, id: string) => string;
}
function Orders({ alarm, found, caseHref }: BodyProps & { found: AlarmCard }) {
  const { t } = useBlock(alarmText);
  const isOrdered = found.orders.some((one) => one.occurrence === alarm.occurrence);
  const order = async () => {
    try {
      const { record } = await calls.orderWork(alarm.id, alarm.occurrence, "");
      say(t("orderDone", { number: record.number }));
    } catch (reason) {
      const refusal = asRefusal(reason);
      say(refusal.message || refusal.code, false);
    }
    refresh("alarms");
  };
  const mayOrder = mayPress(alarm, "order") && !isOrdered && alarm.occurrence !== "";
  if (found.orders.length === 0 && !mayOrder) return null;
  return (
    <section className="stack" aria-label={t("ordersTitle")}>
      <h4>{t("ordersTitle")}</h4>
      {found.orders.length === 0 && <p className="soft">{t("ordersNone")}</p>}
      <ul className="alarm-orders">
        {found.orders.map((one) => (
          <li key={one.id}>
            <a className="num" href={caseHref("alarm_order", one.id)}>{one.number}</a>{" "}
            {t(`order_${one.state}` as AlarmWord)}
            {one.hazard && (
              <> · <a href={caseHref("hazard", one.hazard)}>{t("orderHazard")}</a></>
            )}
          </li>
        ))}
      </ul>
      {mayOrder && <Button text={t("orderWork")} run={() => void order()} />}
    </section>
  );
}

// What would calm an alarm that chatters, out of its own history: one press takes it into the
// limit, another shelves the alarm for a while.
import * as desk from "../api/calls_desk.ts";
import * as calls from "../api/calls_response.ts";
import { asRefusal } from "../api/client.ts";
import type { ChatterAdvice } from "../api/types_alarm.ts";
import type { Alarm } from "../api/types_response.ts";
import { mayPress } from "../data/alarms.ts";
import { refresh } from "../data/query.ts";
import { alarmText } from "../text/alarm_words.ts";
import { useBlock } from "../text/block.ts";
import { Button } from "./button.tsx";
import { say } from "./toast.tsx";

interface Props {
  alarm: Alarm;
  advice: ChatterAdvice;
}

// What taking it changes of the limit: only what is advised.
export const changeOf = ({ version, off_delay_s, deadband }: ChatterAdvice) => ({
  version,
  fields: {
    ...(off_delay_s !== null && { off_delay_s }), ...(deadband !== null && { deadband }),
  },
});

export function Chatter({ alarm, advice }: Props) {
  const { t } = useBlock(alarmText);
  const run = async (act: () => Promise<unknown>, done: string) => {
    try {
      await act();
      say(done);
      refresh(`alarms/card/${alarm.id}`);
    } catch (reason) {
      const refusal = asRefusal(reason);
      say(refusal.message || refusal.code, false);
    }
  };
  const take = () => desk.patchRecord("alarm_limit", advice.limit, changeOf(advice));
  const minutes = advice.shelf_min;
  return (
    <section className="stack" data-part="chatter">
      <h4>{t("chatterTitle")}</h4>
      <p>{t("chatterSaid", { n: advice.returns })}</p>
      <ul>
        {advice.off_delay_s !== null && <li>{t("chatterDelay", { n: advice.off_delay_s })}</li>}
        {advice.deadband !== null && (
          <li>{t("chatterBand", { n: advice.deadband, unit: advice.unit })}</li>
        )}
      </ul>
      <p className="soft">{advice.source}</p>
      <p>
        {advice.can_take && (
          <Button text={t("chatterTake")} run={() => void run(take, t("chatterTaken"))} />
        )}
        {minutes !== null && !alarm.shelf && mayPress(alarm, "shelve") && (
          <Button
            text={t("chatterShelve", { n: minutes })}
            run={() => void run(() => calls.shelveAlarm(alarm.id, {
              minutes, reason: t("chatterTitle"),
            }), t("chatterShelved"))}
          />
        )}
      </p>
    </section>
  );
}

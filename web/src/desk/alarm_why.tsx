// From the sample to the sound, step by step, and who was told: why this alarm is or is not heard.
import * as calls from "../api/calls_alarm.ts";
import type { AlarmWhy, WhyStep } from "../api/types_alarm.ts";
import type { Alarm } from "../api/types_response.ts";
import { figure, limitText } from "../data/alarms.ts";
import { dateTime, span, unitText } from "../data/format.ts";
import { useQuery } from "../data/query.ts";
import { alarmText, type AlarmWord } from "../text/alarm_words.ts";
import { useBlock } from "../text/block.ts";
import { useText } from "../text/index.ts";
import { Icon, type IconName } from "../parts/icon.tsx";
import { Ready } from "../parts/states.tsx";
import { useDesk } from "./control_parts.tsx";
import { actText } from "./response_card.tsx";

export function AlarmWhyPanel({ alarm }: { alarm: Alarm }) {
  const query = useQuery(`alarms/why/${alarm.id}`, () => calls.alarmWhy(alarm.id));
  return <Ready query={query}>{(why) => <Why alarm={alarm} why={why} />}</Ready>;
}

function Why({ alarm, why }: { alarm: Alarm; why: AlarmWhy }) {
  const { t } = useBlock(alarmText);
  return (
    <section className="stack alarm-why" aria-label={t("whyTitle")}>
      <h3>{t("whyTitle")}</h3>
      <ol className="why-steps">
        {why.steps.map((step) => <Step key={step.step} step={step} alarm={alarm} why={why} />)}
      </ol>
      <h4>{t("whyTold")}</h4>
      <Told why={why} />
      <Journal why={why} />
    </section>
  );
}

const iconOf = (ok: boolean | null): IconName => (ok === null ? "clock" : ok ? "check" : "close");

interface StepProps {
  step: WhyStep;
  alarm: Alarm;
  why: AlarmWhy;
}
function Step({ step, alarm, why }: StepProps) {
  const { t } = useBlock(alarmText);
  const words = useStepWords(alarm, why);
  return (
    <li data-step={step.step} data-ok={String(step.ok)}>
      <Icon name={iconOf(step.ok)} />
      <b>{t(`why_${step.step}` as AlarmWord)}</b> <span>{words(step)}</span>
    </li>
  );
}

function useStepWords(alarm: Alarm, why: AlarmWhy): (step: WhyStep) => string {
  const { t } = useBlock(alarmText);
  const { texts } = useText();
  const join = (...parts: (string | undefined)[]) => parts.filter(Boolean).join(" · ");
  return (step) => {
    switch (step.step) {
      case "sample":
        return typeof step.age_ms === "number"
          ? t("whySample", {
            value: figure(step.value ?? null), unit: unitText(step.unit ?? ""),
            age: span(step.age_ms, texts),
          })
          : t("whyNoSample");
      case "limit": {
        const text = step.formula || limitText(alarm);
        return join(
          t(step.ok ? "whyActive" : "whyNotActive", { text }),
          (step.votes_of ?? 1) > 1
            ? t("whyVotes", { n: step.votes ?? 1, m: step.votes_of ?? 1 }) : undefined,
          ...(step.inputs ?? []).map((one) =>
            `${one.tag ?? one.name} ${figure(one.value)} ${unitText(one.unit)}`.trim()),
          ...(step.windows ?? []).map((one) => one.value === null
            ? t("whyWindowEmpty", { text: one.text, percent: Math.floor(one.filled * 100) })
            : t("whyWindow", { ...one, value: figure(one.value) }).trim()),
        );
      }
      case "wait":
        return t("whyWait", {
          at: dateTime(step.since ?? ""), seconds: Math.round((step.delay_ms ?? 0) / 1000),
        });
      case "parts":
        return join(...(step.parts ?? []).map((one) =>
          `${one.code} ${t(one.active ? "whyPartActive" : "whyPartQuiet")} (${one.letter})`));
      case "cause": return (step.by ?? []).join(", ");
      case "shelf":
        return join(step.reason, step.by_name,
          step.until ? t("whyUntil", { at: dateTime(step.until) }) : t("whyOnce"));
      case "out":
        return join(step.reason,
          step.until ? t("whyUntil", { at: dateTime(step.until) }) : undefined);
      case "acked": return join(step.by_name, dateTime(step.at ?? ""));
      case "folded": return t("whyFolded");
      case "told": {
        const reason = step.reason === "repeat" || step.reason === "failed"
          ? step.reason : "no_route";
        return t(`whyTold_${reason}`, { n: step.count ?? 0 });
      }
      case "sound":
        return join(t(why.sounding ? "whySounds" : "whySilent"), step.letter,
          t("whyCount", { count: step.count ?? 0 }));
      default: return "";
    }
  };
}

function Told({ why }: { why: AlarmWhy }) {
  const { t } = useBlock(alarmText);
  const shown_max = 6;
  return (
    <>
      {why.told.length === 0 && <p className="soft">{t("whyToldNone")}</p>}
      <ul className="card-journal">
        {why.told.slice(0, shown_max).map((one, at) => (
          <li key={`${one.name}/${at}`}>
            <span className="num">{dateTime(one.at)}</span>
            <span>{one.name}</span>
            <span className="soft">
              {one.acknowledged_at ? t("whySeen") : one.delivered_at ? t("whyReceived") : ""}
            </span>
          </li>
        ))}
      </ul>
      {why.told.length > shown_max && <p className="soft num">+{why.told.length - shown_max}</p>}
      {why.next && <p className="soft">{t("whyNext", { at: dateTime(why.next.due_at) })}</p>}
    </>
  );
}

function Journal({ why }: { why: AlarmWhy }) {
  const { t } = useDesk();
  return (
    <>
      <h4>{t("journal")}</h4>
      <ul className="card-journal">
        {why.journal.slice(0, 8).map((row, at) => (
          <li key={`${row.at}/${at}`}>
            <span className="num">{dateTime(row.at)}</span>
            <span>{actText(t, row.act)}</span>
            <span className="num">{row.letter_before} → {row.letter}</span>
            <span>{row.actor.name ?? ""}</span>
            <span className="soft">{row.comment ?? ""}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

// Countdowns. Colour only when it is time to hurry; the word says it too.
import type { Clock } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { dateTime, left } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { useText } from "../text/index.ts";
import { Icon } from "./icon.tsx";

export function Countdown({ due }: { due: string }) {
  const { texts } = useText();
  const { text, urgency } = left(due, useNow(), texts);
  return (
    <span className={`countdown ${urgency}`} title={dateTime(due)}>
      <Icon name={urgency === "late" ? "warn" : "clock"} />
      <span className="num">{text}</span>
    </span>
  );
}

export function Clocks({ clocks }: { clocks: Clock[] }) {
  const { t, lang } = useText();
  if (clocks.length === 0) return <p className="soft">{t("caseClocksNone")}</p>;
  return (
    <ul className="clocks">
      {clocks.map((clock) => (
        <li key={`${clock.node}/${clock.due}`}>
          <span>
            {localText(clock.name, lang) || (clock.kind === "timer" ? "" : clock.node)}
            {clock.kind === "timer" && (clock.firing > 1 || !localText(clock.name, lang)) &&
              ` ${t("clockFiring", { n: Math.max(1, clock.firing) })}`}
          </span>
          <Countdown due={clock.due} />
        </li>
      ))}
    </ul>
  );
}

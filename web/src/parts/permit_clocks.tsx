// The countdowns of a permit: a ring for the validity, a line for each other; each says in words
// how it stands, and how many people are inside.
import type { Clock, RecordRow } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { shortTime, span } from "../data/format.ts";
import { clocksOf, type PermitClock } from "../data/permit_clock.ts";
import { usePermitText } from "../text/permit.ts";
import { Icon } from "./icon.tsx";
import { Ring } from "./ring.tsx";

export function PermitClocks({ record, clocks }: { record: RecordRow; clocks: Clock[] }) {
  const { p, texts } = usePermitText();
  const all = clocksOf(record, clocks, useNow());
  const valid = all.find(({ kind }) => kind === "valid");
  const others = all.filter(({ kind }) => kind !== "valid");
  const inside = Number(record["inside_count"] ?? 0);
  const isSpace = record["kind"] === "confined" || inside > 0;
  if (all.length === 0 && !isSpace) return <p className="soft">{p("clocksNone")}</p>;
  return (
    <div className="permit-clocks">
      {valid && (
        <Ring
          share={valid.share} tone={valid.tone}
          note={p("validUntil", { time: shortTime(valid.due) })}
          text={valid.left_ms > 0 ? span(valid.left_ms, texts) : p("validOver")}
        />
      )}
      <ul>
        {others.map((one) => <ClockLine key={one.kind} clock={one} />)}
        {isSpace && (
          <li className={`clock-line ${inside > 0 ? "warn" : "good"}`}>
            <Icon name="people" />
            <span>{p("insideNow")}</span>
            <b className="num">{p("peopleN", { n: inside })}</b>
          </li>
        )}
      </ul>
    </div>
  );
}

function ClockLine({ clock }: { clock: PermitClock }) {
  const { p, texts } = usePermitText();
  const amount = { span: span(clock.left_ms, texts) };
  const left = clock.left_ms > 0 ? p("left", amount) : p("over", amount);
  return (
    <li className={`clock-line ${clock.tone}`}>
      <Icon name={clock.tone === "good" ? "clock" : "warn"} />
      <span>{p(`clock_${clock.kind}`)}</span>
      <b className="num">{left}</b>
      <span className="clock-word">{p(`tone_${clock.tone}`)}</span>
    </li>
  );
}

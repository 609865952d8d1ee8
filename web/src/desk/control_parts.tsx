// The signs of the control room: priority = shape + number + colour, the state by its letter, the
// mark of drill or real.
import type { Alarm, AlarmLetter, Mode, Priority, Quality } from "../api/types_response.ts";
import { isUnacked } from "../data/alarms.ts";
import { useNow } from "../data/clock.ts";
import { span } from "../data/format.ts";
import { useBlock } from "../text/block.ts";
import { deskText, type DeskKey } from "../text/desk.ts";
import { useText } from "../text/index.ts";

export const useDesk = () => useBlock(deskText);

const shapes: Record<Priority, { path: string; y: number }> = {
  1: { path: "M2.5 3.5h19v17h-19z", y: 16.5 },
  2: { path: "M12 1.5L23 21.5H1z", y: 19 },
  3: { path: "M1 2.5h22L12 22.5z", y: 13.5 },
  4: { path: "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21z", y: 16.5 },
};

interface SignProps {
  priority: Priority;
  isBlinking?: boolean;
}
export function PrioritySign({ priority, isBlinking = false }: SignProps) {
  const { t } = useDesk();
  const shape = shapes[priority];
  return (
    <span className="prio-box">
      <svg className={`prio p${priority}${isBlinking ? " blink" : ""}`} viewBox="0 0 24 24"
        aria-hidden="true">
        <path d={shape.path} />
        <text x="12" y={shape.y} textAnchor="middle">{priority}</text>
      </svg>
      <span className="unseen">{t("priorityN", { n: priority })}</span>
    </span>
  );
}

export const letterKey = (letter: AlarmLetter): DeskKey => `letter${letter}`;

export function LetterBadge({ alarm }: { alarm: Alarm }) {
  const { t } = useDesk();
  return (
    <span className={`letter${isUnacked(alarm) ? " unacked" : ""}`}>
      <b>{alarm.letter}</b> {t(letterKey(alarm.letter))}
    </span>
  );
}

export function ModeMark({ mode, isLarge = false }: { mode: Mode; isLarge?: boolean }) {
  const { t } = useDesk();
  return (
    <strong className={`mode ${mode}${isLarge ? " large" : ""}`}>
      {t(mode === "drill" ? "modeDrill" : "modeReal")}
    </strong>
  );
}

// A value that is old or bad is shown, greyed, with "!" and its age; never hidden.
interface ValueProps {
  text: string;
  unit?: string;
  at: number;
  quality: Quality;
  stale_ms: number;
}
export function LiveValue({ text, unit, at, quality, stale_ms }: ValueProps) {
  const now = useNow();
  const { texts } = useText();
  const { t } = useDesk();
  const isStale = quality === "stale" || quality === "bad" || (at > 0 && now - at > stale_ms);
  const age = at > 0 ? span(now - at, texts) : "";
  return (
    <span className={`live-value num${isStale ? " stale" : ""}`}>
      {isStale && <b className="bang" aria-hidden="true">!</b>}
      <span className="figure">{text}</span>
      {unit && <span className="unit">{unit}</span>}
      {isStale && <span className="age">{age || t("neverSeen")}</span>}
      {isStale && <span className="unseen">{t("staleValue")}</span>}
    </span>
  );
}

// Level = shape + number + colour, so that nobody needs to see colours (frontend.md, section 4).
import type { FormSource, Level } from "../api/types.ts";
import { localText } from "../data/prefs.ts";
import { useText, type TextKey } from "../text/index.ts";

const marks: Record<Level, { number: number; path: string; y: number; text: TextKey }> = {
  red: { number: 1, path: "M3 3h18v18H3z", y: 16.5, text: "levelRed" },
  orange: { number: 2, path: "M12 2L23 21.5H1z", y: 19, text: "levelOrange" },
  yellow: { number: 3, path: "M1 2.5h22L12 22z", y: 13.5, text: "levelYellow" },
  blue: { number: 4, path: "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21z", y: 16.5,
    text: "levelBlue" },
};

export const levelKey = (level: Level | null): TextKey => (level ? marks[level].text : "levelNone");

export function LevelMark({ level }: { level: Level }) {
  const mark = marks[level];
  return (
    <svg className={`level-mark ${level}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={mark.path} />
      <text x="12" y={mark.y} textAnchor="middle">{mark.number}</text>
    </svg>
  );
}

export function LevelBadge({ level, isBare = false }: { level: Level | null; isBare?: boolean }) {
  const { t } = useText();
  const text = t(levelKey(level));
  return (
    <span className={`level ${level ?? "none"}`}>
      {level && <LevelMark level={level} />}
      {isBare && level ? <span className="unseen">{text}</span> : <span>{text}</span>}
    </span>
  );
}

export function StateBadge({ form, state }: { form: FormSource | undefined; state: string }) {
  const { lang } = useText();
  const tone = state === "closed" ? " good" : state === "invalid" ? " off" : "";
  return <span className={`state${tone}`}>{localText(form?.states[state], lang) || state}</span>;
}

// Analogue before digits: each value on its range, with the normal band, the limits and a pointer
// that has colour only beyond a limit.
import { useMemo } from "react";
import type { Tag } from "../api/types_response.ts";
import {
  bandOf, deviation, isAnalogue, shareOf, stale_ms, tagFigure, toneOf, useTags,
} from "../data/alarms.ts";
import { useNow } from "../data/clock.ts";
import { localText } from "../data/prefs.ts";
import { useReading } from "../data/values.ts";
import { Empty, Ready } from "../parts/states.tsx";
import { LiveValue, useDesk } from "./control_parts.tsx";

const bars_max = 24;

interface BarsProps {
  picked: string[];
  onPick: (code: string) => void;
}
export function DeviationBars({ picked, onPick }: BarsProps) {
  const { t } = useDesk();
  const query = useTags();
  return (
    <section className="panel bars" aria-labelledby="bars">
      <h2 id="bars">{t("barsTitle")} <span className="soft">{t("barsHint")}</span></h2>
      <Ready query={query}>
        {({ rows }) => <BarList rows={rows} picked={picked} onPick={onPick} />}
      </Ready>
    </section>
  );
}

function BarList({ rows, picked, onPick }: BarsProps & { rows: Tag[] }) {
  const { t } = useDesk();
  const shown = useMemo(() => [...rows].filter(isAnalogue)
    .sort((a, b) => deviation(a) - deviation(b) || a.code.localeCompare(b.code))
    .slice(0, bars_max), [rows]);
  if (shown.length === 0) return <Empty icon="search" title={t("tagsEmpty")} />;
  return (
    <ul className="bar-list live-area" tabIndex={0} aria-label={t("barsTitle")}>
      {shown.map((tag) => (
        <BarLine
          key={tag.code} tag={tag} isPicked={picked.includes(tag.code)} onPick={onPick}
        />
      ))}
    </ul>
  );
}

interface LineProps {
  tag: Tag;
  isPicked: boolean;
  onPick: (code: string) => void;
}
function BarLine({ tag, isPicked, onPick }: LineProps) {
  const { t, lang } = useDesk();
  const reading = useReading(tag);
  const now = useNow();
  const isStale = reading.quality === "stale" || reading.quality === "bad" ||
    now - reading.at > stale_ms;
  const tone = toneOf(tag, reading.value, isStale);
  const name = localText(tag.name, lang);
  return (
    <li>
      <button
        type="button" className={`bar tone-${tone}`} aria-pressed={isPicked}
        onClick={() => onPick(tag.code)} title={`${tag.code} ${name} · ${t("showTrend")}`}
      >
        <span className="bar-name">
          <b className="num">{tag.code}</b>
          <span>{name}</span>
        </span>
        <Bar tag={tag} value={reading.value} />
        <LiveValue
          text={tagFigure(tag, reading.value)} unit={tag.unit} at={reading.at}
          quality={reading.quality} stale_ms={stale_ms}
        />
      </button>
    </li>
  );
}

function Bar({ tag, value }: { tag: Tag; value: number | null }) {
  const [low, high] = bandOf(tag);
  const percent = (share: number) => 100 * share;
  return (
    <svg
      className="bar-drawing" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true"
    >
      <rect className="range" x="0" y="2" width="100" height="10" />
      <rect
        className="band" x={percent(low)} y="2" height="10"
        width={Math.max(0, percent(high) - percent(low))}
      />
      {tag.limits.filter(({ kind }) => ["hh", "h", "l", "ll"].includes(kind)).map((limit) => (
        <rect
          key={limit.code} className="limit" y="1" width="0.8" height="12"
          x={Math.min(99.2, percent(shareOf(tag, limit.limit)))}
        />
      ))}
      {value !== null && (
        <rect
          className="pointer" y="0" width="2.4" height="14"
          x={Math.min(97.6, Math.max(0, percent(shareOf(tag, value)) - 1.2))}
        />
      )}
    </svg>
  );
}

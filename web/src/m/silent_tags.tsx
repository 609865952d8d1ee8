// Tags of my area without data in one quiet line.
import type { Alarm } from "../api/types_response.ts";
import { hereAlarms } from "../data/alarm_here.ts";
import { alarmText } from "../text/alarm_words.ts";
import { useBlock } from "../text/block.ts";

export function SilentTags({ rows }: { rows: readonly Alarm[] }) {
  const { t } = useBlock(alarmText);
  const { never, lost } = hereAlarms(rows);
  const words = [
    lost > 0 ? t("silentLost", { n: lost }) : "", never > 0 ? t("silentNever", { n: never }) : "",
  ];
  return <span className="num">{words.filter(Boolean).join(" · ")}</span>;
}

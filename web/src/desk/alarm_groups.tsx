// The list while a flood lasts: by area, what is urgent or guards people one by one, the rest as a
// line with true counts.
import { useState } from "react";
import type { Alarm, AlarmCounts } from "../api/types_response.ts";
import { groupsOf } from "../data/alarm_groups.ts";
import { useAreas } from "../data/areas.ts";
import { alarmText } from "../text/alarm_words.ts";
import { useBlock } from "../text/block.ts";
import { AlarmTable } from "./alarm_table.tsx";

interface Props {
  rows: readonly Alarm[];
  counts: AlarmCounts;
  label: string;
}
export function FloodList({ rows, counts, label }: Props) {
  const { t, lang } = useBlock(alarmText);
  const areas = useAreas();
  const [isEach, setEach] = useState(false);
  const priorities = counts.priorities ?? {};
  const three = priorities[3] ?? 0;
  const four = priorities[4] ?? 0;
  const rate = (area: string) =>
    counts.positions?.find((one) => one.area === area)?.annunciated_10min ?? 0;
  return (
    <>
      <p className="row">
        <button type="button" className="chip" aria-pressed={!isEach}
          onClick={() => setEach(!isEach)}
        >{t(isEach ? "floodFold" : "floodShow")}</button>
        {!isEach && three + four > 0 && (
          <span className="flood-low num" role="status">
            {t("floodLow", { n: three + four, three, four })}
          </span>
        )}
      </p>
      {isEach ? <AlarmTable rows={rows} label={label} /> : groupsOf(rows).map((group) => (
        <section key={group.area} className="alarm-group" data-area={group.area}>
          <h3 className="num">
            {t("floodArea", { area: areas.nameOf(group.area, lang), n: rate(group.area) })}
          </h3>
          {group.folded > 0 && (
            <p className="flood-low num" data-folded={group.folded}>
              {t("foldedN", { n: group.folded })}
            </p>
          )}
          {group.shown.length > 0 && <AlarmTable rows={group.shown} label={label} />}
        </section>
      ))}
    </>
  );
}

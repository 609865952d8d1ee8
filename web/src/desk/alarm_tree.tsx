// The list folded by the plant's tree: an area, its devices, each with counts and worst priority.
import type { Alarm } from "../api/types_response.ts";
import { treeOf, type AlarmNode } from "../data/alarm_tree.ts";
import { useAreas } from "../data/areas.ts";
import { localText } from "../data/prefs.ts";
import { alarmText } from "../text/alarm_words.ts";
import { useBlock } from "../text/block.ts";
import { AlarmTable } from "./alarm_table.tsx";
import { PrioritySign } from "./control_parts.tsx";

export function AlarmTree({ rows, label }: { rows: readonly Alarm[]; label: string }) {
  const { lang } = useBlock(alarmText);
  const areas = useAreas();
  return treeOf(rows).map((area) => (
    <details key={area.key} className="alarm-group" data-area={area.key}>
      <Head node={area} name={areas.nameOf(area.key, lang)} />
      {area.children.map((device) => (
        <details key={device.key} className="alarm-group" data-device={device.key}>
          <Head node={device} name={device.name ? localText(device.name, lang) : ""} />
          <AlarmTable rows={device.rows} label={label} />
        </details>
      ))}
    </details>
  ));
}

function Head({ node, name }: { node: AlarmNode; name: string }) {
  const { t } = useBlock(alarmText);
  return (
    <summary className="num">
      <PrioritySign priority={node.worst} />{" "}
      <b>{node.key === "" ? t("treeNoDevice") : `${node.key} ${name}`}</b>{" "}
      {t("treeCounts", { n: node.rows.length, unacked: node.unacked })}
    </summary>
  );
}

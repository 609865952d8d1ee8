// The alarm list as the plant's tree: areas, and in them devices, each with what is open there.
import type { Alarm, Priority } from "../api/types_response.ts";
import { byUrgency } from "./alarms.ts";

export interface AlarmNode {
  key: string;  // code of the area or device; empty: of no device
  name: { zh: string; en: string } | null;
  rows: Alarm[];  // of this node and below, the most urgent first
  unacked: number;
  worst: Priority;
  children: AlarmNode[];
}

const nodesAt = (rows: readonly Alarm[], depth: number): AlarmNode[] => {
  const nodes = new Map<string, AlarmNode>();
  for (const alarm of rows) {
    const step = alarm.path?.[depth];
    const key = step?.code ?? (depth === 0 ? alarm.area : "");
    const node = nodes.get(key) ??
      { key, name: step?.name ?? null, rows: [], unacked: 0, worst: 4, children: [] };
    node.rows.push(alarm);
    node.unacked += alarm.acked ? 0 : 1;
    node.worst = Math.min(node.worst, alarm.priority) as Priority;
    nodes.set(key, node);
  }
  return [...nodes.values()];
};

// Nodes with the most urgent alarm first.
export function treeOf(rows: readonly Alarm[]): AlarmNode[] {
  const areas = nodesAt([...rows].sort(byUrgency), 0);
  return areas.map((area) => ({ ...area, children: nodesAt(area.rows, 1) }));
}

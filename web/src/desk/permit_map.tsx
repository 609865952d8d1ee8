// Permits on the plan: sign of the kind, reach of the job, and a line between those that conflict.
import { useMemo } from "react";
import type { Board, BoardRow, Conflict } from "../api/types_permit.ts";
import { useAreas } from "../data/areas.ts";
import {
  conflictsFor, isAtWork, isGrave, isOpenState, keyOf,
} from "../data/permit_board.ts";
import { isHalted } from "../data/permit_clock.ts";
import { usePlan, zoneMiddle, type Plan } from "../data/plan.ts";
import { usePermitDesk } from "../text/permit_desk.ts";
import {
  PlanCanvas, type Highlight, type Pick, type PlanLink, type PlanPermit, type PlanReach,
} from "../parts/plan_canvas.tsx";
import { Ready } from "../parts/states.tsx";

interface Spot {
  row: BoardRow;
  x: number;
  y: number;
  zone: string;
}
// A permit without a point of its own stands in the middle of its area.
function spotsOf(rows: readonly BoardRow[], plan: Plan, codeOf: (key: string) => string): Spot[] {
  return rows.filter(({ state }) => isOpenState(state)).flatMap((row) => {
    const code = codeOf(row.area ?? "");
    const zone = plan.zones.find((one) => one.code === code);
    const middle = zone ? zoneMiddle(zone) : null;
    const x = row.x ?? middle?.[0];
    const y = row.y ?? middle?.[1];
    return x === undefined || y === undefined ? [] : [{ row, x, y, zone: zone?.code ?? code }];
  });
}

function linksOf(spots: readonly Spot[], conflicts: readonly Conflict[]): PlanLink[] {
  const byId = new Map(spots.map((spot) => [spot.row.id, spot]));
  return conflicts.filter(isGrave).flatMap((conflict) => {
    const a = byId.get(conflict.a ?? "");
    const b = byId.get(conflict.b ?? "");
    if (!a || !b) return [];
    return [{
      id: keyOf(conflict), from: [a.x, a.y] as [number, number],
      to: [b.x, b.y] as [number, number], isHard: conflict.is_hard,
    }];
  });
}

interface MapProps {
  board: Board;
  rows: BoardRow[];
  chosen: string;
  onChoose: (id: string) => void;
}
export function PermitMap(props: MapProps) {
  const plan = usePlan();
  return <Ready query={plan}>{(known) => <Drawn {...props} plan={known} />}</Ready>;
}

function Drawn({ board, rows, chosen, onChoose, plan }: MapProps & { plan: Plan }) {
  const { p } = usePermitDesk();
  const areas = useAreas();
  const drawn = useMemo(() => {
    const spots = spotsOf(rows, plan, areas.codeOf);
    const permits: PlanPermit[] = spots.map(({ row, x, y, zone }) => ({
      id: row.id, x, y, zone, kind: row.kind, text: row.number,
      isSuspended: isHalted(row),
    }));
    const reaches = spots.flatMap(({ row, x, y }): PlanReach[] => {
      const hits = conflictsFor(board, row.id);
      const tone = hits.some(({ is_hard }) => is_hard) ? "bad"
        : hits.some(isGrave) ? "warn" : "plain";
      const isShown = tone !== "plain" || isAtWork(row.state) || row.id === chosen;
      return isShown && row.radius_m ? [{ id: row.id, x, y, radius_m: row.radius_m, tone }] : [];
    });
    return { permits, reaches, links: linksOf(spots, board.conflicts) };
  }, [board, rows, plan, areas, chosen]);
  const highlight = useMemo((): Highlight | null =>
    chosen ? { kind: "permit", id: chosen } : null, [chosen]);
  const pick = ({ kind, id }: Pick) => {
    if (kind === "permit") onChoose(id);
  };
  return (
    <PlanCanvas
      plan={plan} risks={areas.risks} {...drawn} highlight={highlight} onPick={pick}
      label={p("mapLabel")}
    />
  );
}

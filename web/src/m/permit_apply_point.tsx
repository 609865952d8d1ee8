// A point pressed on the plan: where the job is, so that conflicts go by metres, not by areas.
import { useMemo } from "react";
import type { Point } from "../api/types_response.ts";
import { usePlan, zoneAt, zoneMiddle, type Plan } from "../data/plan.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { Icon } from "../parts/icon.tsx";
import { PlanCanvas, type Pick } from "../parts/plan_canvas.tsx";

interface PointProps {
  x: unknown;
  y: unknown;
  zone: string;
  // `zone`: the code of the area that it lies in, empty outside of all.
  onPoint: (at: Point, zone: string) => void;
}
// An area chosen in the table of the plan has no point: its middle stands for it.
function spotOf({ id, at }: Pick, plan: Plan): Point {
  const zone = plan.zones.find(({ code }) => code === id);
  return zone && zone.outline[0] === at ? zoneMiddle(zone) : at;
}

export default function PointOnPlan({ x, y, zone, onPoint }: PointProps) {
  const { p } = usePermitPhone();
  const plan = usePlan().value;
  const at = useMemo((): Point | null =>
    typeof x === "number" && typeof y === "number" ? [x, y] : null, [x, y]);
  const highlight = useMemo(() => (zone ? { kind: "zone" as const, id: zone } : null), [zone]);
  if (!plan) return null;
  const pick = (picked: Pick) => {
    const spot = spotOf(picked, plan);
    onPoint(spot, zoneAt(plan, spot)?.code ?? "");
  };
  return (
    <section className="panel plan-pick" aria-label={p("pointOnPlan")}>
      <h2>{p("pointOnPlan")}</h2>
      <PlanCanvas
        plan={plan} me={at} highlight={highlight} label={p("pointOnPlan")}
        onPick={pick}
      />
      <p className="soft num">
        <Icon name="place" /> {at ? p("pointAt", { x: at[0], y: at[1] }) : p("pointNone")}
      </p>
    </section>
  );
}

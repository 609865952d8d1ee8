// The plan of the overview: risk colours, detectors and alarms, permits, people without names, the
// hazard of a running response. Layers can be taken off.
import { useMemo, useState } from "react";
import type { RecordRow } from "../api/types.ts";
import type { Presence } from "../api/types_response.ts";
import { useAlarms, useTags } from "../data/alarms.ts";
import { useAreas, type Areas } from "../data/areas.ts";
import { peopleOf } from "../data/near.ts";
import { isAtWork } from "../data/permit_board.ts";
import { isHalted } from "../data/permit_clock.ts";
import { usePlan, zoneMiddle, type Plan } from "../data/plan.ts";
import { doubtOf } from "../data/plan_doubt.ts";
import { markersOf } from "../data/plan_markers.ts";
import { isOver, usePoll, usePresence, useResponse, useResponses } from "../data/response.ts";
import { go, hrefOf } from "../data/route.ts";
import { selected, sheet } from "../data/watchkeeper.ts";
import {
  PlanCanvas, type Highlight, type Pick, type PlanDot, type PlanPermit,
} from "../parts/plan_canvas.tsx";
import { Ready } from "../parts/states.tsx";
import { useDesk } from "./control_parts.tsx";

const stale_ms = 30000;

export function dotsOf(presence: Presence | undefined, plan: Plan): PlanDot[] {
  const middles = new Map(plan.zones.map((zone) => [zone.code, zoneMiddle(zone)]));
  return (presence?.rows ?? []).flatMap((row) => {
    const middle = middles.get(row.zone);
    const x = row.x ?? middle?.[0];
    const y = row.y ?? middle?.[1];
    if (x === undefined || y === undefined) return [];
    const doubt_m = doubtOf(row, plan);
    return [{
      id: row.badge, x, y, zone: row.zone, isStale: row.age_ms > stale_ms,
      isVehicle: row.kind === "vehicle", ...(doubt_m === undefined ? {} : { doubt_m }),
    }];
  });
}

export function permitsOf(rows: readonly RecordRow[], plan: Plan, areas: Areas): PlanPermit[] {
  return rows.flatMap((row) => {
    if (!isAtWork(row.state)) return [];
    const code = areas.codeOf(String(row["area"] ?? ""));
    const zone = plan.zones.find((one) => one.code === code);
    const middle = zone ? zoneMiddle(zone) : null;
    const number = (value: unknown) =>
      value === null || value === undefined || value === "" ? undefined : Number(value);
    const x = number(row["x"]) ?? middle?.[0];
    const y = number(row["y"]) ?? middle?.[1];
    if (x === undefined || y === undefined) return [];
    return [{
      id: row.id, x, y, zone: code, kind: String(row["kind"] ?? ""), text: row.number,
      isSuspended: isHalted(row),
    }];
  });
}

type Layer = "risk" | "people" | "permits" | "gas" | "sensors" | "hazard";
const layers: Layer[] = ["risk", "people", "permits", "gas", "sensors", "hazard"];
const none: never[] = [];

interface SiteProps {
  permits: RecordRow[];
  locate: string;
}
export function SitePlan({ permits, locate }: SiteProps) {
  const { t } = useDesk();
  const plan = usePlan();
  const presence = usePresence();
  usePoll("presence", 2000);
  const [off, setOff] = useState<ReadonlySet<Layer>>(new Set());
  const flip = (layer: Layer) => setOff((before) => {
    const next = new Set(before);
    if (!next.delete(layer)) next.add(layer);
    return next;
  });
  const rows = presence.value?.rows;
  const people = peopleOf(presence.value).length;
  return (
    <section className="panel site" aria-labelledby="site">
      <h2 id="site">
        {t("planTitle")}
        {rows && <span className="soft num">{t("peopleN", { n: people })}</span>}
        {rows && rows.length > people && (
          <span className="soft num">{t("vehiclesN", { n: rows.length - people })}</span>
        )}
        <span className="layers" role="group" aria-label={t("layers")}>
          {layers.map((layer) => (
            <button
              key={layer} type="button" className="layer" aria-pressed={!off.has(layer)}
              onClick={() => flip(layer)}
            >{t(`layer_${layer}`)}</button>
          ))}
        </span>
      </h2>
      <Ready query={plan}>
        {(known) => (
          <Layers
            plan={known} permits={permits} presence={presence.value ?? undefined}
            locate={locate} off={off}
          />
        )}
      </Ready>
    </section>
  );
}

interface LayersProps extends SiteProps {
  plan: Plan;
  presence: Presence | undefined;
  off: ReadonlySet<Layer>;
}
function Layers({ plan, permits, presence, locate, off }: LayersProps) {
  const areas = useAreas();
  const tags = useTags().value?.rows ?? none;
  const alarms = useAlarms().value?.rows ?? none;
  const people = useMemo(() => dotsOf(presence, plan), [presence, plan]);
  const markers = useMemo(
    () => markersOf(tags, alarms, plan, areas.codeOf), [tags, alarms, plan, areas]);
  const papers = useMemo(() => permitsOf(permits, plan, areas), [permits, plan, areas]);
  const noRisks = useMemo(() =>
    Object.fromEntries(plan.zones.map((zone) => [zone.code, null])), [plan]);
  const highlight = useMemo((): Highlight | null =>
    locate ? { kind: "marker", id: locate } : null, [locate]);
  const pick = ({ kind, id }: Pick) => {
    const alarm = alarms.find((one) => one.id === id);
    if (kind === "person") sheet.set({ kind: "track", badge: id });
    if (kind === "permit") location.hash = hrefOf(`case/permit/${id}`);
    if (kind === "marker" && !alarm) go(`device/${id}`);
    if (kind !== "marker" || !alarm) return;
    selected.set(alarm.id);
    sheet.set({ kind: "card", alarm });
  };
  const running = useResponses().value?.rows.find((row) => !isOver(row.state));
  const shared = {
    plan, highlight, onPick: pick,
    risks: off.has("risk") ? noRisks : areas.risks,
    people: off.has("people") ? none : people,
    permits: off.has("permits") ? none : papers,
    // What alarms is never taken off.
    markers: markers.filter((marker) =>
      marker.priority !== undefined || !off.has(marker.isGas ? "gas" : "sensors")),
  };
  return running && !off.has("hazard")
    ? <WithHazard {...shared} response={running.id} /> : <PlanCanvas {...shared} />;
}

function WithHazard({ response, ...shared }:
  React.ComponentProps<typeof PlanCanvas> & { response: string }) {
  const hazard = useResponse(response).value?.hazard ?? null;
  return <PlanCanvas {...shared} hazard={hazard} />;
}

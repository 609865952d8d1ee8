// The plan of the plant for phone and desk. Two canvases: the ground is drawn when the plan or the
// view changes, what moves (1000 people and more) whenever it moves. Beside it the same in words.
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type PointerEvent } from "react";
import type { Language, Level } from "../api/types.ts";
import type { Hazard, Point } from "../api/types_response.ts";
import { zoneAt, type Plan, type PlanPlace, type PlanZone } from "../data/plan.ts";
import { fitView, nearest, toMetres, zoomAt, type Size, type View } from "../data/plan_view.ts";
import { localText, usePrefs } from "../data/prefs.ts";
import { speak, useBlock, type BlockSpeech } from "../text/block.ts";
import { planText, type PlanTextKey } from "../text/plan.ts";
import { useBlink } from "./blink.ts";
import { Icon } from "./icon.tsx";
import type { PlanLink, PlanReach } from "./permit_draw.ts";
import {
  dotPictures, drawGround, drawMoving, readPaint, type Highlight, type PlanDot,
  type PlanMarker, type PlanPermit, type PlanRoute,
} from "./plan_draw.ts";
import "../styles/plan.css";

export type { PlanLink, PlanReach } from "./permit_draw.ts";
export type { Highlight, PlanDot, PlanMarker, PlanPermit, PlanRoute } from "./plan_draw.ts";

export interface Pick {
  kind: "zone" | "person" | "marker" | "permit";
  id: string;
  at: Point;
}
export interface PlanCanvasProps {
  plan: Plan;
  risks?: Record<string, Level | null>;
  people?: PlanDot[];
  routes?: PlanRoute[];
  hazard?: Hazard | null;
  markers?: PlanMarker[];
  permits?: PlanPermit[];
  reaches?: PlanReach[];
  links?: PlanLink[];
  me?: Point | null;
  highlight?: Highlight | null;
  onPick?: (pick: Pick) => void;
  label?: string;
  isCompact?: boolean;
}

const riskKeys: Record<Level, PlanTextKey> = {
  red: "riskRed", orange: "riskOrange", yellow: "riskYellow", blue: "riskBlue",
};
const none: never[] = [];
const noRisks: Record<string, Level | null> = {};
const reach_px = 14;

const levelText = (speech: BlockSpeech<PlanTextKey>, level: Level | null): string =>
  speech.t(level ? riskKeys[level] : "riskNone");

function useSize(box: React.RefObject<HTMLDivElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize((before) =>
        before.width === width && before.height === height ? before : { width, height });
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return size;
}

function prepare(canvas: HTMLCanvasElement | null, size: Size): CanvasRenderingContext2D | null {
  if (!canvas || size.width === 0 || size.height === 0) return null;
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(size.width * ratio);
  const height = Math.round(size.height * ratio);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const ctx = canvas.getContext("2d");
  ctx?.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx?.clearRect(0, 0, size.width, size.height);
  return ctx;
}

interface Drawn {
  size: Size;
  view: View;
  isDim: boolean;
  pointed: Highlight | null;
}
function useDrawing(props: PlanCanvasProps, { size, view, isDim, pointed }: Drawn) {
  const ground = useRef<HTMLCanvasElement>(null);
  const moving = useRef<HTMLCanvasElement>(null);
  const { theme, language } = usePrefs();
  const paint = useMemo(readPaint, [theme]);
  const dots = useMemo(() => dotPictures(paint, window.devicePixelRatio || 1), [paint]);
  const { plan, risks = noRisks, hazard = null, highlight = null, isCompact = false } = props;
  const { people = none, routes = none, markers = none, permits = none, me = null } = props;
  const { reaches = none, links = none } = props;
  const words = useMemo(() => ({
    nameOf: (zone: PlanZone) => localText(zone.name, language),
    levelOf: (level: Level | null) => levelText(speak(planText, language), level),
  }), [language]);
  useEffect(() => {
    const ctx = prepare(ground.current, size);
    if (ctx) drawGround(ctx, view, paint, { plan, risks, hazard, highlight });
  }, [plan, risks, hazard, highlight, paint, size, view]);
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const ctx = prepare(moving.current, size);
      const scene = { plan, risks, words, isCompact, highlight, me, isDim, pointed, room: size };
      const all = { ...scene, people, routes, markers, permits, reaches, links };
      if (ctx) drawMoving(ctx, view, paint, all, dots);
    });
    return () => cancelAnimationFrame(frame);
  }, [people, routes, markers, permits, reaches, links, highlight, me, paint, dots, size, view,
    isDim, plan, risks, words, isCompact, pointed]);
  return { ground, moving };
}

function pickAt(props: PlanCanvasProps, view: View, at: Point): Pick | null {
  const { plan, people = none, markers = none, permits = none } = props;
  const lists = [
    ["marker", markers], ["permit", permits], ["person", people],
  ] as const;
  for (const [kind, items] of lists) {
    const found = nearest(view, items as readonly PlanDot[], at, reach_px);
    if (found) return { kind, id: found.id, at: [found.x, found.y] };
  }
  const metres = toMetres(view, at);
  const zone = zoneAt(plan, metres);
  return zone ? { kind: "zone", id: zone.code, at: metres } : null;
}

// The sign under a pointer that rests there: it tells its name though there is no room for it.
function signAt(props: PlanCanvasProps, view: View, at: Point): Highlight | null {
  const { markers = none, permits = none } = props;
  const marker = nearest(view, markers, at, reach_px);
  if (marker) return { kind: "marker", id: marker.id };
  const permit = nearest(view, permits, at, reach_px);
  return permit ? { kind: "permit", id: permit.id } : null;
}

function useView(props: PlanCanvasProps, size: Size) {
  const pad = props.isCompact ? 8 : 12;
  const whole = useMemo(() => fitView(props.plan.box, size, pad), [props.plan, size, pad]);
  const [chosen, choose] = useState<View | null>(null);
  useEffect(() => choose(null), [whole]);
  const view = chosen ?? whole;
  const zoom = (factor: number, at?: Point) => {
    const middle: Point = at ?? [size.width / 2, size.height / 2];
    const next = zoomAt(view, factor, middle, whole);
    choose(next === whole ? null : next);
  };
  return { view, zoom, fit: () => choose(null), isWhole: chosen === null, move: choose };
}

function usePointer(
  props: PlanCanvasProps, box: React.RefObject<HTMLDivElement | null>,
  seen: ReturnType<typeof useView>,
) {
  const from = useRef<{ at: Point; view: View; isMoved: boolean } | null>(null);
  const [pointed, point] = useState<Highlight | null>(null);
  const placeOf = (event: { clientX: number; clientY: number }): Point => {
    const frame = box.current?.getBoundingClientRect();
    return [event.clientX - (frame?.left ?? 0), event.clientY - (frame?.top ?? 0)];
  };
  const latest = useRef(seen);
  latest.current = seen;
  useEffect(() => {
    const element = box.current;
    if (!element || props.isCompact) return;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      latest.current.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, placeOf(event));
    };
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  }, [props.isCompact]);
  const handlers = {
    onPointerDown: (event: PointerEvent) => {
      from.current = { at: placeOf(event), view: seen.view, isMoved: false };
    },
    onPointerLeave: () => point(null),
    onPointerMove: (event: PointerEvent) => {
      const next = signAt(props, seen.view, placeOf(event));
      point((before) => before?.id === next?.id && before?.kind === next?.kind ? before : next);
      const start = from.current;
      if (!start || event.buttons === 0 || seen.isWhole) return;
      const at = placeOf(event);
      const dx = at[0] - start.at[0];
      const dy = at[1] - start.at[1];
      if (Math.hypot(dx, dy) < 4) return;
      start.isMoved = true;
      seen.move({ ...start.view, x: start.view.x + dx, y: start.view.y + dy });
    },
    onPointerUp: (event: PointerEvent) => {
      const start = from.current;
      from.current = null;
      if (!start || start.isMoved || !props.onPick) return;
      const pick = pickAt(props, seen.view, placeOf(event));
      if (pick) props.onPick(pick);
    },
  };
  return { pointed, handlers };
}

export function PlanCanvas(props: PlanCanvasProps) {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const seen = useView(props, size);
  const { t } = useBlock(planText);
  const isDim = useBlink((props.markers ?? none).some((marker) => marker.isUnacked === true));
  const { pointed, handlers } = usePointer(props, box, seen);
  const { ground, moving } = useDrawing(props, { size, view: seen.view, isDim, pointed });
  const { hazard } = props;
  return (
    <div className={`plan${props.isCompact ? " compact" : ""}`}>
      {hazard && <WindLine hazard={hazard} />}
      <div
        className={`plan-box${seen.isWhole ? "" : " near"}`} ref={box} role="img"
        aria-label={props.label ?? t("plan")} {...handlers}
      >
        <canvas ref={ground} />
        <canvas ref={moving} />
      </div>
      <div className="plan-zoom">
        <button type="button" aria-label={t("zoomIn")} onClick={() => seen.zoom(1.5)}>+</button>
        <button
          type="button" aria-label={t("zoomOut")} onClick={() => seen.zoom(1 / 1.5)}
          disabled={seen.isWhole}
        >−</button>
        <button type="button" aria-label={t("zoomFit")} onClick={seen.fit} disabled={seen.isWhole}>
          <Icon name="refresh" />
        </button>
      </div>
      <PlanTable {...props} />
    </div>
  );
}

// The arrow shows where the wind blows to.
function WindLine({ hazard }: { hazard: Hazard }) {
  const { t } = useBlock(planText);
  const { wind } = hazard;
  const blows = wind && !hazard.is_calm ? wind : null;
  return (
    <p className="plan-wind num">
      {blows && (
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M12 1l6 9h-4v13h-4V10H6z" transform={`rotate(${blows.from + 180} 12 12)`} />
        </svg>
      )}
      <span>
        {blows
          ? t("windFrom", { from: Math.round(blows.from), speed: blows.speed.toFixed(1) })
          : t("windCalm")}
        {" · "}
        {t("hazardAt", { radius: Math.round(hazard.radius_m) })}
      </span>
    </p>
  );
}

interface Tally {
  people: number;
  // Of them, who may be in the next area.
  unsure: number;
  alarms: string[];
  permits: string[];
}
function tallies(props: PlanCanvasProps): Map<string, Tally> {
  const { plan, people = none, markers = none, permits = none } = props;
  const made = new Map<string, Tally>();
  const of = (item: { x: number; y: number; zone?: string }): Tally => {
    const code = item.zone || zoneAt(plan, [item.x, item.y])?.code || "";
    const tally = made.get(code) ?? { people: 0, unsure: 0, alarms: [], permits: [] };
    made.set(code, tally);
    return tally;
  };
  for (const dot of people) {
    of(dot).people += 1;
    if (dot.doubt_m !== undefined) of(dot).unsure += 1;
  }
  for (const marker of markers) if (marker.priority) of(marker).alarms.push(marker.text);
  for (const permit of permits) of(permit).permits.push(permit.text);
  return made;
}

const namesOf = (places: PlanPlace[], lang: Language): string =>
  places.map((place) => localText(place.name, lang)).join(", ") || "—";

// The plan for who cannot see or point at it: one line for each area, each a button.
function PlanTable(props: PlanCanvasProps) {
  const speech = useBlock(planText);
  const [isOpen, setOpen] = useState(false);
  const { t, lang } = speech;
  const { plan, onPick, risks = noRisks } = props;
  const counts = isOpen ? tallies(props) : new Map<string, Tally>();
  const heads = [t("zone"), t("risk"), t("people"), t("alarms"), t("permits")];
  return (
    <details className="plan-words" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("asTable")}</summary>
      {isOpen && (
        <div className="table-box" role="group" tabIndex={0} aria-label={t("asTable")}>
          <table>
            <thead>
              <tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr>
            </thead>
            <tbody>
              {plan.zones.map((zone) => {
                const tally = counts.get(zone.code);
                const name = localText(zone.name, lang);
                const pick = () => onPick?.({
                  kind: "zone", id: zone.code, at: zone.outline[0] ?? [0, 0],
                });
                return (
                  <tr key={zone.code}>
                    <th scope="row">
                      {onPick
                        ? (
                          <button type="button" className="plain-link" onClick={pick}>
                            {name}
                          </button>
                        ) : name}
                    </th>
                    <td>{levelText(speech, risks[zone.code] ?? zone.risk)}</td>
                    <td className="num">
                      {tally?.people ?? 0}
                      {tally && tally.unsure > 0 && ` ${t("unsure", { n: tally.unsure })}`}
                    </td>
                    <td>{tally?.alarms.join(", ") || "—"}</td>
                    <td>{tally?.permits.join(", ") || "—"}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          <p>
            {t("musters")}: {namesOf(plan.musters, lang)} · {t("exits")}:{" "}
            {namesOf(plan.exits, lang)} · {t("routeTo", { count: props.routes?.length ?? 0 })}
          </p>
        </div>
      )}
    </details>
  );
}

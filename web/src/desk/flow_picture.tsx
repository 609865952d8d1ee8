// The flow of a case as the server lays it out, with where it stands. Dragged, zoomed by buttons
// and keys, and told as a list for who does not see pictures.
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { flowPicture } from "../api/calls_hazard.ts";
import type { FlowEdge, FlowNode, FlowPicture } from "../api/types_hazard.ts";
import {
  around, broken, nodeName, panned, pathOf, standingAt, told, whole, wordsAt, zoomed, type View,
} from "../data/desk_flow.ts";
import { useSize, type Size } from "../data/desk_size.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { useWork, type WorkKey } from "../text/desk_work.ts";
import { Button } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";

export const useFlow = (form: string, id: string) =>
  useQuery(`record/${form}/${id}/flow`, () => flowPicture(form, id));

export function FlowPanel({ picture }: { picture: FlowPicture }) {
  const { w, lang } = useWork();
  const [isList, setList] = useState(false);
  const here = standingAt(picture.nodes).map((node) => nodeName(node, lang)).filter(Boolean);
  const title = localText(picture.name, lang);
  return (
    <section className="panel flow" aria-labelledby="flow">
      <header className="panel-head">
        <h2 id="flow">{w("flowTitle")}: {title} <span className="num">v{picture.version}</span></h2>
        <span className="flow-now">
          {here.length > 0 && w("flowNow", { name: here.join(w("listComma")) })}
        </span>
        <button
          type="button" className="chip" aria-pressed={isList} onClick={() => setList(!isList)}
        >{w("flowList")}</button>
      </header>
      {isList ? <Told picture={picture} /> : <Drawing picture={picture} title={title} />}
    </section>
  );
}

function Told({ picture }: { picture: FlowPicture }) {
  const { w, lang } = useWork();
  return (
    <ol className="flow-list">
      {told(picture, lang).map((node) => (
        <li key={node.id} className={node.state}>
          <span className="state">{w(`flow_${node.state}`)}</span> {nodeName(node, lang)}
        </li>
      ))}
    </ol>
  );
}

const pan_px = 60;
const nearer = 1.25;

interface Sight {
  shown: View;
  frame: Size;
  set: (view: View | null) => void;
}
function useSight(picture: FlowPicture, size: Size): Sight {
  const [view, set] = useState<View | null>(null);
  const frame = size.width > 0 ? size : { width: 800, height: 260 };
  // Where the case stands has changed: look there again.
  const here = standingAt(picture.nodes).map(({ id }) => id).join();
  useEffect(() => set(null), [here]);
  return { shown: view ?? around(picture, frame), frame, set };
}

function keysOf(picture: FlowPicture, { shown, frame, set }: Sight): Record<string, () => void> {
  const pan = pan_px * (shown.width / frame.width);
  const zoom = (factor: number) => set(zoomed(shown, frame, factor));
  return {
    "+": () => zoom(nearer), "=": () => zoom(nearer), "-": () => zoom(1 / nearer),
    "0": () => set(whole(picture, frame)), "Home": () => set(null),
    "ArrowLeft": () => set(panned(shown, -pan, 0)), "ArrowRight": () => set(panned(shown, pan, 0)),
    "ArrowUp": () => set(panned(shown, 0, -pan)), "ArrowDown": () => set(panned(shown, 0, pan)),
  };
}

function useDrag({ shown, frame, set }: Sight) {
  const start = useRef<{ x: number; y: number; view: View } | null>(null);
  const scale = frame.width / shown.width;
  const end = () => {
    start.current = null;
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      start.current = { x: event.clientX, y: event.clientY, view: shown };
    },
    onPointerMove: (event: PointerEvent) => {
      const from = start.current;
      if (!from) return;
      set(panned(from.view, (from.x - event.clientX) / scale, (from.y - event.clientY) / scale));
    },
    onPointerUp: end, onPointerCancel: end,
  };
}

function Drawing({ picture, title }: { picture: FlowPicture; title: string }) {
  const { w } = useWork();
  const { box, size } = useSize<HTMLDivElement>();
  const sight = useSight(picture, size);
  const keys = keysOf(picture, sight);
  const drag = useDrag(sight);
  const { shown } = sight;
  const onKey = (event: KeyboardEvent) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  };
  return (
    <div className="flow-box">
      <div
        className="flow-frame" ref={box} role="group" tabIndex={0} aria-label={w("flowKeys")}
        onKeyDown={onKey} {...drag}
      >
        <svg
          role="img" aria-label={title}
          viewBox={`${shown.x} ${shown.y} ${shown.width} ${shown.height}`}
        >
          <Arrows />
          {picture.nodes.filter(isFrame).map((node) => <Frame key={node.id} node={node} />)}
          {picture.edges.map((edge, at) => <Edge key={at} edge={edge} />)}
          {picture.nodes.filter((node) => !isFrame(node)).map(
            (node) => <Node key={node.id} node={node} />)}
        </svg>
      </div>
      <div className="flow-tools" role="group" aria-label={w("flowZoom")}>
        <Button text={w("zoomIn")} icon="plus" isIconOnly run={() => keys["+"]?.()} />
        <Button text={w("zoomOut")} icon="minus" isIconOnly run={() => keys["-"]?.()} />
        <Button text={w("zoomFit")} icon="fit" isIconOnly run={() => keys["0"]?.()} />
        <Button text={w("zoomHere")} icon="place" isIconOnly run={() => keys["Home"]?.()} />
      </div>
      <p className="flow-legend" aria-hidden="true">
        {(["done", "waiting", "incident", "ahead"] as const).map((state) => (
          <span key={state} className={state}><i />{w(`flow_${state}`)}</span>
        ))}
      </p>
    </div>
  );
}

function Arrows() {
  return (
    <defs>
      {["taken", "open"].map((kind) => (
        <marker
          key={kind} id={`arrow-${kind}`} className={`arrow ${kind}`} viewBox="0 0 8 8" refX="7"
          refY="4" markerWidth="8" markerHeight="8" orient="auto" markerUnits="userSpaceOnUse"
        ><path d="M0 0.5L8 4L0 7.5z" /></marker>
      ))}
    </defs>
  );
}

function Edge({ edge }: { edge: FlowEdge }) {
  const { lang } = useWork();
  const kind = edge.is_taken ? "taken" : "open";
  const at = wordsAt(edge);
  const name = localText(edge.name, lang);
  const [line] = at ? broken(name, Math.max(3, at.room / 11), 1) : [];
  return (
    <g className={`flow-edge ${kind}`}>
      <path d={pathOf(edge.points)} markerEnd={`url(#arrow-${kind})`} />
      {line && at && <text x={at.x} y={at.y - 4} textAnchor="middle">{line}</text>}
    </g>
  );
}

const signs: Record<FlowNode["kind"], string> = {
  user: "M7 7.2a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2z M1.8 13c0-2.7 2.2-4.300 5.2-4.300s5.2 " +
    "1.600 5.2 4.300",
  service: "M2 7h4l1.5-4.500L9.500 11 11 7h2", rule: "M2 3h10 M2 7h10 M2 11h10 M5.500 3v8",
  script: "M4.500 3.500L1.500 7l3 3.500 M9.500 3.500L12.500 7l-3 3.500",
  start: "", end: "", gateway: "", frame: "", event: "M7 3v4l2.500 1.500",
  call: "M2 4h10v7H2z M7 5.500v4 M5 7.500h4",
};
const isRound = (node: FlowNode) => ["start", "end", "event"].includes(node.kind);

// A sub-process is drawn around what it holds, which comes after it.
const isFrame = (node: FlowNode) => node.kind === "frame";
function Frame({ node }: { node: FlowNode }) {
  const { w, lang } = useWork();
  const name = nodeName(node, lang);
  const [line] = broken(name, (node.w - 14) / 12, 1);
  return (
    <g className={`flow-node frame ${node.state}`}>
      <title>{`${name} (${w(`flow_${node.state}`)})`}</title>
      <rect className="shape" x={node.x} y={node.y} width={node.w} height={node.h} rx={8} />
      {line && <text x={node.x + 10} y={node.y + 15}>{line}</text>}
      {node.state === "incident" && <Bang x={node.x + node.w} y={node.y} />}
    </g>
  );
}

function Node({ node }: { node: FlowNode }) {
  const { w, lang } = useWork();
  const name = nodeName(node, lang);
  const isTask = !isRound(node) && node.kind !== "gateway";
  const lines = isTask ? broken(name, (node.w - 14) / 12, 3) : broken(name, 9, 2);
  const [x, y] = [node.x + node.w / 2, node.y + node.h / 2];
  const first = isTask ? y + 4 - (lines.length - 1) * 7 : node.y + node.h + 14;
  const state: WorkKey = `flow_${node.state}`;
  return (
    <g className={`flow-node ${node.kind} ${node.state}`}>
      <title>{`${name} (${w(state)})`}</title>
      <Shape node={node} />
      {isTask && (
        <path
          className="sign" d={signs[node.kind]} transform={`translate(${node.x + 4} ${node.y + 4})`}
        />
      )}
      {node.kind === "event" && (
        <path className="sign" d={signs.event} transform={`translate(${x - 7} ${y - 7})`} />
      )}
      {lines.map((line, at) => (
        <text key={at} x={x} y={first + at * 14} textAnchor="middle">{line}</text>
      ))}
      {node.state === "incident" && <Bang x={node.x + node.w} y={node.y} />}
    </g>
  );
}
function Shape({ node }: { node: FlowNode }) {
  const { x, y, w, h } = node;
  const [cx, cy] = [x + w / 2, y + h / 2];
  if (isRound(node)) return <circle className="shape" cx={cx} cy={cy} r={Math.min(w, h) / 2} />;
  if (node.kind === "gateway") {
    return <path className="shape" d={`M${cx} ${y}L${x + w} ${cy}L${cx} ${y + h}L${x} ${cy}z`} />;
  }
  const round = node.kind === "user" ? 8 : 3;
  return <rect className="shape" x={x} y={y} width={w} height={h} rx={round} />;
}
function Bang({ x, y }: { x: number; y: number }) {
  return (
    <g className="bang">
      <circle cx={x} cy={y} r="9" /><text x={x} y={y + 5} textAnchor="middle">!</text>
    </g>
  );
}

// For the head of the page: how many steps stand still because the flow could not go on.
export function Incident({ names }: { names: string }) {
  const { w } = useWork();
  return (
    <span className="grow"><Icon name="warn" /> {w("incidentAt", { name: names })}</span>
  );
}

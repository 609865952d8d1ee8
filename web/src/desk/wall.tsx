// The wall of values: as many tags at once as one live link carries, each a cell that has colour
// only beyond a limit. Drawn on a canvas: two thousand cells change five times a second.
import {
  useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type RefObject,
} from "react";
import * as calls from "../api/calls_response.ts";
import type { Tag } from "../api/types_response.ts";
import { stale_ms, tagFigure, toneOf } from "../data/alarms.ts";
import { useAreas } from "../data/areas.ts";
import { serverNow } from "../data/clock.ts";
import { localText, usePrefs } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { go, replaceRoute } from "../data/route.ts";
import { follow, liveOf, readingOf, watch } from "../data/values.ts";
import { cellAt, moved, wallOf, type Wall } from "../data/wall.ts";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { useDesk } from "./control_parts.tsx";
import { FilterChips } from "./filter_chips.tsx";

export default function WallPage({ query }: { query: Record<string, string> }) {
  const { t, lang } = useDesk();
  const search = query["search"] ?? "";
  const area = query["area"] ?? "";
  const areas = useAreas();
  useTitle(t("wallTitle"));
  const tags = useQuery(`tags/wall/${area}/${search}`, () => calls.tags({ search, area }));
  return (
    <div className="trends-page wall-page">
      <h1>{t("wallTitle")}</h1>
      <section className="panel alarm-filters" aria-label={t("filters")}>
        <input
          type="search" value={search} aria-label={t("wallSearch")} placeholder={t("wallSearch")}
          onChange={(event) => replaceRoute("tags", { search: event.target.value, area })}
        />
        <FilterChips
          label={t("area")} value={area}
          onChange={(next) => replaceRoute("tags", { search, area: next })}
          choices={areas.rows.map((row) => ({
            value: String(row["code"]), text: areas.nameOf(row.id, lang),
          }))}
        />
      </section>
      <Ready query={tags}>
        {({ rows, total }) => rows.length === 0
          ? <Empty icon="search" title={t("tagsEmpty")} /> : <Cells tags={rows} total={total} />}
      </Ready>
    </div>
  );
}

interface Look {
  font: string;
  text: string;
  line: string;
  tones: Record<string, [string, string]>;
}
function lookOf(): Look {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const tones: Look["tones"] = {
    normal: [token("bg2"), token("val")], stale: [token("bg3"), token("tx2")],
  };
  for (const one of [1, 2, 3, 4]) tones[one] = [token(`p${one}`), token(`on-p${one}`)];
  return { font: token("font"), text: token("tx2"), line: token("line"), tones };
}

interface Pen {
  context: CanvasRenderingContext2D;
  wall: Wall;
  look: Look;
}
const names_from_px = 96;
const figures_from_px = 30;

function draw({ context, wall, look }: Pen, tag: Tag, place: number, now: number): void {
  const reading = readingOf(tag, liveOf(tag.code));
  const isStale = reading.quality === "stale" || reading.quality === "bad" ||
    now - reading.at > stale_ms;
  const [ground, ink] = look.tones[toneOf(tag, reading.value, isStale)] ?? ["", ""];
  const x = (place % wall.columns) * wall.width;
  const y = Math.floor(place / wall.columns) * wall.height;
  context.fillStyle = ground;
  context.fillRect(x, y, wall.width - 1, wall.height - 1);
  if (wall.width < figures_from_px) return;
  const base = y + wall.height / 2;
  context.fillStyle = ink;
  context.textAlign = "right";
  const inset = wall.width < names_from_px ? 4 : 10;
  context.fillText(tagFigure(tag, reading.value), x + wall.width - inset, base, wall.width - 6);
  if (wall.width < names_from_px) return;
  context.textAlign = "left";
  context.fillText(tag.code, x + 6, base, wall.width / 2);
}

// What is left of the window below the box.
function useRoom(box: RefObject<HTMLElement | null>) {
  const [room, setRoom] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setRoom({
      width: element.clientWidth,
      height: Math.max(200, innerHeight - element.getBoundingClientRect().top - 56),
    });
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  return room;
}

// Draws a cell whenever its value comes, and all of them when they may have grown old.
function useDrawn(canvas: RefObject<HTMLCanvasElement | null>, tags: Tag[], wall: Wall): void {
  const { theme } = usePrefs();
  const look = useMemo(lookOf, [theme]);
  useEffect(() => {
    const ends = tags.map(({ code }) => watch(code));
    return () => { for (const end of ends) end(); };
  }, [tags]);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const pen = { context, wall, look };
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.textBaseline = "middle";
    context.font = `${Math.min(13, Math.max(8, wall.height - 4))}px ${look.font}`;
    const all = () => tags.forEach((tag, place) => draw(pen, tag, place, serverNow()));
    all();
    const ends = tags.map((tag, place) =>
      follow(tag.code, () => draw(pen, tag, place, serverNow())));
    const timer = setInterval(all, stale_ms / 2);
    return () => {
      clearInterval(timer);
      for (const end of ends) end();
    };
  }, [tags, wall, look]);
}

function Cells({ tags, total }: { tags: Tag[]; total: number }) {
  const { t, lang } = useDesk();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const room = useRoom(box);
  const [picked, setPicked] = useState<number | null>(null);
  const wall = useMemo(() => wallOf(tags.length, room.width || 1, room.height || 1), [tags, room]);
  useDrawn(canvas, tags, wall);
  const tag = picked === null ? undefined : tags[picked];
  const at = ({ nativeEvent }: MouseEvent) =>
    cellAt(wall, tags.length, nativeEvent.offsetX, nativeEvent.offsetY);
  const open = (place: number | null) => {
    const code = place === null ? undefined : tags[place]?.code;
    if (code) go("trends", { tags: code });
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") return open(picked);
    const next = moved(wall, tags.length, picked, event.key);
    if (next === null) return;
    event.preventDefault();
    setPicked(next);
  };
  const shown = t("wallShown", { n: tags.length, all: total });
  const height = Math.ceil(tags.length / wall.columns) * wall.height;
  return (
    <section className="panel">
      <p className="soft num" role="status">
        {shown}
        {tag && ` · ${tag.code} ${localText(tag.name, lang)} ${
          tagFigure(tag, readingOf(tag, liveOf(tag.code)).value)} ${tag.unit}`}
      </p>
      <div
        ref={box} className="wall live-area" tabIndex={0} role="group" aria-label={t("wallTitle")}
        data-seen={tags.length} onKeyDown={onKey}
      >
        <canvas
          ref={canvas} role="img" aria-label={shown}
          width={Math.floor(room.width * devicePixelRatio)}
          height={Math.floor(height * devicePixelRatio)}
          style={{ width: room.width, height }}
          onMouseMove={(event) => setPicked(at(event))} onClick={(event) => open(at(event))}
        />
      </div>
    </section>
  );
}

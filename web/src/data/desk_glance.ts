// What a card tells beyond its row: the worst badge of its photos, and the clock that runs out
// next where the row has none. Asked for when the card is seen, few at a time, and again when the
// case has changed.
import { useEffect, useRef, useSyncExternalStore } from "react";
import * as calls from "../api/calls.ts";
import { evidence } from "../api/calls_hazard.ts";
import type { Clock, RecordRow } from "../api/types.ts";
import type { BadgeColour } from "../api/types_hazard.ts";

export interface Glance {
  badge: BadgeColour | null;
  due: string | null;
}
interface Entry {
  key: string;
  glance: Glance;
  isKnown: boolean;
  tries: number;
}

const at_once = 3;
const kept_max = 600;
const again_ms = 15000;
const tries_max = 20;
const nothing: Glance = { badge: null, due: null };
const entries = new Map<string, Entry>();
const queue: (() => Promise<void>)[] = [];
const listeners = new Set<() => void>();
let running = 0;

export const soonest = (clocks: Clock[]): string | null =>
  clocks.filter(({ kind }) => kind !== "timer").map(({ due }) => due).sort()[0] ??
  clocks.map(({ due }) => due).sort()[0] ?? null;

async function next(): Promise<void> {
  const run = running < at_once ? queue.shift() : undefined;
  if (!run) return;
  running += 1;
  await run();
  running -= 1;
  for (const listener of [...listeners]) listener();
  void next();
}

async function look(form: string, id: string, wantsClock: boolean): Promise<Glance> {
  const [seen, view] = await Promise.all([
    evidence(form, id).catch(() => null),
    wantsClock ? calls.record(form, id).catch(() => null) : null,
  ]);
  const badge = seen && seen.photos.length > 0 ? seen.badge : null;
  return { badge, due: view ? soonest(view.clocks) : null };
}

function want(form: string, row: RecordRow): void {
  const key = `${row.version}/${row.updated_at}`;
  const known = entries.get(row.id);
  if (known?.key === key && (known.isKnown || known.tries > 0)) return;
  if (entries.size >= kept_max) entries.clear();
  const entry: Entry = { key, glance: known?.glance ?? nothing, isKnown: false, tries: 1 };
  entries.set(row.id, entry);
  const ask = () => {
    queue.push(async () => {
      entry.glance = await look(form, row.id, typeof row["due_at"] !== "string");
      entry.isKnown = entry.glance.badge !== "pending";
      // A photo that is on its way is looked for again, for a while.
      if (entry.isKnown || entry.tries >= tries_max || entries.get(row.id) !== entry) return;
      entry.tries += 1;
      setTimeout(ask, again_ms);
    });
    void next();
  };
  ask();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};
export function useGlance(form: string, row: RecordRow) {
  const card = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!card.current) return;
    const eye = new IntersectionObserver((seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) want(form, row);
    });
    eye.observe(card.current);
    return () => eye.disconnect();
  }, [form, row.id, row.version, row.updated_at]);
  const glance = useSyncExternalStore(subscribe, () => entries.get(row.id)?.glance ?? nothing);
  return { card, glance };
}

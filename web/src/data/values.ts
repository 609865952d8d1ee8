// Live values of the tags that somebody looks at. They do not pass through the query cache: frames
// fill a ring for each tag, and who draws is told once for each animation frame.
import { useEffect, useState, useSyncExternalStore } from "react";
import type { Quality, Tag } from "../api/types_response.ts";
import { tapLive } from "./live.ts";
import { decodeFrame, Ring } from "./value_frame.ts";

export interface Reading {
  value: number | null;
  at: number;
  quality: Quality;
}
interface Held {
  reading: Reading;
  ring: Ring | null; // for those of whom a curve is drawn
  watchers: number;
  listeners: Set<() => void>;
}

const nothing: Reading = { value: null, at: 0, quality: "stale" };
const ring_size = 6000;
const held = new Map<string, Held>();
let codes = new Map<number, string>();
let isAsked = false;
let telling: number | null = null;
const changed = new Set<Held>();

function heldOf(code: string): Held {
  let one = held.get(code);
  if (!one) {
    one = {
      reading: { value: null, at: 0, quality: "stale" }, ring: null, watchers: 0,
      listeners: new Set(),
    };
    held.set(code, one);
  }
  return one;
}

const wanted = (): string[] =>
  [...held].filter(([, one]) => one.watchers > 0).map(([code]) => code).sort();

let asking: ReturnType<typeof setTimeout> | null = null;
function askSoon(): void {
  asking ??= setTimeout(() => {
    asking = null;
    askValues();
  }, 50);
}

// Says to the server what is looked at: after each change, and anew on each new link.
function askValues(): void {
  const tags = wanted();
  for (const [code, one] of held) {
    if (one.watchers === 0 && one.listeners.size === 0) held.delete(code);
  }
  if (tags.length === 0 && !isAsked) return;
  isAsked = tags.length > 0;
  send(JSON.stringify({ type: "watch", tags }));
}

// The server's answer to a watch: under which number each tag comes. Anything else is not for us.
function onWatching(text: string): boolean {
  if (!text.startsWith('{"') || !text.includes('"watching"')) return false;
  try {
    const message = JSON.parse(text) as { type?: string; tags?: { index: number; code: string }[] };
    if (message.type !== "watching" || !Array.isArray(message.tags)) return false;
    codes = new Map(message.tags.map(({ index, code }) => [index, code]));
    return true;
  } catch {
    return false;
  }
}

function tell(): void {
  telling = null;
  const due = [...changed];
  changed.clear();
  for (const one of due) for (const listener of [...one.listeners]) listener();
}

function onFrame(buffer: ArrayBuffer): void {
  const frame = decodeFrame(buffer);
  if (!frame) return;
  for (const { index, value, at, quality } of frame.samples) {
    const code = codes.get(index);
    const one = code === undefined ? undefined : held.get(code);
    if (!one) continue;
    one.reading = { value: Number.isNaN(value) ? null : value, at, quality };
    // What is bad or old breaks the line of a trend.
    one.ring?.push(at, quality === "bad" || quality === "stale" ? NaN : value);
    changed.add(one);
  }
  if (changed.size > 0) telling ??= requestAnimationFrame(tell);
}

const send = tapLive({ onFrame, onText: onWatching, onWelcome: askValues });

export function watch(code: string): () => void {
  heldOf(code).watchers += 1;
  askSoon();
  return () => {
    heldOf(code).watchers -= 1;
    askSoon();
  };
}
export function follow(code: string, listener: () => void): () => void {
  const one = heldOf(code);
  one.listeners.add(listener);
  return () => one.listeners.delete(listener);
}
export const ringOf = (code: string): Ring => (heldOf(code).ring ??= new Ring(ring_size));
// What came live of it, if anything did.
export const liveOf = (code: string): Reading => held.get(code)?.reading ?? nothing;

// The newest of what the list said and what came live.
export function readingOf(tag: Tag, live: Reading): Reading {
  const at = tag.at ? Date.parse(tag.at) : 0;
  return live.at >= at && live.at > 0 ? live : { value: tag.value, at, quality: tag.quality };
}

export function useReading(tag: Tag): Reading {
  const { code } = tag;
  const [subscribe] = useState(() => (listener: () => void) => follow(code, listener));
  const live = useSyncExternalStore(subscribe, () => held.get(code)?.reading ?? nothing);
  useEffect(() => watch(code), [code]);
  return readingOf(tag, live);
}

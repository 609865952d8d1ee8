// The server's time as this device knows it. The sample with the shortest way is the truest.
import { createStore, useStore } from "./store.ts";

interface Offset {
  offset_ms: number;
  way_ms: number;
  isKnown: boolean;
}
const offset = createStore<Offset>({ offset_ms: 0, way_ms: Infinity, isKnown: false });
const drift_ms = 5000;

export function betterOffset(before: Offset, next: Offset): Offset {
  const isJump = Math.abs(next.offset_ms - before.offset_ms) > drift_ms + next.way_ms;
  return !before.isKnown || isJump || next.way_ms <= before.way_ms ? next : before;
}

export function noteServerTime(server: string, sent: number, received: number): void {
  const at = Date.parse(server);
  if (Number.isNaN(at)) return;
  const way_ms = received - sent;
  const offset_ms = at - (sent + way_ms / 2);
  offset.set((before) => betterOffset(before, { offset_ms, way_ms, isKnown: true }));
}

export const serverNow = (): number => Date.now() + offset.get().offset_ms;
export const isTimeKnown = (): boolean => offset.get().isKnown;

// One beat a second for all countdowns; it stands still while nobody looks.
const beat = createStore(Math.floor(Date.now() / 1000));
if (typeof document !== "undefined") {
  setInterval(() => {
    if (!document.hidden) beat.set(Math.floor(Date.now() / 1000));
  }, 1000);
}
export function useNow(): number {
  useStore(beat);
  return serverNow();
}

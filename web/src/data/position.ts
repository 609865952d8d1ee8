// Where the phone is, if its owner lets us know. Nothing waits for it.
import type { Position } from "../api/types.ts";
import { createStore, useStore } from "./store.ts";

type Fix =
  { state: "off" | "asking" | "refused" } | { state: "known"; position: Position; at: number };
const fix = createStore<Fix>({ state: "off" });
export const useFix = (): Fix => useStore(fix);
export function position(): Position | null {
  const now = fix.get();
  return now.state === "known" ? now.position : null;
}
// How long ago the phone was there.
export function fixAge_s(now_ms = Date.now()): number {
  const now = fix.get();
  return now.state === "known" ? Math.max(0, Math.round((now_ms - now.at) / 1000)) : 0;
}

function take({ coords, timestamp }: GeolocationPosition): void {
  const round = (degrees: number) => Math.round(degrees * 1e6) / 1e6;
  fix.set({
    state: "known", at: Math.min(timestamp, Date.now()),
    position: {
      lat: round(coords.latitude), lon: round(coords.longitude),
      accuracy_m: Math.round(coords.accuracy),
    },
  });
}

// Returns the end of the watch. A phone that lies still need not tell its position again: after a
// minute it is asked, so that who stays at the work stays proven.
export function watchPosition(): () => void {
  if (!("geolocation" in navigator) || !isSecureContext) {
    fix.set({ state: "refused" });
    return () => {};
  }
  fix.set((before) => (before.state === "known" ? before : { state: "asking" }));
  const how = { enableHighAccuracy: true, maximumAge: 30000, timeout: 20000 };
  const id = navigator.geolocation.watchPosition(take, () => fix.set({ state: "refused" }), how);
  const asking = setInterval(() => {
    if (fixAge_s() >= 60) navigator.geolocation.getCurrentPosition(take, () => {}, how);
  }, 15000);
  return () => {
    navigator.geolocation.clearWatch(id);
    clearInterval(asking);
  };
}

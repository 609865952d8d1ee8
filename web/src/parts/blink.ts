// Everything that blinks does so in step, twice a second there and back: one timer for all of them,
// and none where nothing blinks or where somebody asked for less motion.
import { useSyncExternalStore } from "react";

export const blink_ms = 500;

const listeners = new Set<() => void>();
let isDim = false;
let timer: ReturnType<typeof setInterval> | null = null;

const wantsRest = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

function turn(): void {
  isDim = !isDim;
  for (const listener of [...listeners]) listener();
}

// Told at each change; answers how to stop.
export function followBlink(listener: () => void): () => void {
  listeners.add(listener);
  if (!wantsRest()) timer ??= setInterval(turn, blink_ms);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
    isDim = false;
  };
}

export const isDimNow = (): boolean => isDim;

const never = (): (() => void) => () => {};
const bright = (): boolean => false;
export const useBlink = (isWanted: boolean): boolean =>
  useSyncExternalStore(isWanted ? followBlink : never, isWanted ? isDimNow : bright);

// For styles: what has the class `blink` is dim while the page's root has `dim`. An animation of
// each would cost a layer and every frame.
export function startBlink(root: Element): () => void {
  const paint = () => root.classList.toggle("dim", isDim);
  const stop = followBlink(paint);
  return () => {
    stop();
    root.classList.remove("dim");
  };
}

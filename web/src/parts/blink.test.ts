import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { blink_ms, followBlink, isDimNow, startBlink } from "./blink.ts";

const media = (isReduced: boolean) =>
  vi.stubGlobal("matchMedia", () => ({ matches: isReduced }));

beforeEach(() => {
  vi.useFakeTimers();
  media(false);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const rootOf = () => {
  const names = new Set<string>();
  const classList = {
    toggle: (name: string, isOn: boolean) => void (isOn ? names.add(name) : names.delete(name)),
    remove: (name: string) => void names.delete(name),
  };
  return { names, root: { classList } as unknown as Element };
};

test("all that blinks does so in step, by one timer", () => {
  const { names, root } = rootOf();
  const stop = startBlink(root);
  const seen: boolean[] = [];
  const leave = followBlink(() => seen.push(isDimNow()));
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(blink_ms);
  expect(names.has("dim")).toBe(true);
  vi.advanceTimersByTime(blink_ms);
  expect(names.has("dim")).toBe(false);
  expect(seen).toEqual([true, false]);
  leave();
  vi.advanceTimersByTime(blink_ms);
  stop();
  expect(vi.getTimerCount()).toBe(0);
  expect(names.has("dim")).toBe(false);
  expect(isDimNow()).toBe(false);
});

test("nothing blinks for who asked for less motion", () => {
  media(true);
  const { names, root } = rootOf();
  const stop = startBlink(root);
  vi.advanceTimersByTime(10 * blink_ms);
  expect(names.size).toBe(0);
  stop();
});

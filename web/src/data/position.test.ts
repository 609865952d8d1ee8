// What the watch of the phone's position does while the phone lies still.
import { afterEach, expect, test, vi } from "vitest";
import { fixAge_s, position, watchPosition } from "./position.ts";

const fixAt = (latitude: number) => ({
  coords: { latitude, longitude: 121.4737, accuracy: 5.4 }, timestamp: Date.now(),
}) as GeolocationPosition;

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("who stays at the work stays proven: a still phone is asked again after a minute", () => {
  vi.useFakeTimers();
  let asked = 0;
  let watches = 0;
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { geolocation: {
    watchPosition: (take: PositionCallback) => {
      take(fixAt(31.2304123));
      return ++watches;
    },
    getCurrentPosition: (take: PositionCallback) => {
      asked += 1;
      take(fixAt(31.2305));
    },
    clearWatch: () => { watches -= 1; },
  } });
  const end = watchPosition();
  expect(position()).toEqual({ lat: 31.230412, lon: 121.4737, accuracy_m: 5 });
  vi.advanceTimersByTime(45_000);
  expect(asked).toBe(0);
  expect(fixAge_s()).toBe(45);
  vi.advanceTimersByTime(30_000);
  expect(asked).toBe(1);
  expect(fixAge_s()).toBe(15);
  expect(position()?.lat).toBe(31.2305);
  end();
  vi.advanceTimersByTime(600_000);
  expect(asked).toBe(1);
  expect(watches).toBe(0);
});

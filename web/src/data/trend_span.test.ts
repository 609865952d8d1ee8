import { expect, test } from "vitest";
import { curveOf } from "./curve.ts";
import { asQuery, drawnFrom, startOf, stepped, trendWindow } from "./trend_span.ts";

const hour = 3_600_000;
const now = Date.parse("2026-11-22T12:00:00Z");

test("without dates the window is the last hours and moves", () => {
  expect(trendWindow({ hours: "1" }, now)).toEqual(
    { from: now - hour, to: now, hours: 1, isLive: true });
  expect(trendWindow({ hours: "-3" }, now).hours).toBe(8);
  expect(trendWindow({ hours: "99999" }, now).hours).toBe(8);
});

test("chosen dates stand still, and come back out of the address", () => {
  const chosen = trendWindow(asQuery(now - 2 * hour, now - hour), now);
  expect(chosen).toEqual({ from: now - 2 * hour, to: now - hour, hours: 1, isLive: false });
  expect(trendWindow(asQuery(now, now - hour), now).isLive).toBe(true);
  expect(trendWindow({ from: "nonsense", to: "x" }, now).isLive).toBe(true);
});

test("steps keep the middle, or move by half", () => {
  const window = trendWindow(asQuery(now - 2 * hour, now), now);
  expect(stepped(window, "nearer")).toEqual({ from: now - 1.5 * hour, to: now - 0.5 * hour });
  expect(stepped(window, "further")).toEqual({ from: now - 3 * hour, to: now + hour });
  expect(stepped(window, "earlier")).toEqual({ from: now - 3 * hour, to: now - hour });
  const tiny = trendWindow(asQuery(now - 12_000, now), now);
  expect(stepped(tiny, "nearer").to - stepped(tiny, "nearer").from).toBe(10_000);
});

test("a moving window of a plant that has just begun is drawn from the first value on", () => {
  const span = { from: now - 8 * hour, to: now };
  expect(drawnFrom(span, now - hour)).toBe(now - hour);
  // One sample is no dot at the edge: five minutes are drawn at least.
  expect(drawnFrom(span, now - 2000)).toBe(now - 300_000);
  expect(drawnFrom(span, now - 5 * hour)).toBe(span.from);
  expect(drawnFrom(span, null)).toBe(span.from);
  // Never more than the window.
  expect(drawnFrom({ from: now - 60_000, to: now }, now - 1000)).toBe(now - 60_000);
});

test("a chart of a fresh plant begins at its first value and says when that was", () => {
  const span = { from: now - hour, to: now };
  const rowsFrom = (first: number) => Array.from({ length: 10 }, (_, at) =>
    [first + at * 1000, 1, 3, 2, 2, 1, 0] as never);
  const young = curveOf(rowsFrom(now - 600_000), null, span);
  expect(startOf([young], span)).toEqual({ from: now - 600_000, since: now - 600_000 });
  // Another pen that is older shows the whole hour.
  const old = curveOf(rowsFrom(now - hour), null, span);
  expect(startOf([young, old], span)).toEqual({ from: span.from, since: null });
  expect(startOf([curveOf([], null, span)], span)).toEqual({ from: span.from, since: null });
});

// What the page about the alarm system's load draws. Pure.
import type { Language } from "../api/types.ts";
import { amount } from "./format.ts";

const windowMs = 600_000;
const barsMax = 240;

export interface LoadBar {
  at: string;
  most: number;
}
// The most alarms in 10 minutes of each stretch; as many windows to a stretch as make a picture.
export function bins(windows: readonly number[], from: string): LoadBar[] {
  const each = Math.max(1, Math.ceil(windows.length / barsMax));
  const bars: LoadBar[] = [];
  for (let at = 0; at < windows.length; at += each) {
    const begin = Date.parse(from) + at * windowMs;
    bars.push({
      at: new Date(begin).toISOString(), most: Math.max(...windows.slice(at, at + each)),
    });
  }
  return bars;
}

// Whole numbers as they are, others with as many digits as say something.
export function tellFigure(value: number, lang: Language): string {
  const places = Number.isInteger(value) ? 0 : value < 10 ? 2 : 1;
  return amount(Math.round(value * 10 ** places) / 10 ** places, lang);
}

// How times and amounts are written. Pure: the language and the present come in.
import type { Language } from "../api/types.ts";
import type { Texts } from "../text/index.ts";

// Units as people write them: data sheets and imports say "degC" and "mg/m3".
export const unitText = (unit: string): string =>
  unit.replace(/^deg ?([CF])\b/, "°$1")
    .replace(/([a-z])2(?=\/|$)/g, "$1²").replace(/([a-z])3(?=\/|$)/g, "$1³");

const two = (n: number) => String(n).padStart(2, "0");

export function dateTime(at: string | number | null | undefined): string {
  if (at === null || at === undefined || at === "") return "—";
  const day = new Date(at);
  if (Number.isNaN(day.getTime())) return "—";
  const date = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
  return `${date} ${two(day.getHours())}:${two(day.getMinutes())}`;
}
export function shortTime(at: string | number): string {
  const day = new Date(at);
  const time = `${two(day.getHours())}:${two(day.getMinutes())}`;
  return `${two(day.getMonth() + 1)}-${two(day.getDate())} ${time}`;
}
export function clockTime(at: string | number): string {
  return dateTime(at).slice(11);
}
export function wallClock(at: number): string {
  return `${dateTime(at)}:${two(new Date(at).getSeconds())}`;
}

// "2 d 4 h", "3 h 05 min", "4 min 09 s": the two largest units, so that it never jumps in width.
export function span(ms: number, texts: Texts): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return `${days} ${texts.unitDay} ${hours} ${texts.unitHour}`;
  if (hours > 0) return `${hours} ${texts.unitHour} ${two(minutes)} ${texts.unitMinute}`;
  if (minutes > 0) return `${minutes} ${texts.unitMinute} ${two(seconds % 60)} ${texts.unitSecond}`;
  return `${seconds} ${texts.unitSecond}`;
}

export type Urgency = "calm" | "soon" | "late";
export interface Left {
  text: string;
  urgency: Urgency;
}
const soon_ms = 3600000;

export function left(due: string, now: number, texts: Texts): Left {
  const ms = Date.parse(due) - now;
  const amount = span(ms, texts);
  if (ms < 0) return { text: texts.overdueBy.replace("{span}", amount), urgency: "late" };
  const urgency = ms < soon_ms ? "soon" : "calm";
  return { text: texts.leftFor.replace("{span}", amount), urgency };
}

export function ago(at: string | number, now: number, texts: Texts): string {
  const ms = now - new Date(at).getTime();
  return ms < 60000 ? texts.justNow : texts.agoFor.replace("{span}", firstUnit(ms, texts));
}
function firstUnit(ms: number, texts: Texts): string {
  const minutes = Math.floor(ms / 60000);
  if (minutes < 60) return `${minutes} ${texts.unitMinute}`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} ${texts.unitHour}`;
  return `${Math.floor(minutes / 1440)} ${texts.unitDay}`;
}

export function amount(value: number, lang: Language): string {
  return new Intl.NumberFormat(lang === "zh" ? "zh-CN" : "en").format(value);
}

// The form that <input type="datetime-local"> wants, in local time.
export function localInput(at: string | null): string {
  if (!at) return "";
  return dateTime(at).replace(" ", "T");
}

// A date and time as dateTime writes it, typed by hand; NaN for what no calendar has.
export function readDateTime(text: string): number {
  const parts = /^(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{2})$/.exec(text.trim());
  if (!parts) return NaN;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts.slice(1).map(Number);
  const at = new Date(year, month - 1, day, hour, minute);
  const isReal = at.getMonth() === month - 1 && at.getDate() === day && hour < 24 && minute < 60;
  return isReal ? at.getTime() : NaN;
}

// Alarms: what is asked of the server, in which order they stand, which is the most urgent, and
// when one makes a sound. The server decides the state; here it is only read.
import * as calls from "../api/calls_response.ts";
import type { Language, Me } from "../api/types.ts";
import type { Alarm, AlarmLetter, LimitKind, Priority, Tag } from "../api/types_response.ts";
import { localText } from "./prefs.ts";
import { useQuery } from "./query.ts";

export const useAlarms = () => useQuery("alarms", calls.alarms);
export const useTags = () => useQuery("tags", () => calls.tags());
// Of a large plant the list has the first tags only, and of none those out of use; others are asked
// for by their codes.
export function useTagsOf(codes: readonly string[]): Tag[] {
  const list = useTags().value;
  const known = new Map(list?.rows.map((tag) => [tag.code, tag]));
  const missing = list ? codes.filter((code) => !known.has(code)) : [];
  const more = useQuery(`tags/of/${missing.join()}`, async () =>
    (await Promise.all(missing.map((code) => calls.tags({ code })))).flatMap(({ rows }) => rows));
  for (const tag of more.value ?? []) known.set(tag.code, tag);
  return codes.flatMap((code) => known.get(code) ?? []);
}
export const useTag = (code: string | undefined): Tag | undefined =>
  useTagsOf(code ? [code] : [])[0];
export const useSources = () => useQuery("sources", calls.sources);

// Who starts on the site overview: the control room, who is on duty, who answers for safety.
const lookers = [
  "operator", "duty_officer", "emergency_commander", "safety_officer", "safety_director",
  "workshop_head", "department_head", "general_manager", "auditor",
];
// What the pages offer; the server decides by itself who sees which alarm.
export const seesAlarms = (me: Me): boolean =>
  me.grants.some((grant) => lookers.includes(grant.role));

// The state as ISA-18.2 names it, by its letter.
export const letters: AlarmLetter[] = ["A", "B", "C", "D", "E", "F", "G", "H", "I"];
export const isUnacked = (alarm: Alarm): boolean => !alarm.acked && alarm.annunciated;
export const mayReset = (alarm: Alarm): boolean =>
  alarm.latched && alarm.acked && !alarm.active;
export type AlarmButton =
  | "ack" | "reset" | "shelve" | "unshelve" | "out_of_service" | "order";
// What an acknowledgement is for: the newest occurrence, else the oldest that nobody saw.
export function toAcknowledge(alarm: Alarm): string | null {
  if (isUnacked(alarm)) return alarm.occurrence;
  return alarm.branches?.[0]?.occurrence ?? null;
}
// Nobody is offered what the server would refuse them.
export const mayPress = (alarm: Alarm, button: AlarmButton): boolean =>
  alarm.buttons?.includes(button) ?? false;
export const mayStart = (me: Me): boolean => me.rights["response"]?.includes("create") ?? false;

// What an alarm is besides raised or not, in the order in which it matters; words for each are
// in text/alarm_words.ts.
export type Standing =
  | "out" | "shelved" | "suppressed" | "latched" | "cleared" | "unacked" | "acked";
export function standings(alarm: Alarm): Standing[] {
  const kept: Standing[] = [];
  if (alarm.out_of_service) kept.push("out");
  if (alarm.shelf) kept.push("shelved");
  if (alarm.suppressed.length > 0) kept.push("suppressed");
  if (alarm.latched && !alarm.active) kept.push("latched");
  else if (!alarm.active) kept.push("cleared");
  // Nobody waits for an acknowledgement of what is taken away from sight.
  if (alarm.annunciated || kept.length === 0) kept.push(alarm.acked ? "acked" : "unacked");
  return kept;
}

const time = (alarm: Alarm): string => alarm.raised_at ?? "";

// Unacknowledged first, then by priority, then the newest; what is not annunciated comes last.
export function byUrgency(a: Alarm, b: Alarm): number {
  return Number(b.annunciated) - Number(a.annunciated) || Number(a.acked) - Number(b.acked) ||
    a.priority - b.priority || time(b).localeCompare(time(a)) || a.code.localeCompare(b.code);
}
export const mostUrgent = (rows: readonly Alarm[]): Alarm | null =>
  rows.filter(isUnacked).sort(byUrgency)[0] ?? null;

export interface AlarmFilter {
  words: string;
  priority: Priority | null;
  letter: AlarmLetter | null;
  area: string;
  unackedOnly: boolean;
}
export const allAlarms: AlarmFilter = {
  words: "", priority: null, letter: null, area: "", unackedOnly: false,
};
export function fits(alarm: Alarm, filter: AlarmFilter): boolean {
  const words = filter.words.trim().toLowerCase();
  const text = `${alarm.code} ${alarm.name.zh} ${alarm.name.en}`.toLowerCase();
  return text.includes(words) &&
    (filter.priority === null || alarm.priority === filter.priority) &&
    (filter.letter === null || alarm.letter === filter.letter) &&
    (filter.area === "" || alarm.area === filter.area) &&
    (!filter.unackedOnly || isUnacked(alarm));
}

const signs: Partial<Record<LimitKind, string>> = {
  hh: "≥", h: "≥", l: "≤", ll: "≤", rise: "↑ ≥", fall: "↓ ≥", deviation: "Δ ≥",
};
export const isDigital = (kind: LimitKind): boolean => !(kind in signs);
export const figure = (value: number | null): string =>
  value === null ? "—" : String(Number(value.toPrecision(5)));
// As many decimals as the range of the tag deserves, so that figures do not dance.
export function tagFigure(tag: Tag, value: number | null): string {
  if (value === null) return "—";
  const width = tag.high - tag.low;
  // On or off, open or shut.
  if (width === 1 && !tag.unit && Number.isInteger(value)) return String(value);
  return value.toFixed(width >= 1000 ? 0 : width >= 20 ? 1 : width >= 2 ? 2 : 3);
}
export function limitText(alarm: Alarm): string {
  const word = alarm.kind.toUpperCase();
  if (isDigital(alarm.kind)) return word;
  const rate = alarm.kind === "rise" || alarm.kind === "fall" ? "/min" : "";
  return `${word} ${signs[alarm.kind]} ${figure(alarm.limit)}${rate}`;
}
export const valueText = (alarm: Alarm): string =>
  alarm.value === null || isDigital(alarm.kind) ? "—"
    : `${figure(alarm.value)} ${alarm.unit}`.trim();
export const alarmName = (alarm: Alarm, lang: Language): string =>
  localText(alarm.name, lang) || alarm.code;

// Names of alarms often begin with their area already.
export const placedName = (area: string, name: string): string =>
  name.startsWith(area) ? name : `${area} · ${name}`;

// The alarm that began a response was written down in Chinese; who reads another language is told
// the name of its tag, where that is known.
export function begunBy(
  tags: readonly Tag[], code: string | null, written: string, lang: Language,
): string {
  const tag = tags.find(({ limits }) => limits.some((one) => one.code === code));
  return lang === "zh" || !tag ? written : localText(tag.name, lang) || written;
}

// A sound belongs to an occurrence: it stops with the acknowledgement or with "silence", and a
// silenced alarm that comes anew sounds anew.
export function soundOf(rows: readonly Alarm[], silenced: ReadonlySet<string>): Priority | null {
  const loud = rows.filter((alarm) => isUnacked(alarm) && !silenced.has(alarm.occurrence));
  return loud.length === 0
    ? null : (Math.min(...loud.map((alarm) => alarm.priority)) as Priority);
}

export const stale_ms = 10000;
export type BarTone = "normal" | "stale" | Priority;
// Which limits the value is beyond: the most urgent one gives the pointer its colour.
export function toneOf(tag: Tag, value: number | null, isStale: boolean): BarTone {
  if (isStale || value === null) return "stale";
  const beyond = tag.limits.filter(({ kind, limit }) =>
    kind === "hh" || kind === "h" ? value >= limit
      : (kind === "l" || kind === "ll") && value <= limit);
  return beyond.length === 0
    ? "normal" : (Math.min(...beyond.map(({ priority }) => priority)) as Priority);
}

// Where a value stands between the ends of its range, 0 to 1.
export function shareOf(tag: Tag, value: number): number {
  const width = tag.high - tag.low;
  return width > 0 ? Math.min(1, Math.max(0, (value - tag.low) / width)) : 0;
}
// The normal band: between the nearest low and the nearest high limit.
export function bandOf(tag: Tag): [number, number] {
  const of = (...kinds: LimitKind[]) => tag.limits
    .filter(({ kind }) => kinds.includes(kind)).map(({ limit }) => limit);
  const low = Math.max(tag.low, ...of("l", "ll"));
  const high = Math.min(tag.high, ...of("h", "hh"));
  return [shareOf(tag, low), shareOf(tag, high)];
}

// How far a tag is from normal, so that the odd ones stand first.
export function deviation(tag: Tag): number {
  const tone = toneOf(tag, tag.value, tag.quality === "stale" || tag.quality === "bad");
  if (tone !== "normal") return tone === "stale" ? 4.5 : tone;
  const [low, high] = bandOf(tag);
  const at = shareOf(tag, tag.value ?? tag.low);
  return 6 + Math.min(high < 1 ? high - at : 1, low > 0 ? at - low : 1);
}
export const isAnalogue = (tag: Tag): boolean =>
  tag.high > tag.low && (tag.purpose === "wind_speed" ||
    tag.limits.some(({ kind }) => ["hh", "h", "l", "ll"].includes(kind)));

import { expect, test } from "vitest";
import type { Alarm, Tag } from "../api/types_response.ts";
import {
  allAlarms, bandOf, byUrgency, deviation, fits, letters, limitText, mayPress, mostUrgent,
  begunBy, placedName, shareOf, soundOf, toneOf, valueText,
} from "./alarms.ts";

const alarm = (code: string, more: Partial<Alarm> = {}): Alarm => ({
  id: code, occurrence: `${code}-1`, code, tag: code.split(".")[0] ?? "",
  name: { zh: "可燃气体", en: "Combustible gas" }, kind: "hh", limit: 50, deadband: 2,
  unit: "%LEL", priority: 1, value: 61.23456, quality: "good", area: "A1", org_path: "/",
  active: true,
  acked: false, latched: true, shelf: null, suppressed: [], out_of_service: false, letter: "B",
  annunciated: true, raised_at: "2026-11-21T06:23:07.000Z", cleared_at: null, acked_at: null,
  acked_by: null, acked_by_name: null, count: 1, safety: true, gas_level: 2, response: null,
  ...more,
});

test("there are the nine letters A to I", () => {
  expect(letters.join("")).toBe("ABCDEFGHI");
});

test("the most urgent is unacknowledged, of the highest priority, the newest", () => {
  const rows = [
    alarm("old"), alarm("new", { raised_at: "2026-11-21T06:25:00.000Z" }),
    alarm("low", { priority: 2, raised_at: "2026-11-21T06:26:00.000Z" }),
    alarm("seen", { acked: true }), alarm("shelved", { annunciated: false, letter: "G" }),
  ];
  expect(mostUrgent(rows)?.code).toBe("new");
  expect([...rows].sort(byUrgency).map(({ code }) => code))
    .toEqual(["new", "old", "low", "seen", "shelved"]);
  expect(mostUrgent([alarm("seen", { acked: true })])).toBeNull();
});

test("sound goes by the highest priority that is neither acknowledged nor silenced", () => {
  const rows = [alarm("a"), alarm("b", { priority: 3 })];
  expect(soundOf(rows, new Set())).toBe(1);
  expect(soundOf(rows, new Set(["a-1"]))).toBe(3);
  expect(soundOf(rows, new Set(["a-1", "b-1"]))).toBeNull();
  expect(soundOf([alarm("a", { occurrence: "a-2" })], new Set(["a-1"]))).toBe(1);
  expect(soundOf([alarm("a", { acked: true })], new Set())).toBeNull();
});

test("filters go together", () => {
  const one = alarm("GAS-2107.HH");
  expect(fits(one, allAlarms)).toBe(true);
  expect(fits(one, { ...allAlarms, words: "gas-21", priority: 1, letter: "B" })).toBe(true);
  expect(fits(one, { ...allAlarms, words: "combust" })).toBe(true);
  expect(fits(one, { ...allAlarms, priority: 2 })).toBe(false);
  expect(fits(one, { ...allAlarms, area: "A2" })).toBe(false);
  expect(fits(alarm("x", { acked: true }), { ...allAlarms, unackedOnly: true })).toBe(false);
});

test("a digital alarm shows no figures", () => {
  expect(limitText(alarm("x"))).toBe("HH ≥ 50");
  expect(valueText(alarm("x"))).toBe("61.235 %LEL");
  expect(limitText(alarm("x", { kind: "stale", limit: 0 }))).toBe("STALE");
  expect(valueText(alarm("x", { kind: "on" }))).toBe("—");
});

const tag = (more: Partial<Tag> = {}): Tag => ({
  index: 1, code: "TI-1", name: { zh: "", en: "" }, area: "A1", unit: "°C", low: 0, high: 100,
  purpose: "temperature", substance: "", x: null, y: null, value: 40, quality: "good", at: null,
  limits: [
    { code: "TI-1.H", kind: "h", limit: 80, priority: 2 },
    { code: "TI-1.HH", kind: "hh", limit: 90, priority: 1 },
    { code: "TI-1.L", kind: "l", limit: 10, priority: 3 },
  ], ...more,
});

test("the pointer of a bar has the colour of the worst limit it is beyond", () => {
  expect(toneOf(tag(), 40, false)).toBe("normal");
  expect(toneOf(tag(), 80, false)).toBe(2);
  expect(toneOf(tag(), 95, false)).toBe(1);
  expect(toneOf(tag(), 9, false)).toBe(3);
  expect(toneOf(tag(), 95, true)).toBe("stale");
  expect(toneOf(tag(), null, false)).toBe("stale");
});

test("the normal band lies between the nearest limits", () => {
  expect(bandOf(tag())).toEqual([0.1, 0.8]);
  expect(bandOf(tag({ limits: [] }))).toEqual([0, 1]);
  expect(shareOf(tag(), 130)).toBe(1);
  expect(shareOf(tag({ high: 0 }), 5)).toBe(0);
});

test("what is furthest from normal comes first", () => {
  const rows = [tag({ value: 40 }), tag({ value: 79 }), tag({ value: 99 }), tag({ value: 85 }),
    tag({ quality: "stale" })];
  const order = [...rows].sort((a, b) => deviation(a) - deviation(b));
  expect(order.map(({ value, quality }) => (quality === "stale" ? "stale" : value)))
    .toEqual([99, 85, "stale", 79, 40]);
});

test("nobody is offered a button that the server did not name", () => {
  expect(mayPress(alarm("A"), "ack")).toBe(false);
  expect(mayPress(alarm("A", { buttons: ["ack"] }), "ack")).toBe(true);
  expect(mayPress(alarm("A", { buttons: ["ack"] }), "out_of_service")).toBe(false);
});

test("an area is not told twice", () => {
  expect(placedName("Tank farm", "Tank farm H2S")).toBe("Tank farm H2S");
  expect(placedName("Tank farm", "H2S")).toBe("Tank farm · H2S");
});

test("what began a response is told in the reader's language where the tag is known", () => {
  const tags = [{
    code: "GAS-1", name: { zh: "甲苯泵探测器", en: "Toluene pump detector" },
    limits: [{ code: "GAS-1.HH" }],
  }] as unknown as Tag[];
  const told = (code: string | null, lang: "zh" | "en") =>
    begunBy(tags, code, "甲苯泵探测器二级报警", lang);
  expect(told("GAS-1.HH", "en")).toBe("Toluene pump detector");
  expect(told("GAS-1.HH", "zh")).toBe("甲苯泵探测器二级报警");
  expect([told("GAS-2.HH", "en"), told(null, "en")])
    .toEqual(["甲苯泵探测器二级报警", "甲苯泵探测器二级报警"]);
});

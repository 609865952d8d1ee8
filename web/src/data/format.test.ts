import { expect, test } from "vitest";
import { textsOf } from "../text/index.ts";
import { ago, dateTime, left, readDateTime, span, unitText } from "./format.ts";

const en = textsOf("en");
const zh = textsOf("zh");
const minute = 60000;
const hour = 60 * minute;

test("a span is told in its two largest units", () => {
  expect(span(45000, en)).toBe("45 s");
  expect(span(4 * minute + 9000, en)).toBe("4 min 09 s");
  expect(span(3 * hour + 5 * minute, en)).toBe("3 h 05 min");
  expect(span(50 * hour, en)).toBe("2 d 2 h");
  expect(span(50 * hour, zh)).toBe("2 天 2 小时");
});

test("a countdown is calm, then hurries in the last hour, then says by how much it is late", () => {
  const now = Date.parse("2026-11-21T06:00:00Z");
  const at = (ms: number) => new Date(now + ms).toISOString();
  expect(left(at(2 * hour), now, en)).toEqual({ text: "2 h 00 min left", urgency: "calm" });
  expect(left(at(59 * minute), now, en).urgency).toBe("soon");
  expect(left(at(0), now, en).urgency).toBe("soon");
  expect(left(at(-5 * minute), now, en)).toEqual({
    text: "5 min 00 s late", urgency: "late",
  });
});

test("units are written as people write them", () => {
  const said = ["degC", "mg/m3", "m3/h", "Nm3", "%LEL", "ppm", "H2S", "kg/cm2", "°C", ""];
  expect(said.map(unitText)).toEqual(
    ["°C", "mg/m³", "m³/h", "Nm³", "%LEL", "ppm", "H2S", "kg/cm²", "°C", ""]);
});

test("how long ago something was is told in one unit", () => {
  const now = Date.parse("2026-11-21T06:00:00Z");
  expect(ago(now - 5000, now, zh)).toBe("刚刚");
  expect(ago(now - 5 * minute, now, en)).toBe("5 min ago");
  expect(ago(now - 49 * hour, now, zh)).toBe("2 天前");
});

test("a typed date is read as it is written, and none that no calendar has", () => {
  const at = new Date(2026, 10, 3, 6, 5).getTime();
  expect(dateTime(at)).toBe("2026-11-03 06:05");
  expect(readDateTime(dateTime(at))).toBe(at);
  expect(readDateTime(" 2026-11-3 6:05 ")).toBe(at);
  const bad = ["", "11/03/2026 06:05", "2026-02-30 06:05", "2026-13-01 06:05", "2026-11-03 24:00",
    "2026-11-03 06:60", "2026-11-03"];
  for (const text of bad) expect(readDateTime(text)).toBeNaN();
});

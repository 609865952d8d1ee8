import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { ChatterAdvice } from "../api/types_alarm.ts";
import type { Alarm } from "../api/types_response.ts";
import { alarmText } from "../text/alarm_words.ts";
import { changeOf, Chatter } from "./chatter_advice.tsx";

const { zh } = alarmText;
const alarm = { id: "a", letter: "B", shelf: null, buttons: ["shelve"] } as unknown as Alarm;
const advice: ChatterAdvice = {
  returns: 7, off_delay_s: 30, deadband: 2, unit: "%LEL", shelf_min: 30, can_take: true,
  limit: "l", version: 3, source: "ISA-18.2",
};
const told = (more: object, of: object = {}) => renderToStaticMarkup(createElement(
  Chatter, { alarm: { ...alarm, ...of } as Alarm, advice: { ...advice, ...more } }));

test("the button that takes the advice stands there for whoever may", () => {
  expect(told({})).toContain(zh.chatterTake);
  expect(told({ can_take: false })).not.toContain(zh.chatterTake);
});

test("shelving is offered while the alarm is not shelved, and for how long is said", () => {
  const text = zh.chatterShelve.replace("{n}", "30");
  expect(told({})).toContain(text);
  expect(told({ shelf_min: null })).not.toContain(zh.chatterShelve.split("{n}")[0]);
  expect(told({}, { shelf: { until: "2026-11-23T08:00:00Z" } })).not.toContain(text);
});

test("pressing changes of the limit what is advised, and only that", () => {
  expect(changeOf(advice)).toEqual({ version: 3, fields: { off_delay_s: 30, deadband: 2 } });
  expect(changeOf({ ...advice, deadband: null }))
    .toEqual({ version: 3, fields: { off_delay_s: 30 } });
  expect(changeOf({ ...advice, off_delay_s: null, deadband: 0.5 }).fields)
    .toEqual({ deadband: 0.5 });
});

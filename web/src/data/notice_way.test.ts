import { expect, test } from "vitest";
import { deskWay, phoneWay } from "./notice_way.ts";

const told = (kind: string, form: string) => ({ kind, form, record_id: "r" });

test("a notice of a case leads to the case", () => {
  const notice = told("hazard.notice.assigned", "hazard");
  expect([deskWay(notice), phoneWay(notice)]).toEqual(["#/case/hazard/r", "#/case/hazard/r"]);
});

test("a wrong clock leads to the page of the sources, an alarm to the alarms", () => {
  expect(deskWay(told("source.notice.clock_wrong", "source"))).toBe("#/sources");
  expect(deskWay(told("source.notice.clock_right", "source"))).toBe("#/sources");
  expect(deskWay(told("alarm.notice.raised", "alarm"))).toBe("#/alarms");
  expect(phoneWay(told("alarm.notice.escalation", "alarm"))).toBe("#/");
});

import { expect, test } from "vitest";
import type { Notice } from "../api/types.ts";
import { arrived, kindOf, receipts_max, shown_ms, urgentCards } from "./urgent.ts";

const now = Date.parse("2026-11-22T08:00:00.000Z");
const notice = (id: string, more: Partial<Notice> = {}): Notice => ({
  id, at: "2026-11-22T07:59:00.000Z", kind: "alarm.notice.raised", level: null, form: "alarm_limit",
  record_id: "a1", number: "", text: { zh: "x", en: "x" }, read_at: null, urgent: true,
  delivered_at: null, acknowledged_at: null, ...more,
});

test("the way out comes before everything else that is urgent", () => {
  const rows = [
    notice("1"), notice("2", { kind: "response.notice.task", record_id: "r1" }),
    notice("3", { kind: "permit.notice.suspended", record_id: "p1" }),
    notice("4", { kind: "response.notice.route", record_id: "r1" }),
  ];
  const kinds = urgentCards(rows, now, new Set()).map(({ kind }) => kind);
  expect(kinds).toEqual(["way", "permit", "task", "alarm"]);
});

test("three words about one response are one card, and one press answers all", () => {
  const rows = ["07:58", "07:59", "07:57"].map((at, index) => notice(`${index}`, {
    kind: "response.notice.route", record_id: "r1", at: `2026-11-22T${at}:00.000Z`,
  }));
  const [card, ...others] = urgentCards(rows, now, new Set());
  expect(others).toEqual([]);
  expect(card?.newest.id).toBe("1");
  expect(card?.notices).toHaveLength(3);
});

test("what is answered, old, or not urgent does not take the screen", () => {
  const rows = [
    notice("1", { acknowledged_at: "2026-11-22T07:59:30.000Z" }), notice("2"),
    notice("3", { at: new Date(now - shown_ms).toISOString() }), notice("4", { urgent: false }),
  ];
  expect(urgentCards(rows, now, new Set(["2"]))).toEqual([]);
});

test("the kinds of the contract are known, others are still shown", () => {
  const kinds = [
    "alarm.notice.raised", "permit.notice.suspended", "response.notice.route",
    "response.notice.task", "response.notice.confirm", "sos.notice.raised", "hazard.notice.late",
  ].map((kind) => kindOf(notice("1", { kind, form: "x" })));
  expect(kinds).toEqual(["alarm", "permit", "way", "task", "confirm", "sos", "other"]);
});

test("delivered is told once for each notice, a bounded number at a time", () => {
  const rows = Array.from({ length: 50 }, (_, at) => notice(`${at}`));
  expect(arrived(rows, new Set(["0"]))).toHaveLength(receipts_max);
  expect(arrived(rows, new Set(["0"]))[0]?.id).toBe("1");
  const done = [notice("1", { delivered_at: "2026-11-22T07:59:01.000Z" })];
  expect(arrived(done, new Set())).toEqual([]);
});

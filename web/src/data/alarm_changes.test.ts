import { beforeEach, expect, test, vi } from "vitest";
import type { Alarm, AlarmChanges, AlarmList } from "../api/types_response.ts";
import {
  changes_max, followAlarms, hasNoted, noteAlarm, rows_max, withChanges,
} from "./alarm_changes.ts";
import * as calls from "../api/calls_response.ts";
import * as query from "./query.ts";

vi.mock("../api/calls_response.ts", () => ({ alarmChanges: vi.fn() }));
vi.mock("./query.ts", () => ({ patch: vi.fn(), refresh: vi.fn() }));

const alarm = (id: string, more: Partial<Alarm> = {}) =>
  ({ id, code: id, priority: 3, acked: false, annunciated: true, ...more }) as Alarm;
const counts = { unacked: 1 } as AlarmList["counts"];
const list = (...rows: Alarm[]): AlarmList => ({ rows, counts, left_out: [] });

test("changed rows take the place of the old ones, others stay the same objects", () => {
  const before = list(alarm("a"), alarm("b"), alarm("c"));
  const now = { of: ["b"], rows: [alarm("b", { acked: true })], counts: { unacked: 2 } };
  const after = withChanges(before, now as AlarmChanges);
  expect(after.rows.map(({ id }) => id)).toEqual(["a", "c", "b"]);
  expect(after.rows[0]).toBe(before.rows[0]);
  expect(after.counts.unacked).toBe(2);
  expect(before.rows).toHaveLength(3);
});

test("what was looked at and has no row is gone, what is new is there once", () => {
  const after = withChanges(list(alarm("a"), alarm("b")), {
    of: ["a", "n"], rows: [alarm("n", { priority: 1 })], counts,
  });
  expect(after.rows.map(({ id }) => id)).toEqual(["n", "b"]);
});

test("the newest of one rank stands first, and the list ends where the server's does", () => {
  const many = Array.from({ length: rows_max }, (_, i) =>
    alarm(`o${i}`, { raised_at: "2026-01-01T00:00:00Z" }));
  const after = withChanges(list(...many), {
    of: ["n"], rows: [alarm("n", { raised_at: "2026-01-02T00:00:00Z" })], counts,
  });
  expect(after.rows[0]?.id).toBe("n");
  expect(after.rows).toHaveLength(rows_max);
});

beforeEach(() => {
  vi.mocked(query.patch).mockReset().mockResolvedValue(true);
  vi.mocked(query.refresh).mockReset().mockResolvedValue();
  vi.mocked(calls.alarmChanges).mockReset();
});

const asked = () => {
  void vi.mocked(query.patch).mock.calls[0]?.[1]();
  return vi.mocked(calls.alarmChanges).mock.calls[0]?.[0];
};

test("only what changed is asked for, each once", async () => {
  for (const id of ["a", "b", "a"]) noteAlarm(id);
  await followAlarms();
  expect(asked()).toEqual(["a", "b"]);
  expect(hasNoted()).toBe(false);
  vi.mocked(query.refresh).mockClear();
  noteAlarm("c");
  await followAlarms();
  expect(query.refresh).not.toHaveBeenCalled();
});

test("too many, one without a name, or a part that can't be put in: the whole list", async () => {
  for (let i = 0; i <= changes_max; i += 1) noteAlarm(`x${i}`);
  await followAlarms();
  expect(query.patch).not.toHaveBeenCalled();
  noteAlarm("");
  await followAlarms();
  expect(query.patch).not.toHaveBeenCalled();
  vi.mocked(query.patch).mockResolvedValue(false);
  noteAlarm("a");
  await followAlarms();
  expect(query.refresh).toHaveBeenCalledTimes(3);
});

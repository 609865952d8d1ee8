import { expect, test } from "vitest";
import { alarm_rest_ms, backoff_ms, firstState, hello, liveStep, rest_ms } from "./live_step.ts";

const say = (message: object) => JSON.stringify(message);
const event = (seq: number) =>
  say({ type: "event", seq, at: "", topic: "hazard", payload: { id: "x" } });

test("a first welcome sets where the client stands, a later one does not move it", () => {
  const first = liveStep(firstState, say({ type: "welcome", seq: 40 }));
  expect(first.state).toEqual({ seq: 40, isWelcome: true });
  const again = liveStep({ seq: 41, isWelcome: false }, say({ type: "welcome", seq: 60 }));
  expect(again.state.seq).toBe(41);
});

test("events and skips move the number on and are acknowledged", () => {
  const one = liveStep({ seq: 40, isWelcome: true }, event(41));
  expect(one.ack).toBe(41);
  expect(one.event).toEqual({ topic: "hazard", payload: { id: "x" } });
  const two = liveStep(one.state, say({ type: "skip", seq: 42 }));
  expect(two.state.seq).toBe(42);
  expect(two.ack).toBe(42);
  expect(two.event).toBeNull();
});

test("an event that came before is not told twice", () => {
  const step = liveStep({ seq: 50, isWelcome: true }, event(49));
  expect(step.event).toBeNull();
  expect(step.ack).toBeNull();
});

test("a reset means to load everything anew from that number", () => {
  const step = liveStep({ seq: 5, isWelcome: true }, say({ type: "reset", seq: 900 }));
  expect(step.isReset).toBe(true);
  expect(step.state.seq).toBe(900);
});

test("what is no message changes nothing", () => {
  const state = { seq: 5, isWelcome: true };
  for (const text of ["", "{", "null", "[]", '"x"', say({ type: "event" }), say({ seq: "7" })]) {
    expect(liveStep(state, text)).toMatchObject({ state, ack: null, event: null, isReset: false });
  }
});

test("after a lost link the client asks to go on from where it stood", () => {
  expect(JSON.parse(hello({ seq: 42, isWelcome: true }))).toEqual({
    type: "hello", from: 42, credit: 262144,
    topics: [
      "hazard", "near_miss", "violation", "tracing", "task", "notice", "alarm", "response",
      "permit",
    ],
  });
});

test("back-off grows with each try, is spread out, and is bounded", () => {
  expect(backoff_ms(1, 0)).toBe(250);
  expect(backoff_ms(1, 1)).toBeLessThan(backoff_ms(5, 1));
  expect(backoff_ms(3, 0.2)).not.toBe(backoff_ms(3, 0.8));
  expect(backoff_ms(500, 1)).toBeLessThanOrEqual(30250);
});

test("asking anew takes at most a quarter of the time, and ten turns a second", () => {
  expect(rest_ms(0)).toBe(100);
  expect(rest_ms(40)).toBe(120);
  for (const took of [0, 10, 100, 1000]) {
    expect(took / (took + rest_ms(took))).toBeLessThanOrEqual(0.25);
    expect(took + rest_ms(took)).toBeGreaterThanOrEqual(100);
    expect(took / (took + alarm_rest_ms(took))).toBeLessThanOrEqual(0.25);
    expect(took + alarm_rest_ms(took)).toBeGreaterThanOrEqual(16);
  }
});

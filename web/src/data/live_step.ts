// The live stream as a pure step: what the client knows, and what a message makes of it
// (docs/formats/http.md, "Live stream").

export interface LiveState {
  seq: number;
  isWelcome: boolean;
}
export interface LiveEvent {
  topic: string;
  payload: Record<string, unknown>;
}
export interface Step {
  state: LiveState;
  ack: number | null;
  event: LiveEvent | null;
  isReset: boolean;
}

export const firstState: LiveState = { seq: 0, isWelcome: false };
export const topics = [
  "hazard", "near_miss", "violation", "tracing", "task", "notice", "alarm", "response", "permit",
];
export const credit_bytes = 262144;

export function hello(state: LiveState): string {
  return JSON.stringify({ type: "hello", from: state.seq, topics, credit: credit_bytes });
}

interface Message {
  type?: unknown;
  seq?: unknown;
  topic?: unknown;
  payload?: unknown;
}

function messageOf(text: string): Message | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Message) : null;
  } catch {
    return null;
  }
}

export function liveStep(state: LiveState, text: string): Step {
  const same: Step = { state, ack: null, event: null, isReset: false };
  const message = messageOf(text);
  if (!message || typeof message.seq !== "number") return same;
  const seq = message.seq;
  // A first hello asks from 0: everything before the welcome is older than the lists just loaded.
  if (message.type === "welcome") {
    const known = state.seq === 0 ? seq : state.seq;
    return { ...same, state: { seq: known, isWelcome: true } };
  }
  if (message.type === "reset") {
    return { state: { seq, isWelcome: true }, ack: seq, event: null, isReset: true };
  }
  if (seq <= state.seq) return same;
  const next = { ...same, state: { ...state, seq }, ack: seq };
  if (message.type === "skip") return next;
  if (message.type !== "event" || typeof message.topic !== "string") return same;
  const payload = (message.payload ?? {}) as Record<string, unknown>;
  return { ...next, event: { topic: message.topic, payload } };
}

// What came within some milliseconds is asked for at once; the next time when four times as long
// has passed as the asking took, and a tenth of a second at least: a flood costs a page a bounded
// part of its time, and the first alarm of a quiet hour is not kept waiting.
export const gather_ms = 15;
export const rest_ms = (took: number): number => Math.max(100, 4 * took) - took;

// What an alarm changed is a small question: it waits for less.
export const alarm_gather_ms = 3;
export const alarm_rest_ms = (took: number): number => Math.max(16, 4 * took) - took;

// Full jitter: many pages that lost one server must not come back in one second.
export function backoff_ms(tries: number, random: number): number {
  const ceiling = Math.min(30000, 500 * 2 ** Math.min(tries, 10));
  return Math.round(250 + random * ceiling);
}

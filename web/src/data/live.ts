// Keeps the live stream open, asks anew what an event made old, and knows whether the link stands.
// A heart-beat request notices a cut cable within 10 s, which an open socket does not.
import { heartBeat } from "../api/calls.ts";
import { asRefusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
import { followAlarms, hasNoted, noteAlarm } from "./alarm_changes.ts";
import { heart } from "./heart.ts";
import {
  alarm_gather_ms, alarm_rest_ms, backoff_ms, firstState, gather_ms, hello, liveStep, rest_ms,
  type LiveEvent,
} from "./live_step.ts";
import { refresh } from "./query.ts";
import { session } from "./session.ts";
import { createStore, useStore } from "./store.ts";
import { trouble, troubleIn } from "./trouble.ts";

export interface Link {
  state: "idle" | "up" | "down";
  since: number;
  heard: number;
  news: LiveNews[];
}
export interface LiveNews extends LiveEvent {
  id: string;
  at: number;
}

export const link = createStore<Link>({ state: "idle", since: 0, heard: 0, news: [] });
export const useLink = (): Link => useStore(link);

const news_max = 30;
// Where something between phone and server lets no socket through, asking has to do.
const ask_beats = 5;

// Live values are for pages that show them: who loads values.ts listens here.
export interface Tap {
  onFrame: (buffer: ArrayBuffer) => void;
  onText: (text: string) => boolean;
  onWelcome: () => void;
}
let tap: Tap | null = null;
export function tapLive(given: Tap): (text: string) => void {
  tap = given;
  return (text) => {
    if (socket?.readyState === WebSocket.OPEN && live.isWelcome) socket.send(text);
  };
}

let live = firstState;
let socket: WebSocket | null = null;
let tries = 0;
let isWanted = false;
const stale = new Set<string>();
let gathering: ReturnType<typeof setTimeout> | null = null;

// Frames come many times a second; the pages need not be told of each.
const mark_ms = 500;
function mark(state: Link["state"]): void {
  const now = Date.now();
  const { state: before, heard } = link.get();
  if (state === "up" && before === "up" && now - heard < mark_ms) return;
  link.set((before) => ({
    ...before, state, since: before.state === state ? before.since : now,
    heard: state === "up" ? now : before.heard,
  }));
}

// Asking anew is gathered (see rest_ms).
let rested = 0;
function outdate(prefixes: string[]): void {
  for (const prefix of prefixes) stale.add(prefix);
  gathering ??= setTimeout(async () => {
    const begun = performance.now();
    const due = [...stale];
    stale.clear();
    await Promise.all(due.map(refresh));
    const now = performance.now();
    rested = now + rest_ms(now - begun);
    gathering = null;
    if (stale.size > 0) outdate([]);
  }, Math.max(gather_ms, rested - performance.now()));
}

// Alarms don't wait for what else became old.
let following: ReturnType<typeof setTimeout> | null = null;
let followed = 0;
function followSoon(): void {
  following ??= setTimeout(async () => {
    const begun = performance.now();
    await followAlarms();
    const now = performance.now();
    followed = now + alarm_rest_ms(now - begun);
    following = null;
    if (hasNoted()) followSoon();
  }, Math.max(alarm_gather_ms, followed - performance.now()));
}

// Alarms, responses and permits have pages of their own; the news of the board is of cases.
const quiet = ["alarm", "response", "permit"];

export function prefixesOf(event: LiveEvent): string[] {
  if (event.topic === "response") {
    const id = String(event.payload["id"] ?? "");
    const own = [`response/${id}`, "responses"];
    const isOwn = ["people", "route", "team"].includes(String(event.payload["what"] ?? ""));
    return isOwn ? own : [...own, "alarms", "record/response", "records/permit", "tasks"];
  }
  if (event.topic === "notice") return ["notices"];
  if (event.topic === "task") return ["tasks", "record/"];
  return ["record/", `records/${event.topic}`, `counts/${event.topic}`, "tasks"];
}

function onMessage(data: unknown): void {
  if (data instanceof ArrayBuffer) {
    mark("up");
    tap?.onFrame(data);
    return;
  }
  const text = String(data);
  if (tap?.onText(text)) return;
  const told = troubleIn(text);
  if (told !== null) return trouble.set(told);
  const step = liveStep(live, text);
  const isWelcomed = !live.isWelcome && step.state.isWelcome;
  live = step.state;
  if (isWelcomed) tap?.onWelcome();
  mark("up");
  if (step.ack !== null) socket?.send(JSON.stringify({ type: "ack", seq: step.ack }));
  if (step.isReset) outdate([""]);
  const event = step.event;
  if (!event) return;
  if (!quiet.includes(event.topic)) {
    const news = { ...event, id: newId(), at: Date.now() };
    link.set((before) => ({ ...before, news: [news, ...before.news].slice(0, news_max) }));
  }
  if (event.topic === "alarm") {
    noteAlarm(String(event.payload["alarm"] ?? ""));
    return followSoon();
  }
  outdate(prefixesOf(event));
}

function open(): void {
  if (!isWanted || socket) return;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const mine = new WebSocket(`${scheme}//${location.host}/api/live`);
  socket = mine;
  live = { ...live, isWelcome: false };
  mine.binaryType = "arraybuffer";
  mine.onopen = () => {
    const isReturn = tries > 0;
    tries = 0;
    mine.send(hello(live));
    mark("up");
    if (isReturn) outdate([""]);
  };
  mine.onmessage = (message) => onMessage(message.data);
  mine.onclose = () => {
    if (socket !== mine) return;
    socket = null;
    if (!isWanted) return;
    mark("down");
    tries += 1;
    setTimeout(open, backoff_ms(tries, Math.random()));
  };
}

async function beat(count: number): Promise<void> {
  if (!isWanted || document.hidden) return;
  try {
    await heartBeat(heart.answer_ms);
    if (socket?.readyState === WebSocket.OPEN) mark("up");
    else if (count % ask_beats === 0) outdate([""]);
  } catch (reason) {
    // A refusal comes from a server that lives.
    const { isOffline, status } = asRefusal(reason);
    if (isOffline || status >= 500) mark("down");
  }
}

export function startLive(): void {
  const follow = () => {
    const now = session.get();
    isWanted = now.kind === "person" && !now.me.must_change_password && !now.me.viewer;
    if (isWanted) return open();
    const old = socket;
    socket = null;
    old?.close();
    live = firstState;
    mark("idle");
  };
  session.subscribe(follow);
  follow();
  let count = 0;
  const next = () => void beat(count += 1);
  setInterval(next, heart.every_ms);
  addEventListener("online", open);
  // The phone itself says that it has no network: no need to find out by asking.
  addEventListener("offline", () => isWanted && mark("down"));
  // A phone that comes out of the pocket must not wait for the next beat.
  document.addEventListener("visibilitychange", next);
}

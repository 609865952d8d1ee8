// Stores what a person pressed and sends it, over lost links, reloads and restarts.
import { call, asRefusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
import type { RecordRow } from "../api/types.ts";
import { openBox } from "./box.ts";
import { serverNow } from "./clock.ts";
import { link } from "./live.ts";
import {
  afterTry, dueOps, keptOps, mayUndo, type Answered, type Op, type OpKind,
} from "./outbox_step.ts";
import { refresh } from "./query.ts";
import { session } from "./session.ts";
import { createStore, useStore } from "./store.ts";

const box = openBox<Op>("anlan.outbox");
export const outbox = createStore<Op[]>([]);
export const useOutbox = (): Op[] => useStore(outbox);

export const undo_ms = 5000;
const look_ms = 1000;
const answer_ms = 8000;

const owner = (): string => {
  const now = session.get();
  return now.kind === "person" ? now.me.id : "";
};

function change(id: string, next: Op | null): void {
  outbox.set((before) => next
    ? before.map((op) => (op.id === id ? next : op))
    : before.filter((op) => op.id !== id));
  void (next ? box.put(next) : box.drop(id));
}

export interface Press {
  kind: OpKind;
  about: string;
  path: string;
  body: unknown;
  id?: string;
  undo?: boolean;
  owner?: string;
}
// In the box before this returns its promise; shown as soon as it is called.
export function post(press: Press): Op {
  const now = Date.now();
  const op: Op = {
    id: press.id ?? newId(), owner: press.owner ?? owner(), kind: press.kind, about: press.about,
    path: press.path, body: press.body, at: serverNow(), tries: 0, state: "waiting",
    not_before: press.undo ? now + undo_ms : now,
  };
  outbox.set((before) => keptOps([...before, op], now));
  void box.put(op).then(() => flush());
  return op;
}
export const opOf = (id: string): Op | null => outbox.get().find((op) => op.id === id) ?? null;
export const dropOp = (id: string): void => change(id, null);
// A refused one is tried as it is, a waiting one without more delay.
export function tryAgain(id: string): void {
  const op = opOf(id);
  if (op && op.state !== "sent") change(id, { ...op, state: "waiting", not_before: 0 });
  void flush(true);
}
export function takeBack(id: string): void {
  const op = outbox.get().find((one) => one.id === id);
  if (op && mayUndo(op, Date.now())) change(id, null);
}
// More is known about what waits (the position came): only while nothing has left the phone.
export function amend(id: string, body: unknown): void {
  const op = outbox.get().find((one) => one.id === id);
  if (op?.state === "waiting" && op.tries === 0) change(id, { ...op, body });
}

interface Told {
  refusal: Answered | null;
  answer?: unknown;
}
// The signature on a photo can be judged only by who knows the key, so that goes first.
async function makeKnown(op: Op): Promise<void> {
  if (op.kind !== "report") return;
  await import("./device.ts").then(({ ensureDevice }) => ensureDevice(op.owner)).catch(() => {});
}

async function tell(op: Op): Promise<Told> {
  try {
    await makeKnown(op);
    const wish = { method: "POST", body: op.body, key: op.id, timeout_ms: answer_ms } as const;
    const isAnonymous = op.kind === "anonymous";
    return { refusal: null, answer: await call(op.path, { ...wish, isOnce: true, isAnonymous }) };
  } catch (reason) {
    const { code, status, isOffline, message } = asRefusal(reason);
    return { refusal: { code, status, isOffline, message } };
  }
}

// Of an answer only what somebody will want to read: the number, and the code of who has no name.
export function gistOf(kind: OpKind, answer: unknown): unknown {
  const parts = (answer ?? {}) as { number?: unknown; code?: unknown; record?: RecordRow };
  if (kind === "anonymous") return { number: parts.number, code: parts.code };
  return kind === "report" ? { number: parts.record?.number } : undefined;
}

const old: Record<OpKind, string[]> = {
  sos: ["record/sos"], safe: ["way/", "response"], unsafe: ["way/", "response"],
  suspend: ["record/permit", "records/permit"], receipt: ["notices"],
  report: ["records/", "record/", "counts/", "tasks"], anonymous: [], message: ["record/"],
};

let isFlushing = false;
async function flushOwn(isAgain: boolean): Promise<void> {
  if (isFlushing) return;
  isFlushing = true;
  const done = new Set<OpKind>();
  try {
    for (const op of dueOps(outbox.get(), owner(), Date.now(), isAgain)) {
      const { refusal, answer } = await tell(op);
      const now = opOf(op.id);
      const next = now && afterTry(now, refusal, Date.now(), Math.random());
      const gist = refusal ? undefined : gistOf(op.kind, answer);
      if (now) change(op.id, next && gist ? { ...next, answer: gist } : next);
      if (refusal?.isOffline) break;
      done.add(op.kind);
    }
  } finally {
    isFlushing = false;
  }
  for (const kind of done) for (const prefix of old[kind]) refresh(prefix);
}

// Of several open pages one sends.
export async function flush(isAgain = false): Promise<void> {
  if (dueOps(outbox.get(), owner(), Date.now(), isAgain).length === 0) return;
  if (!("locks" in navigator)) return flushOwn(isAgain);
  await navigator.locks.request("anlan.outbox", { ifAvailable: true }, (lock) =>
    lock ? flushOwn(isAgain) : undefined);
}

// Who puts the phone away within the time to undo has decided.
function hurry(): void {
  for (const op of outbox.get()) {
    if (mayUndo(op, Date.now())) change(op.id, { ...op, not_before: 0 });
  }
  void flush();
}

let isStarted = false;
// Before what was kept has been read, a missing op says nothing.
let isRead = false;
export const outboxIsRead = (): boolean => isRead;
export function startOutbox(): void {
  if (isStarted) return;
  isStarted = true;
  void box.all().then((kept) => {
    isRead = true;
    const fresh = keptOps(kept, Date.now());
    for (const op of kept) if (!fresh.includes(op)) void box.drop(op.id);
    outbox.set((before) => [
      ...fresh.filter((op) => !before.some((one) => one.id === op.id)), ...before,
    ]);
    void flush(true);
  });
  let was = link.get().state;
  link.subscribe(() => {
    const now = link.get().state;
    if (now === "up" && was !== "up") void flush(true);
    was = now;
  });
  addEventListener("online", () => void flush(true));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hurry();
    else void flush(true);
  });
  setInterval(() => void flush(), look_ms);
}

// Stores what a person pressed and sends it, over lost links, reloads and restarts.
import { call, asRefusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
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
}
// In the box before this returns its promise; shown as soon as it is called.
export function post(press: Press): Op {
  const now = Date.now();
  const op: Op = {
    id: press.id ?? newId(), owner: owner(), kind: press.kind, about: press.about,
    path: press.path, body: press.body, at: serverNow(), tries: 0, state: "waiting",
    not_before: press.undo ? now + undo_ms : now,
  };
  outbox.set((before) => keptOps([...before, op], now));
  void box.put(op).then(() => flush());
  return op;
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

async function tell(op: Op): Promise<Answered | null> {
  try {
    const wish = { method: "POST", body: op.body, key: op.id, timeout_ms: answer_ms } as const;
    await call(op.path, { ...wish, isOnce: true });
    return null;
  } catch (reason) {
    const { code, status, isOffline, message } = asRefusal(reason);
    return { code, status, isOffline, message };
  }
}

const old: Record<OpKind, string[]> = {
  sos: ["record/sos"], safe: ["way/", "response"], unsafe: ["way/", "response"],
  suspend: ["record/permit", "records/permit"], receipt: ["notices"],
};

let isFlushing = false;
async function flushOwn(isAgain: boolean): Promise<void> {
  if (isFlushing) return;
  isFlushing = true;
  const done = new Set<OpKind>();
  try {
    for (const op of dueOps(outbox.get(), owner(), Date.now(), isAgain)) {
      const answer = await tell(op);
      const now = outbox.get().find((one) => one.id === op.id);
      if (now) change(op.id, afterTry(now, answer, Date.now(), Math.random()));
      if (answer?.isOffline) break;
      done.add(op.kind);
    }
  } finally {
    isFlushing = false;
  }
  for (const kind of done) for (const prefix of old[kind]) refresh(prefix);
}

// Of several open pages one sends.
export async function flush(isAgain = false): Promise<void> {
  if (!owner() || dueOps(outbox.get(), owner(), Date.now(), isAgain).length === 0) return;
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
export function startOutbox(): void {
  if (isStarted) return;
  isStarted = true;
  void box.all().then((kept) => {
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

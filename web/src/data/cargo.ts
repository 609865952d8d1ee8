// Sends the photos of reports after the reports, in parts that survive a lost link, over reloads
// and restarts.
import { putAnonymousBlob } from "../api/calls_hazard.ts";
import { asRefusal } from "../api/client.ts";
import type { PhotoItem } from "../api/types.ts";
import { openBox } from "./box.ts";
import { afterSending, dueCargo, released, type Cargo } from "./cargo_step.ts";
import { dropShot, keptShot } from "./keep.ts";
import { link } from "./live.ts";
import { outbox, outboxIsRead, startOutbox } from "./outbox.ts";
import type { Answered, Op } from "./outbox_step.ts";
import { refresh } from "./query.ts";
import { session } from "./session.ts";
import { createStore, useStore } from "./store.ts";
import { anonymousPort, upload } from "./upload.ts";

const box = openBox<Cargo>("anlan.cargo");
export const cargo = createStore<Cargo[]>([]);
export const useCargo = (): Cargo[] => useStore(cargo);

const look_ms = 1500;
const owner = (): string => {
  const now = session.get();
  return now.kind === "person" ? now.me.id : "";
};

function change(id: string, next: Cargo | null): void {
  cargo.set((before) => next
    ? before.map((one) => (one.id === id ? next : one)) : before.filter((one) => one.id !== id));
  void (next ? box.put(next) : box.drop(id));
}
// Progress is shown, not stored: after a restart the server says how much it has.
const show = (id: string, share: number) =>
  cargo.set((before) => before.map((one) => (one.id === id ? { ...one, share } : one)));

export interface Hold {
  op: string;
  owner: string;
  form: string;
  about: string;
}
// Held until its report is there. In the box before the promise is kept.
export async function hold(photos: { item: PhotoItem; bytes: number }[], by: Hold): Promise<void> {
  const fresh: Cargo[] = photos.map(({ item, bytes }) => ({
    ...by, id: item.sha256, name: item.name, bytes, at: Date.now(), share: 0, tries: 0,
    not_before: 0, state: "held",
  }));
  cargo.set((before) => [
    ...before.filter((one) => !fresh.some(({ id }) => id === one.id)), ...fresh,
  ]);
  await Promise.all(fresh.map((one) => box.put(one)));
}
export function tryCargo(id: string): void {
  const one = cargo.get().find((each) => each.id === id);
  if (one?.state === "refused") change(id, { ...one, state: "waiting", not_before: 0 });
  void flushCargo(true);
}
export function dropCargo(id: string): void {
  change(id, null);
  dropShot(id);
}
// A refused report is put back to be mended (its photos stay in the phone), or given up.
export function letGo(op: string, isForGood: boolean): void {
  for (const one of cargo.get().filter((each) => each.op === op)) {
    change(one.id, null);
    if (isForGood) dropShot(one.id);
  }
}

function follow(ops: Op[]): void {
  for (const one of cargo.get()) {
    const next = released(one, ops.find((op) => op.id === one.op), Date.now());
    if (next === one) continue;
    change(one.id, next);
    if (!next) dropShot(one.id);
  }
}

async function send(one: Cargo): Promise<Answered | null> {
  try {
    const kept = await keptShot(one.id);
    if (!kept) return { code: "not_found", status: 404, isOffline: false, message: "" };
    const port = one.code ? anonymousPort(one.code, putAnonymousBlob) : undefined;
    const goods = { sha256: one.id, blob: kept.blob };
    await upload(goods, (share) => show(one.id, share), port);
    return null;
  } catch (reason) {
    const { code, status, isOffline, message } = asRefusal(reason);
    return { code, status, isOffline, message };
  }
}

let isFlushing = false;
async function flushOwn(isAgain: boolean): Promise<void> {
  if (isFlushing) return;
  isFlushing = true;
  try {
    for (const one of dueCargo(cargo.get(), owner(), Date.now(), isAgain)) {
      const answer = await send(one);
      const now = cargo.get().find((each) => each.id === one.id);
      if (now) change(one.id, afterSending(now, answer, Date.now(), Math.random()));
      if (!answer) {
        dropShot(one.id);
        refresh(`record/${one.form}/${one.about}`);
      }
      if (answer?.isOffline) break;
    }
  } finally {
    isFlushing = false;
  }
}
export async function flushCargo(isAgain = false): Promise<void> {
  if (dueCargo(cargo.get(), owner(), Date.now(), isAgain).length === 0) return;
  if (!("locks" in navigator)) return flushOwn(isAgain);
  await navigator.locks.request("anlan.cargo", { ifAvailable: true }, (lock) =>
    lock ? flushOwn(isAgain) : undefined);
}

let isStarted = false;
export function startCargo(): void {
  startOutbox();
  if (isStarted) return;
  isStarted = true;
  void box.all().then((kept) => {
    cargo.set((before) => [
      ...kept.filter((one) => !before.some(({ id }) => id === one.id)), ...before,
    ]);
    void flushCargo(true);
  });
  outbox.subscribe(() => {
    if (!outboxIsRead()) return;
    follow(outbox.get());
    void flushCargo();
  });
  let was = link.get().state;
  link.subscribe(() => {
    const now = link.get().state;
    if (now === "up" && was !== "up") void flushCargo(true);
    was = now;
  });
  addEventListener("online", () => void flushCargo(true));
  document.addEventListener("visibilitychange", () => !document.hidden && void flushCargo(true));
  setInterval(() => {
    if (outboxIsRead()) follow(outbox.get());
    void flushCargo();
  }, look_ms);
}

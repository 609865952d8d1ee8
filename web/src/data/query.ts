// What the server answered, by key. A page shows the last answer at once and asks again; when
// asking fails the old answer stays, marked as stale. The live stream says what to ask anew.
import { useCallback, useEffect, useSyncExternalStore } from "react";
import { asRefusal, type Refusal } from "../api/client.ts";

export interface Answer<T> {
  value: T | undefined;
  refusal: Refusal | undefined;
  isLoading: boolean;
  at: number;
}
interface Entry {
  answer: Answer<unknown>;
  load: () => Promise<unknown>;
  listeners: Set<() => void>;
  isAgain: boolean;
}

const nothing: Answer<unknown> = { value: undefined, refusal: undefined, isLoading: true, at: 0 };
const entries = new Map<string, Entry>();
const entries_max = 200;

function entryOf(key: string, load: () => Promise<unknown>): Entry {
  let entry = entries.get(key);
  if (!entry) {
    if (entries.size >= entries_max) dropUnused();
    entry = { answer: nothing, load, listeners: new Set(), isAgain: false };
    entries.set(key, entry);
  }
  entry.load = load;
  return entry;
}

function dropUnused(): void {
  for (const [key, entry] of entries) if (entry.listeners.size === 0) entries.delete(key);
}

function put(entry: Entry, answer: Answer<unknown>): void {
  entry.answer = answer;
  for (const listener of [...entry.listeners]) listener();
}

const running = new Set<Entry>();
async function ask(entry: Entry): Promise<void> {
  if (running.has(entry)) {
    entry.isAgain = true;
    return;
  }
  running.add(entry);
  put(entry, { ...entry.answer, isLoading: true });
  try {
    const value = await entry.load();
    put(entry, { value, refusal: undefined, isLoading: false, at: Date.now() });
  } catch (reason) {
    put(entry, { ...entry.answer, refusal: asRefusal(reason), isLoading: false });
  }
  running.delete(entry);
  if (entry.isAgain) {
    entry.isAgain = false;
    void ask(entry);
  }
}

// Ends when everything is answered.
export async function refresh(prefix: string): Promise<void> {
  const asked: Promise<void>[] = [];
  for (const [key, entry] of entries) {
    if (!key.startsWith(prefix)) continue;
    if (entry.listeners.size > 0) asked.push(ask(entry));
    else entries.delete(key);
  }
  await Promise.all(asked);
}
// Asks for a part of what is known by `key` and puts it in. False where that would say nothing or
// something old: nobody has the whole, or it is being asked for anew.
export async function patch<T, Part>(
  key: string, load: () => Promise<Part>, merge: (whole: T, part: Part) => T,
): Promise<boolean> {
  const entry = entries.get(key);
  if (!entry || entry.listeners.size === 0) return false;
  if (entry.answer.value === undefined || entry.answer.refusal) return false;
  if (running.has(entry)) return false;
  running.add(entry);
  let isDone = true;
  try {
    const value = merge(entry.answer.value as T, await load());
    if (entries.get(key) === entry) put(entry, { ...entry.answer, value, at: Date.now() });
  } catch {
    isDone = false;
  }
  running.delete(entry);
  if (entry.isAgain) {
    entry.isAgain = false;
    void ask(entry);
  }
  return isDone;
}
export function forgetAll(): void {
  for (const entry of entries.values()) put(entry, nothing);
  entries.clear();
}

export interface Query<T> extends Answer<T> {
  isStale: boolean;
  reload: () => void;
}

export const answerOf = (key: string): Answer<unknown> => entries.get(key)?.answer ?? nothing;
// Who listens has it asked anew by refresh; answers how to stop.
export function follow(key: string, load: () => Promise<unknown>, listener: () => void) {
  const entry = entryOf(key, load);
  entry.listeners.add(listener);
  return () => entry.listeners.delete(listener);
}

export function useQuery<T>(key: string, load: () => Promise<T>): Query<T> {
  const subscribe = useCallback((listener: () => void) => follow(key, load, listener), [key]);
  const answer = useSyncExternalStore(subscribe, () => answerOf(key)) as Answer<T>;
  useEffect(() => {
    void ask(entryOf(key, load));
  }, [key]);
  const reload = () => void ask(entryOf(key, load));
  return { ...answer, isStale: !!answer.refusal && answer.value !== undefined, reload };
}

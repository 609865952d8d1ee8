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
export function forgetAll(): void {
  for (const entry of entries.values()) put(entry, nothing);
  entries.clear();
}

export interface Query<T> extends Answer<T> {
  isStale: boolean;
  reload: () => void;
}

export function useQuery<T>(key: string, load: () => Promise<T>): Query<T> {
  const subscribe = useCallback((listener: () => void) => {
    const entry = entryOf(key, load);
    entry.listeners.add(listener);
    return () => entry.listeners.delete(listener);
  }, [key]);
  const get = () => entries.get(key)?.answer ?? nothing;
  const answer = useSyncExternalStore(subscribe, get) as Answer<T>;
  useEffect(() => {
    void ask(entryOf(key, load));
  }, [key]);
  const reload = () => void ask(entryOf(key, load));
  return { ...answer, isStale: !!answer.refusal && answer.value !== undefined, reload };
}

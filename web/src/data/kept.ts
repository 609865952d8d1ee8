// Answers that the phone keeps for when there is no link: what is asked for is shown from the
// phone's own box at once when the server cannot be reached, or is slow.
import * as calls from "../api/calls.ts";
import { asRefusal } from "../api/client.ts";
import type { FormSource, RecordRow } from "../api/types.ts";
import { openBox } from "./box.ts";
import { useQuery, type Query } from "./query.ts";

interface Kept {
  id: string;
  at: number;
  value: unknown;
}
const box = openBox<Kept>("anlan.kept");
const patience_ms = 2500;

const wait = (ms: number) => new Promise<null>((done) => setTimeout(() => done(null), ms));

interface Shelf {
  get: (id: string) => Promise<Kept | null>;
  put: (kept: Kept) => Promise<void>;
}
// The server's answer where it comes in time, else the kept one, else whatever the server says.
export async function freshOrKept<T>(
  id: string, load: () => Promise<T>, shelf: Shelf = box, pause_ms = patience_ms,
): Promise<T> {
  const fresh = load().then((value) => {
    void shelf.put({ id, at: Date.now(), value });
    return { value };
  });
  const kept = () => shelf.get(id);
  try {
    const first = await Promise.race([fresh, wait(pause_ms)]);
    if (first) return first.value;
    const old = await kept();
    return old ? (old.value as T) : (await fresh).value;
  } catch (reason) {
    const { isOffline, status } = asRefusal(reason);
    const old = isOffline || status >= 500 ? await kept() : null;
    if (!old) throw reason;
    return old.value as T;
  }
}

const pauseNow = () => (navigator.onLine === false ? 0 : patience_ms);

export function useKept<T>(key: string, load: () => Promise<T>): Query<T> {
  return useQuery(`kept/${key}`, () => freshOrKept(key, load, box, pauseNow()));
}
// Only what is on the phone: for who is not logged in, and must not be asked who they are.
export function useOnlyKept<T>(key: string): Query<T | null> {
  return useQuery(`only/${key}`, async () => {
    const kept = await box.get(key);
    return (kept?.value as T | undefined) ?? null;
  });
}

export const formKey = (id: string) => `form/${id}`;
export const areasKey = "rows/area";
export const devicesKey = "rows/device";
export const useKeptForm = (id: string): Query<FormSource> =>
  useKept(formKey(id), () => calls.form(id));
export const useKeptAreas = (): Query<RecordRow[]> =>
  useKept(areasKey, () => calls.allRecords("area", { sort: "code" }));
export const useKeptDevices = (): Query<RecordRow[]> =>
  useKept(devicesKey, () => calls.allRecords("device", { sort: "code" }));

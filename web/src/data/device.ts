// The key of this phone for one person: made here, kept in the browser's store, never to be taken
// out of it. The server learns the public half at log-in. Every photo that the person hands in is
// signed with it and names the one before, so that none can be slipped in or left out unseen.
import { registerDevice } from "../api/calls_hazard.ts";
import { asRefusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
import type { PhotoItem } from "../api/types.ts";
import { openBox } from "./box.ts";
import { base64url, deviceId, signPhoto, type Taking } from "./manifest.ts";
import { createStore } from "./store.ts";

interface Kept {
  id: string;
  device: string;
  spki: string;
  key: CryptoKey;
  head: string;
  isRegistered: boolean;
}

const box = openBox<Kept>("anlan.device");
const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;

export type DeviceState =
  | { state: "absent" } | { state: "here"; device: string; isRegistered: boolean }
  | { state: "revoked"; device: string };
export const deviceState = createStore<DeviceState>({ state: "absent" });

export const mayHaveKey = (): boolean =>
  isSecureContext && !!crypto.subtle && "indexedDB" in globalThis;

async function keptOf(person: string): Promise<Kept | null> {
  return (await box.all()).find((one) => one.id === person) ?? null;
}

async function make(person: string): Promise<Kept> {
  const pair = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  const spki = await crypto.subtle.exportKey("spki", pair.publicKey);
  const kept: Kept = {
    id: person, device: await deviceId(spki), spki: base64url(spki), key: pair.privateKey,
    head: "", isRegistered: false,
  };
  await box.put(kept);
  return kept;
}

// Two pages of one phone must not make two keys, nor sign two links in one place.
function alone<T>(run: () => Promise<T>): Promise<T> {
  if (!("locks" in navigator)) return run();
  return navigator.locks.request("anlan.device", run) as Promise<T>;
}

function tell(kept: Kept): void {
  const { device, isRegistered } = kept;
  deviceState.set({ state: "here", device, isRegistered });
}

// "iPhone", "Android 14": enough for its owner to know it again in a list.
export function phoneName(agent: string): string {
  const found = /iPhone|iPad|Android [\d.]+|Windows|Macintosh|Linux/.exec(agent)?.[0] ?? "phone";
  const host = /wxwork/i.test(agent) ? " WeCom" : /DingTalk/i.test(agent) ? " DingTalk" : "";
  return `${found}${host}`;
}

// The phone's key, known to the server where it can be reached. null where there can be none.
export function ensureDevice(person: string): Promise<string | null> {
  if (!mayHaveKey()) return Promise.resolve(null);
  return alone(async () => {
    const kept = await keptOf(person) ?? await make(person);
    tell(kept);
    if (kept.isRegistered) return kept.device;
    try {
      await registerDevice(kept.spki, phoneName(navigator.userAgent));
      await box.put({ ...kept, isRegistered: true });
      tell({ ...kept, isRegistered: true });
    } catch (reason) {
      if (asRefusal(reason).code === "device_revoked") {
        deviceState.set({ state: "revoked", device: kept.device });
      }
    }
    return kept.device;
  });
}

// A key that was revoked stays revoked; who may still work with this phone gets another.
export async function renewDevice(person: string): Promise<string | null> {
  await alone(() => box.drop(person));
  deviceState.set({ state: "absent" });
  return ensureDevice(person);
}

export interface ToSign {
  item: PhotoItem;
  taking: Taking | null;
}
// Photos that were signed once keep their link: a second try must not break the chain.
const done = new Map<string, PhotoItem>();

// The chain runs in the order of taking, whatever order the photos stand in.
const byTaking = (a: ToSign, b: ToSign) => (a.taking?.device_ms ?? 0) - (b.taking?.device_ms ?? 0);

export function signItems(photos: ToSign[], person: string): Promise<PhotoItem[]> {
  const plain = photos.map(({ item }) => item);
  if (!mayHaveKey() || photos.length === 0) return Promise.resolve(plain);
  return alone(async () => {
    let kept = await keptOf(person) ?? await make(person);
    const whole = new Map<string, PhotoItem>();
    for (const { item, taking } of [...photos].sort(byTaking)) {
      // What another key signed (this phone's was revoked meanwhile) is signed anew.
      const before = item.manifest ? item : done.get(`${person}/${item.sha256}`);
      if (before?.device === kept.device) whole.set(item.sha256, before);
      if (before?.device === kept.device || !taking) continue;
      const chain = { person, device: kept.device, previous: kept.head, key: kept.key };
      const original = item.original_sha256 ?? item.sha256;
      // Each photo is an operation of its own: two manifests must never share one.
      const photo = { sha256: item.sha256, original, op: newId(), taking };
      const { signed, head } = await signPhoto(chain, photo);
      kept = { ...kept, head };
      whole.set(item.sha256, { ...item, ...signed });
      done.set(`${person}/${item.sha256}`, { ...item, ...signed });
    }
    await box.put(kept);
    return plain.map((item) => whole.get(item.sha256) ?? item);
  });
}

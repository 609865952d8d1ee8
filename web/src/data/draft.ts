// The half-filled report. It survives a reload, a call, a flat battery; its id is made once, so
// that sending it twice makes one record.
import { newId } from "../api/id.ts";
import type { FieldValue, PhotoItem } from "../api/types.ts";
import { dropShot } from "./keep.ts";
import { readLocal, writeLocal } from "./prefs.ts";
import { createRoll } from "./shots.ts";
import { createStore, useStore } from "./store.ts";

export type ReportKind = "hazard" | "near_miss" | "violation";
export interface Draft {
  id: string;
  key: string;
  owner: string;
  kind: ReportKind;
  isAnonymous: boolean;
  fields: Record<string, FieldValue>;
  photos: PhotoItem[];
}

const place = "anlan.draft";
export const roll = createRoll({ isLater: true });
const fresh = (owner: string): Draft => ({
  id: newId(), key: newId(), owner, kind: "hazard", isAnonymous: false, fields: {}, photos: [],
});
export const draft = createStore<Draft>(fresh(""));
export const useDraft = (): Draft => useStore(draft);

// A draft of somebody else on a shared phone is not shown. `nobody`: not logged in.
export const nobody = "-";
let opened = "";
export function openDraft(owner: string): void {
  if (opened === owner) return;
  opened = owner;
  const kept = readLocal<Draft>(place);
  const isMine = kept?.owner === owner && typeof kept.id === "string";
  roll.clear();
  const start = isMine && kept ? { ...fresh(owner), ...kept } : fresh(owner);
  draft.set({ ...start, isAnonymous: owner === nobody || start.isAnonymous });
  if (isMine && kept) void roll.restore(kept.photos);
}
// Other content needs another key: the old one may have been refused with the old content.
const change = (next: Partial<Draft>) =>
  draft.set((before) => ({ ...before, ...next, key: newId() }));

export function fill(field: string, value: FieldValue | undefined): void {
  const fields = { ...draft.get().fields };
  if (value === undefined) delete fields[field];
  else fields[field] = value;
  change({ fields });
}
// What only the one kind of report has is dropped, what all have stays.
const common = ["area", "device", "description", "occurred_at"];
export function chooseKind(kind: ReportKind): void {
  const all = Object.entries(draft.get().fields);
  const fields = Object.fromEntries(all.filter(([name]) => common.includes(name)));
  change({ kind, fields, isAnonymous: kind === "hazard" && draft.get().isAnonymous });
}
export const chooseAnonymous = (isAnonymous: boolean): void => change({ isAnonymous });

// The draft has been handed in: a new one starts; its photos stay until they have arrived.
export function startOver(): void {
  roll.clear();
  writeLocal(place, null);
  const { owner } = draft.get();
  draft.set({ ...fresh(owner), isAnonymous: owner === nobody });
}
export function discardDraft(): void {
  for (const shot of roll.store.get().list) dropShot(shot.key);
  startOver();
}
// A report that was refused is put back, to be mended.
export async function takeUp(given: Omit<Draft, "key" | "photos">, photos: PhotoItem[]) {
  roll.clear();
  draft.set({ ...given, key: newId(), photos });
  opened = given.owner;
  await roll.restore(photos);
}

draft.subscribe(() => {
  const now = draft.get();
  const isEmpty = Object.keys(now.fields).length === 0 && now.photos.length === 0;
  if (!isEmpty) writeLocal(place, now);
});
roll.store.subscribe(() => {
  const photos = roll.store.get().list.map((shot) => shot.item);
  const before = draft.get().photos;
  const isSame = photos.length === before.length &&
    photos.every((photo, i) => photo.sha256 === before[i]?.sha256);
  // Before the kept photos are back the list is shorter than the draft; it only grows then.
  if (!isSame && draft.get().owner) draft.set((now) => ({ ...now, key: newId(), photos }));
});

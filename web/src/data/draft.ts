// The half-filled report. It survives a reload, a call, a flat battery; its id is made once, so
// that sending it twice makes one record.
import { newId } from "../api/id.ts";
import type { FieldValue, PhotoItem } from "../api/types.ts";
import { dropBlobs } from "./keep.ts";
import { readLocal, writeLocal } from "./prefs.ts";
import { createRoll } from "./shots.ts";
import { createStore, useStore } from "./store.ts";

export interface Draft {
  id: string;
  key: string;
  owner: string;
  fields: Record<string, FieldValue>;
  photos: PhotoItem[];
}

const place = "anlan.draft";
export const roll = createRoll();
const fresh = (owner: string): Draft => ({
  id: newId(), key: newId(), owner, fields: {}, photos: [],
});
export const draft = createStore<Draft>(fresh(""));
export const useDraft = (): Draft => useStore(draft);

// A draft of somebody else on a shared phone is not shown.
export function openDraft(owner: string): void {
  if (draft.get().owner === owner) return;
  const kept = readLocal<Draft>(place);
  const isMine = kept?.owner === owner && typeof kept.id === "string";
  roll.clear();
  draft.set(isMine && kept ? kept : fresh(owner));
  if (isMine && kept) void roll.restore(kept.photos);
}
export function fill(field: string, value: FieldValue | undefined): void {
  draft.set((before) => {
    const fields = { ...before.fields };
    if (value === undefined) delete fields[field];
    else fields[field] = value;
    // Other content needs another key: the old one may have been refused with the old content.
    return { ...before, key: newId(), fields };
  });
}
export function discardDraft(): void {
  roll.clear();
  void dropBlobs();
  draft.set(fresh(draft.get().owner));
  writeLocal(place, null);
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
